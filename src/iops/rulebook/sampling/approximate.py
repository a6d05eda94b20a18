"""What is near enough for planning: Wilson's interval for a finite population, sample sizes, and a sequential test.

No rate that is published comes from here; the exact interval does that (`exact`, `stratified`). Reckoned in decimals.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal, localcontext
from fractions import Fraction

from iops.rulebook.sampling.exact import SampleError, check, interval

Z_TWO_SIDED_95 = Decimal("1.959964")
Z_ONE_SIDED_95 = Decimal("1.644854")
Z_POWER_90 = Decimal("1.281552")
"""Of the standard normal distribution."""


def wilson(found: int, sample: int, population: int | None = None) -> tuple[Decimal, Decimal]:
    """Wilson's 95 % interval of a share, 0 to 1; with `population`, corrected for what was drawn of it.

    Raises SampleError.
    """
    check(sample if population is None else population, sample, found)
    if not sample:
        return Decimal(0), Decimal(1)
    if population == sample:
        return Decimal(found) / sample, Decimal(found) / sample
    with localcontext() as context:
        context.prec = 30
        p, n, z2 = Decimal(found) / sample, Decimal(sample), Z_TWO_SIDED_95**2
        if population is not None:
            z2 *= Decimal(population - sample) / (population - 1)
        middle = p + z2 / (2 * n)
        half = (z2 * (p * (1 - p) + z2 / (4 * n)) / n).sqrt()
        return (middle - half) / (1 + z2 / n), (middle + half) / (1 + z2 / n)


def needed(population: int, expected: Fraction, within: Fraction) -> int:
    """How many to draw of a population so that the exact interval is at most `within` to either side on average.

    `expected` is the share that one expects, such as 777/1000. Half the length of the interval is held to `within`.
    Raises SampleError.
    """
    if not (0 <= expected <= 1 and 0 < within < 1):
        raise SampleError("A share lies between 0 and 1.", mend="Give fractions such as 777/1000 and 30/1000.")
    low, high = min(1, population), population
    while low < high:
        middle = (low + high) // 2
        if _half(population, middle, expected) <= within:
            high = middle
        else:
            low = middle + 1
    return low


def _half(population: int, sample: int, expected: Fraction) -> Fraction:
    found = interval(population, sample, round(sample * expected))
    return Fraction(found.high - found.low, 2 * population)


def to_tell_apart(share: Fraction, other: Fraction) -> int:
    """About how many to look at to tell one share from another (one-sided 5 %, with a power of 90 %)."""
    if share == other:
        raise SampleError("Two equal shares cannot be told apart.", mend="Give two different shares.")
    p, q = _decimal(share), _decimal(other)
    root = (Z_ONE_SIDED_95 * (p * (1 - p)).sqrt() + Z_POWER_90 * (q * (1 - q)).sqrt()) / (p - q)
    return int((root * root).to_integral_value(rounding=ROUND_CEILING))


@dataclass(frozen=True)
class Sequential:
    """Wald's sequential test of one share against a larger: after n looks, `intercept` either side of `slope` * n.

    With so few found that the line below is reached, the smaller share is taken; with so many, the larger.
    """

    slope: Decimal
    intercept: Decimal

    @property
    def earliest(self) -> int:
        """After how many looks without a find the smaller share may be taken."""
        return int((self.intercept / self.slope).to_integral_value(rounding=ROUND_CEILING))


def sequential(good: Fraction, bad: Fraction, risk: Fraction = Fraction(5, 100)) -> Sequential:
    """The lines of the test, with the same risk of either error. Raises SampleError."""
    if not 0 < good < bad < 1:
        raise SampleError("The good share is not below the bad one.", mend="Give 0 < good < bad < 1.")
    p, q = _decimal(good), _decimal(bad)
    by = ((q * (1 - p)) / (p * (1 - q))).ln()
    return Sequential(((1 - p) / (1 - q)).ln() / by, ((1 - _decimal(risk)) / _decimal(risk)).ln() / by)


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)
