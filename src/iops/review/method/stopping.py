"""When a stratum may stop, registered before: recall of the ranked part, acceptance of the rest, weekly switching.

None of this holds for floors and children: there everything is looked at by a person (safeguarding.md E2, rule S3),
and `stratum_may_stop` refuses whatever the numbers say. Exact counts of whole numbers throughout.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from math import comb
from typing import TYPE_CHECKING

from iops.rulebook.sampling.exact import RISK, SampleError, check, ways_at_most

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

RECALL = Fraction(95, 100)
CONSUMER = Fraction(10, 100)
"""The greatest chance of accepting an isolated lot that is as bad as the limiting quality (ISO 2859-2)."""
WINDOW = 5
REFUSED_TO_TIGHTEN = 2
REFUSED_TO_STOP = 5
"""Weeks, of ISO 2859-1: the window looked back over, and how many refusals tighten and stop."""


def recall_chance(found: Sequence[bool], population: int, last: int, target: Fraction = RECALL) -> Fraction:
    """How likely so few defects among the `last` reviewed would be, if fewer than `target` of all had been found.

    `found` says of each reviewed item, in the order of review, whether it was defective; `population` counts all items,
    reviewed or not. The urn holds the last ones and all unseen; `k` is the smallest number of defects in it that breaks
    the target (Callaghan and Müller-Hansen 2020). The last ones were ranked higher than what is left, so the chance is
    told too large rather than too small. `last` is registered before: trying several until one fits is no test.
    Raises SampleError.
    """
    check(population, len(found), sum(found))
    if not 0 < last <= len(found) or not 0 < target <= 1:
        raise SampleError(f"The last {last} of {len(found)} reviewed are none.", mend="Look back over some of them.")
    before = sum(found[:-last])
    inside = sum(found[-last:])
    urn = last + population - len(found)
    k = int(sum(found) / target) - before + 1
    return Fraction(ways_at_most(urn, k, last, inside), comb(urn, last)) if k <= urn else Fraction(0)


@dataclass(frozen=True)
class Stage:
    """After `drawn` looks in all: accepted with at most `accept` defects, looked at whole with `reject` or more."""

    drawn: int
    accept: int
    reject: int


@dataclass(frozen=True)
class Plan:
    """Acceptance in stages, so that one defect does not condemn a good pile and none does not pass a bad one."""

    population: int
    stages: tuple[Stage, ...]

    def __post_init__(self) -> None:
        """Raises SampleError for stages that do not follow each other or leave the last one open."""
        drawn = [0, *(s.drawn for s in self.stages)]
        if not self.stages or any(y <= x for x, y in pairwise(drawn)):
            raise SampleError("The stages do not draw more each time.", mend="Give stages in order, at least one.")
        check(self.population, drawn[-1], 0)
        if any(s.accept >= s.reject for s in self.stages) or self.stages[-1].reject != self.stages[-1].accept + 1:
            raise SampleError("The stages do not decide.", mend="The last accepts or rejects every number.")

    def decide(self, drawn: int, defects: int) -> bool | None:
        """True accepted, False to be looked at whole, None draw on. Raises SampleError between two stages."""
        stage = next((s for s in self.stages if s.drawn == drawn), None)
        if stage is None or not 0 <= defects <= drawn:
            raise SampleError(f"{defects} in {drawn} is the end of no stage.", mend="Finish the stage, then decide.")
        return True if defects <= stage.accept else False if defects >= stage.reject else None

    def chance(self, defects: int) -> Fraction:
        """How likely the plan accepts a pile with so many defects, exactly. Raises SampleError."""
        check(self.population, defects, 0)
        on, accepted, drawn = {0: Fraction(1)}, Fraction(0), 0
        for stage in self.stages:
            following: dict[int, Fraction] = {}
            for seen, share in on.items():
                for more, by in _drawn(self.population - drawn, defects - seen, stage.drawn - drawn):
                    following[seen + more] = following.get(seen + more, Fraction(0)) + share * by
            accepted += sum((share for seen, share in following.items() if seen <= stage.accept), Fraction(0))
            on = {seen: share for seen, share in following.items() if stage.accept < seen < stage.reject}
            drawn = stage.drawn
        return accepted


def _drawn(population: int, having: int, sample: int) -> Iterable[tuple[int, Fraction]]:
    """The chance of each number of finds in a sample without putting back."""
    whole = comb(population, sample)
    for k in range(max(0, sample - population + having), min(having, sample) + 1):
        yield k, Fraction(comb(having, k) * comb(population - having, sample - k), whole)


def isolated_lot(population: int, limiting: Fraction, accept: int, risk: Fraction = CONSUMER) -> int:
    """How many to draw of a one-off pile, accepted with at most `accept` defects.

    So many that a pile of the limiting quality is accepted with a chance below `risk`, by the hypergeometric
    distribution (the principle of ISO 2859-2; computed, not read from its tables). All of it where no sample is
    enough. Raises SampleError.
    """
    check(population, 0, 0)
    bad = -(-population * limiting.numerator // limiting.denominator)
    if not 0 < limiting < 1 or accept < 0 or bad <= accept:
        raise SampleError("No such plan.", mend="Accept fewer defects than the limiting quality holds.")
    low, high = accept + 1, population
    while low < high:
        middle = (low + high) // 2
        if ways_at_most(population, bad, middle, accept) * risk.denominator < risk.numerator * comb(population, middle):
            high = middle
        else:
            low = middle + 1
    return low


class Inspection(StrEnum):
    """How hard the weekly new work is looked at (ISO 2859-1). Reduced inspection is not used: somebody may be hurt."""

    NORMAL = "normal"
    TIGHTENED = "tightened"
    STOPPED = "stopped"


def switched(weeks: Iterable[bool]) -> Inspection:
    """How the next week is inspected, given for each week so far whether it was accepted.

    Two of five or fewer in a row refused: tightened. Five in a row accepted: normal again. Five refused since it was
    tightened: no sampling any more, everything is looked at until somebody decides otherwise.
    """
    state, recent, refused = Inspection.NORMAL, [True], 0
    for accepted in weeks:
        recent = [*recent, accepted][-WINDOW:]
        if state is Inspection.NORMAL and recent.count(False) >= REFUSED_TO_TIGHTEN:
            state, recent, refused = Inspection.TIGHTENED, [], 0
        elif state is Inspection.TIGHTENED:
            refused += not accepted
            if refused >= REFUSED_TO_STOP:
                return Inspection.STOPPED
            if len(recent) == WINDOW and all(recent):
                state, recent = Inspection.NORMAL, []
    return state


@dataclass(frozen=True)
class Stand:
    """Where a stratum stands: items in all and reviewed, floors and children among them, serious finds in the rest."""

    population: int
    reviewed: int
    floors_or_children: int
    floors_or_children_reviewed: int
    serious_in_the_rest: int


def stratum_may_stop(stand: Stand, chance: Fraction | None, risk: Fraction = RISK) -> tuple[bool, str]:
    """Whether the rest of a stratum may be left, and why or why not in words.

    `chance` is what the registered test says (`recall_chance`, or `Plan.chance` at the tolerated number).
    """
    if stand.floors_or_children_reviewed < stand.floors_or_children:
        left = stand.floors_or_children - stand.floors_or_children_reviewed
        return False, f"{left} with a floor or a child are not reviewed: no statistics license leaving one."
    if stand.serious_in_the_rest:
        return False, "A serious case was missed in what was presumed sound: all of it is looked at."
    if stand.reviewed == stand.population:
        return True, "Everything was reviewed."
    if chance is None:
        return False, "The registered test was not made."
    if chance >= risk:
        return False, "The registered test does not exclude that too much is left."
    return True, "The registered test is passed."
