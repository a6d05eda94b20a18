"""The thirty-six invariants as data (data/invariants.yaml)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from iops.control.configuration import open_node
from iops.obligations.install import book

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.rulebook.shapes import Node

FILE = Path(__file__).parent.parent / "data" / "invariants.yaml"
PARTS = ("title", "held", "duties", "counted", "tells")
CODES = tuple(f"I{n:02d}" for n in range(1, 37))
HELD = {
    "database": "the database",
    "rule": "a duty of the rulebook",
    "verb": "the verb that does it",
    "query": "how it is asked",
    "alarm": "an alarm",
    "test": "tests",
    "later": "nothing yet",
}
"""By what an invariant is held, in words."""


@dataclass(frozen=True)
class Invariant:
    """One invariant: what it says, by what it is held, the duties that come of it, and what a breach of it is.

    `counted`: records that break it are looked for in the database; where not, `tells` says what stands for it.
    """

    code: str
    title: str
    held: str
    duties: tuple[str, ...]
    counted: bool
    tells: str


@cache
def invariants() -> Mapping[str, Invariant]:
    """All of them, by code, in their order. Raises RuleFileError."""
    return read_invariants(open_node(FILE))


def read_invariants(root: Node) -> Mapping[str, Invariant]:
    """The invariants of a file. Raises RuleFileError, naming line and mend."""
    listed = root.keys(("kind", "invariants"), ("kind", "invariants")).child("invariants").keys(CODES, CODES)
    root.child("kind").choice(("invariants",))
    return {code: _invariant(code, node) for code, node in sorted(listed.items())}


def _invariant(code: str, node: Node) -> Invariant:
    node.keys(PARTS, PARTS)
    known = {rule.code for rule in book().rules}
    duties = node.child("duties").texts()
    if unknown := sorted(set(duties) - known):
        raise node.child("duties").fail(f'"{unknown[0]}" is no duty', "Name duties of the rulebook.")
    counted = node.child("counted")
    if not isinstance(counted.value, bool):
        raise counted.fail("true or false was expected", "Write true or false.")
    held = node.child("held").choice(tuple(HELD))
    return Invariant(code, node.child("title").text(), held, duties, counted.value, node.child("tells").text())
