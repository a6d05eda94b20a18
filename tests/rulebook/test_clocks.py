"""How long a duty may take: the grammar, the clock changes, working days; the same in Python, DuckDB and PostgreSQL."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iops.rulebook.clocks import (
    TIMELESS,
    CalendarError,
    Span,
    SpanError,
    Unit,
    duckdb_macros,
    due,
    due_sql,
    london_instant,
    parse_span,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from tests.rulebook.conftest import PlainCalendar

LONDON = ZoneInfo("Europe/London")


def london(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=LONDON)


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("15 minutes", Span(15, Unit.MINUTES)),
        ("1 minute", Span(1, Unit.MINUTES)),
        ("1 hour", Span(1, Unit.HOURS)),
        ("28 days", Span(28, Unit.DAYS)),
        ("1 working day", Span(1, Unit.WORKING_DAYS)),
        ("5 working days", Span(5, Unit.WORKING_DAYS)),
        ("1 school day by 09:00", Span(1, Unit.SCHOOL_DAYS, dt.time(9))),
        ("1 day by 23:59", Span(1, Unit.DAYS, dt.time(23, 59))),
        ("0 minutes", Span(0, Unit.MINUTES)),
    ],
)
def test_a_span_is_read_and_said(text: str, span: Span) -> None:
    assert parse_span(text) == span
    assert parse_span(str(span)) == span


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "hours",
            "8",
            "8hours",
            "8  hours",
            " 8 hours",
            "8 hours ",
            "8 Hours",
            "eight hours",
            "8 weeks",
            "8 months",
        ),
        *("1e3 hours", "٨ hours", "8 hours\n", "+8 hours", "1 bank days", "1 working hours", "1 day by 9:00"),
        *("1 day by 24:00", "1 day by 09:60", "9" * 400 + " hours"),
    ],
)
def test_what_is_not_in_the_grammar_is_no_span(text: str) -> None:
    with pytest.raises(SpanError):
        parse_span(text)


@pytest.mark.parametrize(
    ("starts", "span", "ends"),
    [
        # Elapsed time does not know of the clock change: 8 hours are 8 hours.
        ("2024-03-30T20:00", "8 hours", "2024-03-31T05:00"),
        ("2024-10-26T20:00", "8 hours", "2024-10-27T03:00"),
        # Days keep the wall time over both changes.
        ("2024-03-30T12:00", "1 day", "2024-03-31T12:00"),
        ("2024-10-26T12:00", "1 day", "2024-10-27T12:00"),
        ("2024-03-30T12:00", "2 days by 09:00", "2024-04-01T09:00"),
        # 01:30 does not happen on 31 March 2024: it moves to 02:30 summer time.
        ("2024-03-30T01:30", "1 day", "2024-03-31T02:30"),
        ("2024-01-31T10:00", "28 days", "2024-02-28T10:00"),
        # The day of the event is not counted; the duty may be done until the end of the last day.
        ("2024-03-06T10:00", "1 working day", "2024-03-08T00:00"),
        ("2024-03-06T23:59", "1 working day", "2024-03-08T00:00"),
        ("2024-03-07T00:00", "1 working day", "2024-03-09T00:00"),
        ("2024-03-08T10:00", "1 working day", "2024-03-12T00:00"),
        # Good Friday and Easter Monday, with the clock change between them.
        ("2024-03-28T10:00", "1 working day", "2024-04-03T00:00"),
        ("2024-03-28T10:00", "1 working day by 09:00", "2024-04-02T09:00"),
        ("2024-03-28T10:00", "5 working days", "2024-04-09T00:00"),
        ("2024-12-13T10:00", "1 school day by 09:00", "2025-01-01T09:00"),
    ],
)
def test_when_a_span_is_over(starts: str, span: str, ends: str, calendar: PlainCalendar) -> None:
    assert due(london(starts), parse_span(span), calendar) == london(ends)


def test_a_wall_time_that_happens_twice_is_the_later_one() -> None:
    assert due(utc("2024-10-26T00:30"), parse_span("1 day")) == utc("2024-10-27T01:30")
    assert london_instant(dt.date(2024, 10, 27), dt.time(1, 30)) == utc("2024-10-27T01:30")


def test_midnight_in_summer_is_an_hour_before_utc_midnight() -> None:
    assert london_instant(dt.date(2024, 3, 31)) == utc("2024-03-31T00:00")
    assert london_instant(dt.date(2024, 4, 1)) == utc("2024-03-31T23:00")
    assert london_instant(dt.date(2024, 10, 27)) == utc("2024-10-26T23:00")
    assert london_instant(dt.date(2024, 10, 28)) == utc("2024-10-28T00:00")


def test_working_days_need_a_calendar() -> None:
    with pytest.raises(CalendarError):
        due(utc("2024-01-01T00:00"), parse_span("1 working day"))


def test_a_span_of_working_days_has_no_elapsed_time() -> None:
    assert parse_span("2 days").elapsed == dt.timedelta(hours=48)
    with pytest.raises(SpanError):
        _ = parse_span("2 working days").elapsed


def calendar_rows(
    calendar: PlainCalendar, first: dt.date = dt.date(2023, 12, 1), days: int = 800
) -> Iterator[tuple[Any, ...]]:
    ordinal = {Unit.WORKING_DAYS: 0, Unit.SCHOOL_DAYS: 0}
    for number in range(days):
        day = first + dt.timedelta(days=number)
        counts = {unit: calendar.counts(day, unit) for unit in ordinal}
        for unit in ordinal:
            ordinal[unit] += counts[unit]
        yield day, *counts.values(), *ordinal.values()


@pytest.fixture
def duck(calendar: PlainCalendar) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'America/New_York'")
        connection.execute(
            "create table calendar_day (day date, working bool, school bool, working_ordinal int, school_ordinal int)"
        )
        connection.executemany("insert into calendar_day values (?, ?, ?, ?, ?)", list(calendar_rows(calendar)))
        for macro in duckdb_macros():
            connection.execute(macro)
        yield connection


CLOCK_CHANGES = [dt.datetime(2024, month, day, tzinfo=dt.UTC) for month, day in ((3, 30), (3, 31), (10, 26), (10, 27))]
MOMENTS = st.builds(
    lambda day, minutes: day + dt.timedelta(minutes=minutes),
    st.sampled_from([*CLOCK_CHANGES, dt.datetime(2024, 1, 1, tzinfo=dt.UTC), dt.datetime(2024, 12, 20, tzinfo=dt.UTC)]),
    st.sampled_from([0, 30, 60, 90, 120]) | st.integers(0, 200_000),
)
SPANS = st.builds(Span, st.integers(0, 100), st.sampled_from(sorted(set(Unit) - TIMELESS)), st.none() | st.times()).map(
    lambda span: Span(span.amount, span.unit, span.by.replace(second=0, microsecond=0) if span.by else None)
)
ELAPSED = st.builds(Span, st.integers(0, 10_000), st.sampled_from([Unit.MINUTES, Unit.HOURS]))
COURT = st.builds(Span, st.integers(1, 200), st.just(Unit.COURT_HOURS))


def test_duckdb_counts_as_python_does(duck: duckdb.DuckDBPyConnection, calendar: PlainCalendar) -> None:
    @settings(max_examples=300)
    @given(moment=MOMENTS, span=SPANS | ELAPSED | COURT)
    def agree(moment: dt.datetime, span: Span) -> None:
        if span.amount == 0 and not span.is_elapsed:
            return
        sql = due_sql("starts", span, "duckdb")
        told = duck.execute(
            f"select timezone('UTC', {sql}) from (select cast(? as timestamptz) as starts)", [moment]
        ).fetchone()
        assert told is not None
        assert told[0].replace(tzinfo=dt.UTC) == due(moment, span, calendar)

    agree()


def test_duckdb_stops_where_the_calendar_ends(duck: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(duckdb.Error, match="calendar_day does not reach 5 working days after 2026"):
        duck.execute("select due(timestamptz '2026-02-05 10:00+00', 5, 'working days', null)").fetchall()


def test_duckdb_says_nothing_about_a_clock_that_has_not_started(duck: duckdb.DuckDBPyConnection) -> None:
    assert duck.execute("select due(null::timestamptz, 5, 'working days', null)").fetchone() == (None,)


def test_postgresql_counts_elapsed_time_as_python_does(postgres: psycopg.Connection) -> None:
    postgres.execute("set local timezone = 'Europe/London'")

    @settings(max_examples=200)
    @given(moment=MOMENTS, span=ELAPSED)
    def agree(moment: dt.datetime, span: Span) -> None:
        sql = f"select {due_sql('starts', span, 'postgres')} from (select %s::timestamptz as starts) as s"
        told = postgres.execute(sql.encode(), [moment]).fetchone()
        assert told is not None
        assert told[0].astimezone(dt.UTC) == due(moment, span)

    agree()


def test_postgresql_calls_the_due_function_for_days() -> None:
    assert (
        due_sql("x", parse_span("1 school day by 09:00"), "postgres") == "iops.due(x, 1, 'school days', time '09:00')"
    )
    assert due_sql("x", parse_span("5 working days"), "postgres") == "iops.due(x, 5, 'working days', null)"
