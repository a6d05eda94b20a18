"""Slips of the pen in dates of birth: which dates are one slip away, and which slip parts two dates."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

DECADE, MONTH, YEAR = 10, 31, 366


class Slip(StrEnum):
    """How two dates of birth differ; the value is what people read."""

    NONE = "the same date"
    SWAPPED = "day and month swapped"
    DIGIT = "one digit differs"
    TURNED = "two digits in the wrong order"
    NEAR = "a month, a year or ten years apart, or within a month"
    YEAR = "within a year"
    OTHER = "another date"


def slip(one: str, other: str) -> Slip:
    """The likeliest slip that makes one date into the other, both as eight digits; the order does not matter."""
    if one == other:
        return Slip.NONE
    return _slip(one, other) if one < other else _slip(other, one)


@lru_cache(maxsize=200_000)
def _slip(a: str, b: str) -> Slip:
    if a[:4] == b[:4] and a[4:6] == b[6:] and a[6:] == b[4:6]:
        return Slip.SWAPPED
    differing = [at for at in range(len(a)) if a[at] != b[at]]
    if len(differing) == 1:
        return Slip.DIGIT
    if len(differing) == len("ab") and differing[1] == differing[0] + 1 and _crossed(a, b, differing):
        return Slip.TURNED
    one, other = real(a), real(b)
    if one is None or other is None:
        return Slip.YEAR if a[:4] == b[:4] else Slip.OTHER
    apart = abs((one - other).days)
    if apart <= MONTH or other in _near_calendar(one) or one in _near_calendar(other):
        return Slip.NEAR
    return Slip.YEAR if apart <= YEAR else Slip.OTHER


def _crossed(a: str, b: str, at: list[int]) -> bool:
    return a[at[0]] == b[at[1]] and a[at[1]] == b[at[0]]


def near(day: dt.date) -> frozenset[dt.date]:
    """Real dates one slip away: swapped, a digit wrong, two digits turned, or one day, month, year or decade off."""
    text = day.isoformat().replace("-", "")
    written = {text[:4] + text[6:] + text[4:6], *_digit_slips(text), *_turned(text)}
    found = {made for one in written if (made := real(one)) is not None} | set(_near_calendar(day))
    return frozenset(found - {day})


def _digit_slips(text: str) -> Iterator[str]:
    for at in range(2, len(text)):
        yield from (text[:at] + digit + text[at + 1 :] for digit in "0123456789")


def _turned(text: str) -> Iterator[str]:
    yield from (text[:at] + text[at + 1] + text[at] + text[at + 2 :] for at in range(2, len(text) - 1))


def real(text: str) -> dt.date | None:
    """The day that eight digits stand for, when there is one."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


@lru_cache(maxsize=50_000)
def _near_calendar(day: dt.date) -> frozenset[dt.date]:
    months = day.year * 12 + day.month - 1
    shifted = [(months + step, day.day) for step in (-1, 1, -12, 12, -12 * DECADE, 12 * DECADE)]
    texts = (f"{at // 12:04}{at % 12 + 1:02}{number:02}" for at, number in shifted)
    days = {made for text in texts if (made := real(text)) is not None}
    with_days = {dt.date.fromordinal(at) for step in (-1, 1) if 1 <= (at := day.toordinal() + step) <= _LAST}
    return frozenset(days | with_days)


_LAST = dt.date.max.toordinal()
