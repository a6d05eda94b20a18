"""Weighted lists of names for each naming tradition, built once from the package `faker` and a few names of our own.

Nothing is copied into this repository: the package (MIT licence) holds the lists. Real names are very uneven: a few
families hold many people and most hold few, so lists without weights are given Zipf's law in an order drawn once.
"""

from __future__ import annotations

import importlib
import re
import unicodedata
import zlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from anyascii import anyascii

from iops.foundation.errors import InvalidError
from iops.synthetic.people import own_names
from iops.synthetic.people.batches import Text, texts
from iops.synthetic.people.communities import cumulative
from iops.synthetic.people.own_names import ARABIC_SCRIPT, FIRST_HALVES, SECOND_HALVES
from iops.synthetic.people.traditions import SOURCES, Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt

ERAS = (1965, 1995)
"""First years of the second and third era: given names go in and out of fashion."""
Weights = dict[str, float]
WOMENS_OWN = 0.55
"""Women with a name that only women bear, where a tradition has such names (Begum, Bibi, Kaur)."""
TAIL = 0.5
"""How much the rare English family names weigh against the listed ones."""
FEWEST = 5
"""A shorter list is the package's stand-in where it has none."""
TIDY = re.compile(r"[^\w' -]|\d|_")


@dataclass(frozen=True, slots=True)
class Pool:
    """Names in Latin letters with their cumulative shares; `script` is the own-script form, empty where Latin."""

    latin: Text
    script: Text
    steps: npt.NDArray[np.float64]

    def draw(self, chances: npt.NDArray[np.float64]) -> tuple[Text, Text]:
        """Names for chances in [0, 1): Latin form and own-script form."""
        which = np.searchsorted(self.steps, chances, side="right")
        return self.latin[which], self.script[which]


@cache
def family_pool(tradition: str, sex: str) -> Pool:
    """The family names of a tradition as a person of this sex bears them."""
    source = SOURCES[tradition]
    # Where one spelling serves both sexes (most traditions), a family is in the list once.
    women = sex == "F"
    common = _own(own_names.FAMILY, source.own)
    if women and f"{source.own}_women" in own_names.FAMILY:
        common = _blend(_own(own_names.FAMILY, f"{source.own}_women"), common, WOMENS_OWN)
    rest = _listed(
        source.locales, "last_names_female" if women else "last_names_male", "last_names", "unisex_last_names"
    )
    if source.own == "english":
        rest = _added(rest, _english_tail())
    return _pool(_blend(common, rest, source.family_share), source)


@cache
def given_pool(tradition: str, sex: str, era: int) -> Pool:
    """The given names of a tradition for a sex and an era (0, 1 or 2; see `ERAS`)."""
    source = SOURCES[tradition]
    table = own_names.GIVEN_WOMEN if sex == "F" else own_names.GIVEN_MEN
    attribute = "first_names_female" if sex == "F" else "first_names_male"
    common = _own(table, source.own_given)
    rest = _listed(source.locales, attribute, "first_names")
    fashionable = {name: weight * _fashion(name, era) for name, weight in rest.items()}
    return _pool(_blend(common, fashionable, source.given_share), source)


def _pool(weights: Weights, source: Source) -> Pool:
    """A pool of these names; own-script names are written in Latin letters as well."""
    rows: dict[tuple[str, str], float] = {}
    for name, weight in weights.items():
        latin, script = in_latin(name)
        script = script or (_in_arabic().get(latin, "") if source.script == "arabic" else "")
        if len(latin) > 1:
            rows[latin, script] = rows.get((latin, script), 0.0) + weight
    return Pool(texts([a for a, _ in rows]), texts([b for _, b in rows]), cumulative(list(rows.values())))


def in_latin(name: str) -> tuple[str, str]:
    """A name in Latin letters, and the name in its own script (empty where it was Latin already)."""
    if all("LATIN" in unicodedata.name(letter, "") for letter in name if letter.isalpha()):
        return tidy(name), ""
    return ARABIC_SCRIPT.get(name) or tidy(anyascii(name).replace("'", "")).title(), name


@cache
def _in_arabic() -> dict[str, str]:
    return {latin: script for script, latin in ARABIC_SCRIPT.items()}


def tidy(name: str) -> str:
    """A listed name without digits, brackets and doubled blanks."""
    return " ".join(TIDY.sub(" ", unicodedata.normalize("NFC", name).replace("\u2019", "'")).split())


def _own(table: Mapping[str, str], key: str) -> Weights:
    """Our own most common names of this key, if there are any, by Zipf's law in the order given."""
    return {name: 1.0 / (rank + 5) for rank, name in enumerate(table.get(key, "").split())}


def _blend(common: Weights, rest: Weights, share: float) -> Weights:
    """Two lists as one, the first holding `share` of the people (all of them where the other is empty)."""
    share = 1.0 if not rest else share if common else 0.0
    blended: Weights = {}
    for part, people in ((common, share), (rest, 1.0 - share)):
        whole = sum(part.values())
        for name, weight in part.items():
            blended[name] = blended.get(name, 0.0) + people * weight / whole
    return {name: weight for name, weight in blended.items() if weight > 0.0}


def _listed(locales: Mapping[str, float], *attributes: str) -> Weights:
    """The package's names of these locales, each locale weighted, from the first attribute that it has."""
    found: Weights = {}
    for locale, weight in locales.items():
        names = _weights_of(locale, attributes)
        whole = sum(names.values())
        for name, share in names.items():
            found[name] = found.get(name, 0.0) + weight * share / whole
    return found


def _weights_of(locale: str, attributes: Iterable[str]) -> Weights:
    provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
    for attribute in attributes:
        names = getattr(provider, attribute, None)
        if isinstance(names, dict):
            return {str(name): float(weight) for name, weight in names.items()}
        if isinstance(names, list | tuple) and len(names) >= FEWEST:
            return _zipf(list(dict.fromkeys(names)), locale)
    raise InvalidError(
        f"The package of name lists has no {' or '.join(attributes)} for {locale}.",
        mend="Name a list that the installed version of faker holds in traditions.py.",
    )


def _zipf(names: list[str], salt: str, power: float = 0.8) -> Weights:
    """Names without weights: Zipf's law, in the order given where that is not simply the alphabet.

    A list in the order of the alphabet tells nothing of frequency: its order is drawn from the spelling alone.
    """
    start = names[:12]
    if start in (sorted(start), sorted(start, key=anyascii)):
        names = sorted(names, key=lambda name: _mark(salt + name))
    return {name: (rank + 5) ** -power for rank, name in enumerate(names)}


def _added(one: Weights, other: Weights) -> Weights:
    return {name: one.get(name, 0.0) + other.get(name, 0.0) for name in one | other}


def _mark(name: str) -> int:
    return zlib.crc32(name.encode())


def _fashion(name: str, era: int) -> float:
    """How much in fashion a given name is in an era: a third to three times as usual, the same in every run."""
    return float(10.0 ** ((_mark(f"{era}{name}") % 1000) / 1000 - 0.5))


def _english_tail() -> Weights:
    """Rare English family names: places put together, fathers' names, and other spellings of common ones.

    The package has a weighted list of the commonest, which stand for 39.5 % of people (`TAIL` keeps them near that).
    """
    places = [first + second for first in FIRST_HALVES for second in SECOND_HALVES if first[-1] != second[0]]
    fathers = [f"{name}{end}" for name in _weights_of("en_GB", ("first_names_male",)) for end in ("son", "s", "es")]
    spelt = [other for name in _weights_of("en_GB", ("last_names",)) for other in _other_spellings(name)]
    tail = _zipf(sorted({*places, *fathers, *spelt}), "tail", 0.5)
    whole = sum(tail.values())
    return {name: TAIL * weight / whole for name, weight in tail.items()}


def _other_spellings(name: str) -> list[str]:
    """Spellings under which a family name is also found: Clark and Clarke, Smith and Smyth, Reid and Read."""
    swaps = (("i", "y"), ("y", "i"), ("ea", "ee"), ("ai", "ay"), ("ck", "k"), ("ll", "l"), ("tt", "t"), ("ey", "y"))
    found = [name[0] + name[1:].replace(old, new, 1) for old, new in swaps if old in name[1:]]
    found.append(name.removesuffix("e") if name.endswith("e") else f"{name}e")
    return [spelling for spelling in found if spelling != name]
