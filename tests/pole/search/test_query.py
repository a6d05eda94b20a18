"""How a question is read."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iops.pole.search.query import read

TODAY = dt.date(2026, 11, 23)
MARCH = dt.date(1985, 3, 12)


@pytest.mark.parametrize(
    "written",
    ["12/3/85", "12/03/1985", "12-3-1985", "12.03.85", "12 Mar 1985", "12th march 85", "1985-03-12", "12031985",
     "120385", "March 12, 1985", "dob 12/3/85", "born 12 3 1985"],
)  # fmt: skip
def test_a_date_is_read_however_it_is_written(written: str) -> None:
    asked = read(f"jon smith {written}", TODAY)
    assert asked.born == [(MARCH, MARCH)]
    assert asked.names == [("jon", "smith")]


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [("1985", dt.date(1985, 1, 1), dt.date(1985, 12, 31)), ("Mar 1985", dt.date(1985, 3, 1), dt.date(1985, 3, 31)),
     ("aged 34", dt.date(1989, 1, 1), dt.date(1994, 12, 31)), ("34 yrs", dt.date(1989, 1, 1), dt.date(1994, 12, 31)),
     ("30s", dt.date(1986, 1, 1), dt.date(1996, 12, 31)), ("early 30s", dt.date(1992, 1, 1), dt.date(1996, 12, 31)),
     ("dec 1985", dt.date(1985, 12, 1), dt.date(1985, 12, 31))],
)  # fmt: skip
def test_a_part_of_a_date_or_an_age_is_a_range(written: str, first: dt.date, last: dt.date) -> None:
    assert read(f"ann lee {written}", TODAY).born == [(first, last)]


def test_month_and_day_the_other_way_round_are_turned_when_only_that_is_a_date() -> None:
    assert read("3/25/1985", TODAY).born == [(dt.date(1985, 3, 25), dt.date(1985, 3, 25))]


def test_a_date_that_no_calendar_has_is_kept_as_written() -> None:
    asked = read("bob 31/02/1985", TODAY)
    assert (asked.born, asked.written) == ([], ["19850231"])


@pytest.mark.parametrize("year", [1800, 2200])
def test_dates_of_other_centuries_are_dates(year: int) -> None:
    assert read(f"bob 5/1/{year}", TODAY).born == [(dt.date(year, 1, 5), dt.date(year, 1, 5))]


@pytest.mark.parametrize(
    "number", ["07700 900123", "+44 7700 900123", "(0161) 496-0000", "016 10 59 51 13", "00447700900123"]
)
def test_a_telephone_number_is_no_date(number: str) -> None:
    asked = read(f"ann lee {number}", TODAY)
    assert len(asked.phones) == 1
    assert (asked.born, asked.names) == ([], [("ann", "lee")])


def test_postcode_mail_and_nominal_number_are_told_apart() -> None:
    assert read("ann lee m14 5ab", TODAY).postcodes == ["m14 5ab"]
    assert read("ann.lee@example.org", TODAY).emails == ["ann.lee@example.org"]
    assert read("nominal 412", TODAY).nominal == 412
    assert not read("412/05072019", TODAY).about_people


def test_a_family_name_before_a_comma_is_the_family_name() -> None:
    assert ("John", "Smith") in read("Smith, John 12/3/85", TODAY).names


def test_an_address_is_told_from_the_name_before_or_after_it() -> None:
    for text in ("howell carlton 48 jubilee lane", "48 jubilee lane howell carlton"):
        asked = read(text, TODAY)
        assert ("howell", "carlton") in asked.names
        assert "48 jubilee lane" in asked.addresses


def test_the_last_word_may_go_on_while_it_is_typed() -> None:
    assert read("john smi", TODAY, typing=True).half_typed == "smi"
    assert read("john smi ", TODAY, typing=True).half_typed == ""
    assert read("john smi", TODAY).half_typed == ""


@given(st.text(max_size=400), st.booleans())
def test_any_text_is_read(text: str, typing: bool) -> None:
    asked = read(text, TODAY, typing=typing)
    assert asked.text == text
    assert all(first <= last for first, last in asked.born if first and last)
