"""Nominals who may be meant: brought together by keys, compared by the model, put in order."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import orjson
from django.db import connection

from iops.pole.matching.keys import key, query_keys, texts
from iops.pole.matching.known import Known, Named, known, named
from iops.pole.matching.levels import FIELDS
from iops.pole.matching.scoring import Score, Scorer
from iops.pole.matching.spelling import fold, sound, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from iops.pole.matching.keys import Name
    from iops.pole.search.query import Asked

MOST_COMPARED = 150
"""Candidates of one round that are compared by the model."""
GOOD = 0.72
"""Share of the greatest weight the question could have: with one such candidate, wider keys are not asked."""
WORTH_SHOWING = 2.5
"""Bits of evidence below which a candidate is not shown."""
MOST_WORDS = 8
YEARS_BACK = 2
SHORTEST_BEGUN = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """One nominal met by a key: what is known of it, and the lead of its identity."""

    person_id: int
    lead_id: int
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
    telling = _telling(asked)
    tiers = list(_tiers(asked, names, year=year, typing=typing))
    every = [one for tier in tiers for one in tier]
    for tier in tiers:
        candidates, matched, withheld = _candidates((tier, every, telling), asked.text, district_id)
        telling = []
        met.withheld += withheld
        for candidate in candidates:
            if candidate.person_id not in seen:
                seen[candidate.person_id] = _compared(asked, wanted, candidate, best_possible)
        # Those that were not compared share fewer keys than the last that was: when that one is worth showing, so
        # may they be.
        last = seen[candidates[-1].person_id] if candidates else None
        met.more |= bool(last and matched > len(candidates) and last.weight >= WORTH_SHOWING)
        if any(meant.share >= GOOD for meant in seen.values()):
            break
    met.meant = sorted((m for m in seen.values() if m.weight >= WORTH_SHOWING), key=_order)
    return met


def _compared(asked: Asked, wanted: Known, candidate: Candidate, best_possible: float) -> Meant:
    """One candidate by the model. Words that were only guessed to be a place speak for a nominal, never against."""
    score = scorer().score(wanted, candidate.known)
    weight = score.weight
    if asked.addresses and not asked.sure_of_address:
        weight -= sum(min(0.0, weight) for field, _, weight, *_ in score.found if FIELDS[field].name == "address")
    return Meant(candidate, score, weight, weight / best_possible)


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


def likely_words(begun: str, sounds: Sequence[str], most: int = MOST_WORDS) -> list[str]:
    """Words of names that go on from a beginning, or that sound so; those most borne first."""
    with connection.cursor() as cursor:
        cursor.execute("select iops.likely_words(%s, %s::text[], %s)", [begun, list(sounds), most])
        return [row[0] for row in cursor.fetchall()]


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


def _telling(asked: Asked) -> list[int]:
    """Keys by which a hidden nominal was meant and not just brushed.

    By contact, by name with the date of birth, or by the whole name when no date was asked.
    """
    begins = ("ny|", "b|", "p|", "e|", "z|") if asked.born else ("n|", "p|", "e|", "z|")
    met = texts(asked.names, asked.born, asked.postcodes, asked.phones, asked.emails)
    single = (
        f"w|{word}" for given, family in asked.names if not family and not asked.born for word in words(given or "")
    )
    return [key(text) for text in (*(text for text in met if text.startswith(begins)), *single)]


def _tiers(asked: Asked, names: list[Name], *, year: int, typing: bool) -> Iterator[list[int]]:
    """Rounds of keys, the most telling first."""
    tiers = query_keys(names, asked.born, asked.postcodes, asked.phones, asked.emails)
    single = [name[0] or "" for name in names if not name[1]]
    if tiers.tight:
        yield list(tiers.tight)
    if single and not tiers.tight:
        yield from _by_word(single, year)
    whole = {key(text) for text in texts([*names, *((f, g) for g, f in names)]) if text.startswith("n|")}
    if whole:
        yield list(whole)
    wider = [one for one in tiers.wide if one not in whole]
    if wider and not typing:
        yield wider
    if tiers.loose and not typing:
        yield list(tiers.loose)


def _by_word(texts: Iterable[str], year: int) -> Iterator[list[int]]:
    """One word alone: those with a warning and the latest heard of, then whoever bears it, then what sounds like it."""
    each = [word for text in texts for word in words(text)]
    latest = [f"ws|{word}|{year - back}" for word in each for back in range(YEARS_BACK)]
    yield [key(text) for text in (*(f"wr|{word}" for word in each), *latest)]
    yield [key(f"w|{word}") for word in each]
    near = likely_words("", [sound(word) for word in each])
    yield [key(f"w|{word}") for word in near]


def _candidates(
    keys: tuple[list[int], list[int], list[int]], said: str, district_id: int | None
) -> tuple[list[Candidate], int, int]:
    """Candidates that share a key of a round, those first that share most of all the keys.

    Also how many matched in all, and how many hinted ones were withheld by the keys that tell most.
    """
    if not keys[0]:
        return [], 0, 0
    with connection.cursor() as cursor:
        values = [*keys, district_id, said[:500], MOST_COMPARED]
        cursor.execute(
            "select * from iops.search_people(%s::integer[], %s::integer[], %s::integer[], %s, %s, %s)", values
        )
        first, *rows = cursor.fetchall()
    found = [Candidate(row[0], row[1], stored(row[2]), row[3], row[4]) for row in rows]
    return found, (rows[0][5] if rows else 0), int(first[5])


def stored(text: str) -> Known:
    """What the search table holds of a nominal, as the model compares it."""
    told: dict[str, Any] = orjson.loads(text)
    return known(
        ((given, family, kind) for given, family, kind in told["n"]),
        ((_day(first), _day(last)) for first, last in told["b"]),
        told["s"],
        told["z"],
        told["a"],
        told["p"],
        told["e"],
        ((kind, value) for kind, value in told["i"]),
    )


def _day(text: str | None) -> dt.date | None:
    """A day as PostgreSQL writes it; None for one that Python has no date for (before year 1, beyond 9999)."""
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        return None
