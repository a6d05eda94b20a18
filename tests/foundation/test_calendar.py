"""Due times: hours, days, working days and school days, over weekends, holidays and both clock changes."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from iops.foundation import calendar as calendars
from iops.foundation.calendar import TermsError, bank_holidays, default_terms, install_calendar, load_terms
from iops.foundation.models import CalendarDay
from iops.rulebook import clocks
from iops.rulebook.clocks import Span, Unit
from tests.foundation.ledgers import as_the_owner

if TYPE_CHECKING:
    from collections.abc import Iterator
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
        # Hours towards a hearing: a Saturday counts, a Sunday does not.
        ("2026-11-18T17:00", 48, "court hours", None, "2026-11-20T17:00"),
        ("2026-11-20T17:00", 48, "court hours", None, "2026-11-23T17:00"),
        ("2026-11-22T17:00", 48, "court hours", None, "2026-11-25T00:00"),
        ("2026-11-20T00:00", 48, "court hours", None, "2026-11-22T00:00"),
        # Thursday 24 December 2026; Friday, Saturday (26th), Sunday and Monday are disregarded.
        ("2026-12-24T17:00", 48, "court hours", None, "2026-12-30T17:00"),
        # Thursday before Easter 2027; the clocks change on the Sunday that is disregarded.
        ("2027-03-25T12:00", 48, "court hours", None, "2027-03-30T12:00"),
        # Back on 25 October 2026, a Sunday: no hour is gained.
        ("2026-10-24T12:00", 48, "court hours", None, "2026-10-27T12:00"),
        # New Year's Day 2027 is a Friday.
        ("2026-12-31T23:30", 48, "court hours", None, "2027-01-04T23:30"),
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


@settings(max_examples=150)
@given(
    starts=st.datetimes(dt.datetime(1996, 1, 1), dt.datetime(2040, 1, 1), timezones=st.just(dt.UTC)),
    n=st.integers(1, 60),
    unit=st.sampled_from(Unit),
    by=st.none() | st.times(),
)
def test_sql_and_python_agree_on_every_due_time(
    calendar: DatabaseCalendar, starts: dt.datetime, n: int, unit: Unit, by: dt.time | None
) -> None:
    by = None if unit in clocks.TIMELESS or by is None else by.replace(second=0, microsecond=0)
    span = Span(n, unit, by)
    assert due(starts, n, str(unit), by.isoformat() if by else None) == clocks.due(starts, span, calendar)


@pytest.mark.parametrize("nothing", ["starts", "n", "unit"])
def test_nothing_in_is_nothing_out(nothing: str) -> None:
    values: dict[str, str | int | None] = {"starts": "2026-01-05T10:00Z", "n": 1, "unit": "working days"}
    values[nothing] = None
    with connection.cursor() as cursor:
        cursor.execute("select iops.due(%(starts)s::timestamptz, %(n)s::integer, %(unit)s::text, time '09:00')", values)
        assert cursor.fetchone() == (None,)


@pytest.mark.parametrize("unit", Unit)
def test_nothing_is_due_before_it_arises(unit: Unit) -> None:
    with pytest.raises(DatabaseError, match="before it arises"), transaction.atomic():
        due(london("2026-01-05T10:00"), -1, unit)


def test_none_of_a_unit_is_the_day_itself() -> None:
    saturday = london("2026-11-21T10:00")
    assert due(saturday, 0, "working days") == london("2026-11-22T00:00")
    assert due(saturday, 0, "days", "23:30") == london("2026-11-21T23:30")


def test_before_the_calendar_is_an_error_too() -> None:
    with pytest.raises(DatabaseError, match="calendar does not reach"), transaction.atomic():
        due(london("1994-12-30T10:00"), 1, "school days")


def test_beyond_the_calendar_is_an_error_and_not_a_duty_without_an_end() -> None:
    with pytest.raises(DatabaseError, match="calendar does not reach"), transaction.atomic():
        due(london("2045-12-30T10:00"), 30, "working days")


def test_an_unknown_unit_is_an_error() -> None:
    with pytest.raises(DatabaseError, match="no unit of time"), transaction.atomic():
        due(london("2026-01-01T10:00"), 1, "fortnights")


def test_one_off_bank_holidays_are_known() -> None:
    found = bank_holidays()
    jubilees = ("2002-06-03", "2002-06-04", "2012-06-04", "2012-06-05")
    for day in (
        *jubilees,
        "1999-12-31",
        "2011-04-29",
        "2020-05-08",
        "2022-06-02",
        "2022-06-03",
        "2022-09-19",
        "2023-05-08",
    ):
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
    assert all(a.first <= a.last < b.first for a, b in itertools.pairwise(terms))
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
        ("- {first: 2026-09-02, first: 2026-09-03, last: 2026-10-02}", "twice"),
        ("- {first: 2026-09-02T10:00:00, last: 2026-10-02}", "YYYY-MM-DD"),
        ("- {first: 2026-06-01, last: 2026-09-30}", "by 31 July"),
        ("[" * 5_000, "cannot be read"),
        ("- " + "x" * 200_000, "larger than"),
        ("a: &a [1]\nb: [*a, *a]", "no list"),
        ("- 2026-09-02", "`first` and `last`"),
        ("\x00", "cannot be read"),
    ],
)
def test_a_bad_file_of_terms_is_refused_and_says_why(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "terms.yaml"
    path.write_text(text)
    with pytest.raises(TermsError, match=says):
        load_terms(path)


SCHOOL_YEAR = """
- {first: 2026-09-02, last: 2026-10-16}
- {first: 2026-11-02, last: 2026-12-18}
- {first: 2027-01-05, last: 2027-02-12}
- {first: 2027-02-22, last: 2027-03-25}
- {first: 2027-04-12, last: 2027-05-28}
- {first: 2027-06-07, last: 2027-07-21}
"""


def school_days(first: str, last: str) -> set[dt.date]:
    days = CalendarDay.objects.filter(day__range=(first, last), school=True)
    return set(days.values_list("day", flat=True))


@pytest.mark.django_db(transaction=True)
class TestAForcesOwnTerms:
    """They replace whole school years and nothing else, and outlive an upgrade."""

    @pytest.fixture(autouse=True)
    def _as_the_owner(self) -> Iterator[None]:
        with as_the_owner():
            yield

    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        path = tmp_path / "terms.yaml"
        path.write_text(SCHOOL_YEAR)
        return path

    def test_the_years_of_the_file_are_as_the_file_says(self, file: Path) -> None:
        assert load_terms(file) == 6
        inside = school_days("2026-08-01", "2027-07-31")
        assert {dt.date(2026, 9, 2), dt.date(2027, 7, 21)} <= inside
        assert not inside & {dt.date(2026, 10, 19), dt.date(2027, 7, 22), dt.date(2026, 11, 1), dt.date(2027, 5, 3)}
        assert due(london("2027-07-21T10:00"), 1, "school days", "09:00") > london("2027-09-01T00:00")

    def test_other_years_stay_as_they_are(self, file: Path) -> None:
        before = school_days("1995-01-01", "2026-07-31") | school_days("2027-08-01", "2045-12-31")
        load_terms(file)
        assert school_days("1995-01-01", "2026-07-31") | school_days("2027-08-01", "2045-12-31") == before

    def test_a_second_file_leaves_the_first_years_terms(self, file: Path, tmp_path: Path) -> None:
        load_terms(file)
        first = school_days("2026-08-01", "2027-07-31")
        again = tmp_path / "next.yaml"
        again.write_text(SCHOOL_YEAR.replace("2027", "2028").replace("2026", "2027"))
        load_terms(again)
        assert school_days("2026-08-01", "2027-07-31") == first
        assert dt.date(2027, 9, 2) in school_days("2027-08-01", "2028-07-31")

    @pytest.mark.parametrize("last", ["2026-12-18", "2027-07-31"])
    def test_a_year_of_too_few_or_too_many_school_days_changes_nothing(self, tmp_path: Path, last: str) -> None:
        before = list(CalendarDay.objects.order_by("day").values_list())
        path = tmp_path / "terms.yaml"
        path.write_text(f"- {{first: 2026-09-02, last: {last}}}")
        with pytest.raises(TermsError, match=r"school year from 2026 would have \d+ school days"):
            load_terms(path)
        assert list(CalendarDay.objects.order_by("day").values_list()) == before

    def test_installing_again_writes_nothing(self) -> None:
        assert install_calendar() is False

    def test_a_new_bank_holiday_comes_with_an_upgrade_and_the_forces_terms_stay(
        self, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        load_terms(file)
        own = school_days("2026-08-01", "2027-07-31")
        proclaimed = dt.date(2027, 6, 14)
        known = bank_holidays()
        monkeypatch.setattr(calendars, "bank_holidays", lambda: known | {proclaimed: "Proclaimed since"})
        assert install_calendar() is True
        assert school_days("2026-08-01", "2027-07-31") == own - {proclaimed}
        assert due(london("2027-06-11T10:00"), 1, "working days") == london("2027-06-16T00:00")

    def test_a_damaged_calendar_is_mended(self) -> None:
        CalendarDay.objects.filter(day__gte="2040-01-01").delete()
        assert install_calendar() is True
        assert CalendarDay.objects.count() == (calendars.LAST - calendars.FIRST).days + 1
        assert install_calendar() is False
