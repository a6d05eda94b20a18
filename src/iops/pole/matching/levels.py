"""How alike two records are, field by field: for each field its levels of agreement, the closest first.

The levels are the vocabulary of the model file and of the explanations. Each is symmetric, and each has the same
meaning in SQL for training (`training.py`).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler, Levenshtein

from iops.pole.matching.dates import Slip, slip
from iops.pole.matching.spelling import sound

if TYPE_CHECKING:
    from iops.pole.matching.known import Address, Known, Named

MISSING = -1
"""One of the two says nothing: no evidence, weight 0."""


class Level(NamedTuple):
    """One level of agreement: its name in the model file, what people read, whether how common the value is counts."""

    code: str
    says: str
    agrees: bool = True


class Field(NamedTuple):
    """One field of comparison and its levels, the closest first, the last one disagreement."""

    name: str
    says: str
    levels: tuple[Level, ...]


def _field(name: str, says: str, *levels: tuple[str, str]) -> Field:
    last = ("other", "different")
    made = tuple(Level(code, text, agrees=True) for code, text in levels)
    return Field(name, says, (*made, Level(*last, agrees=False)))


GIVEN = _field(
    "given", "given name",
    ("exact", "the same"),
    ("first", "the same first name"),
    ("form", "another form of the same name"),
    ("typo", "one slip apart"),
    ("sound", "sounds alike"),
    ("swapped", "given and family name swapped"),
    ("shared", "one name in common"),
    ("initial", "the same initial"),
    ("fuzzy", "similar"),
)  # fmt: skip
FAMILY = _field(
    "family", "family name",
    ("exact", "the same"),
    ("half", "half of the name in common"),
    ("typo", "one slip apart"),
    ("sound", "sounds alike"),
    ("fuzzy", "similar"),
)  # fmt: skip
BORN = _field(
    "born", "date of birth",
    ("exact", "the same"),
    ("swapped", str(Slip.SWAPPED)),
    ("digit", str(Slip.DIGIT)),
    ("turned", str(Slip.TURNED)),
    ("near", str(Slip.NEAR)),
    ("year", str(Slip.YEAR)),
)  # fmt: skip
SEX = _field("sex", "sex", ("exact", "the same"))
POSTCODE = _field(
    "postcode", "postcode", ("exact", "the same"), ("typo", "one slip apart"), ("district", "the same district")
)
ADDRESS = _field(
    "address", "address",
    ("exact", "the same"),
    ("alike", "nearly the same"),
    ("most", "most words in common"),
    ("some", "some words in common"),
)  # fmt: skip
PHONE = _field("phone", "phone", ("exact", "the same"), ("typo", "one slip apart"))
EMAIL = _field(
    "email", "e-mail", ("exact", "the same"), ("user", "the same before the @"), ("typo", "one or two slips apart"),
    ("fuzzy", "similar"),
)  # fmt: skip
IDENTIFIER = _field("identifier", "identifier", ("exact", "the same"), ("typo", "one or two slips apart"))

FIELDS = (GIVEN, FAMILY, BORN, SEX, POSTCODE, ADDRESS, PHONE, EMAIL, IDENTIFIER)
INDEX = {field.name: {level.code: at for at, level in enumerate(field.levels)} for field in FIELDS}

ALIKE, SIMILAR, SIMILAR_EMAIL = 0.92, 0.80, 0.70
_LONG_ENOUGH = 4
NONE, FUZZY, SOUND, TYPO, SAME = range(5)

_G = INDEX["given"]
_F = INDEX["family"]
_SWAPPED = _G["swapped"]


def alike(one: str, other: str) -> int:
    """How alike two name words are: SAME, TYPO, SOUND, FUZZY or NONE."""
    if one == other:
        return SAME
    return _alike(one, other) if one < other else _alike(other, one)


@lru_cache(maxsize=500_000)
def _alike(one: str, other: str) -> int:
    if not one or not other:
        return NONE
    similarity = JaroWinkler.similarity(one, other)
    if similarity >= ALIKE or (min(len(one), len(other)) >= _LONG_ENOUGH and slips(one, other, 1)):
        return TYPO
    if sound(one) == sound(other):
        return SOUND
    return FUZZY if similarity >= SIMILAR else NONE


def slips(one: str, other: str, most: int) -> bool:
    """Whether at most so many letters were left out, added, changed or turned round."""
    return DamerauLevenshtein.distance(one, other, score_cutoff=most) <= most


def given_level(a: Named, b: Named) -> int:
    """Level of the given names of two names."""
    if not a.first or not b.first:
        return MISSING
    if len(a.first) == 1 or len(b.first) == 1:
        return _initials(a, b)
    if a.given_whole == b.given_whole:
        return _G["exact"]
    if a.first == b.first:
        return _G["first"]
    if not a.given_roots.isdisjoint(b.given_roots):
        return _G["form"]
    return _unlike_given(a, b)


def _initials(a: Named, b: Named) -> int:
    if a.first[0] == b.first[0]:
        return _G["initial"]
    return _G["swapped"] if is_swapped(a, b) else _G["other"]


def _unlike_given(a: Named, b: Named) -> int:
    near = alike(a.first, b.first)
    if near == TYPO:
        return _G["typo"]
    if near == SOUND:
        return _G["sound"]
    if is_swapped(a, b):
        return _G["swapped"]
    if shares_a_word(a, b):
        return _G["shared"]
    return _G["fuzzy"] if near == FUZZY else _G["other"]


def is_swapped(a: Named, b: Named) -> bool:
    """The given name of each stands as the family name of the other, or nearly so."""
    return alike(a.first, b.family_whole) >= TYPO and alike(a.family_whole, b.first) >= TYPO


def shares_a_word(a: Named, b: Named) -> bool:
    """A given name of one is any given name, or the family name, of the other."""
    return not set(a.given).isdisjoint(b.given) or a.first in b.halves or b.first in a.halves


def family_level(a: Named, b: Named, given: int) -> int:
    """Level of the family names of two names; swapped names are counted once, with the given name (level `given`)."""
    if not a.family_whole or not b.family_whole:
        return MISSING
    if a.family_whole == b.family_whole:
        return _F["exact"]
    return _F["half"] if not a.halves.isdisjoint(b.halves) else _unlike_family(a, b, given)


def _unlike_family(a: Named, b: Named, given: int) -> int:
    near = alike(a.family_whole, b.family_whole)
    if near == TYPO:
        return _F["typo"]
    if near == SOUND or not a.family_roots.isdisjoint(b.family_roots):
        return _F["sound"]
    if given == _SWAPPED:
        return MISSING
    return _F["fuzzy"] if near == FUZZY else _F["other"]


_SLIPS = {
    Slip.NONE: 0,
    Slip.SWAPPED: 1,
    Slip.DIGIT: 2,
    Slip.TURNED: 3,
    Slip.NEAR: 4,
    Slip.YEAR: 5,
    Slip.OTHER: 6,
}


def day_level(one: str, other: str) -> int:
    """Level of two dates of birth."""
    return 0 if one == other else _SLIPS[slip(one, other)]


def year_level(one: tuple[int, int], other: tuple[int, int]) -> int:
    """Level of two ranges of years. Ranges of more than two years that meet say nothing."""
    if one[1] < other[0] or other[1] < one[0]:
        return len(BORN.levels) - 1
    return INDEX["born"]["year"] if max(one[1] - one[0], other[1] - other[0]) <= 1 else MISSING


def postcode_level(one: str, other: str) -> int:
    """Level of two postcodes, without blanks."""
    if one == other:
        return 0
    if slips(one, other, 1):
        return 1
    return 2 if min(len(one), len(other)) > _LONG_ENOUGH and one[:-3] == other[:-3] else 3


def address_level(one: Address, other: Address) -> int:
    """Level of two addresses: by the whole text, or by the words they share in whatever order."""
    if one.words == other.words:
        return 0
    if Levenshtein.normalized_similarity(one.text, other.text, score_cutoff=SIMILAR) >= SIMILAR:
        return 1
    common = len(one.words & other.words)
    if common > 1 and common * 3 >= min(len(one.words), len(other.words)) * 2:
        return 2
    return 3 if common else 4


def phone_level(one: str, other: str) -> int:
    """Level of two phone numbers, their last ten digits."""
    return 0 if one == other else 1 if slips(one, other, 1) else 2


def email_level(one: str, other: str) -> int:
    """Level of two e-mail addresses."""
    if one == other:
        return 0
    if one.partition("@")[0] == other.partition("@")[0]:
        return 1
    longest = max(len(one), len(other))
    apart = DamerauLevenshtein.distance(one, other, score_cutoff=max(2, int(longest * (1 - SIMILAR_EMAIL))))
    return 2 if apart <= len("ab") else 3 if apart <= longest * (1 - SIMILAR_EMAIL) else 4


def identifier_level(one: str, other: str) -> int:
    """Level of two identifiers of one kind."""
    return 0 if one == other else 1 if slips(one, other, 2) else 2


def identifiers_level(a: Known, b: Known) -> int:
    """Level of the identifiers of two people: of each kind they share, the closest."""
    if not a.identifiers.isdisjoint(b.identifiers):
        return 0
    found = [identifier_level(x, y) for kind, x in a.identifiers for other, y in b.identifiers if kind == other]
    return min(found, default=MISSING)
