"""Whether what is being typed may be about an incident that is open already: a score with its reasons in words.

Pure: it asks nothing of a database or a clock. The score lies between 0 and 1 and is a design default, fitted to
nothing: it orders what a person looks at, and links nothing by itself. It is the same whichever of the two is called
first, and never rises with distance or with the time between them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from math import exp, hypot, log
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from iops.pole.addresses import LONG, SHORT
from iops.pole.matching.spelling import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime, timedelta

TEXT, PLACE, LINE = 0.5, 0.7, 0.6
"""How much each way of being alike can count for by itself."""
HALF_DISTANCE = 150.0
"""Metres at which nearness counts for half."""
HALF_TIME = 3.0 * 3600
"""Seconds between the two after which everything counts for half."""
SAME_STREET = 80.0
"""Of 100: streets spelt this much alike are taken for one (rapidfuzz)."""
STREET_ALONE, NUMBER_MISSING, NUMBER_DIFFERS = 0.8, 0.75, 0.5
WORDS_NAMED = 5
LONGEST = 2_000
_COMMON = (
    "a an and are as at be been being by caller calling can come did do does down for from going got had has have he"
    " her here him his i in informant into is it its just me my near no not of off on one or our out over people person"
    " please police reporting reports said saying says she some somebody someone states stating that the their them"
    " there they this to two up us was we were what when where which who will with you your"
)
COMMON = frozenset(_COMMON.split())
"""Words that say nothing of what happens."""
STREETS = frozenset(SHORT) | frozenset(LONG)


@dataclass(frozen=True)
class Told:
    """What one contact told: where, what, when (UTC), and where known the point (metres) and the caller's line."""

    where: str
    what: str
    at: datetime
    easting: int | None = None
    northing: int | None = None
    line: str = ""

    @cached_property
    def said(self) -> frozenset[str]:
        """The words of what happens that tell something."""
        return frozenset(w for w in words(self.what[:LONGEST]) if w not in COMMON and len(w) > 1)

    @cached_property
    def place(self) -> tuple[frozenset[str], frozenset[str]]:
        """The house numbers of the place, and its other words but for those of every street."""
        told = [LONG.get(w, w) for w in words(self.where[:LONGEST])]
        numbers = frozenset(w for w in told if w[0].isdigit())
        return numbers, frozenset(w for w in told if w not in numbers and w not in STREETS and len(w) > 1)


@dataclass(frozen=True)
class Score:
    """How much speaks for one incident, 0 to 1, and why."""

    value: float
    reasons: tuple[str, ...]

    @property
    def percent(self) -> int:
        """The score out of 100, cut."""
        return int(self.value * 100)


@dataclass(frozen=True)
class Rarity:
    """How telling words are among some texts: one that stands in all of them tells little, one that is rare much.

    `said` weighs words of what happens; `places` words of addresses, 1 at most (the town of everybody is nobody's).
    """

    said: Mapping[str, float]
    places: Mapping[str, float]


ALIKE = Rarity({}, {})
"""Every word counts alike."""
FEW = 20
"""Among fewer texts nothing is known of which places are common."""


def rarity(texts: Iterable[Told]) -> Rarity:
    """How telling each word is among some texts."""
    told = list(texts)
    said = Counter(word for t in told for word in t.said)
    places = Counter(word for t in told for word in t.place[1])
    many = len(told)
    return Rarity(
        {word: log((many + 2) / (n + 1)) + 0.1 for word, n in said.items()},
        {word: 1.0 - n / many for word, n in places.items()} if many >= FEW else {},
    )


def score(one: Told, other: Told, weights: Rarity = ALIKE) -> Score:
    """How much speaks for two tellings being about one thing. `weights` are those of `rarity`.

    Ways of being alike add up without passing 1; the time between the two then takes away from all of them.
    """
    text, says_text = _text(one, other, weights.said)
    place, says_place = _place(one, other, weights.places)
    line = 1.0 if one.line and one.line == other.line else 0.0
    alike = 1.0 - (1.0 - TEXT * text) * (1.0 - PLACE * place) * (1.0 - LINE * line)
    apart = abs((one.at - other.at).total_seconds())
    reasons = [*says_place, *says_text, *(["the same number"] if line else [])]
    if reasons:
        reasons.append(_apart(one.at - other.at))
    return Score(min(1.0, alike * 2.0 ** (-apart / HALF_TIME)), tuple(reasons))


def _text(one: Told, other: Told, weights: Mapping[str, float]) -> tuple[float, list[str]]:
    shared = sorted(one.said & other.said, key=lambda w: (-weights.get(w, 1.0), w))
    if not shared:
        return 0.0, []
    both = sum(weights.get(w, 1.0) for w in shared)
    # Measured by the shorter of the two: a long log is not less about the same thing.
    least = min(sum(weights.get(w, 1.0) for w in sorted(said)) for said in (one.said, other.said))
    # One shared word is little to go by, however short the texts are.
    sure = 1.0 - exp(-len(shared) / 2.0)
    return min(1.0, both / least * sure), [f"the same words: {', '.join(shared[:WORDS_NAMED])}"]


def _place(one: Told, other: Told, weights: Mapping[str, float]) -> tuple[float, list[str]]:
    ways = [way for way in (_street(one, other, weights), _distance(one, other)) if way is not None]
    if not ways:
        return 0.0, []
    return max(value for value, _ in ways), [why for value, why in ways if value >= 0.1]  # noqa: PLR2004 - hardly near


def _street(one: Told, other: Told, weights: Mapping[str, float]) -> tuple[float, str] | None:
    (here, street), (there, road) = one.place, other.place
    alike = max(_spelt(street, road, weights), _spelt(road, street, weights))
    if alike <= 0.0:
        return None
    if here & there:
        return alike, "the same street and number"
    if here and there:
        return alike * NUMBER_DIFFERS, "the same street, another number"
    return (alike * NUMBER_MISSING, "the same street") if here or there else (alike * STREET_ALONE, "the same place")


def _spelt(street: frozenset[str], road: frozenset[str], weights: Mapping[str, float]) -> float:
    """How much of one address stands in another, misspelt or not; a word of half the force's addresses is little."""
    if not street or not road:
        return 0.0
    best = {word: max(fuzz.ratio(word, w) for w in road) for word in sorted(street)}
    found = [word for word, alike in best.items() if alike >= SAME_STREET]
    told = min(1.0, sum(weights.get(word, 1.0) for word in found))
    return told * sum(best[word] for word in found) / (100.0 * len(street))


def _distance(one: Told, other: Told) -> tuple[float, str] | None:
    if one.easting is None or one.northing is None or other.easting is None or other.northing is None:
        return None
    metres = hypot(one.easting - other.easting, one.northing - other.northing)
    return 2.0 ** (-metres / HALF_DISTANCE), f"{int(metres)} metres away"


def _apart(between: timedelta) -> str:
    minutes = int(abs(between.total_seconds())) // 60
    return f"{minutes} min apart" if minutes < 120 else f"{minutes // 60} hours apart"  # noqa: PLR2004 - two hours
