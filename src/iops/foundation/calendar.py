"""The calendar of England and Wales: bank holidays, working days, and a default of school days.

School terms are set by each authority and school. The default here follows a plain rule (below) and is no authority's
calendar; a force loads its own with `iops foundation load-terms FILE`, whole school years at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import holidays
import yaml
from dateutil.easter import easter
from django.db import connection, transaction

from iops.foundation.errors import InvalidError, IopsError
from iops.foundation.models import CalendarDay

if TYPE_CHECKING:
    from collections.abc import Iterator, Set
    from pathlib import Path

FIRST, LAST = date(1995, 1, 1), date(2045, 12, 31)
DAY = timedelta(days=1)
FRIDAY = 4
AUGUST = 8
LARGEST_FILE = 100_000
"""Bytes of a file of terms: three thousand terms, several times what the calendar can hold."""
SCHOOL_DAYS_OF_A_YEAR = range(150, 211)
"""A school year of fewer or more days (190 are usual) is a file that is not complete, or not right."""


@dataclass(frozen=True)
class Term:
    """A stretch of school days, both ends included."""

    first: date
    last: date


class TermsError(InvalidError):
    """A file of school terms that cannot be taken; `message` says where and how."""

    code = "terms-invalid"


class CalendarWrongError(IopsError):
    """The calendar that was written does not count as it must; nothing of it is kept."""

    code = "calendar-wrong"
    status = 500


def bank_holidays() -> dict[date, str]:
    """The bank holidays of England and Wales by day, the one-off ones included."""
    found = holidays.country_holidays("GB", subdiv="ENG", years=range(FIRST.year, LAST.year + 1))
    return {day: str(name) for day, name in found.items()}


def default_terms(year: int) -> list[Term]:
    """The terms that begin in the school year from September of `year`, by a plain rule.

    Autumn from the first Tuesday on or after 2 September to the Friday before 22 December, spring from the first Monday
    on or after 3 January to the Friday before Palm Sunday's week ends (two weeks about Easter), summer until the
    Friday on or after 19 July; a week off at the end of October, in mid-February and at the end of May.
    """
    easter_day = easter(year + 1)
    october = _on_or_before(date(year, 10, 31), 0)
    february = _on_or_after(date(year + 1, 2, 11), 0)
    may = _on_or_before(date(year + 1, 5, 31), 0)
    spring_ends = _on_or_before(easter_day - timedelta(days=8), FRIDAY)
    return [
        Term(_on_or_after(date(year, 9, 2), 1), october - 3 * DAY),
        Term(october + 7 * DAY, _on_or_before(date(year, 12, 21), FRIDAY)),
        Term(_on_or_after(date(year + 1, 1, 3), 0), february - 3 * DAY),
        Term(february + 7 * DAY, spring_ends),
        Term(spring_ends + 17 * DAY, may - 3 * DAY),
        Term(may + 7 * DAY, _on_or_after(date(year + 1, 7, 19), FRIDAY)),
    ]


def _on_or_after(day: date, weekday: int) -> date:
    return day + ((weekday - day.weekday()) % 7) * DAY


def _on_or_before(day: date, weekday: int) -> date:
    return day - ((day.weekday() - weekday) % 7) * DAY


def default_school_days() -> set[date]:
    """The days in term of every year of the calendar, by the plain rule, weekends and bank holidays included."""
    return _days_of([term for year in range(FIRST.year - 1, LAST.year + 1) for term in default_terms(year)])


def _days_of(terms: list[Term]) -> set[date]:
    return {term.first + n * DAY for term in terms for n in range((term.last - term.first).days + 1)}


def calendar_days(in_term: Set[date]) -> Iterator[CalendarDay]:
    """Every day of the calendar with its running counts; no school on weekends and bank holidays."""
    closed = bank_holidays()
    working = school = 0
    for n in range((LAST - FIRST).days + 1):
        day = FIRST + n * DAY
        works = day.weekday() <= FRIDAY and day not in closed
        teaches = works and day in in_term
        working, school = working + works, school + teaches
        yield CalendarDay(
            day=day,
            working=works,
            school=teaches,
            working_ordinal=working,
            school_ordinal=school,
            note=closed.get(day, "")[:80],
        )


def install_calendar() -> bool:
    """Bring the calendar to the bank holidays known to this version; whether anything had to be written.

    An empty calendar gets the default school terms; in one that is there, school days stay what they are, so that the
    force's own terms outlive an upgrade (a day that has become a bank holiday is no school day any more).
    """
    held = dict(CalendarDay.objects.values_list("day", "working"))
    if held == {day.day: day.working for day in calendar_days(set())}:
        return False
    _replace(_school_days() if held else default_school_days())
    return True


def load_terms(path: Path) -> int:
    """Take a force's own school terms: a YAML list of `{first: 2026-09-02, last: 2026-10-23}`. Returns how many.

    A school year (August to July) of which the file gives a term is replaced whole; the other years stay as they are.
    Obligations already settled keep their due time until their facts change or they are settled again. Raises
    TermsError, and then changes nothing.
    """
    terms = read_terms(path)
    given = _days_of(terms)
    years = {school_year(term.first) for term in terms}
    others = {day for day in _school_days() if school_year(day) not in years}
    with transaction.atomic():
        _replace(others | given)
        for year in sorted(years):
            _check_whole(path.name, year)
    return len(terms)


def school_year(day: date) -> int:
    """The school year of a day, named by the year in which it begins; it runs from 1 August to 31 July."""
    return day.year if day.month >= AUGUST else day.year - 1


def _check_whole(name: str, year: int) -> None:
    first, last = date(year, AUGUST, 1), date(year + 1, AUGUST, 1) - DAY
    if first < FIRST or last > LAST:
        return
    days = CalendarDay.objects.filter(day__range=(first, last), school=True).count()
    if days not in SCHOOL_DAYS_OF_A_YEAR:
        raise TermsError(
            f"{name}: the school year from {year} would have {days} school days.",
            mend="Give every term of each school year that the file names; 190 days are usual.",
        )


def _school_days() -> set[date]:
    return set(CalendarDay.objects.filter(school=True).values_list("day", flat=True))


def _replace(in_term: Set[date]) -> None:
    columns = [field.attname for field in CalendarDay._meta.concrete_fields]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("lock table foundation_calendar_day in share row exclusive mode")
        cursor.execute("delete from foundation_calendar_day")
        with cursor.copy(f"copy foundation_calendar_day ({', '.join(columns)}) from stdin") as copy:
            for day in calendar_days(in_term):
                copy.write_row([getattr(day, column) for column in columns])
        cursor.execute(
            """
            select count(*), count(*) filter (where
                day <> before + 1 or working_ordinal <> working_before + working::int
                or school_ordinal <> school_before + school::int or school and not working)
            from (select *, lag(day, 1, day - 1) over w as before, lag(working_ordinal, 1, 0) over w as working_before,
                         lag(school_ordinal, 1, 0) over w as school_before
                  from foundation_calendar_day window w as (order by day)) counted"""
        )
        days, wrong = cursor.fetchone()
    if days != (LAST - FIRST).days + 1 or wrong:
        raise CalendarWrongError(f"The calendar has {days} days, of which {wrong} do not follow from the day before.")


class _Strict(yaml.SafeLoader):
    """Plain YAML in which no key stands twice in one mapping."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        """A mapping, refused when a key stands in it twice: YAML would silently keep the last."""
        written = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        if len(written) > len(set(written)):
            raise yaml.constructor.ConstructorError(None, None, "a key stands twice", node.start_mark)
        return dict(super().construct_mapping(node, deep=deep))


def _listed(path: Path) -> object:
    with path.open("rb") as file:
        content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise ValueError("it is larger than 100,000 bytes")
    return yaml.load(content.decode("utf-8"), Loader=_Strict)  # noqa: S506 - a safe loader, made stricter


def read_terms(path: Path) -> list[Term]:
    """The terms of a file, in order. Raises TermsError for whatever is not a list of terms that follow one another."""
    try:
        listed = _listed(path)
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise TermsError(f"{path.name} cannot be read: {error}") from error
    if not isinstance(listed, list) or not listed:
        raise TermsError(f"{path.name} holds no list of terms.", mend="Write - {first: 2026-09-02, last: 2026-10-23}")
    terms = [_term(path.name, n, entry) for n, entry in enumerate(listed, 1)]
    for before, after in pairwise(terms):
        if after.first <= before.last:
            raise TermsError(f"{path.name}: the term from {after.first} begins before the one before it has ended.")
    return terms


def _term(name: str, number: int, entry: object) -> Term:
    if not isinstance(entry, dict) or set(entry) != {"first", "last"}:
        raise TermsError(f"{name}: term {number} must have `first` and `last`, and nothing else.")
    first, last = entry["first"], entry["last"]
    if type(first) is not date or type(last) is not date:
        raise TermsError(f"{name}: term {number} needs dates written YYYY-MM-DD.")
    if not FIRST <= first <= last <= LAST:
        raise TermsError(f"{name}: term {number} must run forward and lie between {FIRST} and {LAST}.")
    if school_year(first) != school_year(last):
        raise TermsError(f"{name}: term {number} must end by 31 July of its school year.")
    return Term(first, last)
