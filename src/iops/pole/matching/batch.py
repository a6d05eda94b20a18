"""Finds the pairs of records that are one person, in one file or between two: by the live search's keys and model."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from iops.pole.matching.estimate import evidence, fit
from iops.pole.matching.model import Model, starting
from iops.pole.matching.scoring import Frequencies, Score, Scorer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from iops.pole.matching.known import Known

LARGEST_BLOCK = 400
"""A key that more records share tells nothing (a switchboard's phone); they must meet in another key. Counted."""
COMPARISONS = 60
"""Pairs a record, on average, after which commoner keys are left out."""
AGAINST = -6.0
"""Bits: below this two records of one group contradict each other (64 to 1 against, whatever the prior)."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a file, made ready."""

    id: str
    known: Known
    keys: tuple[int, ...]


class Pair(NamedTuple):
    """Two records and how likely they are of one person."""

    left: Record
    right: Record
    score: Score


@dataclass(slots=True)
class Outcome:
    """The pairs found, the likeliest first, with what was done to find them."""

    pairs: list[Pair]
    model: Model
    compared: int
    crowded: int
    """Keys that so many records share that they were not used."""
    notes: list[str] = field(default_factory=list)


def candidates(left: Sequence[Record], right: Sequence[Record] | None = None) -> tuple[list[tuple[int, int]], int]:
    """Positions of every two records that share a key, and how many keys were too crowded to use.

    Without `right`, the records of `left` are paired with each other, each pair once. The rarest keys come first; when
    they have made COMPARISONS pairs a record, the commoner ones are left out, so that a file ten times as long takes
    ten times the work, not a hundred.
    """
    blocks, crowded = _blocks(left, right)
    budget = COMPARISONS * (len(left) + len(right or ())) + LARGEST_BLOCK**2
    width = len(left) if right is None else len(right)
    found: set[int] = set()
    for used, (mine, theirs) in enumerate(blocks):
        budget -= len(mine) * len(theirs)
        if budget < 0:
            crowded += len(blocks) - used
            break
        if right is None:
            found.update(a * width + b for at, a in enumerate(mine) for b in mine[at + 1 :])
        else:
            found.update(a * width + b for a in mine for b in theirs)
    return [divmod(one, width) for one in sorted(found)], crowded


def _blocks(left: Sequence[Record], right: Sequence[Record] | None) -> tuple[list[tuple[list[int], list[int]]], int]:
    """Records that share a key, the smallest groups first, and how many groups were too large."""
    here = _by_key(left)
    there = _by_key(right) if right is not None else here
    shared = [(mine, theirs) for key, mine in here.items() if (theirs := there.get(key))]
    fit = [(a, b) for a, b in shared if len(a) <= LARGEST_BLOCK and len(b) <= LARGEST_BLOCK]
    useful = [(a, b) for a, b in fit if len(a) > 1 or right is not None]
    return sorted(useful, key=lambda block: len(block[0]) * len(block[1])), len(shared) - len(fit)


def _by_key(records: Sequence[Record]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for at, record in enumerate(records):
        for key in record.keys:
            found[key].append(at)
    return found


def find_pairs(
    left: Sequence[Record],
    right: Sequence[Record] | None = None,
    *,
    model: Model | None = None,
    threshold: float = 0.5,
    one_to_one: bool = False,
    progress: Callable[[Iterable[tuple[int, int]], int], Iterable[tuple[int, int]]] = lambda pairs, _n: pairs,
) -> Outcome:
    """Every pair whose probability reaches the threshold.

    Without a model the shipped one is fitted to the records themselves. `one_to_one` is for two clean files: each
    record is linked once at most, the likeliest pairs first.
    """
    other = left if right is None else right
    met, crowded = candidates(left, right)
    people, others = [record.known for record in left], [record.known for record in other]
    if model is None:
        model = fit(starting(), evidence(people, others, met, starting(), linking=right is not None))
    both = people if right is None else [*people, *others]
    scorer = Scorer(model, Frequencies.of(both))
    found = list(_scored(left, other, progress(met, len(met)), scorer, threshold))
    found.sort(key=lambda pair: (-pair.score.weight, pair.left.id, pair.right.id))
    return Outcome(_once(found) if one_to_one else found, model, len(met), crowded)


def _scored(
    left: Sequence[Record], right: Sequence[Record], met: Iterable[tuple[int, int]], scorer: Scorer, threshold: float
) -> Iterator[Pair]:
    for a, b in met:
        score = scorer.score(left[a].known, right[b].known)
        if score.probability >= threshold:
            yield Pair(left[a], right[b], score)


def clusters(pairs: Iterable[Pair], scorer: Scorer) -> list[list[Record]]:
    """Records joined into people, the likeliest pairs first, through as many records as it takes.

    Two groups stay apart when any record of one speaks against any of the other: a chain of weak likenesses must not
    join two people.
    """
    group: dict[str, list[Record]] = {}
    for pair in pairs:
        mine = group.setdefault(pair.left.id, [pair.left])
        theirs = group.setdefault(pair.right.id, [pair.right])
        if mine is not theirs and _may_join(mine, theirs, scorer):
            mine.extend(theirs)
            for record in theirs:
                group[record.id] = mine
    return list({id(records): records for records in group.values()}.values())


def _may_join(mine: Sequence[Record], theirs: Sequence[Record], scorer: Scorer) -> bool:
    return all(scorer.score(a.known, b.known).weight >= AGAINST for a in mine for b in theirs)


def _once(pairs: Iterable[Pair]) -> list[Pair]:
    """Each record once on its side, the likeliest pair first."""
    taken_left: set[str] = set()
    taken_right: set[str] = set()
    kept = []
    for pair in pairs:
        if pair.left.id not in taken_left and pair.right.id not in taken_right:
            taken_left.add(pair.left.id)
            taken_right.add(pair.right.id)
            kept.append(pair)
    return kept
