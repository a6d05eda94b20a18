"""What a simple random sample says of the whole it was drawn from: exact, two-sided, for a finite population.

Of `population` things `sample` were drawn at random without putting back, and `found` of these have a property. How
many of all have it? Every number that would have given such a sample with a probability of more than half of what may
go wrong, on its side, is possible; the interval is the least and the greatest of them (Clopper and Pearson's way, with
the hypergeometric distribution). All of it is counted in whole numbers: no probability is ever rounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import comb

from iops.foundation.errors import InvalidError

RISK = Fraction(5, 100)
"""How often an interval may miss the truth: one in twenty, half of it on each side."""
THOUSAND = 1000
LARGEST = 10_000_000
"""Above this no force has closures in a period; it guards against a slip of the pen, which would compute for hours."""


class SampleError(InvalidError):
    """The numbers are not those of a sample; says which and how to mend it."""


@dataclass(frozen=True)
class Interval:
    """How many of a population have the property: at least `low`, at most `high`."""

    population: int
    sample: int
    found: int
    low: int
    high: int

    def per_mille(self) -> tuple[int, int]:
        """The interval as a share of the population in tenths of a per cent, rounded outwards."""
        return self.low * THOUSAND // self.population, -(-self.high * THOUSAND // self.population)


def check(population: int, sample: int, found: int) -> None:
    """Raises SampleError for numbers that no sample without putting back can have."""
    if not 0 <= found <= sample <= population:
        raise SampleError(
            f"{found} found in {sample} drawn of {population} is no sample.",
            mend="Give found, sample and population, none greater than the next.",
        )
    if population > LARGEST:
        raise SampleError(f"A population of {population} is too large.", mend=f"At most {LARGEST}.")


def ways_at_most(population: int, having: int, sample: int, found: int) -> int:
    """In how many ways a sample holds at most `found` of the `having`, out of comb(population, sample) ways."""
    least = max(0, sample - (population - having))
    if found < least:
        return 0
    ways = comb(having, least) * comb(population - having, sample - least)
    total = ways
    for k in range(least, min(found, sample, having)):
        ways = ways * (having - k) * (sample - k) // ((k + 1) * (population - having - sample + k + 1))
        total += ways
    return total


def _possible_above(population: int, sample: int, found: int, having: int, risk: Fraction) -> bool:
    """Whether so few as `found` would be no great wonder if `having` had the property."""
    ways = ways_at_most(population, having, sample, found)
    return ways * 2 * risk.denominator > risk.numerator * comb(population, sample)


def _high(population: int, sample: int, found: int, risk: Fraction) -> int:
    """The greatest number that is possible: the chance of so few only falls as more have the property."""
    if found == sample:
        return population  # whatever was looked at has it
    low, high = found, population - (sample - found)
    while low < high:
        middle = (low + high + 1) // 2
        if _possible_above(population, sample, found, middle, risk):
            low = middle
        else:
            high = middle - 1
    return low


@lru_cache(maxsize=4096)
def interval(population: int, sample: int, found: int, risk: Fraction = RISK) -> Interval:
    """The exact interval of the number that has the property. Raises SampleError.

    A sample of nothing says nothing: from 0 to all.
    """
    check(population, sample, found)
    if not 0 < risk < 1:
        raise SampleError(f"A risk of {risk} is none.", mend="Give a fraction between 0 and 1, such as 5/100.")
    high = _high(population, sample, found, risk)
    # Who does not have it is counted the same way from the other side.
    low = population - _high(population, sample, sample - found, risk)
    return Interval(population, sample, found, low, high)


def clean_sample(population: int, tolerated: Fraction, risk: Fraction = RISK) -> int:
    """The smallest sample in which nothing may be found, to say that at most `tolerated` of all have the property.

    For a population of N this many, found clean, would be rarer than `risk` if floor(N * tolerated) + 1 had it
    (one-sided; safeguarding.md E3). Raises SampleError.
    """
    check(population, 0, 0)
    if not 0 <= tolerated < 1 or population == 0:
        raise SampleError(f"A share of {tolerated} of {population} is none.", mend="Give a fraction below 1.")
    having = int(population * tolerated) + 1
    low, high = 0, population - having + 1
    while low < high:
        middle = (low + high) // 2
        if comb(population - having, middle) * risk.denominator <= risk.numerator * comb(population, middle):
            high = middle
        else:
            low = middle + 1
    return low
