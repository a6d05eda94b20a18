"""Recording accuracy over strata: of what should have been recorded, the share that was, with its interval.

A stratum has so many closures, of which so many were drawn at random and decided; of these so many should have been
recorded, and so many of those were. How many closures of the whole stratum should have been is not known, only
estimated, and so is the weight that the stratum has in the whole.

* **Within a stratum** the closures that should have been recorded are a simple random sample of all such closures in
  it. Their share has the exact hypergeometric interval; as the size of that whole the largest one is taken that the
  sample leaves possible, which makes the interval wider, never narrower.
* **Over strata** the accuracy is the sum of the shares by their weights. Its limits are recovered from the exact
  limits of the parts (Zou and Donner's MOVER): the distances from the estimate to each exact limit are put together as
  the root of the sum of their squares, those of the shares by weight and those of the weights by how far a stratum's
  share lies from the whole. A normal approximation is nowhere made of one stratum, so that 0 of 3 is not taken for a
  certainty; and the exact limits are a little too wide, so that what is put together of them is so too. Adding up
  exact limits of many strata at a risk divided by their number (Bonferroni) would keep the promise for certain, and be
  about twice as wide with ten strata: nobody would look at it. A test draws samples with a fixed seed and counts how
  often the truth is covered.
* A stratum in which nothing was found that should have been recorded may still hold such closures, up to its exact
  limit: they count as all wrong for the lower end, and as all right for the upper.
* A stratum of which nothing was decided is **not tested**: it is named, and no rate speaks for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from fractions import Fraction
from typing import TYPE_CHECKING

from iops.rulebook.sampling.exact import RISK, THOUSAND, SampleError, check, interval

if TYPE_CHECKING:
    from collections.abc import Iterable

METHOD = (
    "Stratified random sample of closures, drawn by a published seed. Exact hypergeometric limits in each stratum, put"
    " together by the recovery of variances (MOVER); 95 %, two-sided."
)
"""How every rate here is come by, in words for the page."""
SHOULD = "that should have been recorded"
"""What is counted, unless something else is said."""


@dataclass(frozen=True)
class Stratum:
    """One stratum: closures, decided of those drawn, of these should have been recorded, and of these were."""

    name: str
    population: int
    decided: int
    should: int
    recorded: int

    def __post_init__(self) -> None:
        """Raises SampleError for numbers that no sample can have."""
        check(self.population, self.decided, self.should)
        check(self.should, self.recorded, 0)


@dataclass(frozen=True)
class Accuracy:
    """The accuracy with everything one must know to read it. A rate is never to be had without the rest.

    `per_mille` is None when nothing that should have been recorded was found. `population` counts the closures that the
    rate speaks for; `untested` names the strata it does not speak for, and `untested_population` counts them.
    """

    per_mille: int | None
    low: int
    high: int
    population: int
    decided: int
    should: int
    recorded: int
    method: str
    untested: tuple[str, ...]
    untested_population: int
    of: str = SHOULD

    @property
    def says(self) -> str:
        """The rate in one piece: estimate, interval, n and population. There is no shorter way to print it."""
        of = f"{self.should} {self.of}, in {self.decided} decided of {self.population} closures"
        if self.per_mille is None:
            return f"No rate: there is nothing to judge ({of})."
        return f"{percent(self.per_mille)} % (95 % interval {percent(self.low)} to {percent(self.high)} %; {of})"


def percent(per_mille: int) -> str:
    """Tenths of a per cent as people write them: 777 is "77.7"."""
    return f"{per_mille // 10}.{per_mille % 10}"


@dataclass(frozen=True)
class _Part:
    """What one stratum gives to the whole: estimated closures that should have been recorded, and its share."""

    size: Fraction
    size_low: int
    size_high: int
    share: Fraction | None
    low: Fraction
    high: Fraction


def accuracy(strata: Iterable[Stratum], risk: Fraction = RISK, *, of: str = SHOULD) -> Accuracy:
    """The accuracy over strata; `of` says in words what `should` counts.

    With one stratum it is that stratum's exact interval. Raises SampleError.
    """
    given = [s for s in strata if s.population]
    tested = [s for s in given if s.decided]
    untested = [s for s in given if not s.decided]
    names = [s.name for s in given]
    if len(set(names)) != len(names):
        raise SampleError("A stratum stands twice in the list.", mend="Add its closures up before.")
    estimate, low, high = _limits([_part(s, risk) for s in tested])
    return Accuracy(
        None if estimate is None else _mille(estimate),
        low,
        high,
        sum(s.population for s in tested),
        sum(s.decided for s in tested),
        sum(s.should for s in tested),
        sum(s.recorded for s in tested),
        METHOD,
        tuple(s.name for s in untested),
        sum(s.population for s in untested),
        of,
    )


def _part(stratum: Stratum, risk: Fraction) -> _Part:
    should = interval(stratum.population, stratum.decided, stratum.should, risk)
    size = Fraction(stratum.population * stratum.should, stratum.decided)
    if not stratum.should:
        return _Part(size, should.low, should.high, None, Fraction(0), Fraction(1))
    # The largest whole that the sample leaves possible, whatever is likely: the interval only grows with it.
    largest = stratum.population - (stratum.decided - stratum.should)
    told = interval(largest, stratum.should, stratum.recorded, risk)
    share = Fraction(stratum.recorded, stratum.should)
    return _Part(
        size, should.low, should.high, share, Fraction(told.low, largest), Fraction(told.high, largest)
    )  # fmt: skip


def _limits(parts: list[_Part]) -> tuple[Fraction | None, int, int]:
    whole = sum((p.size for p in parts), Fraction(0))
    if not whole:
        return None, 0, THOUSAND
    rate = sum((p.size * p.share for p in parts if p.share is not None), Fraction(0)) / whole
    below = _root(sum((_below(p, rate, whole) for p in parts), Fraction(0)))
    above = _root(sum((_above(p, rate, whole) for p in parts), Fraction(0)))
    exact = _decimal(rate)
    low = int(((exact - below) * THOUSAND).to_integral_value(rounding=ROUND_FLOOR))
    high = int(((exact + above) * THOUSAND).to_integral_value(rounding=ROUND_CEILING))
    return rate, max(0, low), min(THOUSAND, high)


def _below(part: _Part, rate: Fraction, whole: Fraction) -> Fraction:
    """The square of how far the stratum may draw the rate down."""
    if part.share is None:
        return (rate * part.size_high / whole) ** 2
    return (part.size * (part.share - part.low) / whole) ** 2 + _weight(part, rate, whole)


def _above(part: _Part, rate: Fraction, whole: Fraction) -> Fraction:
    if part.share is None:
        return ((1 - rate) * part.size_high / whole) ** 2
    return (part.size * (part.high - part.share) / whole) ** 2 + _weight(part, rate, whole)


def _weight(part: _Part, rate: Fraction, whole: Fraction) -> Fraction:
    """The square of how far the rate may move because the weight of the stratum is only estimated."""
    apart = (part.share or Fraction(0)) - rate
    furthest = max(part.size - part.size_low, part.size_high - part.size)
    return (apart * furthest / whole) ** 2


def _decimal(value: Fraction) -> Decimal:
    with localcontext() as context:
        context.prec = 40
        return Decimal(value.numerator) / Decimal(value.denominator)


def _root(square: Fraction) -> Decimal:
    with localcontext() as context:
        context.prec = 40
        return _decimal(square).sqrt()


def _mille(share: Fraction) -> int:
    return int(share * THOUSAND + Fraction(1, 2))


def allocate(sizes: dict[str, int], wanted: int, least: int = 5) -> dict[str, int]:
    """How many to draw of each stratum: in proportion to its size, and at least `least` (all of a smaller one).

    What is left over by rounding goes to the largest remainders, in the order of the names: the same sizes always give
    the same numbers. When the least alone are more than `wanted`, they are drawn all the same. Raises SampleError.
    """
    if wanted < 1 or least < 1 or any(size < 0 for size in sizes.values()):
        raise SampleError("The number to draw is not a positive number.", mend="Draw at least one.")
    total = sum(sizes.values())
    if not total:
        return dict.fromkeys(sizes, 0)
    asked = min(wanted, total)
    given = {name: asked * size // total for name, size in sizes.items()}
    by_rest = sorted(sizes, key=lambda name: (-(asked * sizes[name] % total), name))
    for name in by_rest[: asked - sum(given.values())]:
        given[name] += 1
    return {name: max(given[name], min(least, size)) for name, size in sizes.items()}
