"""What the verbs of dispatch share: who may speak for a unit, its duty, its state, and the moment a thing happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iops.control.dispatch.states import Code, codes_on
from iops.control.models import CrewMember, Duty, Unit, UnitState, UnitStatus
from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.roles import LADDER, Role

if TYPE_CHECKING:
    from datetime import datetime

    from iops.foundation.models import User

SENDERS = (Role.DISPATCHER, *LADDER)
"""Who sends units, and speaks for a crew that speaks over the radio."""
SENT = frozenset({UnitStatus.ASSIGNED, UnitStatus.EN_ROUTE, UnitStatus.AT_SCENE})
"""States of a unit that stands on an incident."""


@dataclass(frozen=True)
class OnDuty:
    """A unit that is on duty, locked until the transaction ends: its tour and its latest state."""

    unit: Unit
    duty: Duty
    code: int
    status: UnitStatus
    since: datetime

    def has_crew(self, user: User) -> bool:
        """Whether somebody is in the crew at this moment."""
        return CrewMember.objects.filter(duty=self.duty, user=user, left_at=None).exists()

    def turn(
        self, status: UnitStatus, by: User, at: datetime, *, code: Code | None = None, note: str = ""
    ) -> UnitState:
        """Write that the unit turned to a state; the database refuses what cannot follow."""
        chosen = code or codes_on(clock.today()).first(status)
        return UnitState.objects.create(
            unit=self.unit,
            duty=self.duty,
            code=chosen.code,
            status=status,
            at=at,
            recorded_at=clock.now(),
            by=by,
            note=note,
        )


def locked_unit(unit_id: int) -> Unit:
    """The unit, locked: everything that happens to one unit happens one after the other. Raises NotFoundError."""
    unit = Unit.objects.select_for_update(no_key=True).filter(id=unit_id).first()
    if unit is None:
        raise NotFoundError("There is no such unit.", mend="Check the call sign.")
    return unit


def on_duty(unit_id: int) -> OnDuty:
    """The unit, locked, with its duty and state. Raises NotFoundError, or ConflictError when it is not on duty."""
    unit = locked_unit(unit_id)
    duty = Duty.objects.filter(unit=unit, ended_at=None).first()
    last = UnitState.objects.filter(unit=unit).order_by("-id").first()
    if duty is None or last is None:
        raise ConflictError(f"{unit} is not on duty.", mend="Book it on first.")
    return OnDuty(unit, duty, last.code, UnitStatus(last.status), last.at)


def own_unit(by: User) -> int:
    """The id of the unit in whose crew somebody is. Raises ConflictError when they are in none."""
    member = CrewMember.objects.filter(user=by, left_at=None, duty__ended_at=None).select_related("duty").first()
    if member is None:
        raise ConflictError("You are not in the crew of a unit.", mend="Book on first.")
    return member.duty.unit_id


def must_speak_for(unit: OnDuty, by: User) -> None:
    """Refuse who is neither in the crew nor in the control room. Raises NotAllowedError."""
    if not by.holds(SENDERS) and not unit.has_crew(by):
        raise NotAllowedError(
            f"{unit.unit} is spoken for by its crew, a dispatcher, or a supervisor.", mend="Ask one of them."
        )


def must_send(by: User) -> None:
    """Refuse who does not send units. Raises NotAllowedError."""
    if not by.holds(SENDERS):
        raise NotAllowedError("Units are sent by a dispatcher or a supervisor.", mend="Ask one of them.")


def moment(at: datetime | None) -> datetime:
    """When a thing happened: now, unless it is told afterwards. Raises InvalidError for a time that lies ahead."""
    now = clock.now()
    if at is None:
        return now
    if at.tzinfo is None:
        raise InvalidError("That time has no time zone.", mend="Give its offset.", details={"field": "at"})
    if at > now:
        raise InvalidError("That time lies ahead.", details={"field": "at"})
    return at
