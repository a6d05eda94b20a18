"""A model file is read strictly: what is wrong is named with its line and its mend."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iops.foundation.errors import IopsError
from iops.pole.matching.levels import FIELDS
from iops.pole.matching.model import STANDARD, dumps, load, loads, standard, starting
from iops.rulebook.strict_yaml import RuleFileError

TEXT = dumps(starting())


def test_the_shipped_model_reads_as_it_was_written() -> None:
    assert load(STANDARD) == standard()
    assert loads(TEXT) == starting()


def test_a_model_nobody_has_reviewed_says_so() -> None:
    assert not starting().is_reviewed
    assert "NOT REVIEWED" in starting().status
    assert standard().is_reviewed
    assert "reviewed by" in standard().status
    assert "reviewed by A. Analyst" in loads(TEXT.replace('reviewed_by: ""', 'reviewed_by: "A. Analyst"')).status


def test_in_every_field_the_closest_level_weighs_most_and_disagreement_speaks_against() -> None:
    weights = standard().weights()
    for field in FIELDS:
        assert max(weights[field.name]) == weights[field.name][0] > 0
        assert weights[field.name][-1] < 0


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("model: person", "", '"model" is missing'),
        ("prior:", "priory:", '"priory" is not known'),
        ('prior: "', 'prior: "-', "is not a share"),
        ('prior: "', 'prior: "many', "is not a share"),
        ("  sex:", "  gender:", '"gender" is not known'),
        ("    first:", "    second:", '"second" is not known'),
        ("at: 2026-11-23", "at: soon", "not a date"),
        ("records: 0", "records: -1", "is not a count"),
        ("records: 0", "records: yes", "is not a count"),
        ('version: "2026-11-23"', "version: 2026-11-23", "is not a text"),
        ("trained:\n", "trained: x\n# ", "layout|holds no names|expected"),
    ],
)
def test_a_slip_in_a_model_file_is_named(before: str, after: str, said: str) -> None:
    assert before in TEXT
    with pytest.raises(RuleFileError, match=said) as caught:
        loads(TEXT.replace(before, after, 1), "mine.yaml")
    assert "mine.yaml, line" in str(caught.value)
    assert caught.value.mend


def test_levels_out_of_order_are_refused() -> None:
    lines = TEXT.splitlines()
    at = lines.index("  sex:")
    lines[at + 1], lines[at + 2] = lines[at + 2], lines[at + 1]
    with pytest.raises(RuleFileError, match="not in order"):
        loads("\n".join(lines))


def test_shares_that_do_not_make_one_are_refused() -> None:
    share = starting().comparisons["sex"][0].m
    with pytest.raises(RuleFileError, match="add up to"):
        loads(TEXT.replace(f'exact: {{m: "{share}"', 'exact: {m: "0.5"', 1))


@settings(max_examples=200)
@given(st.integers(0, len(TEXT)), st.integers(0, 40), st.text(max_size=8))
def test_a_damaged_file_is_read_or_refused_never_a_crash(at: int, length: int, put: str) -> None:
    found = None
    with suppress(IopsError):
        found = loads(TEXT[:at] + put + TEXT[at + length :])
    assert found is None or Decimal(0) <= found.prior <= 1
