"""The dated weights and floors of the ranking, read strictly: a file is taken whole or refused whole."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import yaml

from iops.foundation.errors import IopsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

DATA: Final = Path(__file__).parents[1] / "data" / "ranking"
TERMS: Final = ("recency", "frequency", "gravity", "victims", "breach", "red_flags")
CODES: Final = (
    "ticks_below_high",
    "strangulation",
    "threat_to_kill",
    "weapon",
    "stalking_after_separation",
    "sexual_violence",
    "suicide",
    "pregnancy",
    "child_hurt",
    "honour_based",
    "order_breached",
    "marac",
    "third_incident",
    "serial",
    "no_assessment",
    "unresolved",
    "waited",
)
"""The floors that the scorer can see. A file words every one of them: none can be switched off by leaving it out."""
_EXTRAS: Final = ("recorded_crime_harm", "ageing_per_day", "longest_wait_days")
_KEYS: Final = {"edition", "from", "source", "unknown_history", "weights", "floors", *_EXTRAS}
_FLOOR_KEYS: Final = {"code", "words", "why", "source"}


class WeightsError(IopsError):
    """A file of weights cannot be taken; nothing of it is in force."""

    code = "ranking-weights"
    status = 422


@dataclass(frozen=True)
class Floor:
    """One reason to have a person look now, in our words, with why and where it comes from."""

    code: str
    words: str
    why: str
    source: str


@dataclass(frozen=True)
class Weights:
    """One edition of the weights, in thousandths of a point, in force from `start`."""

    edition: str
    start: dt.date
    source: str
    unknown_history: int
    recorded_crime_harm: int
    ageing_per_day: int
    longest_wait_days: int
    recency: int
    frequency: int
    gravity: int
    victims: int
    breach: int
    red_flags: int
    floors: tuple[Floor, ...]

    def words(self, code: str) -> str:
        """A floor in words; its code, should an older item carry one that this edition does not have."""
        return next((f.words for f in self.floors if f.code == code), code)

    def in_words(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Floors in words, in the order of the file."""
        order = [f.code for f in self.floors]
        return tuple(self.words(c) for c in sorted(codes, key=lambda c: order.index(c) if c in order else len(order)))


class _Loader(yaml.SafeLoader):
    """Refuses a key that stands twice, which YAML would take silently."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        keys = [k.value for k, _ in node.value]
        twice = sorted({str(k) for k in keys if keys.count(k) > 1})
        if twice:
            raise WeightsError(f"The key “{twice[0]}” stands twice.", mend="Leave one of them.")
        return cast("dict[object, object]", super().construct_mapping(node, deep))


def read_weights(text: str) -> Weights:
    """One edition from the text of its file. Raises WeightsError: for anything missing, unknown, negative, doubled."""
    try:
        found = yaml.load(text, Loader=_Loader)  # noqa: S506  (a SafeLoader)
    except (yaml.YAMLError, ValueError) as wrong:
        raise WeightsError("The file is not YAML.", mend="Mend it where it says.") from wrong
    page = _mapping(found, _KEYS, "the file")
    numbers = _mapping(page["weights"], set(TERMS), "weights")
    start = page["from"]
    if type(start) is not dt.date:
        raise WeightsError("“from” is not a date.", mend="Write it as 2026-01-31.")
    return Weights(
        edition=_text(page, "edition"),
        start=start,
        source=_text(page, "source"),
        unknown_history=_number(page, "unknown_history", least=1),
        **{key: _number(page, key, least=1) for key in _EXTRAS},
        floors=_floors(page["floors"]),
        **{term: _number(numbers, term) for term in TERMS},
    )


def _mapping(found: object, keys: set[str], where: str) -> Mapping[str, object]:
    if not isinstance(found, dict):
        raise WeightsError(f"There are no keys in {where}.")
    wrong = sorted(str(key) for key in found.keys() ^ keys)
    if wrong:
        raise WeightsError(f"In {where} these are missing or not known: {', '.join(wrong)}.")
    return cast("Mapping[str, object]", found)


def _text(page: Mapping[str, object], key: str) -> str:
    value = page[key]
    if not isinstance(value, str) or not value.strip():
        raise WeightsError(f"“{key}” is empty or not a text.")
    return value.strip()


def _number(page: Mapping[str, object], key: str, least: int = 0) -> int:
    value = page[key]
    if type(value) is not int or value < least:
        raise WeightsError(f"“{key}” is not a whole number of at least {least}.", mend="A weight never lowers a rank.")
    return value


def _floors(found: object) -> tuple[Floor, ...]:
    if not isinstance(found, list):
        raise WeightsError("“floors” is not a list.")
    pages = [_mapping(entry, _FLOOR_KEYS, "a floor") for entry in found]
    floors = tuple(Floor(**{key: _text(page, key) for key in _FLOOR_KEYS}) for page in pages)
    if sorted(f.code for f in floors) != sorted(CODES):
        wrong = sorted({f.code for f in floors} ^ set(CODES)) or ["one stands twice"]
        raise WeightsError(f"The floors are not the ones the scorer sees: {', '.join(wrong)}.")
    return floors


@cache
def editions() -> Sequence[Weights]:
    """Every edition of the product, the oldest first. Raises WeightsError when two start on the same day."""
    found = sorted((read_weights(p.read_text("utf-8")) for p in DATA.glob("*.yaml")), key=lambda w: w.start)
    if not found or len({w.start for w in found}) < len(found) or len({w.edition for w in found}) < len(found):
        raise WeightsError("Editions of the ranking are missing, share a name or start on the same day.")
    return found


def in_force(day: dt.date) -> Weights:
    """The edition in force on a day. Raises WeightsError before the first."""
    for weights in reversed(editions()):
        if weights.start <= day:
            return weights
    raise WeightsError(f"No edition of the ranking is in force on {day}.")
