"""The verbs of child protection: suspect significant harm, hold a strategy discussion, hold the conference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotFoundError
from iops.obligations.services import text, writing
from iops.safeguarding.models import (
    ChildProtection,
    DiscussionOutcome,
    IncidentChild,
    ProtectionConference,
    StrategyDiscussion,
)
from iops.safeguarding.schemes.common import ACT, DECIDE, may, moment, one_of

if TYPE_CHECKING:
    import datetime as dt

    from iops.foundation.models import User


@verb
def suspect_harm(child_id: int, grounds: str, by: User, *, suspected_at: dt.datetime | None = None) -> ChildProtection:
    """A child is suspected to suffer significant harm (Children Act 1989 s.47): a strategy discussion is owed (T10)."""
    may(by, ACT)
    child = IncidentChild.objects.filter(id=child_id).first()
    if child is None:
        raise NotFoundError("There is no such child on an incident.")
    with writing(by, reason="significant harm suspected"):
        if ChildProtection.objects.filter(child=child).exists():
            raise ConflictError("Significant harm is suspected of this child already.", mend="Go on with that.")
        return ChildProtection.objects.create(
            child=child,
            incident_id=child.incident_id,
            suspected_at=moment(suspected_at, "suspected_at"),
            grounds=text(grounds, "Grounds").strip(),
            by=by,
        )


@verb
def hold_discussion(
    protection_id: int,
    taking_part: str,
    outcome: str,
    by: User,
    *,
    conference: bool = False,
    held_at: dt.datetime | None = None,
    note: str = "",
) -> StrategyDiscussion:
    """Write down a strategy discussion; with `conference` one is owed 15 working days after the last of them (T11).

    Raises InvalidError for a conference after no further action, or for a time before the harm was suspected.
    """
    may(by, DECIDE | ACT)
    protection = _found(protection_id)
    one_of(outcome, DiscussionOutcome.values, "outcome")
    if conference and outcome == DiscussionOutcome.NO_FURTHER:
        raise InvalidError("No conference follows from no further action.", details={"field": "conference"})
    with writing(by, reason="strategy discussion"):
        return StrategyDiscussion.objects.create(
            protection=protection,
            incident_id=protection.incident_id,
            held_at=_after(protection, held_at),
            taking_part=text(taking_part, "Who took part").strip(),
            outcome=outcome,
            conference=conference,
            note=text(note, "Note", needed=False).strip(),
            by=by,
        )


@verb
def hold_conference(
    protection_id: int, plan: bool, note: str, by: User, *, held_at: dt.datetime | None = None
) -> ProtectionConference:
    """Write down that the initial child protection conference was held, and whether a plan was made.

    Raises ConflictError when no strategy discussion was held before it.
    """
    may(by, DECIDE)
    protection = _found(protection_id)
    at = _after(protection, held_at)
    with writing(by, reason="child protection conference"):
        if not protection.discussions.filter(held_at__lte=at).exists():
            raise ConflictError("No strategy discussion was held before.", mend="Write it down first.")
        return ProtectionConference.objects.create(
            protection=protection,
            incident_id=protection.incident_id,
            held_at=at,
            plan=plan,
            note=text(note, "Note").strip(),
            by=by,
        )


def _after(protection: ChildProtection, at: dt.datetime | None) -> dt.datetime:
    held = moment(at, "held_at")
    if held < protection.suspected_at:
        raise InvalidError("That is before the harm was suspected.", details={"field": "held_at"})
    return held


def _found(protection_id: int) -> ChildProtection:
    found = ChildProtection.objects.filter(id=protection_id).first()
    if found is None:
        raise NotFoundError("There is no such child protection case.")
    return found
