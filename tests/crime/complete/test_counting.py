"""Counting facts by how they stand, and the dated purposes, without a database."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iops.crime.complete.counting import STANDINGS, Blanks, Cell, Share, of_purpose, share, whole
from iops.crime.complete.definitions import FACTS, Edition, Purpose, edition_on, editions, read_editions
from iops.foundation.errors import NotFoundError
from iops.rulebook.strict_yaml import RuleFileError

if TYPE_CHECKING:
    from pathlib import Path

COUNT = st.integers(0, 10**6)
SHARES = st.builds(Share, COUNT, COUNT, COUNT, COUNT)
BORN = Purpose("p", "P", "b", "c", "", frozenset({("victim", "born")}))


@given(SHARES)
def test_the_parts_are_all_there_is(one: Share) -> None:
    assert one.answered + one.blank == one.total == sum(getattr(one, name) for name in STANDINGS)


@given(SHARES, SHARES)
def test_the_whole_is_the_sum_of_its_districts(one: Share, other: Share) -> None:
    assert (one + other).total == one.total + other.total
    assert (one + other).blank == one.blank + other.blank


@given(SHARES)
def test_a_per_cent_is_exact_to_half_a_tenth_and_never_a_float(one: Share) -> None:
    if one.total == 0:
        assert one.percent(one.blank) == "none"
        return
    whole_part, tenth = one.percent(one.blank).removesuffix(" %").split(".")
    shown = Fraction(int(whole_part) * 10 + int(tenth), 1000)
    assert abs(shown - Fraction(one.blank, one.total)) <= Fraction(1, 2000)


def test_known_examples_of_per_cents() -> None:
    assert Share(known=1, blank=2).percent(1) == "33.3 %"
    assert Share(known=2, blank=1).percent(2) == "66.7 %"
    assert Share(known=7).percent(7) == "100.0 %"
    assert Share(known=1, blank=1999).percent(1) == "0.1 %"


def test_a_purpose_counts_the_facts_it_needs_and_no_other() -> None:
    cells = [
        Cell(1, "victim", "born", "known", 3),
        Cell(1, "victim", "born", "blank", 2),
        Cell(1, "suspect", "born", "blank", 9),
        Cell(2, "victim", "born", "declined", 1),
        Cell(2, "victim", "phone", "blank", 9),
    ]
    assert of_purpose(cells, BORN) == Share(known=3, declined=1, blank=2)
    assert share(cells).total == 24


def test_a_crime_is_whole_for_a_purpose_when_nothing_it_needs_is_blank() -> None:
    groups = [
        Blanks(1, frozenset(), 5),
        Blanks(1, frozenset({("suspect", "born")}), 3),
        Blanks(1, frozenset({("victim", "born"), ("victim", "phone")}), 2),
    ]
    assert whole(groups, BORN) == (8, 10)
    assert whole([], BORN) == (0, 0)


def test_the_purposes_named_in_the_issue_are_there_and_need_facts_that_are_measured() -> None:
    first = editions()[0]
    assert [one.code for one in first.purposes] == [
        "recording", "victim-contact", "court-file", "statistics", "safeguarding",
    ]  # fmt: skip
    for one in first.purposes:
        assert one.cite
        assert one.needs <= {(part, fact) for part, facts in FACTS.items() for fact in facts}


def test_the_edition_of_a_day_is_the_latest_that_had_begun() -> None:
    old, new = Edition(dt.date(2026, 1, 1), ()), Edition(dt.date(2027, 1, 1), ())
    assert edition_on(dt.date(2026, 12, 31), (old, new)) is old
    assert edition_on(dt.date(2027, 1, 1), (old, new)) is new
    assert edition_on(dt.date(2020, 1, 1), (old, new)) is old
    with pytest.raises(NotFoundError):
        edition_on(dt.date(2026, 1, 1), ())


WRITTEN = """kind: completeness
from: 2026-01-01
purposes:
  - {code: a, title: A, because: b, cite: c, needs: {victim: [born]}}
"""


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (WRITTEN.replace("[born]", "[shoe-size]"), "not one of the choices"),
        (WRITTEN.replace("victim:", "neighbour:"), "not a known key"),
        (WRITTEN.replace("[born]", "[]"), "needs nothing"),
        (WRITTEN.replace(", cite: c", ""), "missing"),
        (WRITTEN.replace("2026-01-01", "soon"), "not a date"),
        (WRITTEN.replace("from: 2026-01-01", "from:"), "first day is missing"),
        (WRITTEN + "  - {code: a, title: A, because: b, cite: c, needs: {victim: [born]}}\n", "given twice"),
        (WRITTEN.replace("kind: completeness", "kind: needs"), "not one of the choices"),
    ],
)
def test_a_malformed_file_of_purposes_is_refused_with_its_line(tmp_path: Path, written: str, says: str) -> None:
    (tmp_path / "2026.yaml").write_text(written)
    with pytest.raises(RuleFileError, match=says):
        read_editions(tmp_path)
