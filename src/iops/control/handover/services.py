"""Handing a desk over at the end of a shift: X hands over what is outstanding, Y accepts it, and both are facts.

Duties belong to roles and districts, so that they need nobody's hand to pass on; what was told to a person who goes off
is told to who comes on, in the transaction of the handover.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from iops.control.handover.desks import (
    come_on,
    desk,
    end,
    go_off,
    leave_message,
    must_hold,
    raise_due,
    start,
    take_message,
)
from iops.control.handover.selectors import HOURS, outstanding
from iops.control.models import DeskDuty, Handover
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, NotAllowedError, NotFoundError
from iops.obligations.services import text, writing

if TYPE_CHECKING:
    from iops.foundation.models import User

__all__ = ["accept_handover", "come_on", "go_off", "hand_over", "leave_message", "take_message"]


@verb
def hand_over(team_id: int, role: str, note: str, by: User, *, hours: int = HOURS) -> Handover:
    """Hand a desk over, in the role one is on in: what is outstanding is kept as ids and counts.

    One stays on until somebody accepts it. Raises ConflictError for somebody who is not on at that desk in that role,
    or while a handover of it is open.
    """
    team = desk(team_id)
    must_hold(team, role, by)
    said = text(note, "Note", needed=False).strip()
    with writing(by, reason="handed over"):
        if not DeskDuty.objects.filter(team=team, user=by, role=role, ended_at=None).exists():
            raise ConflictError("You are not on duty at that desk.", mend="Come on duty first.")
        kept = outstanding(team_id, by, hours).snapshot()
        try:
            with transaction.atomic():
                return Handover.objects.create(
                    team=team, role=role, handed_by=by, handed_at=clock.now(), note=said, snapshot=kept
                )
        except IntegrityError as error:
            raise ConflictError("That desk is being handed over already.", mend="Accept that handover.") from error


@verb
def accept_handover(handover_id: int, by: User) -> Handover:
    """Accept a desk: from now on this person is on in that role, and who handed it over is off.

    What is outstanding at this moment is kept beside what was handed over. Escalations that the first was told of are
    told to the second at once. Raises NotAllowedError for who handed it over or does not hold the role there.
    """
    handover = Handover.objects.select_related("team").filter(id=handover_id).first()
    if handover is None:
        raise NotFoundError("There is no such handover.")
    if handover.handed_by_id == by.id:
        raise NotAllowedError("Somebody else accepts what you hand over.", mend="Ask who comes on.")
    must_hold(handover.team, handover.role, by)
    with writing(by, reason="handover accepted"):
        hours = int(handover.snapshot.get("hours", HOURS))
        kept = outstanding(handover.team_id, by, hours).snapshot()
        done = Handover.objects.filter(id=handover_id, accepted_at=None).update(
            accepted_at=clock.now(), accepted_by=by, accepted_snapshot=kept
        )
        if not done:
            raise ConflictError("That handover was accepted already.")
        _change_over(handover, by)
        raise_due()
    handover.refresh_from_db()
    return handover


def _change_over(handover: Handover, by: User) -> None:
    """Who handed over is off, who accepted is on; either may have been so already."""
    at_desk = DeskDuty.objects.filter(team=handover.team, role=handover.role, ended_at=None)
    last = at_desk.filter(user_id=handover.handed_by_id).first()
    if last is not None:
        end(last)
    if not at_desk.filter(user=by).exists():
        start(handover.team, handover.role, by)
