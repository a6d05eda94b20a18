"""Fits the model to records nobody has labelled: expectation and maximisation over the levels of candidate pairs.

`u` comes from pairs taken at random, which are two people's but for a handful. `m` and the prior come from the
candidates: their levels are weighed by the present model, and the shares of each level among what it takes for one
person become the next model (Winkler 1988). Pairs that share no key are taken for two people's.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from math import exp, log
from typing import TYPE_CHECKING

from iops.pole.matching.levels import FIELDS, MISSING
from iops.pole.matching.model import LEAST, Model, Parameters
from iops.pole.matching.scoring import Scorer, household_surplus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from iops.pole.matching.known import Known
    from iops.pole.matching.scoring import Found

Pattern = tuple[int, ...]
"""The level of every field, MISSING where one of the two says nothing."""
RANDOM_PAIRS = 100_000
ROUNDS = 60
STILL = 0.0001
"""Rounds end when no share moves by more."""
_WORTH = 20
"""The starting model counts as so many pairs of one person, so that a field hardly ever filled in does not run wild."""
_DIGITS = Decimal("0.0000001")
LN2 = log(2.0)
MOST_DIFFERENT = {"given": 0.05, "born": 0.03}
"""The greatest share of one person's pairs of records that differ wholly in a thing of their own. Unlabelled records
of households and namesakes would teach far more; studies of people's own records find a few in a hundred."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the records say: patterns of the candidates, levels of random pairs, and how many pairs there are at all."""

    candidates: Counter[Pattern]
    at_random: tuple[Counter[int], ...]
    pairs: int


def pattern(scorer: Scorer, a: Known, b: Known) -> Pattern:
    """The levels of one pair."""
    found = [MISSING] * len(FIELDS)
    for one in scorer.score(a, b).found:
        if one[0] >= 0:
            found[one[0]] = one[1]
    return tuple(found)


def evidence(
    left: Sequence[Known], right: Sequence[Known], candidates: Iterable[tuple[int, int]], model: Model, *, linking: bool
) -> Evidence:
    """Collect it. `linking` is true when the two are different files, false when one is compared with itself."""
    scorer = Scorer(model)
    chance = random.Random(1)  # noqa: S311 - a sample that is the same every time, not a secret
    at_random: tuple[Counter[int], ...] = tuple(Counter() for _ in FIELDS)
    for _ in range(RANDOM_PAIRS if left and right else 0):
        a, b = chance.randrange(len(left)), chance.randrange(len(right))
        if linking or a != b:
            for counter, level in zip(at_random, pattern(scorer, left[a], right[b]), strict=True):
                counter[level] += 1
    patterns = Counter(pattern(scorer, left[a], right[b]) for a, b in candidates)
    pairs = len(left) * len(right) if linking else len(left) * (len(left) - 1) // 2
    return Evidence(patterns, at_random, max(pairs, 1))


def fit(model: Model, seen: Evidence, progress: Callable[[int], None] = lambda _done: None) -> Model:
    """The model fitted to the evidence, starting from the given one."""
    us = [_shares(seen.at_random[at], model.comparisons[f.name], "u") for at, f in enumerate(FIELDS)]
    starts = [[float(p.m) for p in model.comparisons[f.name]] for f in FIELDS]
    ms, prior = starts, min(max(float(model.prior), 1.0 / seen.pairs), 0.5)
    for done in range(ROUNDS):
        new, new_prior = _round(ms, us, prior, seen, starts)
        moved = max(abs(a - b) for old, now in zip(ms, new, strict=True) for a, b in zip(old, now, strict=True))
        ms, prior = new, new_prior
        progress(done)
        if moved < STILL:
            break
    comparisons = {f.name: _parameters(ms[at], us[at]) for at, f in enumerate(FIELDS)}
    return model.with_parameters(comparisons, Decimal(prior).quantize(Decimal("1e-12")))


def _shares(counter: Counter[int], given: Sequence[Parameters], which: str) -> list[float]:
    """Shares of the levels, drawn a little towards the given model's."""
    before = [float(getattr(p, which)) for p in given]
    told = {level: n for level, n in counter.items() if level != MISSING}
    total = sum(told.values())
    return [(told.get(at, 0) + _WORTH * share) / (total + _WORTH) for at, share in enumerate(before)]


def _round(
    ms: list[list[float]], us: list[list[float]], prior: float, seen: Evidence, starts: list[list[float]]
) -> tuple[list[list[float]], float]:
    sums = [[_WORTH * share for share in start] for start in starts]
    weights = [
        [log(max(m, 1e-9) / max(u, 1e-9)) for m, u in zip(*pair, strict=True)] for pair in zip(ms, us, strict=True)
    ]
    before = log(prior / (1 - prior))
    same = 0.0
    for levels, count in seen.candidates.items():
        evidence = before + _told(levels, weights, before)
        share = count / (1 + exp(-max(min(evidence, 500), -500)))
        same += share
        for at, level in enumerate(levels):
            if level != MISSING:
                sums[at][level] += share
    new = [bounded(FIELDS[at].name, [one / sum(row) for one in row]) for at, row in enumerate(sums)]
    return new, min(max(same, 0.5) / seen.pairs, 0.5)


def _told(levels: Pattern, weights: list[list[float]], before: float) -> float:
    """What the levels say together, in natural logarithms; what a household shares counts as one."""
    each = [(at, weights[at][level]) for at, level in enumerate(levels) if level != MISSING]
    found: list[Found] = [(at, 0, weight / LN2, "", "") for at, weight in each]
    return sum(weight for _, weight in each) - household_surplus(found, before / LN2) * LN2


def bounded(name: str, shares: list[float]) -> list[float]:
    """Shares in which the last level, nothing in common, is no commoner than people's own records ever show."""
    most = MOST_DIFFERENT.get(name)
    if most is None or shares[-1] <= most:
        return shares
    scale = (1.0 - most) / (1.0 - shares[-1])
    return [*(share * scale for share in shares[:-1]), most]


def _parameters(ms: Sequence[float], us: Sequence[float]) -> tuple[Parameters, ...]:
    return tuple(
        Parameters(max(Decimal(m).quantize(_DIGITS), LEAST), max(Decimal(u).quantize(_DIGITS), LEAST))
        for m, u in zip(ms, us, strict=True)
    )
