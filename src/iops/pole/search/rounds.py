"""In which rounds nominals are asked for: keys, the most telling first, and what must stand beside them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from iops.pole.matching.dates import near
from iops.pole.matching.keys import key, texts
from iops.pole.matching.spelling import fold, sound, words
from iops.pole.search.houses import house_texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from iops.pole.matching.keys import Name, Range
    from iops.pole.search.query import Asked

MOST_COMPARED, MOST_IN_LAST = 80, 300
MOST_READ, MOST_OF_A_WORD = 8_000, 1_500
MOST_YEARS = 12
MOST_SPAN_OF_KEYS = 3
YEARS_BACK = 2
MOST_WORDS = 8
_PHONE_DIGITS = 10
_TIGHT = ("ny|", "b|", "p|", "e|", "z|", "i|")
_HALVES = ("fg|", "fl|", "gf|", "gl|", "gm|", "fy|", "m|", "n|")
_DIGITS = "0123456789"


@dataclass(frozen=True, slots=True)
class Round:
    """One round: a nominal must share one of `keys` and, unless it is empty, one of `beside` too."""

    keys: list[int]
    beside: list[int]
    most: int
    """Candidates of this round that are compared by the model."""
    read: int
    """Rows that are read for it; of keys that more nominals bear, so many are read by chance."""


def _round(
    keys: Iterable[str], beside: Iterable[str] = (), *, most: int = MOST_COMPARED, read: int = MOST_READ
) -> Round:
    return Round(sorted(set(map(key, keys))), sorted(set(map(key, beside))), most, read)


def rounds(asked: Asked, names: Sequence[Name], *, year: int, typing: bool) -> Iterator[Round]:
    """Rounds of keys. `year` is the present one; while somebody types, the widest rounds are left out.

    With a house: the name beside it. With a date or a contact: what fits to the letter; then half of the name beside a
    date or contact one slip away; then the whole name. Without: the whole name, then half of it.
    """
    both = [*names, *((family, given) for given, family in names if family)]
    born = [one for span in asked.born for one in _years(span)]
    exact = texts(both, born, asked.postcodes, asked.phones, asked.emails)
    days = [day for first, last in asked.born if first and first == last for day in near(first)]
    slipped = texts(both, [(day, day) for day in days]) | set(_near_contacts(asked))
    tight = {text for text in exact if text.startswith(_TIGHT)}
    halves = {text for text in exact | slipped if text.startswith(_HALVES)}
    beside = {text for text in exact | slipped if text.startswith(("b|", "p|", "e|", "z|"))}
    single = [given or "" for given, family in names if not family]
    houses = house_texts((word or "" for name in names for word in name), asked.addresses)
    if houses:
        yield _round(houses)
    if tight:
        yield _round(tight)
    if single and not tight:
        yield from _by_word(single, year)
    if halves and beside:
        yield _round(halves, beside)
    whole = {text for text in exact if text.startswith("n|")}
    if whole:
        yield _round(whole, read=MOST_OF_A_WORD if typing else MOST_READ)
    if typing:
        return
    contacts = {text for text in beside if text.startswith(("p|", "z|"))} - tight
    if contacts:
        yield _round(contacts)
    if not days:
        yield _round({text for text in exact if text.startswith(_HALVES)} - whole, most=MOST_IN_LAST)


def _years(span: Range) -> Iterator[Range]:
    """An age or a decade as the years it may mean, so that it can be asked for; any other span as it is."""
    first, last = span
    if first is None or last is None or not MOST_SPAN_OF_KEYS < last.year - first.year + 1 <= MOST_YEARS:
        yield span
        return
    for year in range(first.year, last.year + 1):
        yield dt.date(year, 1, 1), dt.date(year, 12, 31)


def _by_word(asked: Iterable[str], year: int) -> Iterator[Round]:
    """One word alone: those with a warning and the latest heard of, then whoever bears it, then what sounds like it."""
    each = [word for text in asked for word in words(text)]
    latest = [f"ws|{word}|{year - back}" for word in each for back in range(YEARS_BACK)]
    yield _round([*(f"wr|{word}" for word in each), *latest], read=MOST_OF_A_WORD)
    yield _round((f"w|{word}" for word in each), read=MOST_OF_A_WORD)
    near_words = likely_words("", [sound(word) for word in each])
    yield _round((f"w|{word}" for word in near_words), read=MOST_OF_A_WORD)


def likely_words(begun: str, sounds: Sequence[str], most: int = MOST_WORDS) -> list[str]:
    """Words of names that go on from a beginning, or that sound so; those most borne first."""
    with connection.cursor() as cursor:
        cursor.execute("select iops.likely_words(%s, %s::text[], %s)", [begun, list(sounds), most])
        return [row[0] for row in cursor.fetchall()]


def _near_contacts(asked: Asked) -> Iterator[str]:
    """Keys of telephone numbers and postcodes one slip away: a digit wrong, or two in the wrong order."""
    for phone in asked.phones:
        digits = "".join(filter(_DIGITS.__contains__, phone))[-_PHONE_DIGITS:]
        yield from (f"p|{text}" for text in _near_digits(digits))
    for postcode in asked.postcodes:
        yield from (f"z|{text}" for text in _near_digits(fold(postcode).replace(" ", "")))


def _near_digits(text: str) -> Iterator[str]:
    for at, one in enumerate(text):
        if one in _DIGITS:
            yield from (text[:at] + other + text[at + 1 :] for other in _DIGITS if other != one)
        if at and one != text[at - 1]:
            yield text[: at - 1] + one + text[at - 1] + text[at + 1 :]


def telling(asked: Asked) -> list[int]:
    """Keys by which a hidden nominal was meant and not just brushed.

    By contact, by name with the date of birth, or by the whole name when no date was asked.
    """
    begins = ("ny|", "b|", "p|", "e|", "z|") if asked.born else ("n|", "p|", "e|", "z|")
    met = texts(asked.names, asked.born, asked.postcodes, asked.phones, asked.emails)
    single = [given or "" for given, family in asked.names if not family and not asked.born]
    alone = [f"w|{word}" for text in single for word in words(text)]
    return [key(text) for text in (*(text for text in met if text.startswith(begins)), *alone)]
