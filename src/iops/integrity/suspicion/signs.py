"""What makes a closure without a crime look like one: signs, each with why, and how they are ordered.

A sign is a reason to look, not a finding. Signs that follow from what somebody recorded weigh more than words; a word
that a negation undoes is told and weighs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iops.control.classing import editions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.integrity.words import Hit, WordList

TELLING_RESULTS = ("arrest", "out-of-court", "reported", "statement", "hospital")
"""Results of an attendance by which somebody dealt with it as with a crime, or somebody was hurt."""

WEIGHTS: Mapping[str, int] = {
    "injury": 40,
    "category": 40,
    "reported": 30,
    "result": 30,
    "pattern": 25,
    "linked": 15,
    "words": 20,
    "repeat": 10,
}
"""How far up a sign puts a closure, once for each sign: design defaults. They order the list and decide nothing."""


@dataclass(frozen=True)
class Sign:
    """One reason: its code, why it is one, in words, and what was found; `undone` when a negation takes it back."""

    code: str
    why: str
    found: str = ""
    undone: str = ""

    @property
    def weight(self) -> int:
        """Its weight; nothing when it is undone."""
        return 0 if self.undone else WEIGHTS[self.code]


def of_fact(code: str, detail: str) -> Sign:
    """The sign of a fact that the database found."""
    return Sign(code, _why(code, detail))


def _why(code: str, detail: str) -> str:
    said = {
        "injury": "An assessment of risk says that somebody was hurt",
        "category": f"Closed under a category of crime: {_titled(detail)}",
        "reported": "What was reported would be a crime if true",
        "result": f"The result of the attendance: {_result(detail)}",
        "pattern": f"The same victim and suspect in other incidents of the last year: {detail}",
        "linked": "Somebody linked it to another incident as part of a series",
        "repeat": f"Other calls to this address in four weeks: {detail}",
    }
    return said[code]


def of_words(hit: Hit, edition: WordList) -> Sign:
    """The sign of a word of the list."""
    return Sign("words", f"{hit.why} ({edition.groups[hit.group]})", f"“{hit.word}” in “{hit.around}”", hit.undone)


def score(signs: tuple[Sign, ...]) -> int:
    """How far up the closure stands: each kind of sign counts once."""
    return sum(WEIGHTS[code] for code in {sign.code for sign in signs if sign.weight})


def crime_categories() -> list[str]:
    """The codes of categories of crime, of every edition."""
    return sorted({code for one in editions.editions().values() for code, c in one.categories.items() if c.is_crime})


def _titled(code: str) -> str:
    return next((one.categories[code].title for one in editions.editions().values() if code in one.categories), code)


def _result(code: str) -> str:
    return next((one.results[code] for one in editions.editions().values() if code in one.results), code)
