"""Reads what people say into what can be compared: dates of birth and ages, telephone numbers, postcodes, marks.

Nothing here guesses: what cannot be read is kept as it was said, and stays findable by those words.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

import phonenumbers

from iops.foundation.errors import InvalidError
from iops.pole.models.people import Precision

OLDEST = 130
"""No nominal is older than this, in years: the longest human life on record is below it."""
REGION = "GB"

MONTH_NAMES = (
    "jan january|feb february|mar march|apr april|may|jun june|jul july|aug august|sep sept september|"
    "oct october|nov november|dec december"
)
MONTHS = {name: number for number, names in enumerate(MONTH_NAMES.split("|"), start=1) for name in names.split()}
NUMERIC = re.compile(r"(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{4}|\d{2})")
ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
WORDED = re.compile(r"(?:(\d{1,2})(?:st|nd|rd|th)?\s+)?([a-z]+)\.?,?\s+(\d{4})")
MONTH_OF_YEAR = re.compile(r"(\d{1,2})\s*[-/]\s*(\d{4})")
YEAR = re.compile(r"(?:born\s+)?(\d{4})")
AGED = re.compile(r"(?:aged?\s*)?(\d{1,3})(?:\s*(?:years?|yrs?)(?:\s+old)?)?")
DECADE = re.compile(r"(?:(early|mid|late)\s*[- ]?\s*)?(\d{1,2})0'?s")
PART_OF_DECADE = {None: (0, 9), "early": (0, 3), "mid": (3, 7), "late": (6, 9)}
POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)\s*([0-9][A-Z]{2})")


@dataclass(frozen=True)
class Born:
    """The days on which somebody may have been born, both included, and how exact that is."""

    earliest: date
    latest: date
    precision: Precision


def birth(said: str, today: date) -> Born:
    """Read a date of birth or an age as people say it.

    Takes 12/3/1985 (day first), 12.3.85, 1985-03-12, 12 March 1985, March 1985, 03/1985, 1985, 34, aged 34, thirties as
    "30s", early 30s. An age is counted back from `today`. A two-figure year is the latest one not ahead of `today`.
    Raises InvalidError for words that are no date, a day that does not exist, lies ahead, or over 130 years back.
    """
    words = " ".join(said.casefold().split())
    if len(words) > 100:  # noqa: PLR2004 - the width of the column
        raise InvalidError("A date of birth has at most 100 characters.", details={"field": "born"})
    found = _full(words, today) or _partial(words) or _aged(words, today)
    if found is None:
        raise InvalidError(
            f"“{said}” could not be read as a date of birth.",
            mend="Write 12/3/1985, March 1985, 1985, an age such as 34, or 30s.",
            details={"field": "born"},
        )
    if found.earliest > today:
        raise InvalidError("The date of birth lies ahead.", details={"field": "born"})
    if today.year - found.latest.year > OLDEST:
        raise InvalidError(f"The date of birth is more than {OLDEST} years ago.", details={"field": "born"})
    return found


def _full(words: str, today: date) -> Born | None:
    if match := ISO.fullmatch(words):
        year, month, day = (int(part) for part in match.groups())
    elif match := NUMERIC.fullmatch(words):
        day, month, year = (int(part) for part in match.groups())
        if len(match[3]) == 2:  # noqa: PLR2004 - a year in two figures
            year = _century(year, today)
    elif (match := WORDED.fullmatch(words)) and match[1] and match[2] in MONTHS:
        day, month, year = int(match[1]), MONTHS[match[2]], int(match[3])
    else:
        return None
    whole = _day(year, month, day)
    return Born(whole, whole, Precision.FULL)


def _century(year: int, today: date) -> int:
    this = today.year // 100 * 100 + year
    return this if this <= today.year else this - 100


def _partial(words: str) -> Born | None:
    if (match := WORDED.fullmatch(words)) and match[2] in MONTHS:
        return _month(int(match[3]), MONTHS[match[2]])
    if match := MONTH_OF_YEAR.fullmatch(words):
        return _month(int(match[2]), int(match[1]))
    if match := YEAR.fullmatch(words):
        return Born(_day(int(match[1]), 1, 1), _day(int(match[1]), 12, 31), Precision.PARTIAL)
    return None


def _month(year: int, month: int) -> Born:
    first = _day(year, month, 1)
    return Born(first, first.replace(day=monthrange(year, month)[1]), Precision.PARTIAL)


def _aged(words: str, today: date) -> Born | None:
    if match := DECADE.fullmatch(words):
        low, high = PART_OF_DECADE[match[1]]
        return _of_age(int(match[2]) * 10 + low, int(match[2]) * 10 + high, today)
    if match := AGED.fullmatch(words):
        return _of_age(int(match[1]), int(match[1]), today)
    return None


def _of_age(youngest: int, oldest: int, today: date) -> Born:
    """Whoever is `oldest` today was born after this day that many years and one more ago."""
    if oldest > OLDEST:
        raise InvalidError(f"Nobody is over {OLDEST} years old.", details={"field": "born"})
    after = _years_back(today, oldest + 1)
    return Born(date.fromordinal(after.toordinal() + 1), _years_back(today, youngest), Precision.ESTIMATED)


def _years_back(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise InvalidError(
            f"There is no day {day}/{month}/{year}.", mend="Day first, then month.", details={"field": "born"}
        ) from None


def phone(said: str) -> str:
    """A telephone number in E.164 ("+441614960000"), read as one dialled in the United Kingdom; "" when it is none."""
    if len(said) > 60:  # noqa: PLR2004 - the width of the column
        return ""
    try:
        read = phonenumbers.parse(said, REGION)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(read):
        return ""
    return str(phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164))


def postcode(said: str) -> str:
    """The first postcode in a text, in capitals with one blank ("M1 1AA"); "" when there is none."""
    match = POSTCODE.search(said.upper())
    return f"{match[1]} {match[2]}" if match else ""


def registration(said: str) -> str:
    """A vehicle registration mark in capitals without blanks or dashes ("AB12CDE")."""
    return "".join(letter for letter in said.upper() if letter.isalnum())


def split_name(full: str) -> tuple[str, str]:
    """The given and family parts of a name as said: the last word is the family name; "SMITH, John" is turned round.

    One word alone has no parts: it could be either.
    """
    if "," in full:
        family, _, given = full.partition(",")
        return given.strip(), family.strip()
    words = full.split()
    if len(words) < 2:  # noqa: PLR2004 - one word has no parts
        return "", ""
    return " ".join(words[:-1]), words[-1]
