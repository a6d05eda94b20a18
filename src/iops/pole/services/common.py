"""What the verbs of POLE share: provenance as given, and text within the width of its column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from iops.foundation import clock
from iops.foundation.errors import InvalidError, NotFoundError
from iops.obligations.services import text
from iops.pole.models import Confidence, Location, Person, Source

if TYPE_CHECKING:
    from datetime import date

    from iops.foundation.models import User


@dataclass(frozen=True)
class Provenance:
    """Where a value comes from: source, which one, how sure, and from when until when it held (local days)."""

    source: str = Source.UNKNOWN
    detail: str = ""
    confidence: str = Confidence.UNCONFIRMED
    since: date | None = None
    until: date | None = None

    def columns(self, by: User) -> dict[str, Any]:
        """The provenance as columns, recorded now by `by`. Raises InvalidError naming the field that is wrong."""
        if self.source not in Source.values:
            raise InvalidError(f"“{self.source}” is not a source.", details={"field": "source"})
        if self.confidence not in Confidence.values:
            raise InvalidError(f"“{self.confidence}” is not a confidence.", details={"field": "confidence"})
        if self.since and self.until and self.until < self.since:
            raise InvalidError("The period ends before it begins.", details={"field": "until"})
        return {
            "source": self.source,
            "source_detail": line(self.detail, "Source", 200, needed=False),
            "confidence": self.confidence,
            "since": self.since,
            "until": self.until,
            "recorded_at": clock.now(),
            "recorded_by": by,
        }


NOT_SAID = Provenance()


def line(value: str, field: str, width: int, *, needed: bool = True) -> str:
    """One line of text without blanks at its ends; InvalidError when it is empty or wider than its column."""
    kept = text(value, field, needed=needed).strip()
    if len(kept) > width:
        raise InvalidError(
            f"{field} has {len(kept)} characters; at most {width} are kept.",
            mend="Shorten it, and put the rest into a note.",
            details={"field": field},
        )
    return kept


def choice(value: str, known: list[str], field: str) -> str:
    """A value of a fixed list; InvalidError says what there is."""
    if value not in known:
        raise InvalidError(
            f"“{value[:80]}” is not a {field}.", mend=f"Take one of: {', '.join(known)}.", details={"field": field}
        )
    return value


def find_person(person_id: int) -> Person:
    """The nominal; NotFoundError also when it is restricted and the person asking is not on its list."""
    found = Person.objects.filter(id=person_id).first()
    if found is None:
        raise NotFoundError("There is no such nominal.", mend="Search by another name, address or number.")
    return found


def find_location(location_id: int) -> Location:
    """The place; NotFoundError also when it is restricted and the person asking is not on its list."""
    found = Location.objects.filter(id=location_id).first()
    if found is None:
        raise NotFoundError("There is no such place.", mend="Search by another part of the address.")
    return found
