"""The worked numbers that the sampling of audits must reproduce, each of them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iops.rulebook.sampling.approximate import needed, sequential, to_tell_apart, wilson
from iops.rulebook.sampling.elusion import recall
from iops.rulebook.sampling.exact import SampleError, clean_sample, interval, ways_at_most

CLEAN = {
    1_000: (393, 238, 132, 56),
    5_000: (543, 284, 145, 58),
    10_000: (570, 291, 147, 59),
    35_107: (592, 297, 148, 59),
}
RATES = (Fraction(5, 1000), Fraction(1, 100), Fraction(2, 100), Fraction(5, 100))


def percent(share: Fraction | Decimal, places: str = "0.1") -> Decimal:
    value = Fraction(share) * 100
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal(places))


@pytest.mark.parametrize(
    ("population", "rate", "size"),
    [(n, rate, size) for n, sizes in CLEAN.items() for rate, size in zip(RATES, sizes, strict=True)],
)
def test_the_smallest_clean_sample_is_that_of_the_table(population: int, rate: Fraction, size: int) -> None:
    assert clean_sample(population, rate) == size


def test_two_missed_in_six_hundred_of_ten_thousand() -> None:
    found = interval(10_000, 600, 2)
    assert (found.low, found.high) == (5, 117)
    assert percent(Fraction(2, 600), "0.01") == Decimal("0.33")


@pytest.mark.parametrize(
    ("found", "missed", "point", "low", "high"),
    [(500, 2, "93.8", "81.0", "99.0"), (1500, 2, "97.8", "92.8", "99.7")],
)
def test_recall_by_elusion(found: int, missed: int, point: str, low: str, high: str) -> None:
    told = recall(found, 10_000, 600, missed)
    assert (percent(told.point), percent(told.low), percent(told.high)) == (Decimal(point), Decimal(low), Decimal(high))


@pytest.mark.parametrize(("found", "low"), [(500, "89.4"), (1500, "96.2")])
def test_nothing_missed_in_the_sample_still_leaves_what_may_remain(found: int, low: str) -> None:
    told = recall(found, 10_000, 600, 0)
    assert (told.missed.low, told.missed.high) == (0, 59)
    assert (told.point, told.high, percent(told.low)) == (Fraction(1), Fraction(1), Decimal(low))


def test_recall_of_nothing_at_all_is_whole_and_of_an_unlooked_pile_is_unknown() -> None:
    assert recall(0, 10, 10, 0).point == 1
    assert (recall(5, 10, 0, 0).low, recall(5, 10, 0, 0).high) == (Fraction(1, 3), Fraction(1))


def test_the_reviewed_quarter_of_the_backlog() -> None:
    found = interval(13_400, 3_350, 134)
    assert (found.low, found.high) == (462, 619)
    assert (percent(Fraction(found.low, 13_400), "0.01"), percent(Fraction(found.high, 13_400), "0.01")) == (
        Decimal("3.45"),
        Decimal("4.62"),
    )
    assert found.per_mille() == (34, 47)
    assert [percent(x, "0.01") for x in wilson(134, 3_350, 13_400)] == [Decimal("3.46"), Decimal("4.62")]
    assert [percent(x, "0.01") for x in wilson(134, 3_350)] == [Decimal("3.39"), Decimal("4.72")]


def test_the_sequential_test_of_one_against_four_per_cent() -> None:
    lines = sequential(Fraction(1, 100), Fraction(4, 100))
    assert (lines.slope.quantize(Decimal("0.0001")), lines.intercept.quantize(Decimal("0.001"))) == (
        Decimal("0.0217"),
        Decimal("2.078"),
    )
    assert lines.earliest == 96


def test_about_630_items_tell_four_per_cent_from_two() -> None:
    assert to_tell_apart(Fraction(4, 100), Fraction(2, 100)) == 630


# --- what holds of any sample ----------------------------------------------------------------------------------------


@given(st.data())
@settings(max_examples=60)
def test_the_interval_holds_the_numbers_that_are_no_wonder_and_no_others(data: st.DataObject) -> None:
    population = data.draw(st.integers(1, 60))
    sample = data.draw(st.integers(0, population))
    found = data.draw(st.integers(0, sample))
    told = interval(population, sample, found)
    ways = [[comb(k, x) * comb(population - k, sample - x) for x in range(sample + 1)] for k in range(population + 1)]
    possible = [
        k
        for k in range(found, population - (sample - found) + 1)
        if min(sum(ways[k][: found + 1]), sum(ways[k][found:])) * 40 > comb(population, sample)
    ]
    assert (told.low, told.high) == (min(possible), max(possible))
    assert ways_at_most(population, found, sample, sample) == comb(population, sample)


@pytest.mark.parametrize(("population", "sample"), [(40, 12), (100, 30), (25, 25)])
def test_whatever_the_truth_the_exact_interval_covers_it_in_at_least_95_of_100(population: int, sample: int) -> None:
    told = [interval(population, sample, found) for found in range(sample + 1)]
    for truth in range(population + 1):
        covered = sum(
            comb(truth, t.found) * comb(population - truth, sample - t.found) for t in told if t.low <= truth <= t.high
        )
        assert covered * 100 >= 95 * comb(population, sample)


def test_all_looked_at_leaves_no_doubt_and_nothing_looked_at_leaves_all() -> None:
    assert (interval(12, 12, 5).low, interval(12, 12, 5).high) == (5, 5)
    assert (interval(12, 0, 0).low, interval(12, 0, 0).high) == (0, 12)
    assert wilson(5, 12, 12) == (Decimal(5) / 12, Decimal(5) / 12)
    assert wilson(0, 0) == (Decimal(0), Decimal(1))


def test_the_number_needed_keeps_the_interval_within_and_one_less_is_not_enough_by_much() -> None:
    size = needed(35_107, Fraction(777, 1000), Fraction(30, 1000))
    told = interval(35_107, size, round(size * Fraction(777, 1000)))
    assert Fraction(told.high - told.low, 2 * 35_107) <= Fraction(30, 1000)
    assert 700 < size < 780
    assert needed(40, Fraction(1, 2), Fraction(1, 1000)) == 40
    assert needed(0, Fraction(1, 2), Fraction(1, 10)) == 0


@pytest.mark.parametrize("numbers", [(10, 11, 0), (10, 5, 6), (10, 5, -1), (-1, -1, -1), (10**9, 5, 1)])
def test_numbers_of_no_sample_are_refused(numbers: tuple[int, int, int]) -> None:
    with pytest.raises(SampleError):
        interval(*numbers)


def test_shares_that_are_none_are_refused() -> None:
    for act in (
        lambda: interval(10, 5, 1, Fraction(2)),
        lambda: clean_sample(10, Fraction(1)),
        lambda: clean_sample(0, Fraction(1, 2)),
        lambda: needed(10, Fraction(2), Fraction(1, 10)),
        lambda: to_tell_apart(Fraction(1, 2), Fraction(1, 2)),
        lambda: sequential(Fraction(4, 100), Fraction(1, 100)),
    ):
        with pytest.raises(SampleError):
            act()
