"""Labels: which records are truly of one person, and how well a finding agrees with them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from iops.pole.matching.reading import ColumnsError, rows_of
from iops.pole.matching.spelling import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

Pair = tuple[str, str]
_CLUSTER = frozenset({"cluster", "cluster id", "entity", "entity id", "person", "person id", "group", "true id"})
_LABEL = frozenset({"clerical match score", "match", "is match", "label", "truth", "match score", "y"})
_NO = frozenset({"", "0", "false", "no", "n", "non match", "different"})
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a finding agrees with the truth, in counted pairs."""

    right: int
    found: int
    true: int

    @property
    def precision(self) -> float:
        """Share of what was found that is true."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Share of what is true that was found."""
        return self.right / self.true if self.true else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        return 2 * self.right / (self.found + self.true) if self.found + self.true else 0.0

    def __str__(self) -> str:
        return (
            f"precision {self.precision:.4f}, recall {self.recall:.4f}, F1 {self.f1:.4f} "
            f"({self.right:,} right of {self.found:,} found and {self.true:,} true)"
        )


def judge(found: set[Pair], true: set[Pair]) -> Judgement:
    """Hold a finding against the truth."""
    return Judgement(len(found & true), len(found), len(true))


def pair(one: str, other: str, *, two_files: bool) -> Pair:
    """A pair in the order in which pairs are counted: as they are between two files, sorted within one."""
    return (one, other) if two_files or one <= other else (other, one)


def pairs_within(groups: Iterable[Sequence[str]]) -> set[Pair]:
    """Every pair of records that are one person."""
    return {pair(a, b, two_files=False) for group in groups for a, b in combinations(group, 2)}


def read_truth(path: Path, *, two_files: bool) -> set[Pair]:
    """True pairs from a file of pairs, or of ids with their cluster. A label column below one half says "two people".

    Raises ColumnsError when the file shows neither.
    """
    rows = list(rows_of(path))
    names = list(rows[0]) if rows else []
    cluster = next((name for name in names if fold(name) in _CLUSTER), None)
    sides = _sides(names)
    if cluster is not None and len(sides) < len("lr"):
        groups: dict[str, list[str]] = {}
        for row in rows:
            groups.setdefault(row[cluster], []).append(row[next(name for name in names if name != cluster)])
        return pairs_within(groups.values())
    if len(sides) < len("lr"):
        raise ColumnsError(
            f"{path.name} holds neither pairs nor clusters.", mend="Give two columns of ids, or an id and a cluster."
        )
    label = next((name for name in names if fold(name) in _LABEL), None)
    true = (row for row in rows if label is None or _is_true(row[label]))
    return {made for row in true if (made := _ordered(row[sides[0]], row[sides[1]], two_files=two_files))}


def across(true: set[Pair], left: set[str], right: set[str]) -> set[Pair]:
    """Of the true pairs, those between two files, the left file's record first."""
    turned = {(b, a) for a, b in true if not (a in left and b in right) and b in left and a in right}
    return {one for one in true if one[0] in left and one[1] in right} | turned


def _sides(names: Sequence[str]) -> list[str]:
    """The two columns of ids: those that end alike but for left and right, else the first two."""
    for one, other in (("_l", "_r"), ("_left", "_right"), ("_a", "_b"), ("1", "2")):
        for name in names:
            partner = name.removesuffix(one) + other
            if name.endswith(one) and partner in names and "dataset" not in name:
                return [name, partner]
    return [name for name in names if fold(name) not in _LABEL | _CLUSTER][:2]


def _ordered(one: str, other: str, *, two_files: bool) -> Pair | None:
    return pair(one, other, two_files=two_files) if one and other and one != other else None


def _is_true(text: str) -> bool:
    try:
        return float(text) > _HALF
    except ValueError:
        return fold(text) not in _NO
