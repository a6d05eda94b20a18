"""Telephone numbers and e-mail addresses that reach nobody.

Ofcom keeps 07700 900000 to 900999 and 0161 496 0000 to 0999 for drama: the first thousand people and the first
thousand households get those. Two thousand numbers cannot serve millions of people without making strangers share
them, so all others get numbers of the right form from ranges in which no operator holds numbers: mobile numbers under
072, and Manchester numbers that begin with 0 or 1 (0161 0xx xxxx and 0161 1xx xxxx; a local number may begin so only
where the area code must always be dialled, which is not so in Manchester). A test asks the operators' data of the
package `phonenumbers` whether 072 is still free. E-mail lives under the domains that RFC 2606 keeps for examples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from anyascii import anyascii

from iops.synthetic.people.batches import Numbers, Text, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

DRAMA = 1000
"""Numbers in each of Ofcom's ranges for drama."""
MOBILES = 10**8
LANDLINES = 2 * 10**6
DOMAINS = ("example.org", "example.com", "example.net", "mail.example.org", "post.example.com")


def mobiles(person: Numbers, seed: int, spare: bool = False) -> Text:
    """A mobile number for each person number in E.164; `spare` gives their second one. No two are equal below 50 m."""
    # The step shares no factor with 100,000,000: all numbers are visited before one comes again.
    shifted = person + (MOBILES // 2 if spare else 0)
    made = ((shifted % MOBILES) * 61_803_399 + seed % MOBILES) % MOBILES
    drama = (person <= DRAMA) & (not spare)
    return texts(
        [
            f"+447700900{n - 1:03d}" if d else f"+4472{m:08d}"
            for n, d, m in zip(person.tolist(), drama.tolist(), made.tolist(), strict=True)
        ]
    )


def landlines(household: Numbers, seed: int) -> Text:
    """A Manchester number for each household number in E.164; they repeat after two million households."""
    made = ((household % LANDLINES) * 618_033 + seed % LANDLINES) % LANDLINES
    return texts(
        [
            f"+44161496{h:04d}" if h < DRAMA else f"+44161{m:07d}"
            for h, m in zip(household.tolist(), made.tolist(), strict=True)
        ]
    )


def emails(given: Sequence[str], family: Sequence[str], person: Numbers) -> Text:
    """An e-mail address for each person, from the name and the person number; unique."""
    return texts(
        [
            f"{_local(g)}.{_local(f)}{n}@{DOMAINS[n % len(DOMAINS)]}"
            for g, f, n in zip(given, family, person.tolist(), strict=True)
        ]
    )


def _local(name: str) -> str:
    """A name as it stands in an e-mail address: Latin letters without signs."""
    plain = name if name.isascii() else anyascii(name)
    return "".join(filter(str.isalnum, plain)).lower() or "x"


def shuffled_years(days: Numbers, chance: np.random.Generator) -> Numbers:
    """A day in the past for each age in days: at some point of that life, at most twelve years ago."""
    return (chance.random(len(days)) * np.minimum(days, 12 * 365)).astype(np.int64)
