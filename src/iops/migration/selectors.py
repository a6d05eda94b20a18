"""The questions of migration: which loads there are, what became of their rows, and whether all is accounted for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import connection
from django.db.models import Count

from iops.foundation.errors import NotFoundError
from iops.foundation.paging import PAGE_SIZE, Page
from iops.migration.models import Fate, LedgerRow, Load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.migration.batches import Tally

MOST_REASONS: Final = 20
TOTALS: Final = ("domestic", "crime_reported", "graded")


@dataclass(frozen=True)
class Counts:
    """What stands in the database for the rows of one fate."""

    lines: int = 0
    standing: int = 0
    domestic: int = 0
    crime_reported: int = 0
    graded: int = 0


@dataclass(frozen=True)
class Reconciliation:
    """How the rows of a file are accounted for: rows in the file = loaded + exact duplicates + rejected.

    `source` holds what the file said of itself when it was read to the end in this run; None for a load that was
    finished before. `unexplained` is empty when everything agrees.
    """

    load: Load
    fates: Mapping[str, Counts]
    reasons: tuple[tuple[str, int], ...]
    source: Tally | None
    unexplained: tuple[str, ...]

    def total(self, name: str) -> int:
        """The sum of one count over all fates."""
        return sum(getattr(counts, name) for counts in self.fates.values())


def loads() -> list[Load]:
    """Every load, the newest first."""
    return list(Load.objects.order_by("-started_at", "-id"))


def load(load_id: int) -> Load:
    """One load; NotFoundError when there is none."""
    found = Load.objects.filter(id=load_id).first()
    if found is None:
        raise NotFoundError(f"There is no load {load_id}.", mend="See: iops replay status")
    return found


def ledger(load_id: int, fate: Fate | None = None, page: int = 1) -> Page[LedgerRow]:
    """The rows of a load in the order of the file, all or those of one fate; rejected ones with what they held."""
    found = LedgerRow.objects.filter(load_id=load_id).order_by("line")
    if fate is not None:
        found = found.filter(fate=fate)
    start = (page - 1) * PAGE_SIZE
    return Page(tuple(found[start : start + PAGE_SIZE]), total=found.count(), page=page)


def reasons(load_id: int, fate: Fate = Fate.REJECTED) -> tuple[tuple[str, int], ...]:
    """Why rows were rejected, the most frequent first; what is beyond the first MOST_REASONS stands together."""
    found = LedgerRow.objects.filter(load_id=load_id, fate=fate).values_list("reason")
    counted = [(str(reason), int(n)) for reason, n in found.annotate(n=Count("id")).order_by("-n", "reason")]
    rest = sum(n for _, n in counted[MOST_REASONS:])
    return (*counted[:MOST_REASONS], *((("other reasons", rest),) if rest else ()))


def reconciliation(of: Load, source: Tally | None = None, damage: str = "") -> Reconciliation:
    """Hold the file against the ledger and the ledger against the facts; every difference is told in words."""
    with connection.cursor() as cursor:
        cursor.execute("select * from iops.load_totals(%s)", [of.id])
        fates = {row[0]: Counts(*row[1:]) for row in cursor.fetchall()}
    fates = {fate.value: fates.get(fate.value, Counts()) for fate in Fate}
    told = [*_ledger_differences(of, fates), *_source_differences(fates, source)]
    if damage or _damaged(of):
        told.append(f"The file could not be read to its end{f': {damage}' if damage else ''}.")
    return Reconciliation(of, fates, reasons(of.id), source, tuple(told))


def _ledger_differences(of: Load, fates: Mapping[str, Counts]) -> list[str]:
    told = []
    lines = sum(counts.lines for counts in fates.values())
    if lines != of.rows:
        told.append(f"{of.rows:,} rows were counted while loading, {lines:,} stand in the ledger.")
    for fate in (Fate.LOADED, Fate.DUPLICATE):
        counts = fates[fate]
        if counts.standing != counts.lines:
            told.append(f"{counts.lines:,} rows are {fate.label}, but {counts.standing:,} have their incident.")
    return told


def _source_differences(fates: Mapping[str, Counts], source: Tally | None) -> list[str]:
    if source is None:
        return []
    told = []
    lines = sum(counts.lines for counts in fates.values())
    if lines != source.rows:
        told.append(f"The file has {source.rows:,} rows, the ledger {lines:,}.")
    for name in TOTALS:
        here, there = sum(getattr(c, name) for c in fates.values()), getattr(source, name)
        if here != there:
            told.append(f"{name}: {there:,} in the source, {here:,} here.")
    return told


def _damaged(of: Load) -> bool:
    return LedgerRow.objects.filter(load=of, fate=Fate.REJECTED, reason__startswith="the file is damaged").exists()
