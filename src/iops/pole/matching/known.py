"""What is known of a person, as the model compares it: folded and sounded once, compared many times."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from iops.pole.matching.forms import roots
from iops.pole.matching.keys import PARTICLES, Name, Range, parts
from iops.pole.matching.spelling import fold, words

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

_NOT_DIGITS = re.compile(r"[^0-9]+")
_LONGEST = 80
"""Longer names are compared by their beginning: nobody's name is longer, and hostile text must cost nothing."""
_MOST_WORDS = 12
_LONGEST_ADDRESS = 300
_PHONE_DIGITS = 10
_SEXES = {"m": "male", "male": "male", "man": "male", "1": "male", "f": "female", "female": "female", "woman": "female"}
_SEXES |= {"2": "female", "other": "other", "x": "other"}


@dataclass(frozen=True, slots=True)
class Named:
    """One name of a person. Make it with `named`."""

    given: tuple[str, ...]
    """Given names, folded, in order; a name of one word stands here."""
    family: tuple[str, ...]
    kind: str
    """Legal, alias, maiden and the like: told to people, without weight in the model."""
    first: str
    given_whole: str
    family_whole: str
    given_roots: frozenset[str]
    """The names the first given name may stand for."""
    halves: frozenset[str]
    """The words of the family name that carry it: both of a double-barrelled one."""
    family_roots: frozenset[str]
    given_text: str
    family_text: str


@lru_cache(maxsize=200_000)
def named(given: str | None, family: str | None, kind: str = "") -> Named:
    """One name, folded and sounded. When all stands in one field, its last word is taken for the family name."""
    given_words, family_words = parts((given or "")[: _LONGEST * 4], (family or "")[: _LONGEST * 4])
    given_words = tuple(word[:_LONGEST] for word in given_words[:_MOST_WORDS])
    family_words = tuple(word[:_LONGEST] for word in family_words[:_MOST_WORDS])
    first = given_words[0] if given_words else ""
    whole, family_whole = "".join(given_words)[:_LONGEST], "".join(family_words)[:_LONGEST]
    halves = frozenset(word for word in family_words if word not in PARTICLES) or frozenset(family_words)
    return Named(
        given=given_words,
        family=family_words,
        kind=kind,
        first=first,
        given_whole=whole,
        family_whole=family_whole,
        given_roots=roots(first) | roots(whole),
        halves=halves | {family_whole} if family_whole else halves,
        family_roots=roots(family_whole, "family"),
        given_text=" ".join(given_words),
        family_text=" ".join(family_words),
    )


class Address(NamedTuple):
    """One address as written, folded, and its words. Make it with `address_of`."""

    text: str
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known of one person, now and before. Make it with `known`; what is not known is empty."""

    names: tuple[Named, ...] = ()
    days: tuple[str, ...] = ()
    """Dates of birth as eight digits, year first, real or not: 19450231 was written by somebody and can be compared."""
    spans: tuple[tuple[int, int], ...] = ()
    """Years of birth, first and last, where no day is known: an estimate or a bare year."""
    sex: str = ""
    postcodes: tuple[str, ...] = ()
    addresses: tuple[Address, ...] = ()
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    identifiers: frozenset[tuple[str, str]] = frozenset()
    """Kind and number: national insurance, passport, PNC ID."""


def known(
    names: Iterable[Name | tuple[str | None, str | None, str]] = (),
    born: Iterable[Range] = (),
    sex: str | None = None,
    postcodes: Iterable[str | None] = (),
    addresses: Iterable[str | None] = (),
    phones: Iterable[str | None] = (),
    emails: Iterable[str | None] = (),
    identifiers: Iterable[tuple[str, str | None]] = (),
    written_dates: Iterable[str] = (),
) -> Known:
    """Fold, sound and sort what was told of a person; anything may be missing, and nothing is refused.

    `born` holds ranges of days (the same day twice when it is known); `written_dates` eight digits each, for dates that
    no calendar has. An address may hold its postcode: it should be given in `postcodes` too.
    """
    spans = [(one or other, other or one) for one, other in born]
    exact = [first for first, last in spans if first is not None and first == last]
    return Known(
        names=tuple(dict.fromkeys(named(*name) for name in names if name[0] or name[1])),
        days=tuple(dict.fromkeys((*map(_digits, exact), *written_dates))),
        spans=tuple({_years(a, b) for a, b in spans if a is not None and b is not None and a != b}),
        sex=_SEXES.get(fold(sex or ""), ""),
        postcodes=_distinct(fold(code or "").replace(" ", "")[:_LONGEST] for code in postcodes),
        addresses=tuple(dict.fromkeys(one for text in addresses if (one := address_of(text)).text)),
        phones=_distinct(_phone(text or "") for text in phones),
        emails=_distinct((text or "").strip().lower()[:_LONGEST] for text in emails),
        identifiers=frozenset((kind, found) for kind, text in identifiers if (found := _identifier(text))),
    )


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


@lru_cache(maxsize=50_000)
def address_of(text: str | None) -> Address:
    """One address, folded."""
    found = words((text or "")[:_LONGEST_ADDRESS])
    return Address(" ".join(found), frozenset(found))


def _identifier(text: str | None) -> str:
    return fold(text or "").replace(" ", "")[:_LONGEST]


def _phone(text: str) -> str:
    return _NOT_DIGITS.sub("", text[:_LONGEST])[-_PHONE_DIGITS:]


def _digits(day: dt.date) -> str:
    return day.isoformat().replace("-", "")


def _years(one: dt.date, other: dt.date) -> tuple[int, int]:
    return min(one, other).year, max(one, other).year
