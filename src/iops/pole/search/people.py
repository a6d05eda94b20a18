"""Nominals who may be meant: brought together by keys, compared by the model, put in order."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import orjson
from django.db import connection
from rapidfuzz.distance import DamerauLevenshtein

from iops.pole.matching.known import Known, Named, known, named
from iops.pole.matching.levels import FIELDS, INDEX
from iops.pole.matching.scoring import Score, Scorer
from iops.pole.matching.spelling import fold
from iops.pole.search.rounds import MOST_IN_LAST, Round, likely_words, rounds, telling
from iops.pole.search.texts import lexeme

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iops.pole.matching.keys import Name
    from iops.pole.search.query import Asked

FIND = """
select * from iops.search_people(%s::integer[], %s::integer[], %s::integer[], %s::integer[], %s, %s, %s, %s)
"""
TWO_SLIPS = 4.0
_YEAR_ALONE = INDEX["born"]["year"]
GOOD = 0.8
"""Share of the greatest weight the question could have: with one such candidate, wider keys are not asked."""
WORTH_SHOWING = 2.5
"""Bits of evidence below which a candidate is not shown."""
_DOOR = re.compile(r"\b([0-9]+[a-z]?) ([a-z]{3,})")
SHORTEST_BEGUN = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """One nominal met by a key: what is known of it, and the lead of its identity."""

    person_id: int
    lead_id: int | None
    """The lead of those decided to be one person; None for who is merged with nobody."""
    known: Known
    risk: int
    seen_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Meant:
    """One nominal who may be meant, and how well it fits: `share` of the greatest weight the question could have."""

    candidate: Candidate
    score: Score
    weight: float
    share: float


@dataclass(slots=True)
class Met:
    """All that was met: in order, whether there may be more, how many hinted ones were withheld."""

    meant: list[Meant]
    more: bool = False
    withheld: int = 0


@cache
def scorer() -> Scorer:
    """The scorer of the reviewed model, made once a process."""
    return Scorer()


def find(asked: Asked, *, year: int, typing: bool = False, district_id: int | None = None) -> Met:
    """Whom a question may mean, the likeliest first. `year` is the present one: the latest heard of come first."""
    names = _names(asked)
    if not (asked.about_people or names):
        return Met([])
    wanted = _wanted(asked, names)
    best_possible = _best_possible(asked, wanted)
    met = Met([])
    seen: dict[int, Meant] = {}
    tiers = list(rounds(asked, names, year=year, typing=typing))
    every = sorted({one for tier in tiers for one in (*tier.keys, *tier.beside)})
    keys = telling(asked)
    for tier in tiers:
        candidates, matched, withheld = _candidates(tier, every, keys, asked, district_id)
        keys = []
        met.withheld += withheld
        for candidate in candidates:
            if candidate.person_id not in seen:
                seen[candidate.person_id] = _compared(asked, wanted, candidate, best_possible)
        # Those that were not compared share fewer keys than the last that was: when that one is worth showing, so
        # may they be.
        last = seen[candidates[-1].person_id] if candidates else None
        met.more |= bool(last and matched > len(candidates) and last.weight >= WORTH_SHOWING)
        if any(meant.share >= GOOD for meant in seen.values()):
            # Of one word alone only the latest heard of may have been asked for.
            met.more |= tier is not tiers[-1] and not any(family for _, family in names)
            break
    else:
        for candidate in _residents(asked, every, district_id):
            if candidate.person_id not in seen:
                seen[candidate.person_id] = _compared(asked, wanted, candidate, best_possible)
    met.meant = sorted((m for m in seen.values() if m.weight >= WORTH_SHOWING), key=_order)
    return met


def _compared(asked: Asked, wanted: Known, candidate: Candidate, best_possible: float) -> Meant:
    """One candidate by the model. Words that were only guessed to be a place speak for a nominal, never against."""
    score = scorer().score(wanted, candidate.known)
    weight = score.weight + _two_slips(wanted, candidate.known, score)
    if asked.addresses and not asked.sure_of_address:
        weight -= sum(min(0.0, weight) for field, _, weight, *_ in score.found if FIELDS[field].name == "address")
    return Meant(candidate, score, weight, weight / best_possible)


def _two_slips(wanted: Known, stored: Known, score: Score) -> float:
    """Bits for a date that two slips part from the one asked, which the model takes for any other date.

    Of all dates of birth in a century about one in thirty is so near.
    """
    apart = any(FIELDS[field].name == "born" and level >= _YEAR_ALONE for field, level, *_ in score.found)
    if not apart or not wanted.days:
        return 0.0
    near = any(DamerauLevenshtein.distance(a, b, score_cutoff=2) <= 2 for a in wanted.days for b in stored.days)  # noqa: PLR2004
    return TWO_SLIPS if near else 0.0


def _best_possible(asked: Asked, wanted: Known) -> float:
    """The weight of a nominal of whom all that was asked is true."""
    sure = wanted if asked.sure_of_address else replace(wanted, addresses=())
    return max(scorer().score(sure, sure).weight, 1.0)


def _order(meant: Meant) -> tuple[float, int, float, int]:
    heard = meant.candidate.seen_at
    return (
        -round(meant.weight, 1),
        -meant.candidate.risk,
        -(heard.timestamp() if heard else 0.0),
        meant.candidate.person_id,
    )


def _names(asked: Asked) -> list[Name]:
    """The names asked for; a half-typed last word stands for the likeliest words it may become."""
    if len(fold(asked.half_typed)) < SHORTEST_BEGUN or not asked.names:
        return list(asked.names)
    begun = fold(asked.half_typed).rpartition(" ")[2]
    grown = [word for word in likely_words(begun, ()) if word != begun]
    given, family = asked.names[0]
    ends: list[Name] = [(given, word) if family else (word, None) for word in grown]
    return [*asked.names, *ends]


def _wanted(asked: Asked, names: Iterable[Name]) -> Known:
    given = list(names)
    # In one box nothing tells which is the family name.
    told = [*given, *((family, first) for first, family in given if family)]
    made = _told(asked, told)
    family_only = tuple(_as_family(given) for given, family in told if given and not family)
    return replace(made, names=made.names + family_only)


def _as_family(word: str) -> Named:
    """One word alone may be a family name as well as a given one."""
    return replace(named("x", word), given=(), first="", given_whole="", given_roots=frozenset())


def _told(asked: Asked, names: list[Name]) -> Known:
    return known(
        names,
        asked.born,
        asked.sex,
        asked.postcodes,
        asked.addresses,
        asked.phones,
        asked.emails,
        written_dates=asked.written,
    )


def _candidates(
    tier: Round, every: list[int], telling: list[int], asked: Asked, district_id: int | None
) -> tuple[list[Candidate], int, int]:
    """Candidates that share a key of a round, those first that share most of all the keys.

    Also how many matched in all, and how many hinted ones were withheld by the keys that tell most.
    """
    if not tier.keys:
        return [], 0, 0
    with connection.cursor() as cursor:
        values = [tier.keys, tier.beside or None, every, telling, district_id, asked.text[:500], tier.most, tier.read]
        cursor.execute(FIND, values)
        first, *rows = cursor.fetchall()
    found = [Candidate(row[0], row[1], stored(row[2], asked), row[3], row[4]) for row in rows]
    return found, (rows[0][5] if rows else 0), int(first[5])


def _residents(asked: Asked, every: list[int], district_id: int | None) -> list[Candidate]:
    """Whoever was recorded at the house that was asked for, when no name was good enough: "5 Highfield"."""
    door = next((found for text in asked.addresses if (found := _DOOR.search(fold(text)))), None)
    if door is None:
        return []
    place = f"{lexeme(door[1])} & {lexeme(door[2], prefix=True)}"
    with connection.cursor() as cursor:
        values = [place, every, district_id, MOST_IN_LAST]
        cursor.execute("select * from iops.search_residents(%s, %s::integer[], %s, %s)", values)
        return [Candidate(row[0], row[1], stored(row[2], asked), row[3], row[4]) for row in cursor.fetchall()]


def stored(text: str, asked: Asked | None = None) -> Known:
    """What the search table holds of a nominal, as the model compares it: all of it, or without what was not asked."""
    told: dict[str, Any] = orjson.loads(text)
    return known(
        ((given, family, kind) for given, family, kind in told["n"]),
        ((_day(first), _day(last)) for first, last in told["b"]),
        told["s"],
        told["z"] if asked is None or asked.postcodes else (),
        told["a"] if asked is None or asked.addresses else (),
        told["p"] if asked is None or asked.phones else (),
        told["e"] if asked is None or asked.emails else (),
        ((kind, value) for kind, value in told["i"]) if asked is None else (),
    )


def _day(text: str | None) -> dt.date | None:
    """A day as PostgreSQL writes it; None for one that Python has no date for (before year 1, beyond 9999)."""
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        return None
