"""The safety of crews: welfare timers and the emergency button."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from iops.control.dispatch.common import must_send, must_speak_for, on_duty, own_unit
from iops.control.models import EmergencyPress, UnitPosition, UnitStatus, WelfareCheck
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotFoundError
from iops.obligations.services import text, writing

if TYPE_CHECKING:
    from iops.control.dispatch.common import OnDuty
    from iops.foundation.models import User

MOST_MINUTES = 240
NOTE_LENGTH = 300


@verb
def set_welfare_check(unit_id: int, minutes: int, by: User) -> WelfareCheck:
    """Ask the crew of a unit in so many minutes (1 to 240) whether they are well. By the crew or the control room.

    Raises ConflictError while an earlier check is open: it is answered before the next is set.
    """
    if not 1 <= minutes <= MOST_MINUTES:
        raise InvalidError(f"A welfare check is due in 1 to {MOST_MINUTES} minutes.", details={"field": "minutes"})
    with writing(by, reason="welfare check set"):
        unit = on_duty(unit_id)
        must_speak_for(unit, by)
        if WelfareCheck.objects.filter(unit=unit.unit, answered_at=None).exists():
            raise ConflictError(f"A welfare check of {unit.unit} is open.", mend="Answer it first.")
        now = clock.now()
        due = now + timedelta(minutes=minutes)
        return WelfareCheck.objects.create(unit=unit.unit, duty=unit.duty, set_at=now, set_by=by, due_at=due)


@verb
def answer_welfare_check(check_id: int, well: bool, by: User, *, note: str = "") -> WelfareCheck:
    """The crew is well, or is not: then it is an emergency, as if they had pressed the button."""
    said = _note(note)
    check = WelfareCheck.objects.filter(id=check_id).first()
    if check is None:
        raise NotFoundError("There is no such welfare check.")
    with writing(by, reason="welfare check answered"):
        unit = on_duty(check.unit_id)
        must_speak_for(unit, by)
        now = clock.now()
        done = WelfareCheck.objects.filter(id=check_id, answered_at=None).update(
            answered_at=now, answered_by=by, well=well, note=said
        )
        if not done:
            raise ConflictError("This welfare check has been answered already.")
        if not well:
            _raise_emergency(unit, by)
    check.refresh_from_db()
    return check


@verb
def press_emergency(by: User) -> EmergencyPress:
    """Somebody of a crew presses the emergency button. Every press is kept, with where the unit was last known to be.

    The unit turns to the state of emergency until the control room has answered and the crew tells another state.
    Raises ConflictError for somebody who is in no crew.
    """
    with writing(by, reason="emergency button"):
        return _raise_emergency(on_duty(own_unit(by)), by)


def _raise_emergency(unit: OnDuty, by: User) -> EmergencyPress:
    now = clock.now()
    place = UnitPosition.objects.filter(unit=unit.unit).first()
    unit.turn(UnitStatus.EMERGENCY, by, now)
    return EmergencyPress.objects.create(
        unit=unit.unit,
        duty=unit.duty,
        pressed_by=by,
        at=now,
        easting=place.easting if place else None,
        northing=place.northing if place else None,
    )


@verb
def answer_emergency(press_id: int, note: str, by: User) -> EmergencyPress:
    """The control room answers a press, and says what was done. By a dispatcher or a supervisor."""
    must_send(by)
    said = text(note, "What was done").strip()
    press = EmergencyPress.objects.filter(id=press_id).first()
    if press is None:
        raise NotFoundError("There is no such press of the emergency button.")
    with writing(by, reason="emergency answered"):
        done = EmergencyPress.objects.filter(id=press_id, answered_at=None).update(
            answered_at=clock.now(), answered_by=by, note=said
        )
        if not done:
            raise ConflictError("This press has been answered already.")
    press.refresh_from_db()
    return press


def _note(note: str) -> str:
    said = text(note, "Note", needed=False).strip()
    if len(said) > NOTE_LENGTH:
        raise InvalidError(f"A note has at most {NOTE_LENGTH} characters.", details={"field": "note"})
    return said
