"""The SELECT of obligations: what it yields, on which edition, the same in PostgreSQL, in DuckDB and over files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from iops import foundation
from iops.rulebook.clocks import Unit, duckdb_macros, due
from iops.rulebook.compiler import COLUMNS, obligations_select
from iops.rulebook.loader import load_rulebook
from tests.rulebook.conftest import PlainCalendar
from tests.rulebook.evaluator import evaluate
from tests.rulebook.facts_sql import create, incident, insert, insert_days, random_rows
from tests.rulebook.test_clocks import calendar_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from iops.rulebook.edition import Rulebook
    from iops.rulebook.entries import Clock

UTC = dt.UTC
NOON = dt.datetime(2024, 5, 1, 12, tzinfo=UTC)
HOUR = dt.timedelta(hours=1)
CALENDAR = Path(foundation.__file__).parent / "sql" / "20_calendar.sql"
"""The functions of the database that count days, as the installer runs them."""
TABLE = "foundation_calendar_day"
CALENDAR_TABLE = f"create table {TABLE} (day date, working bool, school bool, working_ordinal int, school_ordinal int)"

DAYS = """kind: duties
rules:
  - code: tell-the-victim
    title: Tell the victim
    subject: incident
    basis: {instrument: Some Code, clause: right 6}
    owner: detective
    in_force:
      - from: 2000-01-01
        arises: closed_at is not null
        clock: {starts: closed_at, within: 5 working days}
        met: {when: crime_reported, at: "coalesce(recording_decided_at, attended_at)"}
  - code: tell-the-school
    title: Tell the school
    subject: incident
    basis: {instrument: Some Act, clause: section 49A}
    owner: safeguarding
    in_force:
      - from: 2000-01-01
        arises: child_count > 0
        clock: {starts: reported_at, within: 1 school day by 09:00}
        met: {when: recording_result = 'high', at: recording_decided_at}
  - code: until-a-known-moment
    title: By an instant of the facts
    subject: incident
    basis: {instrument: Some Act, clause: section 2}
    owner: safeguarding
    in_force:
      - from: 2000-01-01
        arises: attended_at is not null
        clock: {starts: reported_at, until: attended_at}
        met: {when: assessed_at is not null, at: assessed_at}
  - code: hearing
    title: Heard within 48 hours
    subject: incident
    basis: {instrument: Some Act, clause: section 29}
    owner: safeguarding
    in_force:
      - from: 2000-01-01
        arises: domestic
        clock: {starts: reported_at, within: 48 court hours}
        met: {when: assessed_at is not null, at: assessed_at}
  - code: soon
    title: A plain hour
    subject: incident
    basis: {instrument: Some Act, clause: section 1}
    owner: response
    in_force:
      - from: 2000-01-01
        arises: domestic or grade in (1, 2)
        clock: {starts: reported_at, within: 1 hour}
        met: {when: attended_at is not null, at: attended_at}
"""


@pytest.fixture
def days(tmp_path: Path) -> Rulebook:
    (tmp_path / "days.yaml").write_text(DAYS, encoding="utf-8")
    return load_rulebook([tmp_path])


FIRST_DAY = dt.date(2009, 1, 1)
DAYS_OF_ALL_EDITIONS = 6000
"""As far as the instants of `random_rows` reach, and what is owed of them."""


@pytest.fixture(scope="session")
def every_day() -> list[tuple[Any, ...]]:
    return list(calendar_rows(PlainCalendar(), FIRST_DAY, DAYS_OF_ALL_EDITIONS))


@pytest.fixture
def duck(book: Rulebook, every_day: list[tuple[Any, ...]]) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(
            "create table calendar_day (day date, working bool, school bool, working_ordinal int, school_ordinal int)"
        )
        for statement in (*duckdb_macros(), *create(book), insert_days("calendar_day", every_day)):
            connection.execute(statement)
        yield connection


def owed(
    duck: duckdb.DuckDBPyConnection, book: Rulebook, subject: str = "incident", **options: Any
) -> list[tuple[Any, ...]]:
    select = obligations_select(book.subject(subject), book.rules, "duckdb", **options)
    instants = ", ".join(f"timezone('UTC', {name}) as {name}" for name in COLUMNS[-3:])
    rows = duck.execute(f"select * replace ({instants}) from ({select}) order by subject_id, rule").fetchall()
    return [(*row[:-3], *(moment and moment.replace(tzinfo=UTC) for moment in row[-3:])) for row in rows]


def expected(book: Rulebook, subject: str, rows: list[tuple[str, dict[str, Any]]], calendar: Any = None) -> list[Any]:
    """What Python makes of the rules, one fact row at a time: the meaning that the SQL must have."""
    entry = book.subject(subject)
    facts: dict[int, dict[str, Any]] = {}
    for view in entry.views:
        for name, row in rows:
            if name == view.name and (view.is_base or row["id"] in facts):
                facts.setdefault(row["id"], dict.fromkeys(entry.columns)).update(row)
    found = [_owed_of(book, subject, row, calendar) for row in facts.values()]
    return sorted((each for part in found for each in part), key=lambda each: (each[1], each[2]))


def _owed_of(book: Rulebook, subject: str, row: dict[str, Any], calendar: Any) -> Iterator[tuple[Any, ...]]:
    entry = book.subject(subject)
    roles = entry.roles
    reported = row[roles.edition]
    for rule in book.rules_of(subject):
        for edition in rule.editions:
            begun = reported >= edition.starts_at and not (edition.ends_at and reported >= edition.ends_at)
            starts = evaluate(edition.clock.starts.tree, row)
            if not begun or evaluate(edition.arises.tree, row) is not True or starts is None:
                continue
            met = evaluate(edition.met.at.tree, row) if evaluate(edition.met.when.tree, row) is True else None
            identity = (subject, row[roles.key], rule.code, edition.start, entry.record, row[roles.record])
            told = (row[roles.district], row[roles.risk], row[roles.restricted])
            yield (*identity, *told, starts, ends(edition.clock, row, starts, calendar), met)


def ends(clock: Clock, row: dict[str, Any], starts: dt.datetime, calendar: Any) -> Any:
    return due(starts, clock.within, calendar) if clock.within else evaluate(clock.until.tree, row)  # type: ignore[union-attr]


def test_an_emergency_is_owed_attendance_from_when_it_was_graded(
    duck: duckdb.DuckDBPyConnection, book: Rulebook
) -> None:
    duck.execute(insert("facts.incident", incident(7, NOON, grade=1, grade_since=NOON + HOUR)))
    [attend, _grade, _resource] = owed(duck, book)
    assert attend == (
        *("incident", 7, "attend-grade-1", dt.date(2022, 2, 1), "incident", 7, 3, 40, False),
        *(NOON + HOUR, NOON + HOUR + dt.timedelta(minutes=15), None),
    )


def test_an_incident_that_reached_its_grade_at_an_unknown_time_is_owed_from_the_report(
    duck: duckdb.DuckDBPyConnection, book: Rulebook
) -> None:
    duck.execute(insert("facts.incident", incident(7, NOON, grade=2)))
    assert {row[2]: row[9] for row in owed(duck, book)}["attend-grade-2"] == NOON


def test_unknown_counts_as_not_owed(duck: duckdb.DuckDBPyConnection, book: Rulebook) -> None:
    duck.execute(insert("facts.incident", incident(7, NOON, attended_at=NOON)))
    assert [row[2] for row in owed(duck, book)] == ["grade-incident"]


def test_a_domestic_incident_is_owed_an_assessment_once_attended(
    duck: duckdb.DuckDBPyConnection, book: Rulebook
) -> None:
    duck.execute(insert("facts.incident", incident(7, NOON, domestic=True, attended_at=NOON + HOUR)))
    duck.execute(insert("facts.incident__safeguarding", {"id": 7, "assessed_at": NOON + 3 * HOUR}))
    [assessment] = [row for row in owed(duck, book) if row[2] == "da-risk-assessment"]
    assert assessment[3] == dt.date(2009, 3, 1)
    assert assessment[9:] == (NOON + HOUR, NOON + 9 * HOUR, NOON + 3 * HOUR)


def test_a_child_is_owed_a_decision_shown_on_its_incident(duck: duckdb.DuckDBPyConnection, book: Rulebook) -> None:
    row = {**incident(5, NOON), "incident_id": 70, "linked_at": NOON + HOUR}
    duck.execute(insert("facts.incident_child", row))
    [decision] = [row for row in owed(duck, book, "incident_child") if row[2] == "child-decision"]
    assert decision[:6] == ("incident_child", 5, "child-decision", dt.date(2000, 1, 1), "incident", 70)
    assert decision[10] == NOON + 25 * HOUR


@pytest.mark.parametrize(
    ("reported", "hours"),
    [
        ("2015-03-31T22:59:59+00:00", 72),
        ("2015-03-31T23:00:00+00:00", 24),
        ("2015-03-31T23:59:59+00:00", 24),
        ("2015-04-01T12:00:00+00:00", 24),
        ("2002-03-31T23:00:00+00:00", 72),
        ("2002-03-31T22:59:59+00:00", None),
    ],
)
def test_the_edition_follows_the_london_date_of_the_report(
    duck: duckdb.DuckDBPyConnection, book: Rulebook, reported: str, hours: int | None
) -> None:
    moment = dt.datetime.fromisoformat(reported)
    duck.execute(insert("facts.incident", incident(7, moment, crime_reported=True)))
    due_at = {row[2]: row[10] for row in owed(duck, book)}.get("crime-recording-decision")
    assert due_at == (moment + hours * HOUR if hours else None)


def test_met_without_an_instant_is_not_met(duck: duckdb.DuckDBPyConnection, days: Rulebook) -> None:
    duck.execute(insert("facts.incident", incident(7, NOON, domestic=True, crime_reported=True)))
    assert {row[2]: row[-1] for row in owed(duck, days)} == {"hearing": None, "soon": None}


def test_without_rules_nothing_is_owed(duck: duckdb.DuckDBPyConnection, book: Rulebook) -> None:
    select = obligations_select(book.subject("incident"), [], "duckdb")
    result = duck.execute(select)
    assert [column[0] for column in result.description or ()] == list(COLUMNS)
    assert result.fetchall() == []


def test_the_columns_come_in_their_order(duck: duckdb.DuckDBPyConnection, book: Rulebook) -> None:
    result = duck.execute(obligations_select(book.subject("incident"), book.rules, "duckdb"))
    assert [column[0] for column in result.description or ()] == list(COLUMNS)


@pytest.mark.parametrize("seed", range(4))
def test_duckdb_owes_what_python_owes(
    duck: duckdb.DuckDBPyConnection, book: Rulebook, calendar: PlainCalendar, seed: int
) -> None:
    rows = list(random_rows(book, 60, seed))
    for view, row in rows:
        duck.execute(insert(view, row))
    for subject in book.subjects:
        assert owed(duck, book, subject) == expected(book, subject, rows, calendar)


@pytest.mark.parametrize("seed", range(4))
def test_postgresql_owes_what_python_owes(
    postgres: psycopg.Connection, book: Rulebook, calendar: PlainCalendar, every_day: list[tuple[Any, ...]], seed: int
) -> None:
    rows = list(random_rows(book, 60, seed))
    postgres.execute(b"create schema if not exists iops")
    made = (CALENDAR.read_text("utf-8"), *create(book), CALENDAR_TABLE, insert_days(TABLE, every_day))
    for statement in (*made, *(insert(view, row) for view, row in rows)):
        postgres.execute(statement.encode())
    for subject in book.subjects:
        select = obligations_select(book.subject(subject), book.rules, "postgres")
        found = postgres.execute(f"select * from ({select}) o order by subject_id, rule".encode()).fetchall()
        assert found == expected(book, subject, rows, calendar)


def test_postgresql_owes_only_what_is_asked_for(postgres: psycopg.Connection, book: Rulebook) -> None:
    for statement in create(book):
        postgres.execute(statement.encode())
    for number in range(1, 6):
        postgres.execute(insert("facts.incident", incident(number, NOON)).encode())
    select = obligations_select(book.subject("incident"), book.rules, "postgres", ids="%(ids)s::bigint[]")
    found = postgres.execute(select.encode(), {"ids": [2, 5, 99]}).fetchall()
    assert sorted(row[1] for row in found) == [2, 5]


def test_duckdb_owes_only_what_is_asked_for(duck: duckdb.DuckDBPyConnection, book: Rulebook) -> None:
    for number in range(1, 6):
        duck.execute(insert("facts.incident", incident(number, NOON)))
    assert [row[1] for row in owed(duck, book, ids="[2, 5, 99]")] == [2, 5]


def test_working_and_school_days_are_counted_by_the_function_of_the_database(
    postgres: psycopg.Connection, days: Rulebook, calendar: PlainCalendar
) -> None:
    rows = list(random_rows(days, 40, 1))
    postgres.execute(b"create schema if not exists iops")
    postgres.execute(
        b"create function iops.due(starts timestamptz, n integer, unit text, by_time time) returns timestamptz"
        b" language sql as $$ select timestamptz '2030-01-01Z' + make_interval(days => n, hours => length(unit))"
        b" + coalesce(by_time - time '00:00', interval '0') $$"
    )
    for statement in (*create(days), *(insert(view, row) for view, row in rows)):
        postgres.execute(statement.encode())
    select = obligations_select(days.subject("incident"), days.rules, "postgres")
    found = postgres.execute(f"select * from ({select}) o order by subject_id, rule".encode()).fetchall()
    wanted = expected(days, "incident", rows, calendar)
    assert [row[:10] + row[11:] for row in found] == [row[:10] + row[11:] for row in wanted]
    called = {row[2]: row[10] for row in found}
    assert called["tell-the-victim"] == dt.datetime(2030, 1, 6, len(Unit.WORKING_DAYS), tzinfo=UTC)
    assert called["tell-the-school"] == dt.datetime(2030, 1, 2, len(Unit.SCHOOL_DAYS) + 9, tzinfo=UTC)
    assert all(row[10] == row[9] + HOUR for row in found if row[2] == "soon")


def test_the_statement_can_stand_in_a_function_body(book: Rulebook) -> None:
    for subject in book.subjects.values():
        for ids in (None, "ids"):
            select = obligations_select(subject, book.rules, "postgres", ids=ids)
            assert not set(select) & set(";$%")


def test_only_the_views_that_rules_look_at_are_joined(days: Rulebook) -> None:
    soon = [days.rule("soon")]
    assert "__" not in obligations_select(days.subject("incident"), soon, "postgres")
    assert "facts.incident__crime" in obligations_select(days.subject("incident"), days.rules, "postgres")


def test_a_view_can_be_read_from_elsewhere(book: Rulebook) -> None:
    select = obligations_select(book.subject("incident"), book.rules, "postgres", source={"facts.incident": "staged"})
    assert "from staged f0" in select
    assert "facts.incident " not in select
