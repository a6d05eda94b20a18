"""Keys by which two records that may be one person are brought together, however they are written.

A stored person has about fifteen; whoever asks brings keys of the same making, and records that share one are compared
by the model. A key is the first 32 bits of the MD5 of a short text such as `n|jn|smt` (a pair of names by sound, in
either order), so that the database can keep them in one indexed array of integers. Two texts that meet in one key cost
a comparison, never a wrong answer. Twin: `iops.person_keys(...)`.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import md5
from typing import TYPE_CHECKING

from iops.pole.matching.dates import near
from iops.pole.matching.forms import name_sounds
from iops.pole.matching.spelling import fold, sound, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Name = tuple[str | None, str | None]
"""Given and family name as they were given, either of them possibly empty."""
Range = tuple[dt.date | None, dt.date | None]
"""The first and the last day somebody may have been born on; the same day when it is known."""

PARTICLES = frozenset({
    "al", "el", "ul", "ur", "bin", "ibn", "bint", "abu", "de", "la", "le", "les", "du", "da", "do", "dos", "das", "di",
    "del", "della", "van", "von", "der", "den", "ter", "te", "of", "o", "mac", "mc", "st",
})  # fmt: skip
_GIVEN_WORDS, _FAMILY_WORDS, _FIRST_SOUNDS, _LATER_SOUNDS, _YEARS = 3, 4, 3, 2, 3
_SHORTEST_PHONE, _PHONE_DIGITS = 5, 10
_NOT_DIGITS = re.compile(r"[^0-9]+")


@dataclass(frozen=True, slots=True)
class Tiers:
    """Keys of a question, the most telling first: ask `tight`, and the next only while too few are found."""

    tight: tuple[int, ...]
    """Shared by a handful of records: name with year of birth, whole date, phone, e-mail, postcode."""
    wide: tuple[int, ...]
    """The name alone, or half of it with part of the date; and the same with dates that are one slip away."""
    loose: tuple[int, ...]
    """One half of the name by sound and a few letters of the other; whole dates that are one slip away."""


@lru_cache(maxsize=200_000)
def key(text: str) -> int:
    """The 32 bits that stand for one text. Twin: `iops.key(text)`."""
    return int.from_bytes(md5(text.encode(), usedforsecurity=False).digest()[:4], "big", signed=True)


def keys(
    names: Iterable[Name],
    born: Iterable[Range] = (),
    postcodes: Iterable[str] = (),
    phones: Iterable[str] = (),
    emails: Iterable[str] = (),
) -> tuple[int, ...]:
    """The keys of one person, in order, each once. Twin: `iops.person_keys(...)`."""
    return tuple(sorted({key(text) for text in texts(names, born, postcodes, phones, emails)}))


def texts(
    names: Iterable[Name],
    born: Iterable[Range] = (),
    postcodes: Iterable[str] = (),
    phones: Iterable[str] = (),
    emails: Iterable[str] = (),
) -> set[str]:
    """What the keys of one person stand for."""
    times = _Times.of(born)
    found = {text for given, family in names for text in _of_name(*parts(given, family), times)}
    return found | {f"b|{day}" for day in times.days} | set(_of_contact(postcodes, phones, emails))


def query_keys(
    names: Sequence[Name],
    born: Sequence[Range] = (),
    postcodes: Iterable[str] = (),
    phones: Iterable[str] = (),
    emails: Iterable[str] = (),
) -> Tiers:
    """The keys of a question, which also allows for swapped names and for dates that are one slip away."""
    both = [*names, *((family, given) for given, family in names)]
    exact = texts(both, born, postcodes, phones, emails)
    slipped = texts(both, [(day, day) for first, last in born if first and first == last for day in near(first)])
    tight = {text for text in exact if text.startswith(("ny|", "b|", "p|", "e|", "z|"))}
    wide = {text for text in exact | slipped if text.startswith(("n|", "m|", "ny|", "fy|", "gm|"))} - tight
    loose = (exact | slipped) - tight - wide
    hashed = (tuple(sorted(map(key, tier))) for tier in (tight, wide, loose))
    return Tiers(*hashed)


def parts(given: str | None, family: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Given and family words. When all stands in one field, the last word is taken for the family name."""
    given_words, family_words = words(given or ""), words(family or "")
    if given_words and family_words:
        return given_words, family_words
    every = given_words or family_words
    return (every[:-1], every[-1:]) if len(every) > 1 else (every, ())


def family_parts(family: tuple[str, ...]) -> tuple[str, ...]:
    """What a family name may be known by: each half of a double-barrelled one, and all of it in one word."""
    bearing = tuple(word for word in family if word not in PARTICLES) or family
    whole = ("".join(family),) if len(family) > 1 else ()
    return tuple(dict.fromkeys((*bearing[:_FAMILY_WORDS], *whole)))


@dataclass(frozen=True, slots=True)
class _Times:
    days: tuple[str, ...]
    months: tuple[str, ...]
    years: tuple[str, ...]

    @staticmethod
    def of(born: Iterable[Range]) -> _Times:
        days, months, years = set(), set(), set()
        for one, other in born:
            first, last = one or other, other or one
            if first is None or last is None:
                continue
            first, last = min(first, last), max(first, last)
            if first == last:
                days.add(first.isoformat())
            if first.isoformat()[:7] == last.isoformat()[:7]:
                months.add(first.isoformat()[:7])
            if last.year - first.year < _YEARS:
                years |= {f"{year:04}" for year in range(first.year, last.year + 1)}
        return _Times(tuple(days), tuple(months), tuple(years))


def _of_name(given: tuple[str, ...], family: tuple[str, ...], times: _Times) -> Iterator[str]:
    if not family:
        for heard_alone in {sound(word) for word in given}:
            yield f"m|{heard_alone}"
            yield from (f"gm|{heard_alone}|{month}" for month in times.months)
            yield from (f"fy|{heard_alone}|{year}" for year in times.years)
        return
    families = family_parts(family)
    heard = tuple({s for part in families for s in name_sounds(part, "family")[:_LATER_SOUNDS]})
    first = name_sounds(given[0], "given")[:_FIRST_SOUNDS]
    later = {s for word in given[1:_GIVEN_WORDS] for s in name_sounds(word, "given")[:_LATER_SOUNDS]}
    whole = {sound("".join(given))} if len(given) > 1 else set()
    for f in heard:
        yield from (f"n|{min(g, f)}|{max(g, f)}" for g in {*first, *later, *whole})
        yield from (f"ny|{min(g, f)}|{max(g, f)}|{year}" for g in first for year in times.years)
        yield from (f"fy|{f}|{year}" for year in times.years)
        yield from (f"fg|{f}|{given[0][:1]}", f"fl|{f}|{given[0][-2:]}")
    yield from (f"gm|{g}|{month}" for g in first for month in times.months)
    joined = "".join(family)
    for g in first[:_LATER_SOUNDS]:
        yield from (f"gf|{g}|{joined[:2]}", f"gl|{g}|{joined[-3:]}")


def _of_contact(postcodes: Iterable[str], phones: Iterable[str], emails: Iterable[str]) -> Iterator[str]:
    yield from (f"z|{code}" for text in postcodes if (code := fold(text or "").replace(" ", "")))
    yield from (f"e|{user}" for text in emails if (user := fold((text or "").partition("@")[0]).replace(" ", "")))
    for phone in phones:
        digits = _NOT_DIGITS.sub("", phone or "")
        if len(digits) >= _SHORTEST_PHONE:
            yield f"p|{digits[-_PHONE_DIGITS:]}"
