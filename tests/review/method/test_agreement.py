"""Agreement of two reviewers: worked tables, limits, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iops.review.method.agreement import AgreementError, Kappa, agreement, tabulated

YES_NO = ("yes", "no")


def test_the_textbook_table_of_fifty_gives_kappa_of_four_tenths() -> None:
    told = agreement(YES_NO, [[20, 5], [10, 15]])
    assert (told.items, told.agreed, told.raw) == (50, 35, Fraction(7, 10))
    assert told.kappa.value == Decimal("0.400")
    # By hand: variance (0.10972 + 0.10188 - 0.01) / (50 * 0.25) = 0.016128, standard error 0.127.
    assert (told.kappa.low, told.kappa.high) == (Decimal("0.151"), Decimal("0.649"))
    assert told.prevalence_adjusted == Fraction(4, 10)
    assert told.by_category == {"yes": Fraction(40, 55), "no": Fraction(30, 45)}


def test_with_two_categories_linear_weights_change_nothing() -> None:
    told = agreement(YES_NO, [[20, 5], [10, 15]])
    assert told.weighted == told.kappa


def test_linear_weights_forgive_a_neighbouring_grade_half() -> None:
    told = agreement(("standard", "medium", "high"), [[10, 5, 0], [5, 10, 5], [0, 5, 10]])
    # seen 30/50 + 20/50 halves; chance from margins 15, 20, 15 by hand: 0.34 plain, 0.58 weighted.
    assert told.kappa.value == Decimal("0.394")
    assert told.weighted.value == (Decimal(80 - 58) / Decimal(100 - 58)).quantize(Decimal("0.001"))


def test_kappa_falls_for_a_rare_category_though_nearly_all_agree_and_the_adjusted_figure_shows_it() -> None:
    told = agreement(YES_NO, [[0, 2], [2, 96]])
    assert told.raw == Fraction(96, 100)
    assert told.kappa.value is not None
    assert told.kappa.value < 0
    assert told.prevalence_adjusted == Fraction(92, 100)
    assert told.by_category["yes"] == 0
    assert not told.passes(0)


def test_perfect_agreement_on_few_items_is_no_certainty() -> None:
    few, many = agreement(YES_NO, [[5, 0], [0, 5]]), agreement(YES_NO, [[500, 0], [0, 500]])
    assert few.kappa.value == many.kappa.value == 1
    assert few.kappa.low < Decimal("0.5") < Decimal("0.99") < many.kappa.low


def test_where_everybody_always_says_the_same_there_is_no_kappa() -> None:
    told = agreement(YES_NO, [[7, 0], [0, 0]])
    assert told.kappa == Kappa(None, Decimal(-1), Decimal(1))
    assert told.by_category["no"] is None
    assert not told.passes(0)


def test_the_gate_needs_kappa_and_no_floor_in_dispute() -> None:
    good = agreement(YES_NO, [[45, 5], [5, 45]])
    assert good.kappa.value == Decimal("0.800")
    assert good.passes(0)
    assert not good.passes(1)
    assert not agreement(YES_NO, [[20, 5], [10, 15]]).passes(0)


def test_pairs_are_counted_into_the_table_and_an_unknown_answer_is_refused() -> None:
    told = tabulated(YES_NO, [("yes", "yes"), ("no", "yes"), ("no", "no")])
    assert told.table == ((1, 0), (1, 1))
    with pytest.raises(AgreementError, match="perhaps"):
        tabulated(YES_NO, [("yes", "perhaps")])


@pytest.mark.parametrize(
    ("categories", "table"),
    [
        (("yes",), [[1]]),
        (("yes", "yes"), [[1, 0], [0, 1]]),
        (YES_NO, [[1, 0]]),
        (YES_NO, [[1, 0], [1]]),
        (YES_NO, [[0, 0], [0, 0]]),
        (YES_NO, [[1, -1], [0, 1]]),
    ],
)
def test_counts_that_are_no_table_of_two_reviewers_are_refused(
    categories: tuple[str, ...], table: list[list[int]]
) -> None:
    with pytest.raises(AgreementError):
        agreement(categories, table)


@given(st.lists(st.integers(0, 30), min_size=9, max_size=9).filter(any))
@settings(max_examples=60)
def test_the_limits_enclose_the_value_and_swapping_the_reviewers_changes_nothing(counts: list[int]) -> None:
    table = [counts[0:3], counts[3:6], counts[6:9]]
    one = agreement(("a", "b", "c"), table)
    other = agreement(("a", "b", "c"), [list(column) for column in zip(*table, strict=True)])
    assert (one.kappa, one.weighted, one.by_category) == (other.kappa, other.weighted, other.by_category)
    for kappa in (one.kappa, one.weighted):
        assert kappa.value is None or -1 <= kappa.low <= kappa.value <= kappa.high <= 1
