"""Units and their tours: register, retire, book on and off, join and leave a crew, tell the state and the place."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection

from iops.control.dispatch.catalogue import catalogue
from iops.control.dispatch.common import SENDERS, SENT, OnDuty, locked_unit, moment, must_speak_for, on_duty
from iops.control.models import CrewMember, Duty, EmergencyPress, Unit, UnitStatus, WelfareCheck
from iops.control.models.units import EAST, NORTH
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.models import District, User
from iops.foundation.roles import LADDER, Role
from iops.obligations.services import text, writing

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

KEEPERS = (*LADDER, Role.ADMINISTRATOR)
"""Who registers and retires units."""
CALLSIGN_LENGTH, VEHICLE_LENGTH = 20, 60
LONGEST_TOUR = timedelta(hours=24)
LARGEST_CREW = 30


@verb
def register_unit(callsign: str, kind: str, district_id: int, by: User, *, made_up: bool = False) -> Unit:
    """Register a unit under its call sign, which is its own for ever. A sergeant or above, or an administrator.

    Raises InvalidError for an empty or long call sign, an unknown kind or district; ConflictError when it is taken.
    """
    _must_keep(by)
    sign = text(callsign, "Call sign").strip().upper()
    if len(sign) > CALLSIGN_LENGTH:
        raise InvalidError(f"A call sign has at most {CALLSIGN_LENGTH} characters.", details={"field": "callsign"})
    if not District.objects.filter(id=district_id).exists():
        raise InvalidError("There is no such district.", details={"field": "district"})
    with writing(by, reason="unit registered"):
        made, is_new = Unit.objects.get_or_create(
            callsign=sign,
            defaults={"kind": catalogue().kind(kind), "district_id": district_id, "made_up": made_up},
        )
        if not is_new:
            raise ConflictError(f"{sign} is registered already.")
    return made


@verb
def set_active(unit_id: int, active: bool, reason: str, by: User) -> Unit:
    """Retire a unit or bring it back, with a reason. A unit on duty is booked off before it is retired."""
    _must_keep(by)
    text(reason, "Reason")
    with writing(by, reason=reason):
        unit = locked_unit(unit_id)
        if not active and Duty.objects.filter(unit=unit, ended_at=None).exists():
            raise ConflictError(f"{unit} is on duty.", mend="Book it off first.")
        unit.active = active
        unit.save(update_fields=["active"])
    return unit


def _must_keep(by: User) -> None:
    if not by.holds(KEEPERS):
        raise NotAllowedError("Units are registered by a sergeant or above, or by an administrator.")


@verb
def book_on(
    unit_id: int,
    crew: Sequence[int],
    until: datetime,
    by: User,
    *,
    vehicle: str = "",
    skills: Collection[str] = (),
) -> Duty:
    """Begin a tour of a unit now, planned to end at `until` (at most 24 hours on), with its crew, vehicle and skills.

    By somebody of the crew, a dispatcher or a supervisor. Raises ConflictError for a unit that is retired or on duty
    already and for somebody who is in another crew; InvalidError naming the field.
    """
    if by.id not in crew and not by.holds(SENDERS):
        raise NotAllowedError("A unit is booked on by its crew, a dispatcher or a supervisor.")
    now = clock.now()
    if not now < until <= now + LONGEST_TOUR:
        raise InvalidError("A tour ends within 24 hours from now.", details={"field": "until"})
    people = _crew(crew)
    known = sorted({catalogue().skill(code) for code in skills})
    with writing(by, reason="booked on"):
        unit = locked_unit(unit_id)
        _must_be_free(unit, people)
        duty = Duty.objects.create(
            unit=unit,
            since=now,
            until=until,
            vehicle=_vehicle(vehicle),
            skills=known,
            booked_on_by=by,
        )
        CrewMember.objects.bulk_create([CrewMember(duty=duty, user=person, joined_at=now) for person in people])
        # Off duty until now, whatever its number on the radio.
        OnDuty(unit, duty, 0, UnitStatus.OFF_DUTY, now).turn(UnitStatus.ON_DUTY, by, now)
    return duty


def _vehicle(vehicle: str) -> str:
    said = text(vehicle, "Vehicle", needed=False).strip()
    if len(said) > VEHICLE_LENGTH:
        raise InvalidError(f"A vehicle has at most {VEHICLE_LENGTH} characters.", details={"field": "vehicle"})
    return said


def _crew(crew: Sequence[int]) -> list[User]:
    if not crew or len(crew) > LARGEST_CREW:
        raise InvalidError(f"A crew has 1 to {LARGEST_CREW} people.", details={"field": "crew"})
    people = list(User.objects.filter(id__in=crew, is_active=True).order_by("id"))
    if len(people) != len(set(crew)):
        raise InvalidError("Somebody of the crew has no account that is in use.", details={"field": "crew"})
    return people


def _must_be_free(unit: Unit, people: Sequence[User]) -> None:
    if not unit.active:
        raise ConflictError(f"{unit} is retired.", mend="Bring it back into use first.")
    if Duty.objects.filter(unit=unit, ended_at=None).exists():
        raise ConflictError(f"{unit} is on duty already.", mend="Book it off, or join its crew.")
    # Locked, so that two units booked on at once cannot share a person.
    list(User.objects.select_for_update(no_key=True).filter(id__in=[p.id for p in people]).order_by("id"))
    elsewhere = CrewMember.objects.filter(user__in=people, left_at=None).select_related("user", "duty__unit").first()
    if elsewhere is not None:
        raise ConflictError(
            f"{elsewhere.user} is in the crew of {elsewhere.duty.unit}.", mend="They leave that crew first."
        )


@verb
def join_crew(unit_id: int, user_id: int, by: User) -> CrewMember:
    """Take somebody into the crew of a unit on duty. By the crew, a dispatcher or a supervisor."""
    with writing(by, reason="joined the crew"):
        unit = on_duty(unit_id)
        must_speak_for(unit, by)
        (person,) = _crew([user_id])
        member = CrewMember.objects.filter(user=person, left_at=None).first()
        if member is not None:
            raise ConflictError(f"{person} is in a crew already.", mend="They leave that crew first.")
        return CrewMember.objects.create(duty=unit.duty, user=person, joined_at=clock.now())


@verb
def leave_crew(unit_id: int, user_id: int, by: User) -> CrewMember:
    """Take somebody out of the crew of a unit on duty; the last one books the unit off instead."""
    with writing(by, reason="left the crew"):
        unit = on_duty(unit_id)
        must_speak_for(unit, by)
        crew = list(CrewMember.objects.filter(duty=unit.duty, left_at=None))
        member = next((m for m in crew if m.user_id == user_id), None)
        if member is None:
            raise NotFoundError("They are not in this crew.")
        if len(crew) == 1:
            raise ConflictError("A unit on duty has a crew.", mend="Book the unit off.")
        member.left_at = clock.now()
        member.save(update_fields=["left_at"])
    return member


@verb
def book_off(unit_id: int, by: User) -> Duty:
    """End the tour of a unit now. ConflictError while it stands on an incident or its crew's safety is in question."""
    with writing(by, reason="booked off"):
        unit = on_duty(unit_id)
        must_speak_for(unit, by)
        _must_be_done(unit)
        now = clock.now()
        unit.turn(UnitStatus.OFF_DUTY, by, now)
        CrewMember.objects.filter(duty=unit.duty, left_at=None).update(left_at=now)
        unit.duty.ended_at, unit.duty.booked_off_by = now, by
        unit.duty.save(update_fields=["ended_at", "booked_off_by"])
    return unit.duty


def _must_be_done(unit: OnDuty) -> None:
    if unit.status in SENT or unit.unit.deployments.filter(stood_down_at=None).exists():
        raise ConflictError(f"{unit.unit} is on an incident.", mend="Clear it first.")
    if EmergencyPress.objects.filter(unit=unit.unit, answered_at=None).exists():
        raise ConflictError(f"The emergency button of {unit.unit} is not answered.", mend="Answer it first.")
    if WelfareCheck.objects.filter(unit=unit.unit, answered_at=None).exists():
        raise ConflictError(f"A welfare check of {unit.unit} is open.", mend="Answer it first.")


REPORT = """
    insert into control_unitposition as p (unit_id, easting, northing, at) values (%s, %s, %s, %s)
    on conflict (unit_id) do update set easting = excluded.easting, northing = excluded.northing, at = excluded.at
    where p.at < excluded.at
"""


@verb
def report_position(unit_id: int, easting: int, northing: int, by: User, *, at: datetime | None = None) -> bool:
    """Where a unit is or was: metres on the national grid. False for a report older than what is known: it is let go.

    By its crew, the control room, or an administrator's account that feeds positions. Raises InvalidError off the grid.
    """
    if not (0 <= easting < EAST and 0 <= northing < NORTH):
        raise InvalidError("That is not on the national grid.", details={"field": "easting"})
    when = moment(at)
    with writing(by, reason="position"):
        unit = on_duty(unit_id)
        if not by.holds((Role.ADMINISTRATOR,)):
            must_speak_for(unit, by)
        with connection.cursor() as cursor:
            cursor.execute(REPORT, [unit_id, easting, northing, when])
            return bool(cursor.rowcount)
