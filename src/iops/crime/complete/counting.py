"""Counts of facts by how they stand: whole numbers of a whole population, nothing estimated."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iops.crime.complete.definitions import Purpose

KNOWN, NOT_KNOWN, DECLINED, BLANK = "known", "not_known", "declined", "blank"
STANDINGS = (KNOWN, NOT_KNOWN, DECLINED, BLANK)


@dataclass(frozen=True)
class Share:
    """How many facts are known, asked for in vain, declined, or blank."""

    known: int = 0
    not_known: int = 0
    declined: int = 0
    blank: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.known + self.not_known + self.declined + self.blank

    @property
    def answered(self) -> int:
        """Those of which somebody said something: all but the blanks."""
        return self.total - self.blank

    def __add__(self, other: Share) -> Share:
        return Share(
            self.known + other.known,
            self.not_known + other.not_known,
            self.declined + other.declined,
            self.blank + other.blank,
        )

    def percent(self, part: int) -> str:
        """A part of all, in per cent to one place, rounded half up; "none" where there is nothing to count."""
        if not self.total:
            return "none"
        tenths = (2000 * part + self.total) // (2 * self.total)
        return f"{tenths // 10}.{tenths % 10} %"


@dataclass(frozen=True)
class Cell:
    """So many facts of one sort in one district that stand so."""

    district_id: int
    part: str
    fact: str
    standing: str
    many: int


@dataclass(frozen=True)
class Blanks:
    """So many crimes of one district that have exactly these facts blank ("victim.born")."""

    district_id: int
    blanks: frozenset[tuple[str, str]]
    many: int


def share(cells: Iterable[Cell]) -> Share:
    """The sum of cells."""
    found: Counter[str] = Counter()
    for cell in cells:
        found[cell.standing] += cell.many
    return Share(found[KNOWN], found[NOT_KNOWN], found[DECLINED], found[BLANK])


def of_purpose(cells: Iterable[Cell], purpose: Purpose) -> Share:
    """The facts that a purpose needs."""
    return share(cell for cell in cells if (cell.part, cell.fact) in purpose.needs)


def whole(groups: Iterable[Blanks], purpose: Purpose) -> tuple[int, int]:
    """How many crimes have no blank that matters for a purpose, and how many crimes there are."""
    kept = list(groups)
    return sum(g.many for g in kept if not g.blanks & purpose.needs), sum(g.many for g in kept)
