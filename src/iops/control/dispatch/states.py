"""The states of a unit: which code means what on a day, and which state may follow which (data/unit_states.yaml)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from iops.control import configuration
from iops.control.configuration import number, read
from iops.control.models import UnitStatus
from iops.foundation.errors import InvalidError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from iops.rulebook.shapes import Node

HIGHEST_CODE = 99


@dataclass(frozen=True)
class Code:
    """One code on the radio: what it means to the system, its words, and whether the unit may be sent elsewhere."""

    code: int
    means: UnitStatus
    title: str
    divertible: bool


@dataclass(frozen=True)
class CodeList:
    """The codes of a force from a day on."""

    since: dt.date
    codes: tuple[Code, ...]

    def code(self, number_: int) -> Code:
        """The code of this number. Raises InvalidError naming the codes there are."""
        for known in self.codes:
            if known.code == number_:
                return known
        listed = ", ".join(f"{c.code} ({c.title.lower()})" for c in self.codes)
        raise InvalidError(
            f"{number_} is not a status code.", mend=f"Take one of: {listed}.", details={"field": "code"}
        )

    def first(self, means: UnitStatus) -> Code:
        """The code that is used when the system itself sets this state: the first of the list that means it."""
        return next(c for c in self.codes if c.means == means)


@dataclass(frozen=True)
class States:
    """The lists of codes by day, and which state may follow which."""

    lists: tuple[CodeList, ...]
    follows: Mapping[UnitStatus, frozenset[UnitStatus]]


def codes_on(day: dt.date) -> CodeList:
    """The codes in force on a local day. Raises InvalidError for a day before the first list."""
    found = [each for each in states().lists if each.since <= day]
    if not found:
        raise InvalidError(f"No list of status codes was in force on {day:%d %B %Y}.")
    return found[-1]


def states() -> States:
    """The configuration of states. Raises RuleFileError."""
    return _states(configuration.folders())


@lru_cache(maxsize=8)
def _states(_folders: object) -> States:
    return read_states(read("unit_states.yaml"))


def read_states(root: Node) -> States:
    """The states from their file. Raises RuleFileError: also when a state has no code, or cannot be reached."""
    root.keys(("kind", "codes", "follows"), ("kind", "codes", "follows"))
    root.child("kind").choice(("unit-states",))
    lists = [_list(node) for node in root.child("codes").each()]
    if not lists or [each.since for each in lists] != sorted({each.since for each in lists}):
        raise root.child("codes").fail("the lists do not run forward by day", "Give each its own `from`, in order.")
    follows = {UnitStatus(key): _statuses(child) for key, child in _named(root.child("follows"))}
    missing = sorted(set(UnitStatus) - set(follows))
    if missing:
        raise root.child("follows").fail(f'"{missing[0]}" is missing', "Say for each state which may follow it.")
    return States(tuple(lists), follows)


def _named(node: Node) -> list[tuple[str, Node]]:
    for key, child in node.items():
        if key not in UnitStatus.values:
            raise child.fail(f'"{key}" is not a state', f"Use one of: {', '.join(UnitStatus.values)}.")
    return node.items()


def _statuses(node: Node) -> frozenset[UnitStatus]:
    return frozenset(UnitStatus(child.choice(UnitStatus.values)) for child in node.each())


def _list(node: Node) -> CodeList:
    node.keys(("from", "basis", "list"), ("from", "basis", "list"))
    since = node.child("from").date()
    if since is None:
        raise node.fail("the list has no day", "Add `from: 2026-04-01`.")
    codes = tuple(_code(child) for child in node.child("list").each())
    if len({c.code for c in codes}) != len(codes):
        raise node.child("list").fail("a code is given twice", "Each number means one thing.")
    missing = sorted(set(UnitStatus) - {c.means for c in codes})
    if missing:
        raise node.child("list").fail(f'no code means "{missing[0]}"', "Give every state at least one code.")
    return CodeList(since, codes)


def _code(node: Node) -> Code:
    node.keys(("code", "means", "title", "divertible"), ("code", "means", "title"))
    return Code(
        number(node.child("code"), 0, HIGHEST_CODE),
        UnitStatus(node.child("means").choice(UnitStatus.values)),
        node.child("title").text(),
        node.child("divertible").value is not False,
    )
