"""Errors in dates of birth. A date said is a span of days: one day where the date is full, more where it is not.

Every function gives a real date: systems refuse the thirtieth of February, so such slips do not get in. Where the error
cannot happen (day and month alike, no digits to swap) the date comes back unchanged.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable
    from random import Random

Span = tuple[date, date]


class DateError(Protocol):
    """What makes an error of a date of birth, given the day on which it is said."""

    __name__: str

    def __call__(self, born: date, today: date, chance: Random, /) -> Span:
        """The days on one of which the person is said to be born."""
        ...


OLDEST_YEAR = 1900
AGE_SLACK = 2
"""Years either way within which an age is guessed."""


def _one(found: Iterable[date | None], born: date, today: date, chance: Random) -> Span:
    """One of the dates found that are real, past and not the true one; the true one where there is none."""
    real = sorted({d for d in found if d is not None and d != born and d.year >= OLDEST_YEAR and d <= today})
    made = chance.choice(real) if real else born
    return made, made


def _dated(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _from_digits(digits: str) -> date | None:
    return _dated(int(digits[4:]), int(digits[2:4]), int(digits[:2]))


def day_month_swapped(born: date, today: date, chance: Random) -> Span:
    """Day and month in each other's place."""
    return _one([_dated(born.year, born.day, born.month)], born, today, chance)


def digit_wrong(born: date, today: date, chance: Random) -> Span:
    """One digit of the date wrong."""
    digits = f"{born:%d%m%Y}"
    places = range(len(digits))
    return _one(
        (_from_digits(digits[:i] + d + digits[i + 1 :]) for i in places for d in "0123456789"), born, today, chance
    )


def digits_transposed(born: date, today: date, chance: Random) -> Span:
    """Two neighbouring digits of the day, the month or the year swapped."""
    digits = f"{born:%d%m%Y}"
    pairs = (0, 2, 4, 5, 6)
    return _one(
        (_from_digits(digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :]) for i in pairs), born, today, chance
    )


def day_off_by_one(born: date, today: date, chance: Random) -> Span:
    """The day before or after."""
    return _one([born - timedelta(days=1), born + timedelta(days=1)], born, today, chance)


def month_off_by_one(born: date, today: date, chance: Random) -> Span:
    """The same day of the month before or after, in the same year."""
    return _one([_dated(born.year, born.month + step, born.day) for step in (-1, 1)], born, today, chance)


def year_off_by_one(born: date, today: date, chance: Random) -> Span:
    """The same day of the year before or after."""
    return _one([_dated(born.year + step, born.month, born.day) for step in (-1, 1)], born, today, chance)


def year_only(born: date, today: date, chance: Random) -> Span:
    """Only the year of birth."""
    del today, chance
    return date(born.year, 1, 1), date(born.year, 12, 31)


def approximate_age(born: date, today: date, chance: Random) -> Span:
    """An age guessed within two years: born between the days that such ages allow."""
    guessed = max(age_on(born, today) + chance.randint(-AGE_SLACK, AGE_SLACK), 0)
    return (
        _years_before(today, guessed + AGE_SLACK + 1) + timedelta(days=1),
        _years_before(today, max(guessed - AGE_SLACK, 0)),
    )


def age_on(born: date, today: date) -> int:
    """Age in whole years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _years_before(day: date, years: int) -> date:
    return _dated(day.year - years, day.month, day.day) or date(day.year - years, 3, 1)
