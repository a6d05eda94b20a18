"""Sending units: every step with its time, in order, by who may, and the clock of the incident kept true."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from iops.control import services as control
from iops.control.dispatch import services as dispatch
from iops.control.models import Deployment, IncidentAccess, UnitState, UnitStatus
from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.models import History
from tests.force import owed
from tests.foundation.acting_as import as_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from iops.control.models import Unit
    from tests.control.dispatch.conftest import Room

pytestmark = pytest.mark.django_db


def status(unit: Unit) -> str:
    """What a unit is now."""
    return UnitState.objects.filter(unit=unit).order_by("-id")[0].status


# --- assign ----------------------------------------------------------------------------------------------------------


def test_several_units_are_assigned_at_once_and_each_is_told_in_its_state(room: Room) -> None:
    one, two, incident = room.on_duty("N1"), room.on_duty("N2"), room.force.incident()
    sent = dispatch.assign(incident.id, [two.id, one.id, one.id], room.dispatcher)
    assert [(d.unit, d.resource, d.assigned_by, d.self_assigned) for d in sent] == [
        ("N1", one, room.dispatcher, False),
        ("N2", two, room.dispatcher, False),
    ]
    assert {status(one), status(two)} == {UnitStatus.ASSIGNED}


def test_when_one_of_several_cannot_be_sent_none_is(room: Room) -> None:
    one, off, incident = room.on_duty("N1"), room.unit("N2"), room.force.incident()
    with pytest.raises(ConflictError, match="N2 is not on duty"):
        dispatch.assign(incident.id, [one.id, off.id], room.dispatcher)
    assert not Deployment.objects.exists()
    assert status(one) == UnitStatus.AVAILABLE


def test_units_are_sent_by_a_dispatcher_or_a_supervisor(room: Room) -> None:
    unit, incident = room.on_duty("N1"), room.force.incident()
    with pytest.raises(NotAllowedError):
        dispatch.assign(incident.id, [unit.id], room.crew("N1"))
    assert dispatch.assign(incident.id, [unit.id], room.sergeant)


def test_a_unit_or_an_incident_that_is_not_there_is_not_found(room: Room) -> None:
    unit, incident = room.on_duty("N1"), room.force.incident()
    with pytest.raises(NotFoundError):
        dispatch.assign(incident.id, [999_999], room.dispatcher)
    with pytest.raises(NotFoundError):
        dispatch.assign(999_999, [unit.id], room.dispatcher)


def test_a_closed_incident_gets_no_unit(room: Room) -> None:
    unit, incident = room.on_duty("N1"), room.force.incident()
    control.close(incident.id, "nothing", room.dispatcher)
    with pytest.raises(ConflictError, match="closed"):
        dispatch.assign(incident.id, [unit.id], room.dispatcher)


@pytest.mark.parametrize("count", [0, 51])
def test_nobody_or_a_whole_force_is_refused(room: Room, count: int) -> None:
    incident = room.force.incident()
    with pytest.raises(InvalidError):
        dispatch.assign(incident.id, list(range(1, count + 1)), room.dispatcher)


def test_a_unit_on_an_incident_is_not_sent_to_another_without_diverting_it(room: Room) -> None:
    unit, first, second = room.on_duty("N1"), room.force.incident(), room.force.incident()
    dispatch.assign(first.id, [unit.id], room.dispatcher)
    with pytest.raises(ConflictError, match="on an incident"):
        dispatch.assign(second.id, [unit.id], room.dispatcher)


def test_the_database_keeps_a_unit_at_one_incident_at_a_time(room: Room) -> None:
    unit, first, second = room.on_duty("N1"), room.force.incident(), room.force.incident()
    sent = dispatch.assign(first.id, [unit.id], room.dispatcher)[0]
    with pytest.raises(IntegrityError, match="resource_one_incident_at_a_time"), transaction.atomic():
        Deployment.objects.create(
            incident=second, unit="N1", resource=unit, duty_id=sent.duty_id, assigned_at=clock.now()
        )


@pytest.mark.parametrize("code", [8, 9])
def test_a_unit_that_must_not_be_taken_away_is_not(room: Room, code: int) -> None:
    unit, incident = room.on_duty("N1"), room.force.incident()
    dispatch.set_state(unit.id, code, room.dispatcher)
    with pytest.raises(ConflictError, match="cannot be taken away"):
        dispatch.assign(incident.id, [unit.id], room.dispatcher)


@pytest.mark.parametrize("code", [1, 3, 4, 7])
def test_a_unit_on_its_meal_at_the_station_or_committed_lightly_can_be_sent(room: Room, code: int) -> None:
    unit, incident = room.on_duty("N1"), room.force.incident()
    dispatch.set_state(unit.id, code, room.dispatcher)
    assert dispatch.assign(incident.id, [unit.id], room.dispatcher)


def test_a_crew_takes_a_job_itself(room: Room) -> None:
    unit, incident = room.on_duty("N1"), room.force.incident()
    sent = dispatch.self_assign(incident.id, room.crew("N1"))
    assert (sent.resource, sent.self_assigned, sent.assigned_by) == (unit, True, room.crew("N1"))
    with pytest.raises(ConflictError, match="crew of a unit"):
        dispatch.self_assign(incident.id, room.dispatcher)


# --- call signs as they are typed ------------------------------------------------------------------------------------


def test_a_call_sign_nobody_booked_on_is_kept_as_it_was_said(room: Room) -> None:
    incident = room.force.incident()
    sent = control.assign_unit(incident.id, " x9 ", room.dispatcher)
    assert (sent.unit, sent.resource) == ("X9", None)
    control.record_arrival(sent.id, room.stranger)
    sent = control.stand_down(sent.id, room.stranger)
    assert sent.arrived_at is not None
    assert sent.stood_down_at is not None
    with pytest.raises(ConflictError, match="not booked on"):
        dispatch.acknowledge(control.assign_unit(incident.id, "x9", room.dispatcher).id, room.dispatcher)


def test_a_call_sign_that_is_on_duty_is_assigned_as_that_unit(room: Room) -> None:
    unit, incident = room.on_duty("N1"), room.force.incident()
    assert control.assign_unit(incident.id, "n1", room.dispatcher).resource == unit
    assert status(unit) == UnitStatus.ASSIGNED
    with pytest.raises(ConflictError, match="already assigned"):
        control.assign_unit(incident.id, "n1", room.dispatcher)
    with pytest.raises(NotAllowedError):
        control.assign_unit(room.force.incident().id, "n1", room.stranger)


# --- steps -----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("own_clock")
def test_a_deployment_from_assigned_to_cleared_has_the_time_of_every_step(room: Room) -> None:
    unit, incident, crew = room.on_duty("N1"), room.force.incident(), room.crew("N1")
    control.grade(incident.id, 1, "", room.dispatcher)
    start = clock.now()
    sent = dispatch.assign(incident.id, [unit.id], room.dispatcher)[0]
    with clock.at(start + timedelta(minutes=1)):
        dispatch.acknowledge(sent.id, crew)
    with clock.at(start + timedelta(minutes=2)):
        dispatch.en_route(sent.id, crew)
        assert status(unit) == UnitStatus.EN_ROUTE
    with clock.at(start + timedelta(minutes=9)):
        dispatch.at_scene(sent.id, crew)
        assert status(unit) == UnitStatus.AT_SCENE
    with clock.at(start + timedelta(minutes=40)):
        done = dispatch.clear(sent.id, crew, result="Advice given")
    stamps = [done.assigned_at, done.acknowledged_at, done.en_route_at, done.arrived_at, done.stood_down_at]
    assert stamps == [start + timedelta(minutes=m) for m in (0, 1, 2, 9, 40)]
    assert (done.acknowledged_by, done.result, status(unit)) == (crew, "Advice given", UnitStatus.AVAILABLE)
    assert owed(incident)["attend-grade-1"] == "met"
    written = History.objects.filter(table_name="control_deployment", row_id=sent.id).order_by("id")
    with as_user(room.dispatcher):
        assert [h.reason for h in written] == [
            "units assigned", "N1 acknowledged", "N1 set out", "N1 arrived", "N1 stood down",
        ]  # fmt: skip


STEPS: list[Callable[..., Deployment]] = [
    dispatch.acknowledge, dispatch.en_route, dispatch.at_scene, dispatch.clear,
]  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_taken_by_the_crew_or_the_control_room_and_by_nobody_else(
    room: Room, step: Callable[..., Deployment]
) -> None:
    unit, incident = room.on_duty("N1"), room.force.incident()
    sent = dispatch.assign(incident.id, [unit.id], room.dispatcher)[0]
    room.on_duty("N2")
    for nobody in (room.stranger, room.crew("N2")):
        with pytest.raises(NotAllowedError):
            step(sent.id, nobody)
    with pytest.raises(NotFoundError):
        step(999_999, room.dispatcher)


@pytest.mark.parametrize("step", [s for s in STEPS if s is not dispatch.clear])
def test_a_step_is_stamped_once_and_never_after_clearing(room: Room, step: Callable[..., Deployment]) -> None:
    unit, incident = room.on_duty("N1"), room.force.incident()
    sent = dispatch.assign(incident.id, [unit.id], room.dispatcher)[0]
    if step is dispatch.en_route:
        dispatch.acknowledge(sent.id, room.dispatcher)
    step(sent.id, room.dispatcher)
    with pytest.raises(ConflictError, match="already"):
        step(sent.id, room.dispatcher)
    dispatch.clear(sent.id, room.dispatcher)
    again = dispatch.assign(incident.id, [unit.id], room.dispatcher)[0]
    dispatch.clear(again.id, room.dispatcher)
    with pytest.raises(ConflictError):
        step(again.id, room.dispatcher)


def test_nobody_sets_out_before_acknowledging(room: Room) -> None:
    unit, incident = room.on_duty("N1"), room.force.incident()
    sent = dispatch.assign(incident.id, [unit.id], room.dispatcher)[0]
    with pytest.raises(ConflictError, match="has not acknowledged"):
        dispatch.en_route(sent.id, room.crew("N1"))
    with pytest.raises(IntegrityError, match="acknowledged_before_en_route"), transaction.atomic():
        Deployment.objects.filter(id=sent.id).update(en_route_at=clock.now())


def test_an_arrival_is_taken_though_steps_before_it_were_left_out(room: Room) -> None:
    unit, incident = room.on_duty("N1"), room.force.incident()
    sent = dispatch.assign(incident.id, [unit.id], room.dispatcher)[0]
    assert dispatch.at_scene(sent.id, room.crew("N1")).arrived_at is not None


@pytest.mark.usefixtures("own_clock")
def test_a_time_told_afterwards_is_taken_in_order_and_refused_out_of_it(room: Room) -> None:
    unit, incident, crew = room.on_duty("N1"), room.force.incident(), room.crew("N1")
    sent = dispatch.assign(incident.id, [unit.id], room.dispatcher)[0]
    assigned = sent.assigned_at
    with clock.at(assigned + timedelta(minutes=30)):
        dispatch.acknowledge(sent.id, crew, at=assigned + timedelta(minutes=5))
        for wrong, said in (
            (assigned + timedelta(minutes=4), "earlier step"),
            (assigned + timedelta(minutes=31), "lies ahead"),
            ((assigned + timedelta(minutes=6)).replace(tzinfo=None), "no time zone"),
        ):
            with pytest.raises(InvalidError, match=said):
                dispatch.at_scene(sent.id, crew, at=wrong)
        assert dispatch.at_scene(sent.id, crew, at=assigned + timedelta(minutes=6)).arrived_at == assigned + timedelta(
            minutes=6
        )


@pytest.mark.parametrize(
    ("column", "before"),
    [
        ("acknowledged_at", "assigned_at"),
        ("en_route_at", "acknowledged_at"),
        ("arrived_at", "en_route_at"),
        ("stood_down_at", "arrived_at"),
    ],
)
def test_the_database_refuses_stamps_out_of_order(room: Room, column: str, before: str) -> None:
    unit, incident = room.on_duty("N1"), room.force.incident()
    start = clock.now()
    sent = dispatch.assign(incident.id, [unit.id], room.dispatcher)[0]
    order = ["assigned_at", "acknowledged_at", "en_route_at", "arrived_at"]
    stamps = {name: start + timedelta(minutes=n) for n, name in enumerate(order) if n and n <= order.index(before)}
    if stamps:
        Deployment.objects.filter(id=sent.id).update(**stamps)
    wrong = stamps.get(before, start) - timedelta(seconds=1)
    with pytest.raises(IntegrityError, match=r"in_order|after_assigned"), transaction.atomic():
        Deployment.objects.filter(id=sent.id).update(**{column: wrong})


@pytest.mark.parametrize("column", ["assigned_at", "acknowledged_at", "en_route_at", "arrived_at", "stood_down_at"])
def test_a_stamp_is_not_changed_at_a_sql_prompt(room: Room, column: str) -> None:
    unit, incident = room.on_duty("N1"), room.force.incident()
    sent = dispatch.assign(incident.id, [unit.id], room.dispatcher)[0]
    for step in STEPS:
        step(sent.id, room.dispatcher)
    for value in (f"{column} + interval '1 hour'", "null"):
        with (
            pytest.raises(DatabaseError),
            transaction.atomic(),
            as_user(room.dispatcher),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"update control_deployment set {column} = {value} where id = %s", [sent.id])


# --- divert ----------------------------------------------------------------------------------------------------------


def test_a_diverted_unit_leaves_the_first_incident_without_a_resource_again(room: Room) -> None:
    unit, first, second = room.on_duty("N1"), room.force.incident(), room.force.incident()
    control.grade(first.id, 2, "", room.dispatcher)
    sent = dispatch.assign(first.id, [unit.id], room.dispatcher)[0]
    assert owed(first)["resource-grade-2"] == "met"
    there = dispatch.divert(sent.id, second.id, "Shots heard", room.dispatcher)
    sent.refresh_from_db()
    assert (sent.stood_down_at, sent.diverted_at) == (there.assigned_at, there.assigned_at)
    assert (there.diverted_from, there.divert_reason, there.incident) == (sent, "Shots heard", second)
    assert owed(first)["resource-grade-2"] == "open"
    assert status(unit) == UnitStatus.ASSIGNED


def test_a_unit_that_had_arrived_has_attended_though_it_is_diverted(room: Room) -> None:
    unit, first, second = room.on_duty("N1"), room.force.incident(), room.force.incident()
    control.grade(first.id, 1, "", room.dispatcher)
    sent = dispatch.assign(first.id, [unit.id], room.dispatcher)[0]
    dispatch.at_scene(sent.id, room.dispatcher)
    dispatch.divert(sent.id, second.id, "Shots heard", room.dispatcher)
    assert (owed(first)["attend-grade-1"], owed(first)["resource-grade-1"]) == ("met", "met")


def test_diverting_is_refused_without_a_reason_a_right_or_a_unit_to_divert(room: Room) -> None:
    unit, first, second = room.on_duty("N1"), room.force.incident(), room.force.incident()
    sent = dispatch.assign(first.id, [unit.id], room.dispatcher)[0]
    with pytest.raises(InvalidError, match="Reason"):
        dispatch.divert(sent.id, second.id, "  ", room.dispatcher)
    with pytest.raises(NotAllowedError):
        dispatch.divert(sent.id, second.id, "nearer", room.crew("N1"))
    with pytest.raises(NotFoundError):
        dispatch.divert(999_999, second.id, "nearer", room.dispatcher)
    with pytest.raises(NotFoundError):
        dispatch.divert(sent.id, 999_999, "nearer", room.dispatcher)
    with pytest.raises(ConflictError, match="that incident already"):
        dispatch.divert(sent.id, first.id, "nearer", room.dispatcher)
    dispatch.clear(sent.id, room.dispatcher)
    with pytest.raises(ConflictError, match="stood down"):
        dispatch.divert(sent.id, second.id, "nearer", room.dispatcher)
    typed = control.assign_unit(first.id, "X9", room.dispatcher)
    with pytest.raises(ConflictError, match="not booked on"):
        dispatch.divert(typed.id, second.id, "nearer", room.dispatcher)


def test_a_unit_with_a_detained_person_is_not_diverted(room: Room) -> None:
    unit, first, second = room.on_duty("N1"), room.force.incident(), room.force.incident()
    sent = dispatch.assign(first.id, [unit.id], room.dispatcher)[0]
    dispatch.at_scene(sent.id, room.dispatcher)
    dispatch.set_state(unit.id, 9, room.dispatcher)
    with pytest.raises(ConflictError, match="cannot be taken away"):
        dispatch.divert(sent.id, second.id, "nearer", room.dispatcher)


# --- restricted incidents --------------------------------------------------------------------------------------------


def test_a_crew_that_is_sent_to_a_restricted_incident_may_read_it(room: Room) -> None:
    unit, incident = room.on_duty("N1"), room.force.incident()
    control.restrict(incident.id, [room.dispatcher.id], [], "sensitive", room.sergeant)
    with pytest.raises(NotFoundError):
        dispatch.self_assign(incident.id, room.crew("N1"))
    sent = dispatch.assign(incident.id, [unit.id], room.dispatcher)[0]
    with as_user(room.crew("N1")):
        assert IncidentAccess.objects.filter(incident=incident, user=room.crew("N1")).exists()
    assert dispatch.acknowledge(sent.id, room.crew("N1")).acknowledged_at


def test_who_may_not_see_the_incident_learns_only_that_the_unit_is_busy(room: Room) -> None:
    unit, secret, other = room.on_duty("N1"), room.force.incident(), room.force.incident()
    control.restrict(secret.id, [], [], "sensitive", room.sergeant)
    sent = dispatch.assign(secret.id, [unit.id], room.sergeant)[0]
    with pytest.raises(ConflictError, match="N1 is on an incident"):
        dispatch.assign(other.id, [unit.id], room.dispatcher)
    with pytest.raises(NotFoundError):
        dispatch.clear(sent.id, room.dispatcher)
    with pytest.raises(NotFoundError):
        dispatch.divert(sent.id, other.id, "nearer", room.dispatcher)
    with pytest.raises(NotAllowedError, match="not open to you"):
        dispatch.set_state(unit.id, 2, room.dispatcher)
