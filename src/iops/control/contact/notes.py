"""Notes on callers who contact the force again and again: how to deal with them, and when that is looked at anew."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from iops.control.contact import common
from iops.control.models import CallerNote
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.roles import LADDER, Role
from iops.obligations.services import text, writing
from iops.pole.services.common import find_person

if TYPE_CHECKING:
    from datetime import date

    from iops.foundation.models import User

WRITERS = (*LADDER, Role.SAFEGUARDING)
LATEST_REVIEW = timedelta(days=365)
"""A note older than this is about somebody who may have changed since."""


@verb
def write_caller_note(
    *,
    grounds: str,
    handling: str,
    review_on: date,
    by: User,
    number: str = "",
    person_id: int | None = None,
    made_up: bool = False,
) -> CallerNote:
    """Write how to deal with somebody who contacts the force again and again: on a number, or on a nominal.

    By a sergeant or above, or safeguarding. Raises InvalidError, or ConflictError when a note stands already.
    """
    _must_write(by)
    given = common.number(number)
    line = common.line_of(given)
    if (person_id is None) == (given == ""):
        raise InvalidError("A note is on one number or on one nominal.", details={"field": "number"})
    if given and not line:
        raise InvalidError("That is no telephone number.", details={"field": "number"})
    _check(review_on)
    person = find_person(person_id) if person_id is not None else None
    if CallerNote.objects.filter(ended_at=None, person=person, line=line).exists():
        raise ConflictError("A note stands already.", mend="Review it.")
    with writing(by, reason="note on a caller"):
        return CallerNote.objects.create(
            person=person,
            number=given,
            line=line,
            grounds=text(grounds, "Grounds").strip(),
            handling=text(handling, "How to deal with a contact").strip(),
            written_at=clock.now(),
            written_by=by,
            review_on=review_on,
            made_up=made_up,
        )


@verb
def review_caller_note(
    note_id: int, *, keep: bool, words: str, by: User, next_review: date | None = None
) -> CallerNote:
    """Review a note: keep it until a new day of review, or end it. By a sergeant or above, or safeguarding.

    Raises NotFoundError, ConflictError when it has ended, InvalidError for the day.
    """
    _must_write(by)
    said = text(words, "What the review found").strip()
    with writing(by, reason=said):
        note = CallerNote.objects.select_for_update(no_key=True).filter(id=note_id).first()
        if note is None:
            raise NotFoundError("There is no such note.")
        if note.ended_at is not None:
            raise ConflictError("This note has ended.")
        note.reviewed_at, note.reviewed_by, note.review_note = clock.now(), by, said
        if keep:
            note.review_on = _check(next_review)
        else:
            note.ended_at = note.reviewed_at
        note.save()
    return note


def _must_write(by: User) -> None:
    if not by.holds(WRITERS):
        raise NotAllowedError("Notes on callers are written by a sergeant or above, or by safeguarding.")


def _check(review_on: date | None) -> date:
    today = clock.today()
    if review_on is None or not today < review_on <= today + LATEST_REVIEW:
        raise InvalidError("A note is reviewed on a day to come, within a year.", details={"field": "review_on"})
    return review_on
