"""Times, spans and states in words."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iops.web.words import day, due_state, iso, moment, number, role, span

NOON = dt.datetime(2019, 7, 5, 12, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (dt.timedelta(0), "less than 1 min"),
        (dt.timedelta(seconds=59), "less than 1 min"),
        (dt.timedelta(seconds=60), "1 min"),
        (dt.timedelta(minutes=59, seconds=59), "59 min"),
        (dt.timedelta(hours=1), "1 h"),
        (dt.timedelta(hours=2, minutes=10), "2 h 10 min"),
        (dt.timedelta(hours=23, minutes=59), "23 h 59 min"),
        (dt.timedelta(days=1), "1 day"),
        (dt.timedelta(days=3, hours=4, minutes=30), "3 days 4 h"),
        (dt.timedelta(days=1234), "1,234 days"),
        (-dt.timedelta(minutes=5), "5 min"),
    ],
)
def test_a_span_is_said_in_its_two_largest_units(length: dt.timedelta, said: str) -> None:
    assert span(length) == said


@given(st.timedeltas(min_value=dt.timedelta(0), max_value=dt.timedelta(days=40_000)))
def test_a_span_is_never_empty_and_never_negative(length: dt.timedelta) -> None:
    said = span(length)
    assert said
    assert "-" not in said


def test_a_moment_is_said_in_london_time() -> None:
    assert moment(NOON) == "13:00 on 5 Jul 2019"
    assert moment(dt.datetime(2019, 12, 5, 12, 0, tzinfo=dt.UTC)) == "12:00 on 5 Dec 2019"


def test_the_day_is_the_london_day_around_midnight_in_summer() -> None:
    assert moment(dt.datetime(2019, 7, 5, 23, 30, tzinfo=dt.UTC)) == "00:30 on 6 Jul 2019"


def test_what_is_not_known_is_a_dash() -> None:
    assert moment(None) == day(None) == "\N{EN DASH}"


def test_a_machine_reads_a_moment_in_utc() -> None:
    assert iso(NOON.astimezone(dt.timezone(dt.timedelta(hours=5)))) == "2019-07-05T12:00:00+00:00"


def test_days_numbers_and_roles_are_said_as_people_say_them() -> None:
    assert day(dt.date(2019, 7, 5)) == "5 July 2019"
    assert number(1234567) == "1,234,567"
    assert role("call_handler") == "call handler"
    assert role("no_such_role") == "no such role"


@pytest.mark.parametrize(
    ("due", "met", "waived", "words", "colour"),
    [
        (-dt.timedelta(hours=2, minutes=10), None, None, "Late by 2 h 10 min", "red"),
        (dt.timedelta(0), None, None, "Due in less than 1 min", "yellow"),
        (dt.timedelta(minutes=60), None, None, "Due in 1 h", "yellow"),
        (dt.timedelta(minutes=61), None, None, "Due in 1 h 1 min", "blue"),
        (dt.timedelta(hours=1), dt.timedelta(hours=1), None, "Met in time", "green"),
        (-dt.timedelta(hours=1), dt.timedelta(hours=2), None, "Met, 3 h late", "orange"),
        (-dt.timedelta(hours=1), None, dt.timedelta(0), "Waived", "grey"),
    ],
)
def test_a_state_says_in_words_what_its_colour_says(
    due: dt.timedelta, met: dt.timedelta | None, waived: dt.timedelta | None, words: str, colour: str
) -> None:
    met_at = NOON + met if met is not None else None
    waived_at = NOON + waived if waived is not None else None
    shown = due_state(NOON, NOON + due, met_at, waived_at)
    assert (shown.words, shown.colour) == (words, colour)
    assert shown.symbol
