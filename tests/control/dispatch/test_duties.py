"""Units and tours: registered, booked on and off, crews that change, places and states that are told."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from iops.control.dispatch import selectors
from iops.control.dispatch import services as dispatch
from iops.control.models import CrewMember, Duty, Unit, UnitPosition, UnitState, UnitStatus
from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.models import History
from iops.foundation.roles import Role
from tests.foundation.acting_as import as_user

if TYPE_CHECKING:
    from tests.control.dispatch.conftest import Room

pytestmark = pytest.mark.django_db
HOURS = timedelta(hours=1)


def states(unit: Unit) -> list[str]:
    return list(UnitState.objects.filter(unit=unit).order_by("id").values_list("status", flat=True))


# --- register and retire ---------------------------------------------------------------------------------------------


def test_a_unit_is_registered_under_its_call_sign_in_capitals(room: Room) -> None:
    unit = dispatch.register_unit(" gn21 ", "response", room.force.district.id, room.sergeant)
    assert (unit.callsign, unit.kind, unit.active) == ("GN21", "response", True)
    with as_user(room.sergeant):
        assert History.objects.get(table_name="control_unit", row_id=unit.id).reason == "unit registered"
    with pytest.raises(ConflictError, match="registered already"):
        dispatch.register_unit("GN21", "dog", room.force.district.id, room.sergeant)


@pytest.mark.parametrize(
    ("callsign", "kind", "district", "field"),
    [
        ("", "response", 0, "Call sign"),
        ("x" * 21, "response", 0, "callsign"),
        ("a\x00b", "response", 0, "Call sign"),
        ("N1", "spaceship", 0, "kind"),
        ("N1", "response", 999_999, "district"),
    ],
)
def test_what_is_no_unit_is_refused_by_its_field(
    room: Room, callsign: str, kind: str, district: int, field: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        dispatch.register_unit(callsign, kind, district or room.force.district.id, room.sergeant)
    assert refused.value.details["field"] == field
    assert not Unit.objects.exists()


def test_units_are_registered_and_retired_by_supervisors_and_administrators(room: Room) -> None:
    for who in (room.dispatcher, room.stranger):
        with pytest.raises(NotAllowedError):
            dispatch.register_unit("N1", "response", room.force.district.id, who)
    unit = dispatch.register_unit("N1", "response", room.force.district.id, room.force.one(Role.ADMINISTRATOR))
    with pytest.raises(NotAllowedError):
        dispatch.set_active(unit.id, False, "sold", room.dispatcher)
    with pytest.raises(InvalidError):
        dispatch.set_active(unit.id, False, " ", room.sergeant)
    with pytest.raises(NotFoundError):
        dispatch.set_active(999_999, False, "sold", room.sergeant)
    assert not dispatch.set_active(unit.id, False, "sold", room.sergeant).active
    with pytest.raises(ConflictError, match="retired"):
        dispatch.book_on(unit.id, [room.officer("Amber").id], clock.now() + HOURS, room.dispatcher)


def test_a_unit_on_duty_is_not_retired(room: Room) -> None:
    unit = room.on_duty("N1")
    with pytest.raises(ConflictError, match="on duty"):
        dispatch.set_active(unit.id, False, "sold", room.sergeant)


# --- book on and off -------------------------------------------------------------------------------------------------


def test_a_crew_books_itself_on_and_off(room: Room) -> None:
    unit, amber, basil = room.unit("N1"), room.officer("Amber"), room.officer("Basil")
    duty = dispatch.book_on(unit.id, [amber.id, basil.id, amber.id], clock.now() + 8 * HOURS, amber, skills=["taser"])
    assert (duty.skills, duty.booked_on_by, states(unit)) == (["taser"], amber, ["on_duty"])
    assert {m.user for m in duty.crew.all()} == {amber, basil}
    done = dispatch.book_off(unit.id, basil)
    assert (done.id, done.booked_off_by, states(unit)) == (duty.id, basil, ["on_duty", "off_duty"])
    assert not CrewMember.objects.filter(left_at=None).exists()
    assert done.ended_at is not None


def test_nobody_is_in_two_crews_and_no_unit_works_two_tours(room: Room) -> None:
    one, two, amber = room.on_duty("N1", crew=["Amber"]), room.unit("N2"), room.officer("Amber")
    with pytest.raises(ConflictError, match="in the crew of N1"):
        dispatch.book_on(two.id, [amber.id], clock.now() + HOURS, room.dispatcher)
    with pytest.raises(ConflictError, match="on duty already"):
        dispatch.book_on(one.id, [room.officer("Basil").id], clock.now() + HOURS, room.dispatcher)
    now = clock.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        Duty.objects.create(unit=one, since=now, until=now + HOURS)
    with pytest.raises(IntegrityError, match="crew_one_at_a_time"), transaction.atomic():
        CrewMember.objects.create(
            duty=Duty.objects.create(unit=two, since=now, until=now + HOURS), user=amber, joined_at=now
        )


def test_two_tours_of_one_unit_never_overlap_even_in_the_past(room: Room) -> None:
    unit, now = room.unit("N1"), clock.now()
    Duty.objects.create(unit=unit, since=now - 9 * HOURS, until=now - HOURS, ended_at=now - HOURS)
    with pytest.raises(IntegrityError, match="duty_one_at_a_time"), transaction.atomic():
        Duty.objects.create(unit=unit, since=now - 5 * HOURS, until=now, ended_at=now)
    assert Duty.objects.create(unit=unit, since=now - HOURS, until=now + HOURS).id


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"until": -1}, "until"),
        ({"until": 0}, "until"),
        ({"until": 25}, "until"),
        ({"crew": []}, "crew"),
        ({"crew": [999_999]}, "crew"),
        ({"crew": list(range(1, 40))}, "crew"),
        ({"vehicle": "x" * 61}, "vehicle"),
        ({"vehicle": "\x00"}, "Vehicle"),
        ({"skills": ["telepathy"]}, "skills"),
    ],
)
def test_what_is_no_tour_is_refused_by_its_field(room: Room, given: dict[str, object], field: str) -> None:
    unit, amber = room.unit("N1"), room.officer("Amber")
    told: dict[str, object] = {"crew": [amber.id], "until": 8} | given
    told["until"] = clock.now() + int(str(told["until"])) * HOURS
    with pytest.raises(InvalidError) as refused:
        dispatch.book_on(unit.id, by=room.dispatcher, **told)  # type: ignore[arg-type]
    assert refused.value.details["field"] == field
    assert not Duty.objects.exists()


def test_a_unit_is_booked_on_and_off_by_its_crew_or_the_control_room(room: Room) -> None:
    unit = room.unit("N1")
    with pytest.raises(NotAllowedError):
        dispatch.book_on(unit.id, [room.officer("Amber").id], clock.now() + HOURS, room.officer("Basil"))
    with pytest.raises(NotFoundError):
        dispatch.book_on(999_999, [room.officer("Amber").id], clock.now() + HOURS, room.dispatcher)
    room.on_duty("N2")
    two = Unit.objects.get(callsign="N2")
    with pytest.raises(NotAllowedError):
        dispatch.book_off(two.id, room.stranger)
    with pytest.raises(NotFoundError):
        dispatch.book_off(999_999, room.dispatcher)
    dispatch.book_off(two.id, room.dispatcher)
    with pytest.raises(ConflictError, match="not on duty"):
        dispatch.book_off(two.id, room.dispatcher)


def test_a_unit_is_not_booked_off_while_something_is_open(room: Room) -> None:
    unit, incident = room.on_duty("N1"), room.force.incident()
    sent = dispatch.assign(incident.id, [unit.id], room.dispatcher)[0]
    with pytest.raises(ConflictError, match="on an incident"):
        dispatch.book_off(unit.id, room.dispatcher)
    dispatch.clear(sent.id, room.dispatcher)
    check = dispatch.set_welfare_check(unit.id, 10, room.dispatcher)
    with pytest.raises(ConflictError, match="welfare check"):
        dispatch.book_off(unit.id, room.dispatcher)
    dispatch.answer_welfare_check(check.id, True, room.dispatcher)
    press = dispatch.press_emergency(room.crew("N1"))
    with pytest.raises(ConflictError, match="emergency"):
        dispatch.book_off(unit.id, room.dispatcher)
    dispatch.answer_emergency(press.id, "Pressed by mistake", room.dispatcher)
    dispatch.set_state(unit.id, 2, room.dispatcher)
    assert dispatch.book_off(unit.id, room.dispatcher).ended_at


# --- crews -----------------------------------------------------------------------------------------------------------


def test_a_crew_changes_during_a_tour_and_is_never_empty(room: Room) -> None:
    unit, basil = room.on_duty("N1", crew=["Amber"]), room.officer("Basil")
    dispatch.join_crew(unit.id, basil.id, room.officer("Amber"))
    with pytest.raises(ConflictError, match="in a crew already"):
        dispatch.join_crew(unit.id, basil.id, room.dispatcher)
    left = dispatch.leave_crew(unit.id, room.officer("Amber").id, room.officer("Amber"))
    assert left.left_at is not None
    with pytest.raises(NotAllowedError):
        dispatch.set_state(unit.id, 3, room.officer("Amber"))
    with pytest.raises(ConflictError, match="has a crew"):
        dispatch.leave_crew(unit.id, basil.id, basil)
    with pytest.raises(NotFoundError):
        dispatch.leave_crew(unit.id, room.stranger.id, room.dispatcher)
    with pytest.raises(NotAllowedError):
        dispatch.join_crew(unit.id, room.stranger.id, room.stranger)
    with pytest.raises(InvalidError):
        dispatch.join_crew(unit.id, 999_999, room.dispatcher)


# --- states ----------------------------------------------------------------------------------------------------------


def test_status_codes_are_told_by_the_crew_or_the_control_room(room: Room) -> None:
    unit = room.on_duty("N1")
    assert dispatch.set_state(unit.id, 4, room.crew("N1"), note="canteen") == 4
    assert states(unit) == ["on_duty", "available", "meal"]
    with pytest.raises(NotAllowedError):
        dispatch.set_state(unit.id, 2, room.stranger)
    with pytest.raises(NotFoundError):
        dispatch.set_state(999_999, 2, room.dispatcher)
    for code in (12, -1, 10**9):
        with pytest.raises(InvalidError, match="not a status code"):
            dispatch.set_state(unit.id, code, room.dispatcher)
    with pytest.raises(InvalidError):
        dispatch.set_state(unit.id, 2, room.dispatcher, note="x" * 301)


@pytest.mark.parametrize("code", [0, 10, 11])
def test_what_a_code_alone_cannot_say_is_refused(room: Room, code: int) -> None:
    unit = room.on_duty("N1")
    with pytest.raises(ConflictError, match="not told by a code alone"):
        dispatch.set_state(unit.id, code, room.crew("N1"))


def test_codes_of_the_radio_stamp_the_deployment(room: Room) -> None:
    unit, incident, crew = room.on_duty("N1"), room.force.incident(), room.crew("N1")
    for code in (5, 6):
        with pytest.raises(ConflictError, match="on no incident"):
            dispatch.set_state(unit.id, code, crew)
    sent = dispatch.assign(incident.id, [unit.id], room.dispatcher)[0]
    with pytest.raises(ConflictError, match="has not acknowledged"):
        dispatch.set_state(unit.id, 5, crew)
    dispatch.acknowledge(sent.id, crew)
    dispatch.set_state(unit.id, 5, crew)
    dispatch.set_state(unit.id, 6, crew)
    sent.refresh_from_db()
    assert None not in (sent.en_route_at, sent.arrived_at)
    for code in (2, 4, 1):
        with pytest.raises(ConflictError, match="Clear it first"):
            dispatch.set_state(unit.id, code, crew)
    dispatch.set_state(unit.id, 8, crew)
    assert states(unit)[-4:] == ["assigned", "en_route", "at_scene", "committed"]


def test_the_database_refuses_states_that_cannot_follow_or_come_late(room: Room) -> None:
    unit = room.on_duty("N1")
    duty, now = Duty.objects.get(), clock.now()

    def write(status: str, before: timedelta = timedelta()) -> None:
        with transaction.atomic():
            UnitState.objects.create(
                unit=unit, duty=duty, code=1, status=status, at=now - before, recorded_at=now, by=room.dispatcher
            )

    for status in ("at_scene", "en_route"):
        with pytest.raises(DatabaseError, match="is available and cannot turn"):
            write(status)
    with pytest.raises(DatabaseError, match="later state"):
        write("meal", HOURS)
    with pytest.raises(DatabaseError):
        write("dancing")
    other = room.on_duty("N2")
    with pytest.raises(DatabaseError, match="not a duty of N2"), transaction.atomic():
        UnitState.objects.create(unit=other, duty=duty, code=4, status="meal", at=now, recorded_at=now)
    with as_user(room.dispatcher), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        UnitState.objects.update(status=UnitStatus.MEAL)


# --- places ----------------------------------------------------------------------------------------------------------


def test_the_latest_place_counts_and_a_late_report_is_let_go(room: Room) -> None:
    unit, now = room.on_duty("N1"), clock.now()
    minute = timedelta(minutes=1)
    assert dispatch.report_position(unit.id, 380_000, 398_000, room.crew("N1"), at=now - 2 * minute)
    assert dispatch.report_position(unit.id, 381_000, 398_500, room.force.one(Role.ADMINISTRATOR), at=now - minute)
    assert not dispatch.report_position(unit.id, 1, 1, room.crew("N1"), at=now - 2 * minute)
    assert not dispatch.report_position(unit.id, 1, 1, room.crew("N1"), at=now - minute)
    place = UnitPosition.objects.get()
    assert (place.easting, place.northing) == (381_000, 398_500)
    with as_user(room.dispatcher):
        before = History.objects.filter(table_name="control_unitposition").order_by("-id")[0].before or {}
    assert (before["easting"], before["northing"]) == (380_000, 398_000)


@pytest.mark.parametrize("place", [(-1, 0), (0, -1), (700_000, 0), (0, 1_300_000), (10**9, 10**9)])
def test_a_place_off_the_grid_is_refused(room: Room, place: tuple[int, int]) -> None:
    unit = room.on_duty("N1")
    with pytest.raises(InvalidError, match="national grid"):
        dispatch.report_position(unit.id, *place, room.dispatcher)


def test_places_are_reported_by_who_may_and_for_units_on_duty(room: Room) -> None:
    unit = room.on_duty("N1")
    with pytest.raises(NotAllowedError):
        dispatch.report_position(unit.id, 1, 1, room.stranger)
    with pytest.raises(NotFoundError):
        dispatch.report_position(999_999, 1, 1, room.dispatcher)
    with pytest.raises(InvalidError, match="lies ahead"):
        dispatch.report_position(unit.id, 1, 1, room.dispatcher, at=clock.now() + HOURS)
    dispatch.book_off(unit.id, room.dispatcher)
    with pytest.raises(ConflictError, match="not on duty"):
        dispatch.report_position(unit.id, 1, 1, room.dispatcher)


def test_the_nearest_are_found_by_the_index(room: Room) -> None:
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(
            "explain select unit_id from control_unitposition p"
            " order by point(p.easting, p.northing) <-> point(1, 1) limit 5"
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "unit_position_nearest" in plan


# --- units as they stand ---------------------------------------------------------------------------------------------


def test_units_stand_in_one_list_with_state_crew_place_and_job(room: Room) -> None:
    unit, incident = room.on_duty("N1", crew=["Amber", "Basil"], skills=["taser"], at=(380_000, 398_000)), None
    room.unit("N2")
    incident = room.force.incident()
    dispatch.assign(incident.id, [unit.id], room.dispatcher)
    one, two = selectors.units(room.dispatcher)
    assert (one.callsign, one.status, one.code, one.incident) == ("N1", UnitStatus.ASSIGNED, 10, incident.reference)
    assert (one.crew, one.skills) == (("PC Amber (made up)", "PC Basil (made up)"), ("taser",))
    assert (one.easting, one.northing, one.vehicle) == (380_000, 398_000, "MX70 ABC")
    assert (two.callsign, two.status, two.code, two.on_duty_since, two.crew) == ("N2", "off_duty", 11, None, ())
    assert [u.callsign for u in selectors.units(room.dispatcher, on_duty=True)] == ["N1"]
    assert selectors.units(room.dispatcher, district_id=999_999) == []
    assert [d.incident_id for d in selectors.my_jobs(room.officer("Amber"))] == [incident.id]
    assert selectors.my_jobs(room.stranger) == []
    assert selectors.unit_of(" n1").id == unit.id
    with pytest.raises(NotFoundError):
        selectors.unit_of("N9")
