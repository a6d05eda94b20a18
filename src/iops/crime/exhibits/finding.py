"""Finds an exhibit for a verb or by what was scanned, and where it is now."""

from __future__ import annotations

import datetime as dt
import re

from iops.crime.models import Exhibit, ExhibitMove
from iops.foundation.errors import NotFoundError

REFERENCE = re.compile(r"\s*PR[/\s-]*([0-9]{1,7})[/\s-]+((?:19|20)[0-9]{2})\s*", re.IGNORECASE)


def parse_reference(typed: str) -> tuple[int, dt.date] | None:
    """The number and the year (its 1 January) of an exhibit as typed, such as PR/12/2026; None when it is none."""
    found = REFERENCE.fullmatch(typed)
    return (int(found[1]), dt.date(int(found[2]), 1, 1)) if found else None


def find(exhibit_id: int) -> Exhibit:
    """The exhibit, or NotFoundError: a restricted one looks the same as one that does not exist."""
    found = Exhibit.objects.select_related("incident", "crime").filter(id=exhibit_id).first()
    if found is None:
        raise NotFoundError("There is no such exhibit.", mend="Check its number.")
    return found


def by_code(typed: str) -> Exhibit | None:
    """The exhibit of a number or of a seal, as typed or scanned; None when this person may see none."""
    parsed = parse_reference(typed[:60])
    found = Exhibit.objects.select_related("incident", "crime")
    if parsed:
        return found.filter(year=parsed[1], number=parsed[0]).first()
    return found.filter(seals__seal="".join(typed[:60].upper().split())).first()


def now_of(exhibit_id: int) -> ExhibitMove:
    """The last movement of an exhibit: where it is. NotFoundError when this person may not see it."""
    last = (
        ExhibitMove.objects.filter(exhibit_id=exhibit_id)
        .select_related("to_user", "to_store")
        .order_by("-step")
        .first()
    )
    if last is None:
        raise NotFoundError("There is no such exhibit.", mend="Check its number.")
    return last
