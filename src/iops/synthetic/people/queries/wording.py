"""How things are written in one box: dates, ages, streets, and the order of all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from random import Random

STREET_SHORT = {
    "Street": "st",
    "Road": "rd",
    "Avenue": "ave",
    "Close": "cl",
    "Drive": "dr",
    "Lane": "ln",
    "Grove": "gr",
    "Terrace": "terr",
    "Court": "ct",
    "Crescent": "cres",
    "Way": "way",
}
INWARD = 3
"""Letters and digits of the last part of a postcode."""


def date_written(day: date, chance: Random) -> str:
    """A date as people type it, day before month unless the year comes first."""
    forms = (
        f"{day.day}/{day.month}/{day:%y}",
        f"{day:%d/%m/%Y}",
        f"{day:%d/%m/%Y}",
        f"{day.day}/{day.month}/{day.year}",
        f"{day:%d.%m.%y}",
        f"{day:%d-%m-%Y}",
        f"{day:%d%m%Y}",
        f"{day:%d%m%y}",
        f"{day:%Y-%m-%d}",
        f"{day.day} {MONTHS[day.month - 1]} {day.year}",
        f"{day.day} {MONTHS[day.month - 1][:3]} {day:%y}",
        f"dob {day:%d/%m/%y}",
    )
    return chance.choice(forms)


MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
"""English whatever the machine's language is."""


def year_written(year: int, chance: Random) -> str:
    """A year of birth as typed."""
    return chance.choice((f"{year}", f"born {year}", f"b {year}", f"dob {year}"))


def age_written(age: int, chance: Random) -> str:
    """An age as typed."""
    return chance.choice((f"aged {age}", f"{age} yrs", f"{age}yo", f"age {age}", f"about {age}"))


def street_written(street: str, chance: Random) -> str:
    """A street as typed: with its last word in full, short, or left out."""
    name, _, last = street.rpartition(" ")
    return chance.choice(
        (street, f"{name} {STREET_SHORT.get(last, last)}", f"{name} {STREET_SHORT.get(last, last)}", name)
    )


def phone_plain(phone: str, chance: Random) -> str:
    """A number in E.164 as it is dialled in this country."""
    del chance
    return "0" + phone.removeprefix("+44")


def postcode_stored(typed: str) -> str:
    """A postcode as it is stored: with one blank before its last three signs."""
    plain = typed.replace(" ", "")
    return f"{plain[:-INWARD]} {plain[-INWARD:]}"


def in_some_order(given: str, family: str, words: list[str], chance: Random) -> str:
    """Name and the rest in one box: mostly the name first, and mostly the given name first in it."""
    name = chance.choices((f"{given} {family}", f"{family} {given}", f"{family}, {given}"), (7, 2, 1))[0]
    parts = [name, *words] if chance.random() < 0.9 else [*words, name]  # noqa: PLR2004 - nine in ten
    return " ".join(parts)


def cased(text: str, chance: Random) -> str:
    """Typed in small letters mostly, as it stands at times, in capitals rarely."""
    return chance.choices((text.lower(), text, text.upper()), (7, 2, 1))[0]
