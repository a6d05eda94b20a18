"""One offence that the facts disclose, with its possible classes and the people it concerns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    from iops.rulebook.classes import CrimeClass
    from iops.rulebook.report import Offence, Suspect, Victim


@dataclass(frozen=True, slots=True)
class Option:
    """A class an offence may have, with its code where that is settled."""

    one: CrimeClass
    code: str | None = None
    code_says: str = ""


@dataclass(frozen=True, slots=True)
class Disclosed:
    """A disclosed offence; more than one option means that the class is not settled between them."""

    at: int
    source: Offence
    options: tuple[Option, ...]
    nature: str
    victims: tuple[Victim, ...]
    suspects: tuple[Suspect, ...]

    @property
    def main(self) -> Option:
        """The first option."""
        return self.options[0]

    @property
    def one(self) -> CrimeClass:
        """The class of the first option."""
        return self.options[0].one

    @property
    def code(self) -> str | None:
        """The code, when it is settled."""
        return self.options[0].code if len(self.options) == 1 else None

    @property
    def label(self) -> str:
        """The class in words: "8N", or "8N or 11A" while it is not settled."""
        return " or ".join(dict.fromkeys(option.one.code for option in self.options))

    @property
    def code_label(self) -> str:
        """The code in words; empty when it is not known."""
        return self.main.code_says or (self.code or "")

    def happened(self, otherwise: dt.date) -> dt.date:
        """When it happened."""
        return self.source.happened or otherwise

    def within(self, names: frozenset[str]) -> bool:
        """Whether every option is one of these classes."""
        return all(option.one.code in names for option in self.options)
