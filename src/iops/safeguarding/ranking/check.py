"""How well the ranking did: calibration, capture at capacity and subgroups, as pure counts of what was followed up.

Small numbers are suppressed before anything is kept: a cell under `SMALLEST` is never told, nor is one that could be
worked out from the total. Shares are whole thousandths, so nothing counted is a float.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

SMALLEST: Final = 10
"""Groups and outcomes of fewer are not told."""
LEAST_FOLLOWED, LEAST_AGAIN = 200, 30
"""With fewer incidents followed up, or fewer of them followed by another, nothing is told: it would be noise."""
CAPACITIES: Final = (5, 10, 20, 30, 50)
"""What a hub can look at, in hundredths of all."""
LOOKED_AT: Final = 20
"""The capacity by which subgroups are compared."""
BANDS: Final = ((0, 15, "under 16"), (16, 24, "16 to 24"), (25, 34, "25 to 34"), (35, 44, "35 to 44"),
                (45, 54, "45 to 54"), (55, 64, "55 to 64"), (65, 200, "65 and over"))  # fmt: skip
NOT_RECORDED: Final = "not recorded"


@dataclass(frozen=True)
class Followed:
    """One incident of the past: the score it would have had, and what followed within the time looked at.

    `again`: another domestic incident of any of its people; `crime`: one with a recorded crime. Sex, age in years and
    ethnicity (self-defined) are the victim's, as recorded; empty or None when they are not.
    """

    score: int
    known: bool
    again: bool
    crime: bool
    sex: str = ""
    age: int | None = None
    ethnicity: str = ""


def enough(rows: Sequence[Followed]) -> bool:
    """Whether there is enough to tell anything."""
    return len(rows) >= LEAST_FOLLOWED and sum(r.again for r in rows) >= LEAST_AGAIN


def measured(rows: Iterable[Followed], quartile: Callable[[Iterable[int]], int | None]) -> dict[str, Any]:
    """Everything the page shows, as JSON. An unknown history stands at the upper quartile, as in the queue."""
    given = list(rows)
    lift = quartile(r.score for r in given if r.known) or 0
    order = sorted(
        range(len(given)), key=lambda n: (-(given[n].score if given[n].known else max(given[n].score, lift)), n)
    )
    ranked = [given[n] for n in order]
    page: dict[str, Any] = {"followed": len(ranked), "enough": enough(ranked)}
    if not page["enough"]:
        return page
    looked = set(range(len(ranked) * LOOKED_AT // 100))
    return page | {
        "again": sum(r.again for r in ranked),
        "crime": sum(r.crime for r in ranked),
        "unknown": sum(not r.known for r in ranked),
        "deciles": _deciles(ranked),
        "capture": [_capture(ranked, percent) for percent in CAPACITIES],
        "groups": {
            "sex": _groups(ranked, looked, lambda r: r.sex.strip().lower() or NOT_RECORDED),
            "age": _groups(ranked, looked, lambda r: band(r.age)),
            "ethnicity": _groups(ranked, looked, lambda r: r.ethnicity.strip() or NOT_RECORDED),
        },
    }


def band(age: int | None) -> str:
    """The age band of somebody of so many years."""
    return next((words for low, high, words in BANDS if age is not None and low <= age <= high), NOT_RECORDED)


def thousandths(part: int, whole: int) -> int | None:
    """A share in whole thousandths, rounded half up; None of nothing."""
    return (2000 * part + whole) // (2 * whole) if whole else None


def _careful(part: int, whole: int) -> int | None:
    """A share of a group, unless it gives away that few are in it or that few are not."""
    return thousandths(part, whole) if min(part, whole - part) >= SMALLEST else None


def _told(count: int) -> int | None:
    return count if count >= SMALLEST else None


def _deciles(ranked: Sequence[Followed]) -> list[dict[str, Any]]:
    size, found = len(ranked), []
    for n in range(10):
        part = ranked[n * size // 10 : (n + 1) * size // 10]
        again = sum(r.again for r in part)
        found.append(
            {
                "decile": n + 1,
                "incidents": len(part),
                "again": _told(again),
                "share": thousandths(again, len(part)) if again >= SMALLEST else None,
            }
        )
    return found


def _capture(ranked: Sequence[Followed], percent: int) -> dict[str, Any]:
    """Of those with a further incident or crime, the share among the first; and how many of the rest."""
    cut = len(ranked) * percent // 100
    first, rest = ranked[:cut], ranked[cut:]
    again, crime = sum(r.again for r in ranked), sum(r.crime for r in ranked)
    return {
        "percent": percent,
        "incidents": cut,
        "again": thousandths(sum(r.again for r in first), again),
        "crime": thousandths(sum(r.crime for r in first), crime) if crime >= SMALLEST else None,
        "missed": thousandths(sum(r.again for r in rest), len(rest)),
    }


def _groups(ranked: Sequence[Followed], looked: set[int], name: Callable[[Followed], str]) -> list[dict[str, Any]]:
    names = [name(r) for r in ranked]
    sizes = Counter(names)
    withheld = _withheld(sizes)
    found = []
    ages = [words for _, _, words in BANDS]
    for group in sorted(sizes, key=lambda g: (g == NOT_RECORDED, ages.index(g) if g in ages else -sizes[g], g)):
        if group in withheld:
            continue
        mine = [n for n, other in enumerate(names) if other == group]
        again = [n for n in mine if ranked[n].again]
        found.append(
            {
                "group": group,
                "incidents": sizes[group],
                "first": _careful(sum(n in looked for n in mine), len(mine)),
                "again": _careful(len(again), len(mine)),
                "captured": _careful(sum(n in looked for n in again), len(again)),
            }
        )
    if withheld:
        found.append({"group": None, "groups": len(withheld)})
    return found


def _withheld(sizes: Counter[str]) -> set[str]:
    """The groups that are not told: the small ones, and the next one when they alone could be worked out."""
    small = {group for group, size in sizes.items() if size < SMALLEST}
    rest = sorted((size, group) for group, size in sizes.items() if group not in small)
    if small and rest and sum(sizes[g] for g in small) < SMALLEST:
        small.add(rest[0][1])
    return small
