"""Dates of birth and ages in words: exact ones as dates, others as what they are."""

from __future__ import annotations

from calendar import monthrange
from typing import TYPE_CHECKING

from iops.pole.models import Precision
from iops.web.words import LONDON, day

if TYPE_CHECKING:
    import datetime as dt

    from iops.pole.models import Birth

ADULT = 18


def age(born: dt.date, on: dt.date) -> int:
    """Completed years of age on a day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def ages(birth: Birth, on: dt.date) -> tuple[int, int]:
    """The youngest and the oldest age on a day that a statement of birth allows."""
    return age(birth.latest, on), age(birth.earliest, on)


def words(birth: Birth, today: dt.date) -> str:
    """A statement of birth as people say it, with the age today.

    "5 July 1985 (age 34)"; "March 1985 (age 33 or 34)"; "about 30 to 39 (said on 5 July 2019), now about 37 to 46".
    """
    now = _between(*ages(birth, today), " to ")
    if birth.precision == Precision.ESTIMATED:
        said_on = _said_on(birth)
        then = _between(*ages(birth, said_on), " to ")
        since = "" if then == now else f", now about {now}"
        return f"about {then} (said on {day(said_on)}){since}"
    youngest, oldest = ages(birth, today)
    return f"{_dated(birth)} (age {_between(youngest, oldest, ' or ' if oldest - youngest == 1 else ' to ')})"


def _said_on(birth: Birth) -> dt.date:
    """The local day of the statement: the age that was said held on it."""
    return birth.since or birth.recorded_at.astimezone(LONDON).date()


def _between(low: int, high: int, word: str) -> str:
    low, high = max(low, 0), max(high, 0)
    return str(low) if low == high else f"{low}{word}{high}"


def _dated(birth: Birth) -> str:
    first, last = birth.earliest, birth.latest
    if first == last:
        return day(first)
    if first.day == 1 and (first.year, first.month) == (last.year, last.month) and last.day == _days(last):
        return f"{first:%B %Y}"
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return str(first.year) if first.year == last.year else f"{first.year} to {last.year}"
    return f"between {day(first)} and {day(last)}"


def _days(of: dt.date) -> int:
    return monthrange(of.year, of.month)[1]


def is_child(birth: Birth, today: dt.date) -> bool:
    """Whether the statement allows no age of 18 or over."""
    return ages(birth, today)[1] < ADULT
