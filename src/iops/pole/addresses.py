"""Finds places by an address as it is said: abbreviations, missing parts and words in any order do not matter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from iops.pole import said
from iops.pole.matching.spelling import words
from iops.pole.search import texts
from iops.pole.search.texts import lexeme

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORT = {
    "road": ("rd",),
    "street": ("st", "str"),
    "avenue": ("ave", "av"),
    "lane": ("ln", "la"),
    "drive": ("dr", "drv"),
    "close": ("cl",),
    "court": ("ct", "crt"),
    "crescent": ("cres", "cr"),
    "grove": ("gr", "grv"),
    "place": ("pl",),
    "square": ("sq",),
    "terrace": ("ter", "terr"),
    "gardens": ("gdns", "gds"),
    "saint": ("st",),
    "flat": ("apartment", "apt", "fl"),
    "house": ("hse", "ho"),
    "north": ("n",),
    "south": ("s",),
    "east": ("e",),
    "west": ("w",),
}
LONG = {short: long for long, shorts in SHORT.items() for short in shorts if short != "st"}
PLACES = texts.Scope(kinds=("location",))
MOST_WORDS = 12
FEW = 2
LONGEST, LONGEST_WORD = 400, 80
"""Characters of an address and of a word of one that are looked at."""


def find(address: str, most: int = 20) -> list[int]:
    """The ids of places at an address, the best first; those that the viewer may not see are not among them.

    All its words are asked for first, each in its usual short forms; then the number and the rarest other words; then
    the number (if there is one) and the postcode. The first that finds anything answers.
    """
    for wanted in _ways(address):
        found = _ask(wanted, address, most)
        if found:
            return found
    return []


def _ways(address: str) -> Iterator[str]:
    told = [w[:LONGEST_WORD] for w in words(address[:LONGEST])[:MOST_WORDS]]
    if not told:
        return
    yield " & ".join(map(_either, told))
    code = said.postcode(address)
    kept = [w for w in told if w not in words(code)] if code else list(told)
    numbers = [w for w in kept if w[0].isdigit()]
    names = sorted((w for w in kept if not w[0].isdigit() and w not in SHORT and w not in LONG), key=len, reverse=True)
    if names and len(told) > FEW:
        yield " & ".join(map(_either, [*numbers[:1], *names[:FEW]]))
        yield " & ".join(map(_either, [*numbers[:1], *names[:1]]))
    if code:
        yield " & ".join(map(_either, [*numbers[:1], *words(code)]))
        yield lexeme(code.replace(" ", "").lower())


def _either(word: str) -> str:
    """One word in any of its usual forms, in the notation of tsquery."""
    long = LONG.get(word, word)
    forms = {word, long, *SHORT.get(long, ())}
    if word == "st":
        forms |= {"street", "saint", "str"}
    return "(" + " | ".join(map(lexeme, sorted(forms))) + ")"


def _ask(wanted: str, address: str, most: int) -> list[int]:
    hits, _ = texts.ask(wanted, address, PLACES, most)
    return list(dict.fromkeys(hit.record_id for hit in hits))


def near(easting: int, northing: int, radius: int, most: int = 50) -> list[int]:
    """The ids of places within `radius` metres of a point on the national grid, the nearest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select l.id from pole_location l
            where l.easting between %(e)s - %(r)s and %(e)s + %(r)s
              and l.northing between %(n)s - %(r)s and %(n)s + %(r)s
              and (l.easting - %(e)s)::bigint ^ 2 + (l.northing - %(n)s)::bigint ^ 2 <= %(r)s::bigint ^ 2
            order by (l.easting - %(e)s)::bigint ^ 2 + (l.northing - %(n)s)::bigint ^ 2, l.id limit %(most)s""",
            {"e": easting, "n": northing, "r": radius, "most": most},
        )
        return [row[0] for row in cursor.fetchall()]
