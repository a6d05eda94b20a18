"""Errors with whole names: parts in the wrong place, left out, or another name of the same person.

Each function gives the name back unchanged where its error cannot happen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from iops.synthetic.people.nicknames import long_forms, nicknames

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from iops.synthetic.people.errors.spelling import Slip


class WrongName(Protocol):
    """What makes an error of a whole name."""

    __name__: str

    def __call__(self, name: Name, chance: Random, /) -> Name:
        """The name with the error in it."""
        ...


@dataclass(frozen=True, slots=True)
class Name:
    """A name as given, middle and family part, and the other names of the same person that are known, by kind."""

    given: str
    family: str
    middle: str = ""
    others: Mapping[str, tuple[str, str]] | None = None

    @property
    def spoken(self) -> tuple[str, str]:
        """What is said: given and family part."""
        return self.given, self.family

    def known_as(self, kind: str) -> tuple[str, str] | None:
        """The other name of this kind, if there is one."""
        return (self.others or {}).get(kind)


def in_one_part(slip: Slip) -> WrongName:
    """A slip of spelling made into an error of a name: in the family part twice as often as in the given."""

    def wrong(name: Name, chance: Random) -> Name:
        family = replace(name, family=slip(name.family, chance))
        given = replace(name, given=slip(name.given, chance))
        tried = [family, given] if chance.random() < 2 / 3 else [given, family]
        return next((made for made in tried if made.spoken != name.spoken), name)

    return wrong


def nickname(name: Name, chance: Random) -> Name:
    """A short form for the full given name, or the full name for a short form."""
    known = name.known_as("nickname")
    choices = (known[0],) if known else nicknames(name.given) or long_forms(name.given)
    return replace(name, given=chance.choice(choices)) if choices else name


def swapped_names(name: Name, chance: Random) -> Name:
    """Given and family name in each other's place."""
    del chance
    return replace(name, given=name.family, family=name.given) if name.given and name.family else name


def double_barrel_half(name: Name, chance: Random) -> Name:
    """One half of a double-barrelled family name."""
    halves = [half for half in name.family.replace("-", " ").split() if len(half) > 1]
    return replace(name, family=chance.choice(halves)) if len(halves) > 1 else name


def hyphen_or_blank(name: Name, chance: Random) -> Name:
    """A hyphen for a blank, a blank for a hyphen, or neither, in the family or the given name."""
    family, given = (_other_sign(part, chance) for part in (name.family, name.given))
    return replace(name, family=family) if family != name.family else replace(name, given=given)


def _other_sign(part: str, chance: Random) -> str:
    sign = next((s for s in "- " if s in part.strip()), "")
    return part.replace(sign, chance.choice([s for s in ("-", " ", "") if s != sign])) if sign else part


def middle_as_first(name: Name, chance: Random) -> Name:
    """The middle name given as the first, as by people who go by it."""
    del chance
    return replace(name, given=name.middle, middle="") if name.middle else name


def maiden_for_married(name: Name, chance: Random) -> Name:
    """The family name at birth for the present one."""
    del chance
    return _known(name, "maiden")


def alias(name: Name, chance: Random) -> Name:
    """Another name that the person is known by."""
    del chance
    return _known(name, "alias")


def _known(name: Name, kind: str) -> Name:
    known = name.known_as(kind)
    return replace(name, given=known[0], family=known[1]) if known and all(known) else name


def initial_only(name: Name, chance: Random) -> Name:
    """Only the first letter of the given name."""
    del chance
    return replace(name, given=name.given[0]) if len(name.given) > 1 and name.family else name
