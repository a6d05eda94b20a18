"""The Victims' Code as data: rights 1 to 12 by the day, what each asks of the police, which record shows it was met."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from iops.crime.models import Entitlement
from iops.foundation.errors import InvalidError
from iops.rulebook.shapes import Node
from iops.rulebook.strict_yaml import read_file

if TYPE_CHECKING:
    import datetime as dt

RIGHTS = Path(__file__).parent / "data" / "rights.yaml"
KEYS = ("kind", "source", "unsure", "editions", "most_serious")
SIGNS = ("needs", "plan", "news", "recorded", "outcome", "court_date", "special_measures", *Entitlement.values)
"""What may show that a right was met: an assessment, a plan, news that was told, an offer by its name."""


@dataclass(frozen=True, slots=True)
class Right:
    """One right of the Code; `shown_by` is empty where it is not for the police to meet."""

    number: int
    title: str
    asks: str
    shown_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edition:
    """The rights from a local day on, until the next edition."""

    since: dt.date
    rights: tuple[Right, ...]


@dataclass(frozen=True, slots=True)
class VictimsCode:
    """The Code by its days, and the classes of crime whose victims have enhanced rights by the class alone."""

    source: str
    unsure: str
    editions: tuple[Edition, ...]
    most_serious: frozenset[str]

    def at(self, day: dt.date) -> tuple[Right, ...]:
        """The rights in force on a local day. Raises InvalidError before the first edition."""
        standing = [one for one in self.editions if one.since <= day]
        if not standing:
            raise InvalidError(f"The Victims' Code of {day:%d/%m/%Y} is not held.", mend="Ask for a later day.")
        return standing[-1].rights


@cache
def victims_code() -> VictimsCode:
    """The Code as it comes with the system, read once."""
    return read_code(RIGHTS)


def read_code(path: Path) -> VictimsCode:
    """Read a file of the Code. Raises RuleFileError, with the line, for whatever is not one."""
    value, lines = read_file(path, shown_as=path.name)
    top = Node(value, lines).keys(KEYS, KEYS)
    editions = tuple(_edition(node) for node in top.child("editions").each())
    days = [one.since for one in editions]
    if not days or days != sorted(set(days)):
        raise top.child("editions").fail("editions must follow one another", "Write them in the order of their days.")
    serious = top.child("most_serious").keys(("unsure", "classes"), ("classes",))
    return VictimsCode(
        source=top.child("source").text(),
        unsure=top.child("unsure").text(""),
        editions=editions,
        most_serious=frozenset(serious.child("classes").texts()),
    )


def _edition(node: Node) -> Edition:
    node.keys(("from", "rights"), ("from", "rights"))
    since = node.child("from").date()
    rights = tuple(_right(one) for one in node.child("rights").each())
    if since is None or [one.number for one in rights] != list(range(1, len(rights) + 1)):
        raise node.fail("rights are numbered from 1 without gaps", "Mend the numbers.")
    return Edition(since, rights)


def _right(node: Node) -> Right:
    node.keys(("number", "title", "asks", "shown_by"), ("number", "title", "asks", "shown_by"))
    number = node.child("number").value
    if type(number) is not int:
        raise node.fail("the number of a right is a whole number", "Write `number: 1`.")
    shown = tuple(one.choice(SIGNS) for one in node.child("shown_by").each())
    return Right(number, node.child("title").text(), node.child("asks").text(), shown)
