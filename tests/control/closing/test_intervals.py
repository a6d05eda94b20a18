"""The interval of Wilson against figures from the literature, and what holds of any."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iops.control.closing.intervals import wilson


@pytest.mark.parametrize(
    ("met", "of", "low", "high"),
    [(81, 263, 255, 366), (15, 148, 62, 160), (0, 20, 0, 161), (1, 29, 6, 172), (10, 10, 722, 1000), (0, 1, 0, 793)],
)
def test_the_interval_is_that_of_the_literature(met: int, of: int, low: int, high: int) -> None:
    found = wilson(met, of)
    assert (found.low, found.high) == (low, high)


def test_nothing_checked_says_so_and_claims_nothing() -> None:
    found = wilson(0, 0)
    assert (found.says, found.per_mille, found.low, found.high) == ("none checked", None, 0, 1000)


@pytest.mark.parametrize(("met", "of"), [(2, 1), (-1, 5), (0, -1)])
def test_what_is_no_rate_is_refused(met: int, of: int) -> None:
    with pytest.raises(ValueError, match="no rate"):
        wilson(met, of)


@given(st.integers(1, 10_000_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_rate_lies_in_its_interval_and_the_interval_mirrors(pair: tuple[int, int]) -> None:
    met, of = pair
    found, mirrored = wilson(met, of), wilson(of - met, of)
    assert found.per_mille is not None
    assert 0 <= found.low <= found.per_mille <= found.high <= 1000
    assert abs(found.low - (1000 - mirrored.high)) <= 1
