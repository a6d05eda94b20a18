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
from iops.pole.matching.scoring import SHARED, Scorer, household_bits, household_surplus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

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
LEAST_HOUSEHOLD = 0.01
"""No records show that a household never, or always, means one person."""
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
    ms, prior, household = starts, min(max(float(model.prior), 1.0 / seen.pairs), 0.5), float(model.household)
    for done in range(ROUNDS):
        weights = _weights(ms, us)
        household = household_share(seen.candidates, weights, household)
        new, new_prior = _round(weights, prior, household, seen, starts)
        moved = max(abs(a - b) for old, now in zip(ms, new, strict=True) for a, b in zip(old, now, strict=True))
        ms, prior = new, new_prior
        progress(done)
        if moved < STILL:
            break
    comparisons = {f.name: _parameters(ms[at], us[at]) for at, f in enumerate(FIELDS)}
    return model.with_parameters(
        comparisons, Decimal(prior).quantize(Decimal("1e-12")), Decimal(household).quantize(_DIGITS)
    )


def _weights(ms: Sequence[Sequence[float]], us: Sequence[Sequence[float]]) -> list[list[float]]:
    """The evidence of every level, in natural logarithms."""
    return [[log(max(m, 1e-9) / max(u, 1e-9)) for m, u in zip(*pair, strict=True)] for pair in zip(ms, us, strict=True)]


def household_share(candidates: Mapping[Pattern, int], weights: Sequence[Sequence[float]], start: float) -> float:
    """Of the pairs that share what a household shares, how many are of one person: judged by what is a person's own.

    Given name, birth, sex, e-mail and numbers decide; the share is found by a few rounds of its own. Drawn a little
    towards `start`, and never beyond what any records could show.
    """
    shared, own = [], []
    for levels, count in candidates.items():
        told = [(at, weights[at][level]) for at, level in enumerate(levels) if level != MISSING]
        if sum(weight > 0 for at, weight in told if at in SHARED) > 1:
            shared.append(count)
            own.append(sum(weight for at, weight in told if at not in SHARED))
    share = start
    for _ in range(ROUNDS):
        odds = log(share / (1 - share))
        same = sum(n / (1 + exp(-_within(odds + told))) for n, told in zip(shared, own, strict=True))
        share = min(max((same + _WORTH * start) / (sum(shared) + _WORTH), LEAST_HOUSEHOLD), 1 - LEAST_HOUSEHOLD)
    return share


def _within(value: float) -> float:
    return max(min(value, 500.0), -500.0)


def _shares(counter: Counter[int], given: Sequence[Parameters], which: str) -> list[float]:
    """Shares of the levels, drawn a little towards the given model's."""
    before = [float(getattr(p, which)) for p in given]
    told = {level: n for level, n in counter.items() if level != MISSING}
    total = sum(told.values())
    return [(told.get(at, 0) + _WORTH * share) / (total + _WORTH) for at, share in enumerate(before)]


def _round(
    weights: list[list[float]], prior: float, household: float, seen: Evidence, starts: list[list[float]]
) -> tuple[list[list[float]], float]:
    sums = [[_WORTH * share for share in start] for start in starts]
    before = log(prior / (1 - prior))
    short_of = before - household_bits(household) * LN2
    same = 0.0
    for levels, count in seen.candidates.items():
        evidence = before + _told(levels, weights, short_of)
        share = count / (1 + exp(-_within(evidence)))
        same += share
        for at, level in enumerate(levels):
            if level != MISSING:
                sums[at][level] += share
    new = [bounded(FIELDS[at].name, [one / sum(row) for one in row]) for at, row in enumerate(sums)]
    return new, min(max(same, 0.5) / seen.pairs, 0.5)


def _told(levels: Pattern, weights: list[list[float]], short_of: float) -> float:
    """What the levels say together, in natural logarithms; what a household shares counts as one."""
    each = [(at, weights[at][level]) for at, level in enumerate(levels) if level != MISSING]
    found: list[Found] = [(at, 0, weight / LN2, "", "") for at, weight in each]
    return sum(weight for _, weight in each) - household_surplus(found, short_of / LN2) * LN2


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
