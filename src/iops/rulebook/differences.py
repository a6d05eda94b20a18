"""What changed in the recording rules between two days, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iops.rulebook.classes import register
from iops.rulebook.library import all_tables
from iops.rulebook.outcomes import framework

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from iops.rulebook.classes import CrimeClass
    from iops.rulebook.tables import Row, Table

DAY_FACTS = ("reported", "happened")


@dataclass(frozen=True, slots=True)
class Difference:
    """One change: what it concerns, the change in words, its sources, and whether the source is unsure."""

    about: str
    says: str
    cite: tuple[str, ...]
    unsure: str = ""

    def __str__(self) -> str:
        unsure = f" [unsure: {self.unsure}]" if self.unsure else ""
        return f"{self.about}: {self.says} ({', '.join(self.cite)}){unsure}"


def differences(first: dt.date, second: dt.date) -> tuple[Difference, ...]:
    """Every difference between the rules on `first` and on `second`: tables, classes, offences and outcomes."""
    early, late = min(first, second), max(first, second)
    return (*_tables(early, late), *_classes(early, late), *_codes(early, late), *_outcomes(early, late))


def _tables(early: dt.date, late: dt.date) -> Iterator[Difference]:
    for table in all_tables().values():
        for row in table.rows:
            before, after = _applies(row, early), _applies(row, late)
            if before != after:
                says = f"{'now' if after else 'no longer'}: {row.says}"
                yield Difference(f"{table.title} ({row.id})", says, row.cite, row.unsure)


def _applies(row: Row, day: dt.date) -> bool:
    """Whether the row could apply on the day; a row without dates always can."""
    return all(day.toordinal() in test.accepts for test in row.tests if test.fact in DAY_FACTS)


def _classes(early: dt.date, late: dt.date) -> Iterator[Difference]:
    for one in register().classes.values():
        before, after = one.in_force(early), one.in_force(late)
        if before != after:
            yield _class_change(one, began=after)


def _class_change(one: CrimeClass, *, began: bool) -> Difference:
    says = f"used from {one.starts}" if began else f"not used after {one.ends}"
    return Difference(f"Class {one.code}", f"{one.title}, {says}.", one.cite, one.unsure)


def _codes(early: dt.date, late: dt.date) -> Iterator[Difference]:
    seen: set[tuple[str, bool]] = set()
    for code, holders in register().by_code.items():
        one, held = holders[0]
        before, after = held.in_force(early), held.in_force(late)
        if before != after and (code, after) not in seen:
            seen.add((code, after))
            says = f"began on {held.starts}" if after else f"ended on {held.ceased}"
            yield Difference(f"Offence {code}", f"class {one.code}, {says}.", ("NOL2026",))


def _outcomes(early: dt.date, late: dt.date) -> Iterator[Difference]:
    for outcome in framework().outcomes.values():
        if early < outcome.starts <= late:
            yield Difference(
                f"Outcome {outcome.code}", f"{outcome.title}, from {outcome.starts}.", outcome.cite, outcome.unsure
            )


def dated_rows(table: Table) -> list[Row]:
    """The rows of a table that depend on a date."""
    return [row for row in table.rows if any(test.fact in DAY_FACTS for test in row.tests)]
