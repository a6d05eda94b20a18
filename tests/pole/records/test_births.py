"""Dates of birth and ages as people say them."""

from __future__ import annotations

import datetime as dt

import pytest

from iops.pole.models import Birth, Precision
from iops.pole.records.births import age, is_child, words
from iops.pole.said import birth

TODAY = dt.date(2019, 7, 5)
SAID = dt.datetime(2019, 7, 4, 23, 30, tzinfo=dt.UTC)  # 00:30 on 5 July in London


def stated(said: str, on: dt.date = TODAY, at: dt.datetime = SAID) -> Birth:
    """A statement of birth as said on a day."""
    read = birth(said, on)
    return Birth(precision=read.precision, earliest=read.earliest, latest=read.latest, said=said, recorded_at=at)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("5/7/1985", "5 July 1985 (age 34)"),
        ("6/7/1985", "6 July 1985 (age 33)"),
        ("29/2/2000", "29 February 2000 (age 19)"),
        ("March 1985", "March 1985 (age 34)"),
        ("July 1985", "July 1985 (age 33 or 34)"),
        ("February 2004", "February 2004 (age 15)"),
        ("1985", "1985 (age 33 or 34)"),
        ("5/7/2019", "5 July 2019 (age 0)"),
        ("30s", "about 30 to 39 (said on 5 July 2019)"),
        ("aged 34", "about 34 (said on 5 July 2019)"),
    ],
)
def test_in_words_on_the_day_they_are_said(said: str, shown: str) -> None:
    assert words(stated(said), TODAY) == shown


def test_an_age_said_years_ago_says_what_it_makes_now() -> None:
    assert words(stated("30s"), dt.date(2026, 7, 6)) == "about 30 to 39 (said on 5 July 2019), now about 37 to 47"


def test_any_other_range_is_told_by_its_ends() -> None:
    wide = Birth(precision=Precision.PARTIAL, earliest=dt.date(1984, 2, 3), latest=dt.date(1986, 5, 6))
    assert words(wide, TODAY) == "between 3 February 1984 and 6 May 1986 (age 33 to 35)"
    years = Birth(precision=Precision.PARTIAL, earliest=dt.date(1984, 1, 1), latest=dt.date(1986, 12, 31))
    assert words(years, TODAY) == "1984 to 1986 (age 32 to 35)"


@pytest.mark.parametrize(
    ("said", "child"),
    [("5/7/2001", False), ("6/7/2001", True), ("2001", False), ("aged 17", True), ("10s", False), ("aged 12", True)],
)
def test_a_child_is_whoever_cannot_be_eighteen(said: str, child: bool) -> None:
    assert is_child(stated(said), TODAY) is child


def test_somebody_born_on_29_february_is_a_year_older_on_1_march() -> None:
    born = dt.date(2000, 2, 29)
    assert [age(born, dt.date(2019, 2, 28)), age(born, dt.date(2019, 3, 1))] == [18, 19]
