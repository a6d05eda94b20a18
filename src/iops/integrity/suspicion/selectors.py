"""The questions of the suspicion list: what looks like an unrecorded crime and why, and how often it was one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from iops.control.models import Closing
from iops.foundation.consultation import consults, shows_no_record
from iops.foundation.errors import InvalidError, NotAllowedError
from iops.foundation.paging import PAGE_SIZE, Page
from iops.foundation.roles import Role
from iops.integrity import words
from iops.integrity.models import SuspicionDecision, Verdict
from iops.integrity.suspicion import signs as reasons

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from iops.foundation.models import User
    from iops.integrity.suspicion.signs import Sign

LONGEST_PERIOD = 92
"""Days of closures that are looked through at once."""


@dataclass(frozen=True)
class Suspicion:
    """One closure without a crime that looks like one, with every reason, and what was decided on it."""

    closing: Closing
    signs: tuple[Sign, ...]
    decision: SuspicionDecision | None

    @property
    def score(self) -> int:
        """How far up the list it stands."""
        return reasons.score(self.signs)


def _incidents(page: Page[Suspicion]) -> list[int]:
    return [row.closing.incident_id for row in page.rows]


@shows_no_record("signs by number of closing; `suspicions` shows them and logs the look")
def found_by(since: dt.date, until: dt.date) -> dict[int, tuple[Sign, ...]]:
    """The signs of every closure of a period that whoever acts may see, by closing; those without a sign left out.

    Words are those of the edition in force at the end of the period. Raises InvalidError for a period that is none.
    """
    if not 0 <= (until - since).days < LONGEST_PERIOD:
        raise InvalidError(
            "That is no period.", mend=f"Give at most {LONGEST_PERIOD} days, forward.", details={"field": "until"}
        )
    edition = words.current(until)
    found: dict[int, list[Sign]] = defaultdict(list)
    asked: list[Any] = [since, until, edition.query(), reasons.crime_categories(), list(reasons.TELLING_RESULTS)]
    with connection.cursor() as cursor:
        cursor.execute("select * from iops.suspicions(%s, %s, %s, %s::text[], %s::text[])", asked)
        for closing, _, code, detail in cursor.fetchall():
            told = (
                [reasons.of_words(hit, edition) for hit in edition.hits(detail)]
                if code == "text"
                else [reasons.of_fact(code, detail)]
            )
            found[closing] += [sign for sign in told if sign not in found[closing]]
    return {closing: tuple(some) for closing, some in found.items() if any(sign.weight for sign in some)}


@consults("incident", ids=_incidents)
def suspicions(
    viewer: User, since: dt.date, until: dt.date, page: int = 1, *, decided: bool = False
) -> Page[Suspicion]:
    """Closures without a crime that look like one, the most telling first; those decided on only when asked for.

    Raises NotAllowedError for who is no registrar, InvalidError for a period that is none.
    """
    if not viewer.holds((Role.REGISTRAR,)):
        raise NotAllowedError("The suspicion list is the registrar's.", mend="Ask somebody in that role.")
    found = found_by(since, until)
    done = {d.closing_id: d for d in SuspicionDecision.objects.filter(closing__in=found).select_related("by")}
    wanted = [c for c in found if (c in done) == decided]
    wanted.sort(key=lambda c: (-reasons.score(found[c]), c))
    shown = wanted[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    rows = _closings(shown)
    return Page(tuple(Suspicion(rows[c], found[c], done.get(c)) for c in shown), total=len(wanted), page=page)


def _closings(ids: Sequence[int]) -> dict[int, Closing]:
    rows = Closing.objects.select_related("incident", "incident__district", "by").filter(id__in=ids)
    return {row.id: row for row in rows}


@dataclass(frozen=True)
class Yield:
    """Of the suspicions decided on that had a sign, how many were crimes. Counts: no rate speaks for the rest."""

    code: str
    decided: int
    crimes: int


@shows_no_record("counts only")
def yields() -> tuple[Yield, ...]:
    """What each sign was worth so far: decided on, and of these recorded, by sign; the most decided first."""
    counted: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for made in SuspicionDecision.objects.all():
        for code in {sign["code"] for sign in made.signs if not sign["undone"]}:
            counted[code][0] += 1
            counted[code][1] += made.verdict == Verdict.RECORD
    ordered = sorted(counted.items(), key=lambda pair: (-pair[1][0], pair[0]))
    return tuple(Yield(code, decided, crimes) for code, (decided, crimes) in ordered)
