"""Accuracy over strata: it covers a hidden truth as often as it says, and is never told without its interval."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iops.rulebook.sampling.exact import SampleError, interval
from iops.rulebook.sampling.stratified import Stratum, accuracy, allocate

FORCE = {
    # Of each stratum: closures, of these should have been recorded, of these were. 77.7 % of 9,000 in all.
    "A domestic": (4_000, 2_400, 1_656),
    "A words": (3_000, 1_400, 1_020),
    "A other": (9_000, 900, 801),
    "B domestic": (3_000, 1_800, 1_350),
    "B words": (2_500, 1_300, 1_066),
    "B other": (8_000, 1_200, 1_100),
}
"""A made-up force whose truth is hidden from the audit."""
RUNS = 100


def a_sample(chance: random.Random, force: dict[str, tuple[int, int, int]], wanted: int) -> list[Stratum]:
    sizes = allocate({name: numbers[0] for name, numbers in force.items()}, wanted)
    made = []
    for name, (population, should, recorded) in force.items():
        drawn = chance.sample(range(population), sizes[name])
        made.append(
            Stratum(name, population, len(drawn), sum(d < should for d in drawn), sum(d < recorded for d in drawn))
        )
    return made


def covered(seed: int, force: dict[str, tuple[int, int, int]], wanted: int, runs: int = RUNS) -> int:
    chance = random.Random(seed)
    truth = 1000 * sum(f[2] for f in force.values()) / sum(f[1] for f in force.values())
    told = [accuracy(a_sample(chance, force, wanted)) for _ in range(runs)]
    return sum(t.low <= truth <= t.high for t in told)


def test_the_made_up_force_hides_a_truth_of_77_7_per_cent() -> None:
    should, recorded = sum(f[1] for f in FORCE.values()), sum(f[2] for f in FORCE.values())
    assert (should, recorded) == (9_000, 6_993)
    assert recorded * 1000 == should * 777


def test_an_audit_covers_the_hidden_truth_in_at_least_93_of_100_runs() -> None:
    assert covered(2019, FORCE, wanted=600) >= 93


def test_in_a_thousand_audits_the_truth_is_covered_at_least_as_often_as_the_interval_says() -> None:
    """One batch of a hundred may fall to 92 by chance (a true 96 % does so about once in 25); a thousand tell."""
    assert covered(2020, FORCE, wanted=600, runs=1_000) >= 950


def test_a_simple_sample_covers_the_hidden_truth_too() -> None:
    assert covered(2019, {"force": (29_500, 9_000, 6_993)}, wanted=500) >= 93


def test_small_strata_and_strata_without_a_find_do_not_make_it_too_sure() -> None:
    tiny = {f"stratum {n}": (40, 8 if n % 2 else 1, 6 if n % 2 else 1) for n in range(12)}
    assert covered(2019, tiny, wanted=120) >= 93


@pytest.mark.parametrize("truth", [50, 500, 950])
def test_rare_even_and_nearly_whole_recording_are_covered(truth: int) -> None:
    force = {name: (1_500, 1_000, truth + shift) for name, shift in (("A", -20), ("B", 0), ("C", 20))}
    assert covered(7, force, wanted=300) >= 93


def test_the_interval_of_an_audit_is_short_enough_to_be_of_use() -> None:
    told = accuracy(a_sample(random.Random(1), FORCE, 600))
    assert told.high - told.low < 170
    larger = accuracy(a_sample(random.Random(1), FORCE, 3_000))
    assert larger.high - larger.low < 80


def test_one_stratum_is_its_own_exact_interval() -> None:
    told = accuracy([Stratum("force", 1_000, 200, 120, 90)])
    exact = interval(920, 120, 90)
    assert (told.per_mille, told.low, told.high) == (750, exact.low * 1000 // 920, -(-exact.high * 1000 // 920))


def test_what_was_not_tested_is_named_and_no_rate_speaks_for_it() -> None:
    told = accuracy([Stratum("A", 100, 20, 10, 8), Stratum("B", 50, 0, 0, 0), Stratum("C", 0, 0, 0, 0)])
    assert (told.untested, told.untested_population, told.population) == (("B",), 50, 100)


def test_nothing_found_gives_no_rate_and_the_widest_interval() -> None:
    told = accuracy([Stratum("A", 100, 20, 0, 0)])
    assert (told.per_mille, told.low, told.high) == (None, 0, 1000)
    assert told.says.startswith("No rate")
    assert accuracy([]).per_mille is None


def test_a_rate_is_said_with_interval_number_and_population() -> None:
    told = accuracy([Stratum("A", 1_000, 200, 120, 90)])
    assert told.says == (
        "75.0 % (95 % interval 66.8 to 82.0 %; 120 that should have been recorded, in 200 decided of 1000 closures)"
    )


def test_a_stratum_without_a_find_widens_the_interval_of_the_others() -> None:
    alone = accuracy([Stratum("A", 1_000, 200, 120, 90)])
    beside = accuracy([Stratum("A", 1_000, 200, 120, 90), Stratum("B", 1_000, 20, 0, 0)])
    assert beside.low < alone.low <= alone.high < beside.high
    assert beside.per_mille == alone.per_mille


@given(st.lists(st.tuples(*[st.integers(0, 40)] * 4), min_size=1, max_size=5))
@settings(max_examples=60)
def test_the_estimate_lies_in_its_interval_and_all_decided_leaves_no_doubt(
    rows: list[tuple[int, int, int, int]],
) -> None:
    strata = [
        Stratum(str(n), a + b + c + d, a + b + c, a + b, a) for n, (a, b, c, d) in enumerate(rows)
    ]  # fmt: skip
    told = accuracy(strata)
    assert 0 <= told.low <= told.high <= 1000
    if told.per_mille is not None:
        assert told.low <= told.per_mille <= told.high
        if told.population == told.decided:
            assert told.high - told.low <= 1


@pytest.mark.parametrize("numbers", [(5, 6, 0, 0), (5, 5, 6, 0), (5, 5, 3, 4), (5, 5, 3, -1)])
def test_numbers_of_no_stratum_are_refused(numbers: tuple[int, int, int, int]) -> None:
    with pytest.raises(SampleError):
        Stratum("A", *numbers)


def test_the_same_stratum_twice_is_refused() -> None:
    with pytest.raises(SampleError, match="twice"):
        accuracy([Stratum("A", 5, 1, 1, 1), Stratum("A", 5, 1, 1, 1)])


# --- how many of each ------------------------------------------------------------------------------------------------


def test_numbers_are_allocated_in_proportion_with_a_least_of_each() -> None:
    assert allocate({"a": 900, "b": 90, "c": 10}, 100) == {"a": 90, "b": 9, "c": 5}
    assert allocate({"a": 3, "b": 0}, 100) == {"a": 3, "b": 0}
    assert allocate({}, 5) == {}


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 500), max_size=8), st.integers(1, 400), st.integers(1, 9))
def test_no_stratum_gives_more_than_it_has_and_at_least_what_was_asked_is_drawn(
    sizes: dict[str, int], wanted: int, least: int
) -> None:
    given = allocate(sizes, wanted, least)
    assert all(min(least, sizes[n]) <= given[n] <= sizes[n] for n in sizes)
    assert sum(given.values()) >= min(wanted, sum(sizes.values()))


@pytest.mark.parametrize(("sizes", "wanted"), [({"a": 5}, 0), ({"a": -1}, 3)])
def test_a_number_to_draw_that_is_none_is_refused(sizes: dict[str, int], wanted: int) -> None:
    with pytest.raises(SampleError):
        allocate(sizes, wanted)
