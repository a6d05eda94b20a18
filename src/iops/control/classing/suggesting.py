"""Which qualifiers the facts of an incident suggest, and why. A pure function; the human decides."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from iops.control.classing.domestic import Held, has_reached

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from iops.control.classing.domestic import Told
    from iops.control.classing.editions import Edition, Qualifier, Sign

ADULT = 18
LONGEST_TEXT = 100_000
"""Characters of an incident's text that are read for words."""


@dataclass(frozen=True)
class Suggestion:
    """One suggested qualifier and every reason, in words, with the words of the text that were met."""

    code: str
    title: str
    because: tuple[str, ...]
    needs_reason: bool


@dataclass(frozen=True)
class Signals:
    """What suggestions are made of: values by fact, and the text that was told."""

    values: Mapping[str, frozenset[str]]
    text: str = ""


def signals(
    told: Told,
    *,
    answer: str,
    category: str = "",
    items: frozenset[str] = frozenset(),
    markers: frozenset[str] = frozenset(),
    thrive: frozenset[str] = frozenset(),
    text: str = "",
) -> Signals:
    """Lay the facts of an incident out for suggestions. `thrive` names the parts that are medium or high."""
    child = any(has_reached(p.births, ADULT, told.day) is Held.NO for p in told.people)
    values = {
        "domestic": frozenset({answer}),
        "category": frozenset({category}),
        "item": items,
        "marker": markers,
        "thrive": thrive,
        "role": frozenset(role for p in told.people for role in p.roles),
        "child": frozenset({"yes"} if child else ()),
    }
    return Signals(values, " ".join(text[:LONGEST_TEXT].split()).replace("\u2019", "'"))


def suggest(edition: Edition, day: dt.date, found: Signals) -> tuple[Suggestion, ...]:
    """The qualifiers that any of their signs calls for, in the order of the edition."""
    made = (_suggested(q, found) for q in edition.qualifiers_on(day).values())
    return tuple(s for s in made if s is not None)


def _suggested(qualifier: Qualifier, found: Signals) -> Suggestion | None:
    because = tuple(dict.fromkeys(said for sign in qualifier.signs if (said := _met(sign, found))))
    return Suggestion(qualifier.code, qualifier.title, because, qualifier.reason_when_declined) if because else None


def _met(sign: Sign, found: Signals) -> str:
    """Why the sign is met, in words; empty when it is not."""
    quoted: list[str] = []
    for fact, values in sign.when:
        if fact.startswith("words"):
            hit = _words(values).search(found.text)
            if hit is None:
                return ""
            quoted.append(hit[0])
        elif not values & found.values.get(fact, frozenset()):
            return ""
    return f"{sign.says} (“{'”, “'.join(quoted)}”)" if quoted else sign.says


@lru_cache(maxsize=256)
def _words(values: frozenset[str]) -> re.Pattern[str]:
    """One pattern for a list of words and phrases, whole words, in any case; the longest first."""
    longest_first = sorted(values, key=lambda v: (-len(v), v))
    return re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(v) for v in longest_first)})(?!\w)", re.IGNORECASE)
