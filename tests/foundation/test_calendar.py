"""Due times: hours, days, working days and school days, over weekends, holidays and both clock changes."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iops.foundation.calendar import TermsError, bank_holidays, default_terms, load_terms
from iops.foundation.models import CalendarDay
from iops.rulebook import clocks
from iops.rulebook.clocks import Span, Unit

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")


def london(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=LONDON)


def due(starts: dt.datetime, n: int, unit: str, by: str | None = None) -> dt.datetime:
    with connection.cursor() as cursor:
        cursor.execute("select iops.due(%s, %s, %s, %s)", [starts, n, unit, by])
        moment: dt.datetime = cursor.fetchone()[0]
    return moment.astimezone(LONDON)


@pytest.mark.parametrize(
    ("starts", "n", "unit", "by", "expected"),
    [
        # Friday 17:00.
        ("2026-11-20T17:00", 24, "hours", None, "2026-11-21T17:00"),
        ("2026-11-20T17:00", 1, "days", None, "2026-11-21T17:00"),
        ("2026-11-20T17:00", 1, "working days", None, "2026-11-24T00:00"),
        ("2026-11-20T17:00", 1, "school days", "09:00", "2026-11-23T09:00"),
        ("2026-11-20T17:00", 5, "working days", None, "2026-11-28T00:00"),
        # Christmas 2026: Friday 25 December, Boxing Day in lieu on Monday 28.
        ("2026-12-24T17:00", 1, "working days", None, "2026-12-30T00:00"),
        ("2026-12-24T17:00", 1, "school days", "09:00", "2027-01-04T09:00"),
        # Easter 2027: Good Friday 26 March, Easter Monday 29 March; the clocks change on the Sunday between.
        ("2027-03-25T12:00", 1, "working days", None, "2027-03-31T00:00"),
        ("2027-03-25T12:00", 4, "days", None, "2027-03-29T12:00"),
        # August is no school.
        ("2026-08-10T10:00", 1, "school days", "09:00", "2026-09-08T09:00"),
        # Spring forward 28 March 2027: the day has 23 hours.
        ("2027-03-27T12:00", 24, "hours", None, "2027-03-28T13:00"),
        ("2027-03-27T12:00", 1, "days", None, "2027-03-28T12:00"),
        ("2027-03-27T01:30", 1, "days", None, "2027-03-28T02:30"),
        # Back 25 October 2026: the day has 25 hours.
        ("2026-10-24T12:00", 24, "hours", None, "2026-10-25T11:00"),
        ("2026-10-24T12:00", 1, "days", None, "2026-10-25T12:00"),
        # A Saturday report, and the last day of the year.
        ("2026-11-21T02:00", 1, "working days", None, "2026-11-24T00:00"),
        ("2026-12-31T23:59", 1, "working days", None, "2027-01-05T00:00"),
        ("2026-12-31T23:59", 2, "minutes", None, "2027-01-01T00:01"),
    ],
)
def test_a_duty_is_due_when_the_calendar_says(starts: str, n: int, unit: str, by: str | None, expected: str) -> None:
    assert due(london(starts), n, unit, by) == london(expected)


def test_a_time_that_happens_twice_is_the_later_one() -> None:
    moment = due(london("2026-10-24T01:30"), 1, "days").astimezone(dt.UTC)
    assert moment == dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC)


class DatabaseCalendar:
    """The calendar as the Python twin of `iops.due` wants it."""

    def __init__(self) -> None:
        self.days = {d.day: d for d in CalendarDay.objects.all()}

    def counts(self, day: dt.date, unit: Unit) -> bool:
        return self.days[day].working if unit is Unit.WORKING_DAYS else self.days[day].school


@pytest.fixture
def calendar() -> DatabaseCalendar:
    return DatabaseCalendar()


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    starts=st.datetimes(dt.datetime(1996, 1, 1), dt.datetime(2040, 1, 1), timezones=st.just(dt.UTC)),
    n=st.integers(1, 60),
    unit=st.sampled_from(Unit),
    by=st.none() | st.times(),
)
def test_sql_and_python_agree_on_every_due_time(
    calendar: DatabaseCalendar, starts: dt.datetime, n: int, unit: Unit, by: dt.time | None
) -> None:
    by = None if unit in clocks.ELAPSED or by is None else by.replace(second=0, microsecond=0)
    span = Span(n, unit, by)
    assert due(starts, n, str(unit), by.isoformat() if by else None) == clocks.due(starts, span, calendar)


def test_beyond_the_calendar_is_an_error_and_not_a_duty_without_an_end() -> None:
    with pytest.raises(DatabaseError, match="calendar does not reach"), transaction.atomic():
        due(london("2045-12-30T10:00"), 30, "working days")


def test_an_unknown_unit_is_an_error() -> None:
    with pytest.raises(DatabaseError, match="no unit of time"), transaction.atomic():
        due(london("2026-01-01T10:00"), 1, "fortnights")


def test_one_off_bank_holidays_are_known() -> None:
    found = bank_holidays()
    for day in ("2020-05-08", "2022-06-02", "2022-06-03", "2022-09-19", "2023-05-08"):
        assert dt.date.fromisoformat(day) in found
    assert dt.date(2020, 5, 4) not in found  # moved to the 8th that year


def test_running_counts_grow_by_one_on_each_day_that_counts() -> None:
    before = None
    for day in CalendarDay.objects.order_by("day"):
        if before is not None:
            assert day.day == before.day + dt.timedelta(days=1)
            assert day.working_ordinal == before.working_ordinal + day.working
            assert day.school_ordinal == before.school_ordinal + day.school
        before = day


@pytest.mark.parametrize("year", range(1996, 2044))
def test_default_terms_follow_one_another_and_teach_about_190_days(year: int) -> None:
    terms = default_terms(year)
    assert all(a.first <= a.last < b.first for a, b in zip(terms, terms[1:], strict=False))
    assert terms[-1].first <= terms[-1].last
    days = CalendarDay.objects.filter(day__range=(dt.date(year, 9, 1), dt.date(year + 1, 8, 31)), school=True).count()
    assert 180 <= days <= 200


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no list"),
        ("{}", "no list"),
        ("- {first: 2026-09-02}", "`first` and `last`"),
        ("- {first: 2026-09-02, last: soon}", "YYYY-MM-DD"),
        ("- {first: 2026-10-02, last: 2026-09-02}", "run forward"),
        ("- {first: 1066-10-14, last: 1066-12-25}", "lie between"),
        ("- {first: 2026-09-02, last: 2026-10-02}\n- {first: 2026-09-20, last: 2026-10-20}", "before the one before"),
        ("- {first: 2026-09-02, last: 2026-10-02, x: 1}", "nothing else"),
        ("- [", "cannot be read"),
        ("!!python/object/apply:os.system ['true']", "cannot be read"),
    ],
)
def test_a_bad_file_of_terms_is_refused_and_says_why(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "terms.yaml"
    path.write_text(text)
    with pytest.raises(TermsError, match=says):
        load_terms(path)
