"""The questions of closing: the closures of an incident, what waits for a check, and how often checks agree."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from iops.control.classing import editions
from iops.control.closing.checks import checks
from iops.control.closing.intervals import Rate, wilson
from iops.control.finding import find
from iops.control.models import CheckVerdict, Closing, ClosureCheck
from iops.foundation import clock
from iops.foundation.consultation import consults, shows_no_record
from iops.foundation.paging import PAGE_SIZE, Page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iops.control.models import Incident
    from iops.foundation.models import User

DAYS = 90
"""How far back the counts reach unless told."""


@dataclass(frozen=True)
class Closure:
    """One closing with the names of its code and results, and its check if there is one."""

    closing: Closing
    check: ClosureCheck | None

    @property
    def title(self) -> str:
        """The name of the closing code; empty when it was closed without one."""
        edition = editions.edition(self.closing.edition)
        known = edition.categories.get(self.closing.code) if edition else None
        return known.title if known else self.closing.code

    @property
    def results(self) -> tuple[str, ...]:
        """The names of its results."""
        edition = editions.edition(self.closing.edition)
        return tuple(edition.results.get(c, c) if edition else c for c in self.closing.results)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Of which kinds of closure it is, in words."""
        return tuple(checks().strata.get(s, s) for s in self.closing.strata)

    @property
    def findings(self) -> tuple[str, ...]:
        """What the check found, in words."""
        return tuple(checks().findings.get(f, f) for f in self.check.findings) if self.check else ()


@dataclass(frozen=True)
class StratumCount:
    """The closures of one kind: closed, drawn by its own share, checked of those, and how many were agreed to."""

    code: str
    title: str
    closed: int
    drawn: int
    checked: int
    agreed: Rate


def _incidents(rows: Sequence[Closure]) -> list[int]:
    return [row.closing.incident_id for row in rows]


def _incidents_of_page(page: Page[Closure]) -> list[int]:
    return _incidents(page.rows)


def _closures(found: Sequence[Closing]) -> tuple[Closure, ...]:
    made = {c.closing_id: c for c in ClosureCheck.objects.filter(closing__in=found).select_related("by")}
    return tuple(Closure(c, made.get(c.id)) for c in found)


@shows_no_record("a part of the incident, whose look is logged")
def closures_on(incident: Incident) -> tuple[Closure, ...]:
    """The closings of an incident, the latest first."""
    return _closures(list(incident.closings.select_related("by").order_by("-at", "-id")))


@consults("incident", ids=_incidents)
def closures(incident_id: int, viewer: User) -> tuple[Closure, ...]:  # noqa: ARG001 - read by `consults`
    """The closings of an incident, the latest first. Raises NotFoundError."""
    return closures_on(find(incident_id))


@consults("incident", ids=_incidents_of_page)
def waiting(viewer: User, page: int = 1) -> Page[Closure]:
    """The drawn closures of the viewer's districts that stand and nobody has checked, the earliest closed first."""
    found = _standing().filter(sampled=True, check_made=None)
    own = viewer.district_ids
    if own is not None:
        found = found.filter(incident__district_id__in=own)
    start = (page - 1) * PAGE_SIZE
    ordered = found.select_related("incident", "incident__district", "by").order_by("at", "id")
    return Page(_closures(list(ordered[start : start + PAGE_SIZE])), total=found.count(), page=page)


def _standing() -> QuerySet[Closing]:
    later = Closing.objects.filter(incident=OuterRef("incident"), at__gt=OuterRef("at"))
    return Closing.objects.filter(~Exists(later), incident__closed_at__isnull=False)


COUNTS = """
    select s.stratum, count(*) as closed,
           count(*) filter (where c.draw < iops.closure_share(array[s.stratum], iops.local_date(c.at))) as drawn,
           count(k.id) filter (where c.draw < iops.closure_share(array[s.stratum], iops.local_date(c.at))) as checked,
           count(k.id) filter (where c.draw < iops.closure_share(array[s.stratum], iops.local_date(c.at))
                                     and k.verdict <> %(reopen)s and k.findings = '[]') as agreed
    from control_closing c
    join control_incident i on i.id = c.incident_id
    cross join lateral jsonb_array_elements_text(c.strata) s(stratum)
    left join control_closurecheck k on k.closing_id = c.id
    where c.at >= %(since)s and (%(own)s::bigint[] is null or i.district_id = any (%(own)s::bigint[]))
    group by s.stratum
"""


@shows_no_record("counts only")
def closure_counts(viewer: User, days: int = DAYS) -> tuple[StratumCount, ...]:
    """Of each kind of closure in the viewer's districts in the last days: how many, drawn, checked, agreed to.

    Only what the kind's own share drew is counted as drawn and checked, so that the rate speaks for every closure of
    that kind: what another kind's larger share drew, or a supervisor chose, would lean it.
    """
    own = viewer.district_ids
    asked = {
        "since": clock.now() - timedelta(days=days),
        "own": None if own is None else list(own),
        "reopen": CheckVerdict.REOPEN.value,
    }
    counted: dict[str, tuple[int, int, int, int]] = defaultdict(lambda: (0, 0, 0, 0))
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, asked)
        counted |= {row[0]: (row[1], row[2], row[3], row[4]) for row in cursor.fetchall()}
    return tuple(
        StratumCount(code, title, *counted[code][:3], wilson(counted[code][3], counted[code][2]))
        for code, title in checks().strata.items()
    )
