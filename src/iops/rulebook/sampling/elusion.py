"""How many were missed in a pile that was laid aside, and how many of all were found therefore (elusion, recall)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from iops.rulebook.sampling.exact import Interval, interval


@dataclass(frozen=True)
class Recall:
    """Of all there are, the share that was found: in the sample's own measure, at least, and at most."""

    point: Fraction
    low: Fraction
    high: Fraction
    missed: Interval


def recall(found: int, pile: int, sample: int, missed: int) -> Recall:
    """The share found, when `found` are known and a sample of the pile laid aside holds `missed` more.

    Raises SampleError. With nothing found and nothing missed there is nothing to find: the share is one.
    """
    left = interval(pile, sample, missed)
    guess = Fraction(missed * pile, sample) if sample else Fraction(left.high)
    return Recall(_share(found, guess), _share(found, left.high), _share(found, left.low), left)


def _share(found: int, missed: Fraction | int) -> Fraction:
    return Fraction(found) / (found + missed) if found or missed else Fraction(1)
