"""The verbs of a programme: freeze its population, add what is found later, let an item leave by a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.roles import Role
from iops.obligations.services import text, writing
from iops.review.models import ItemLeft, Programme, ProgrammeItem
from iops.review.screens import screens

if TYPE_CHECKING:
    import datetime as dt

    from iops.foundation.models import User

OWNERS = (Role.INSPECTOR, Role.REGISTRAR)


@verb
def freeze(title: str, purpose: str, screen: str, since: dt.date, until: dt.date, by: User) -> Programme:
    """Begin a programme: freeze all that the screen frames on these local days, and screen all of it.

    Raises NotAllowedError, InvalidError for an unknown screen or a period that has not ended, ConflictError for a title
    that is taken or a frame without anything in it.
    """
    _owns(by)
    if screen not in screens():
        raise InvalidError("There is no such screen.", mend=f"Take one of: {', '.join(screens())}.")
    if until < since or until >= clock.today():
        raise InvalidError("That is no past period.", mend="End it yesterday or before.", details={"field": "until"})
    with writing(by, reason="review: population frozen"):
        if Programme.objects.filter(title=title).exists():
            raise ConflictError("A programme has this title.", mend="Give another one.", details={"field": "title"})
        made = Programme.objects.create(
            title=text(title, "Title"), purpose=text(purpose, "Purpose"), screen=screen, since=since, until=until,
            at=clock.now(), by=by,
        )  # fmt: skip
        _place(made.id)
    return made


@verb
def add_late(programme_id: int, by: User) -> int:
    """Add what belongs to the frame and was found after the freezing, with its date; how many were added.

    What was frozen stays as it was. Raises NotAllowedError, NotFoundError.
    """
    _owns(by)
    if not Programme.objects.filter(id=programme_id).exists():
        raise NotFoundError("There is no such programme.")
    with writing(by, reason="review: later finds added"):
        return _place(programme_id)


@verb
def leave(item_id: int, reason: str, by: User) -> ItemLeft:
    """Decide that an item needs no review, with the reason. An inspector's; never for a floor.

    Raises NotAllowedError, NotFoundError, ConflictError for a floor or for what has left already.
    """
    if not by.holds((Role.INSPECTOR,)):
        raise NotAllowedError("An inspector decides that.", mend="Ask an inspector.")
    said = text(reason, "Reason")
    if not ProgrammeItem.objects.filter(id=item_id).exists():
        raise NotFoundError("There is no such item.")
    if ItemLeft.objects.filter(item_id=item_id).exists():
        raise ConflictError("This has left already.")
    with writing(by, reason="review: item left"):
        return ItemLeft.objects.create(item_id=item_id, reason=said, at=clock.now(), by=by)


def _owns(by: User) -> None:
    if not by.holds(OWNERS):
        raise NotAllowedError("A programme is an inspector's or the registrar's.", mend="Ask one of them.")


def _place(programme_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("select iops.review_freeze(%s)", [programme_id])
        return int(cursor.fetchone()[0])
