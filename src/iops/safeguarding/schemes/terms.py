"""A school's own calendar, loaded from a small YAML file: its terms and the days on which it is closed in them.

    schools:
      - school: "123456"
        year: 2026
        terms:
          - {first: 2026-09-02, last: 2026-10-23}
          - {first: 2026-11-02, last: 2026-12-18}
        closed: [2026-10-05]

One entry a school and school year (August to July). The file is taken whole or refused whole.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from iops.control.configuration import number, open_node
from iops.foundation.calendar import school_year
from iops.foundation.errors import NotFoundError
from iops.foundation.models import CalendarDay
from iops.obligations.services import writing
from iops.safeguarding.models import School, SchoolYear

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from iops.foundation.models import User
    from iops.rulebook.shapes import Node

DAY = dt.timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 1995, 2044
FEWEST, MOST = 150, 210
"""Days on which a school is open in a year: 190 are usual; fewer or more is a file that is not complete."""


@dataclass(frozen=True)
class Year:
    """One school year of one school: the days of its terms, weekends among them, less the days it is closed."""

    code: str
    year: int
    days: frozenset[dt.date]


def read_years(path: Path) -> tuple[Year, ...]:
    """The school years of a file. Raises RuleFileError, naming line and mend."""
    root = open_node(path).keys(("schools",), ("schools",))
    nodes = root.child("schools").each()
    if not nodes:
        raise root.child("schools").fail("no school is given", "Write one with its terms.")
    found = [_year(node) for node in nodes]
    seen: set[tuple[str, int]] = set()
    for one, node in zip(found, nodes, strict=True):
        if (one.code, one.year) in seen:
            raise node.fail(f"the school {one.code} stands twice with the year {one.year}", "Write it once.")
        seen.add((one.code, one.year))
    return tuple(found)


def _year(node: Node) -> Year:
    node.keys(("school", "year", "terms", "closed"), ("school", "year", "terms"))
    year = number(node.child("year"), FIRST_YEAR, LAST_YEAR)
    terms = [_term(each, year) for each in node.child("terms").each()]
    for before, after in pairwise(terms):
        if after[0] <= before[1]:
            raise node.child("terms").fail("a term begins before the one before it has ended", "Order the terms.")
    days = {first + n * DAY for first, last in terms for n in range((last - first).days + 1)}
    closed = set()
    for each in node.child("closed").each():
        day = _date(each, year)
        if day not in days:
            raise each.fail(f"{day} is in no term", "Give only days of a term.")
        closed.add(day)
    return Year(node.child("school").text(), year, frozenset(days - closed))


def _term(node: Node, year: int) -> tuple[dt.date, dt.date]:
    node.keys(("first", "last"), ("first", "last"))
    first, last = _date(node.child("first"), year), _date(node.child("last"), year)
    if first > last:
        raise node.fail("the term ends before it begins", "Turn the days round.")
    return first, last


def _date(node: Node, year: int) -> dt.date:
    day = node.date()
    if day is None or school_year(day) != year:
        raise node.fail(f"{day} is no day of the school year from August {year}", "Write a day of that year.")
    return day


def load_school_years(path: Path, by: User | None = None) -> int:
    """Take the calendars of a file; a year that is there already is replaced. Returns how many years were taken.

    The duties of children at these schools are settled again. Raises RuleFileError for a file that is not right or
    whose year has too few or too many days, NotFoundError for a school that is not registered; then nothing is taken.
    """
    years = read_years(path)
    schools = dict(School.objects.filter(code__in={y.code for y in years}).values_list("code", "id"))
    missing = sorted({y.code for y in years} - set(schools))
    if missing:
        raise NotFoundError(
            f"There is no school with the number {', '.join(missing)[:200]}.", mend="Register it first."
        )
    with writing(by, reason="school terms loaded"):
        for one in years:
            days = sorted(one.days & _working(one.year))
            if not FEWEST <= len(days) <= MOST:
                raise open_node(path).fail(
                    f"the school {one.code} would be open on {len(days)} days of the year from {one.year}",
                    "Give every term of the year; 190 days are usual.",
                )
            SchoolYear.objects.update_or_create(
                school_id=schools[one.code], year=one.year, defaults={"open_days": days}
            )
    return len(years)


def _working(year: int) -> AbstractSet[dt.date]:
    """No school on weekends and bank holidays."""
    span = (dt.date(year, 8, 1), dt.date(year + 1, 7, 31))
    return set(CalendarDay.objects.filter(working=True, day__range=span).values_list("day", flat=True))
