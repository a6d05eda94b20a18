"""When a stratum may stop: recall test, plans in stages, plans for one lot, switching, and the override of safety."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iops.review.method.stopping import (
    Inspection,
    Plan,
    Stage,
    Stand,
    isolated_lot,
    recall_chance,
    stratum_may_stop,
    switched,
)
from iops.rulebook.sampling.exact import SampleError, clean_sample


def test_the_recall_test_looks_back_into_the_urn_of_the_last_ones_and_the_unseen() -> None:
    found = [True] * 20 + [False] * 30
    # Of 100, 50 are seen with 20 found; below 95 % means 22 or more, so 2 in the urn of 80, none in the last 30.
    assert recall_chance(found, 100, 30) == Fraction(comb(78, 30), comb(80, 30))


def test_with_everything_reviewed_no_defect_can_be_left() -> None:
    assert recall_chance([True, False, False], 3, 2) == 0


def test_a_target_that_the_urn_cannot_break_any_more_has_no_chance() -> None:
    assert recall_chance([True] * 100 + [False] * 10, 112, 1) == 0


def test_more_clean_looks_make_it_less_likely_that_too_much_is_left() -> None:
    chances = [recall_chance([True] * 100 + [False] * n, 2_000, n) for n in (50, 200, 800)]
    assert chances == sorted(chances, reverse=True)
    assert chances[-1] < Fraction(5, 100) < chances[0]


@given(st.integers(1, 30), st.integers(0, 30), st.integers(1, 20))
@settings(max_examples=40)
def test_a_lower_target_is_never_harder(hits: int, unseen: int, clean: int) -> None:
    found = [True] * hits + [False] * clean
    size = len(found) + unseen
    assert recall_chance(found, size, clean, Fraction(8, 10)) <= recall_chance(found, size, clean, Fraction(95, 100))


@pytest.mark.parametrize(
    ("last", "target"), [(0, Fraction(1, 2)), (4, Fraction(1, 2)), (1, Fraction(0)), (1, Fraction(2))]
)
def test_a_look_back_over_nothing_is_refused(last: int, target: Fraction) -> None:
    with pytest.raises(SampleError):
        recall_chance([True, False, False], 10, last, target)


TWO = Plan(200, (Stage(20, 0, 3), Stage(60, 2, 3)))


def test_a_plan_decides_at_the_end_of_each_stage_and_not_between() -> None:
    assert (TWO.decide(20, 0), TWO.decide(20, 1), TWO.decide(20, 3)) == (True, None, False)
    assert (TWO.decide(60, 2), TWO.decide(60, 3)) == (True, False)
    for drawn, defects in ((30, 0), (20, 21), (20, -1)):
        with pytest.raises(SampleError):
            TWO.decide(drawn, defects)


def test_one_stage_that_accepts_on_none_has_the_chance_of_the_hypergeometric_distribution() -> None:
    assert Plan(50, (Stage(10, 0, 1),)).chance(5) == Fraction(comb(45, 10), comb(50, 10))


def test_stages_accept_a_good_pile_more_often_than_one_look_that_must_find_nothing() -> None:
    clean = clean_sample(10_000, Fraction(2, 100))
    one = Plan(10_000, (Stage(clean, 0, 1),))
    stages = Plan(10_000, (Stage(150, 0, 4), Stage(300, 1, 4), Stage(420, 3, 4)))
    assert one.chance(201) <= Fraction(5, 100)
    assert stages.chance(30) > one.chance(30)
    assert stages.chance(0) == 1
    assert stages.chance(30) > stages.chance(100) > stages.chance(300)


@pytest.mark.parametrize(
    "stages",
    [
        (),
        (Stage(0, 0, 1),),
        (Stage(20, 0, 2), Stage(20, 1, 2)),
        (Stage(300, 0, 1),),
        (Stage(9, 2, 2),),
        (Stage(9, 0, 2),),
    ],
)
def test_stages_that_do_not_lead_to_a_decision_are_refused(stages: tuple[Stage, ...]) -> None:
    with pytest.raises(SampleError):
        Plan(200, stages)


def test_a_plan_for_one_lot_keeps_the_risk_of_the_consumer_below_a_tenth_with_the_fewest_looks() -> None:
    looks = isolated_lot(1_000, Fraction(5, 100), 1)
    chance = Plan(1_000, (Stage(looks, 1, 2),)).chance
    assert chance(50) < Fraction(1, 10)
    assert Plan(1_000, (Stage(looks - 1, 1, 2),)).chance(50) >= Fraction(1, 10)


@pytest.mark.parametrize(
    ("limit", "accept"), [(Fraction(0), 0), (Fraction(1), 0), (Fraction(1, 100), 10), (Fraction(1, 2), -1)]
)
def test_a_plan_that_accepts_what_it_must_refuse_is_refused(limit: Fraction, accept: int) -> None:
    with pytest.raises(SampleError):
        isolated_lot(100, limit, accept)


@pytest.mark.parametrize(
    ("weeks", "state"),
    [
        ([], "normal"),
        ([False], "normal"),
        ([False, True, True, True, False], "tightened"),
        ([False, True, True, True, True, False], "normal"),
        ([False, False, True, True, True, True], "tightened"),
        ([False, False, True, True, True, True, True], "normal"),
        ([False] * 6, "tightened"),
        ([False] * 7, "stopped"),
        ([False] * 7 + [True] * 9, "stopped"),
    ],
)
def test_weekly_work_is_looked_at_harder_after_refusals_and_sampling_ends_after_five(
    weeks: list[bool], state: str
) -> None:
    assert switched(weeks) is Inspection(state)


@pytest.mark.parametrize(
    ("stand", "chance", "may", "why"),
    [
        (Stand(100, 50, 10, 9, 0), Fraction(0), False, "no statistics"),
        (Stand(100, 50, 10, 10, 1), Fraction(0), False, "serious"),
        (Stand(100, 50, 0, 0, 0), None, False, "not made"),
        (Stand(100, 50, 0, 0, 0), Fraction(5, 100), False, "does not exclude"),
        (Stand(100, 50, 0, 0, 0), Fraction(4, 100), True, "passed"),
        (Stand(100, 100, 10, 10, 0), None, True, "Everything"),
    ],
)
def test_no_number_lets_a_floor_or_a_child_be_left(stand: Stand, chance: Fraction | None, may: bool, why: str) -> None:
    told, words = stratum_may_stop(stand, chance)
    assert told is may
    assert why in words
