"""Keys that bring a name and a house together: "Khan, 11 Mill Street" reads a few rows, not all of that name.

Street names repeat in every town, and so do names; the two beside each other hardly do. The street is kept by its
sound, as names are, so that a slip in either still meets.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from iops.pole.matching.spelling import fold, sound, words

if TYPE_CHECKING:
    from collections.abc import Iterable

DOOR = re.compile(r"(?:^| )([0-9]+[a-z]?) ([a-z]{3,})")
"""A number, and the first word of the street behind it, in a folded address."""
MOST_SOUNDS, MOST_HOUSES = 16, 60
"""Sounds of names and addresses of one nominal that are brought together: enough for any true record."""
_SHORTEST = 2


def house(address: str) -> str | None:
    """The number of a house and the sound of its street: `11 ml`; None for what has no number before a word."""
    found = DOOR.search(fold(address))
    return f"{found[1]} {sound(found[2])}" if found else None


def house_texts(names: Iterable[str], addresses: Iterable[str]) -> set[str]:
    """What the keys of a house stand for: each house with each sound of each name. Twin: `iops.house_keys`."""
    sounds = sorted({sound(word) for name in names for word in words(name) if len(word) >= _SHORTEST})[:MOST_SOUNDS]
    houses = sorted({found for text in addresses if (found := house(text))})[:MOST_HOUSES]
    return {f"h|{found}|{heard}" for found in houses for heard in sounds}
