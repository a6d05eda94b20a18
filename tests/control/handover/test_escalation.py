"""Escalations told to people: when due, to who is on, again at a change of shift, and never twice to the same."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction

from iops.control import services as control
from iops.control.contact import services as contacts
from iops.control.handover import desks
from iops.control.models import Escalation
from iops.control.record import transfers
from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.models import District
from iops.foundation.roles import Role
from iops.obligations.services import waive
from tests.control.handover.conftest import after, told

if TYPE_CHECKING:
    from iops.control.models import Incident
    from tests.control.handover.conftest import Desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_clock")]
MINUTE = dt.timedelta(minutes=1)
BEGIN = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)


@pytest.fixture
def graded(desk: Desk) -> Incident:
    """Reported and graded 2 at the beginning: a unit is owed within 40 minutes, then a sergeant is told."""
    with clock.at(BEGIN):
        incident = desk.force.incident()
        control.grade(incident.id, 2, "", desk.force.one(Role.CALL_HANDLER))
    return incident


def test_nothing_is_told_before_its_time_and_then_to_who_is_on(desk: Desk, graded: Incident) -> None:
    with clock.at(BEGIN):
        desk.on("anna")
    with after(BEGIN, 39 * MINUTE):
        assert told(graded, "resource-grade-2") == []
    with after(BEGIN, 40 * MINUTE):
        assert told(graded, "resource-grade-2") == ["anna"]


def test_rounds_that_run_again_tell_nobody_twice(desk: Desk, graded: Incident) -> None:
    with clock.at(BEGIN):
        desk.on("anna")
    for minute in (40, 40, 41, 60):
        with after(BEGIN, minute * MINUTE):
            pass
    assert told(graded, "resource-grade-2") == ["anna"]


def test_at_a_change_of_shift_it_is_told_to_who_comes_on(desk: Desk, graded: Incident) -> None:
    with clock.at(BEGIN):
        first = desk.on("anna")
    with after(BEGIN, 45 * MINUTE):
        second = desk.on("ben")
        assert told(graded, "resource-grade-2") == ["anna"]
        desks.go_off(first.id, first.user)
        assert told(graded, "resource-grade-2") == ["anna", "ben"]
    with after(BEGIN, 500 * MINUTE):
        desks.come_on(desk.team.id, "sergeant", first.user)
        desks.go_off(second.id, second.user)
        assert told(graded, "resource-grade-2") == ["anna", "ben"]


def test_nobody_on_duty_is_told_as_soon_as_somebody_comes_on(desk: Desk, graded: Incident) -> None:
    with after(BEGIN, 41 * MINUTE):
        assert told(graded, "resource-grade-2") == ["(sergeant)"]
    with after(BEGIN, 50 * MINUTE):
        desk.on("anna")
        assert told(graded, "resource-grade-2") == ["(sergeant)", "anna"]


def test_everybody_who_is_on_in_the_role_is_told_and_nobody_else(desk: Desk, graded: Incident) -> None:
    south = District.objects.create(code="S", name="South (made up)")
    with clock.at(BEGIN):
        desk.on("anna")
        desk.on("ben", team=desk.desk_of(desk.force.district))
        desk.on("of-the-south", team=desk.desk_of(south))
        desk.on("an-inspector", role="inspector")
    with after(BEGIN, 40 * MINUTE):
        assert sorted(told(graded, "resource-grade-2")) == ["anna", "ben"]


def test_what_was_done_in_time_is_never_told(desk: Desk, graded: Incident) -> None:
    with clock.at(BEGIN + 39 * MINUTE):
        control.assign_unit(graded.id, "N9", desk.force.one(Role.DISPATCHER))
    with after(BEGIN, 90 * MINUTE):
        assert told(graded, "resource-grade-2") == []


def test_what_came_due_between_two_rounds_and_was_done_is_told_all_the_same(desk: Desk, graded: Incident) -> None:
    with clock.at(BEGIN):
        desk.on("anna")
    with clock.at(BEGIN + 40 * MINUTE + dt.timedelta(seconds=20)):
        control.assign_unit(graded.id, "N9", desk.force.one(Role.DISPATCHER))
    assert told(graded, "resource-grade-2") == ["anna"]


def test_what_was_withdrawn_after_it_came_due_is_told_all_the_same(desk: Desk, graded: Incident) -> None:
    with clock.at(BEGIN + 40 * MINUTE + dt.timedelta(seconds=20)):
        control.grade(graded.id, 3, "Less urgent", desk.force.one(Role.CALL_HANDLER))
    assert told(graded, "resource-grade-2") == ["(sergeant)"]


def test_what_was_waived_in_time_is_never_told(desk: Desk, graded: Incident) -> None:
    with clock.at(BEGIN + 10 * MINUTE):
        waive(
            subject="incident",
            subject_id=graded.id,
            rule="resource-grade-2",
            reason="The caller has rung off",
            by=desk.force.one(Role.SERGEANT),
        )
    with after(BEGIN, 90 * MINUTE):
        assert told(graded, "resource-grade-2") == []


def test_an_arrival_that_is_told_late_was_in_time(desk: Desk, graded: Incident) -> None:
    dispatcher = desk.force.one(Role.DISPATCHER)
    with clock.at(BEGIN + 5 * MINUTE):
        sent = control.assign_unit(graded.id, "N9", dispatcher)
    with clock.at(BEGIN + 60 * MINUTE + dt.timedelta(seconds=20)):
        control.record_arrival(sent.id, dispatcher, at=BEGIN + 20 * MINUTE)
    with after(BEGIN, 61 * MINUTE):
        assert told(graded, "attend-grade-2") == []


def test_each_step_of_the_ladder_is_told_to_its_own_role(desk: Desk) -> None:
    with clock.at(BEGIN):
        incident = desk.force.incident(domestic=True)
        desk.on("anna")
        desk.on("ivor", role="inspector")
        control.record_arrival(
            control.assign_unit(incident.id, "N9", desk.force.one(Role.DISPATCHER)).id,
            desk.force.one(Role.DISPATCHER),
        )
    with after(BEGIN, 4 * 60 * MINUTE):
        assert told(incident, "da-risk-assessment") == ["anna"]
    with after(BEGIN, 8 * 60 * MINUTE):
        assert told(incident, "da-risk-assessment") == ["anna", "ivor"]


def test_a_grade_given_again_after_a_slower_one_has_a_clock_of_its_own(desk: Desk, graded: Incident) -> None:
    handler = desk.force.one(Role.CALL_HANDLER)
    with clock.at(BEGIN):
        desk.on("anna")
    with after(BEGIN, 40 * MINUTE):
        pass
    with clock.at(BEGIN + 50 * MINUTE):
        control.grade(graded.id, 3, "Less urgent", handler)
    with clock.at(BEGIN + 55 * MINUTE):
        control.grade(graded.id, 2, "Urgent again", handler)
    with after(BEGIN, 94 * MINUTE):
        assert told(graded, "resource-grade-2") == ["anna"]
    with after(BEGIN, 95 * MINUTE):
        assert told(graded, "resource-grade-2") == ["anna", "anna"]
    assert Escalation.objects.filter(rule="resource-grade-2").values("arose_at").distinct().count() == 2


def test_what_is_transferred_is_told_to_the_supervisors_of_its_new_district(desk: Desk, graded: Incident) -> None:
    south = District.objects.create(code="S", name="South (made up)")
    with clock.at(BEGIN):
        desk.on("anna", team=desk.desk_of(desk.force.district))
        desk.on("sue", team=desk.desk_of(south))
    with after(BEGIN, 40 * MINUTE):
        offer = transfers.offer_to_district(graded.id, south.id, "Over the river", desk.force.one(Role.DISPATCHER))
        transfers.accept_transfer(offer.id, desk.force.one(Role.SERGEANT))
    with after(BEGIN, 41 * MINUTE):
        assert told(graded, "resource-grade-2") == ["anna", "sue"]


def test_an_escalation_cannot_be_written_twice_changed_or_removed(desk: Desk, graded: Incident) -> None:
    with after(BEGIN, 40 * MINUTE):
        row = Escalation.objects.get(rule="resource-grade-2")
    row.pk = None
    with pytest.raises(DatabaseError, match="escalation_once"), transaction.atomic():
        row.save(force_insert=True)
    for change in ("update control_escalation set to_role = 'panel'", "delete from control_escalation"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


@pytest.mark.parametrize(
    ("role", "refusal"), [("inspector", NotAllowedError), ("king", InvalidError), ("", InvalidError)]
)
def test_who_does_not_hold_a_role_does_not_come_on_in_it(desk: Desk, role: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        desks.come_on(desk.team.id, role, desk.person("anna", "sergeant"))


def test_one_comes_on_once_and_goes_off_once(desk: Desk) -> None:
    duty = desk.on("anna")
    with pytest.raises(ConflictError):
        desk.on("anna")
    with pytest.raises(NotAllowedError):
        desks.go_off(duty.id, desk.force.one(Role.CALL_HANDLER))
    desks.go_off(duty.id, desk.force.one(Role.INSPECTOR))
    with pytest.raises(ConflictError):
        desks.go_off(duty.id, duty.user)
    with pytest.raises(NotFoundError):
        desks.go_off(0, duty.user)
    with pytest.raises(NotFoundError):
        desks.come_on(0, "sergeant", duty.user)


def test_a_message_stands_until_somebody_takes_it(desk: Desk) -> None:
    anna, ben = desk.person("anna", "sergeant"), desk.person("ben", "sergeant")
    left = desks.leave_message(desk.team.id, "The lift key is with security", anna)
    assert desks.take_message(left.id, ben).taken_by == ben
    with pytest.raises(ConflictError):
        desks.take_message(left.id, anna)
    with pytest.raises(NotFoundError):
        desks.take_message(0, anna)
    with pytest.raises(InvalidError):
        desks.leave_message(desk.team.id, " ", anna)


def test_what_is_of_no_district_goes_up_to_who_is_on_wherever_and_holds_nothing_else_up(
    desk: Desk, graded: Incident
) -> None:
    handler = desk.force.one(Role.CALL_HANDLER)
    with clock.at(BEGIN):
        desk.on("anna", team=desk.desk_of(desk.force.district))
        ringing = contacts.ring(channel="999", by=handler)
        contacts.abandon(ringing.id, handler)
    with after(BEGIN, 41 * MINUTE):
        assert told(graded, "resource-grade-2") == ["anna"]
        gone_up = Escalation.objects.filter(on_kind="contact", on_id=ringing.id, rule="contact-abandoned")
        assert {(e.to_role, e.district, e.told.username if e.told else None) for e in gone_up} == {
            ("sergeant", None, "anna"),
            ("inspector", None, None),
        }


def test_what_is_of_no_district_and_closes_between_two_rounds_is_told_all_the_same(desk: Desk) -> None:
    handler = desk.force.one(Role.CALL_HANDLER)
    with clock.at(BEGIN):
        desk.on("anna", team=desk.desk_of(desk.force.district))
        ringing = contacts.ring(channel="999", by=handler)
        contacts.abandon(ringing.id, handler)
    with clock.at(BEGIN + 10 * MINUTE):
        contacts.call_back(ringing.id, "no_answer", handler)
    found = Escalation.objects.filter(on_kind="contact", on_id=ringing.id)
    assert [(e.to_role, e.told and e.told.username) for e in found] == [("sergeant", "anna")]
