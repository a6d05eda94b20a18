"""The calendar of England and Wales: bank holidays, working days, and a default of school days.

School terms are set by each authority and school. The default here follows a plain rule (below) and is no authority's
calendar; a force loads its own with `iops foundation load-terms FILE`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import holidays
import yaml
from dateutil.easter import easter
from django.db import transaction

from iops.foundation.errors import InvalidError
from iops.foundation.models import CalendarDay

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

FIRST, LAST = date(1995, 1, 1), date(2045, 12, 31)
DAY = timedelta(days=1)
FRIDAY = 4


@dataclass(frozen=True)
class Term:
    """A stretch of school days, both ends included."""

    first: date
    last: date


class TermsError(InvalidError):
    """A file of school terms that cannot be taken; `message` says where and how."""

    code = "terms-invalid"


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


def calendar_days(terms: Iterable[Term]) -> Iterator[CalendarDay]:
    """Every day of the calendar with its running counts."""
    closed = bank_holidays()
    school_days = {term.first + n * DAY for term in terms for n in range((term.last - term.first).days + 1)}
    working = school = 0
    for n in range((LAST - FIRST).days + 1):
        day = FIRST + n * DAY
        works = day.weekday() <= FRIDAY and day not in closed
        teaches = works and day in school_days
        working, school = working + works, school + teaches
        yield CalendarDay(
            day=day,
            working=works,
            school=teaches,
            working_ordinal=working,
            school_ordinal=school,
            note=closed.get(day, "")[:80],
        )


def install_calendar() -> None:
    """Fill the calendar if it is not there yet, with the default school terms."""
    if not CalendarDay.objects.filter(day=LAST).exists():
        _replace([term for year in range(FIRST.year - 1, LAST.year + 1) for term in default_terms(year)])


def load_terms(path: Path) -> int:
    """Take a force's own school terms: a YAML list of `{first: 2026-09-02, last: 2026-10-23}`. Returns how many.

    They replace the default from their first to their last day. Obligations already settled keep their due time until
    their facts change or they are settled again. Raises TermsError, and then changes nothing.
    """
    terms = read_terms(path)
    first, last = terms[0].first, terms[-1].last
    kept = [term for year in range(FIRST.year - 1, LAST.year + 1) for term in default_terms(year)]
    outside = [term for term in kept if term.last < first or term.first > last]
    _replace([*outside, *terms])
    return len(terms)


def _replace(terms: list[Term]) -> None:
    with transaction.atomic():
        CalendarDay.objects.all().delete()
        CalendarDay.objects.bulk_create(calendar_days(terms), batch_size=2000)


def read_terms(path: Path) -> list[Term]:
    """The terms of a file, in order. Raises TermsError for whatever is not a list of terms that follow one another."""
    try:
        listed = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
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
    return Term(first, last)
