"""Which facts of a crime are needed for which purpose (crime/data/completeness/<year>.yaml), as at a date."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from iops.foundation.errors import NotFoundError
from iops.rulebook.shapes import Node
from iops.rulebook.strict_yaml import read_file

if TYPE_CHECKING:
    import datetime as dt

DATA = Path(__file__).parent.parent / "data" / "completeness"
FACTS = {
    "crime": {"code": "Home Office code", "place": "place on the map", "victim": "a victim"},
    "victim": {
        "born": "date of birth",
        "sex": "sex",
        "ethnicity": "ethnicity, self-defined",
        "address": "address",
        "phone": "telephone",
        "wish": "what they want",
    },
    "suspect": {
        "born": "date of birth",
        "sex": "sex",
        "ethnicity": "ethnicity, self-defined",
        "address": "address",
        "phone": "telephone",
    },
}
"""What is measured (sql/68_completeness.sql), of the crime itself and of each victim and suspect, with its words."""
_PURPOSE = ("code", "title", "because", "cite", "needs")


@dataclass(frozen=True)
class Purpose:
    """One purpose: why it needs facts, from where that is known, and which; `unsure` is shown with it."""

    code: str
    title: str
    because: str
    cite: str
    unsure: str
    needs: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Edition:
    """The purposes as they stand from a local day on, in the order of the file."""

    since: dt.date
    purposes: tuple[Purpose, ...]


def read_editions(folder: Path = DATA) -> tuple[Edition, ...]:
    """Every edition of a folder, the earliest first. Raises RuleFileError, naming file, line and mend."""
    found = []
    for path in sorted(folder.glob("*.yaml")):
        value, lines = read_file(path, shown_as=path.name)
        found.append(_edition(Node(value, lines)))
    return tuple(sorted(found, key=lambda one: one.since))


def _edition(root: Node) -> Edition:
    root.keys(("kind", "from", "purposes"), ("kind", "from", "purposes"))
    root.child("kind").choice(("completeness",))
    since = root.child("from").date()
    if since is None:
        raise root.fail("the first day is missing", "Write `from: 2026-11-23`.")
    purposes = tuple(_purpose(node) for node in root.child("purposes").each())
    codes = [one.code for one in purposes]
    for at, code in enumerate(codes):
        if code in codes[:at]:
            raise root.child("purposes").child(at).fail(f'"{code}" is given twice', "Keep one of them.")
    return Edition(since, purposes)


def _purpose(node: Node) -> Purpose:
    node.keys((*_PURPOSE, "unsure"), _PURPOSE)
    needs = frozenset(
        (part, fact.choice(tuple(FACTS[part])))
        for part, facts in node.child("needs").keys(tuple(FACTS)).items()
        for fact in facts.each()
    )
    if not needs:
        raise node.child("needs").fail("the purpose needs nothing", "Name at least one fact.")
    return Purpose(
        code=node.child("code").text(),
        title=node.child("title").text(),
        because=node.child("because").text(),
        cite=node.child("cite").text(),
        unsure=node.child("unsure").text(""),
        needs=needs,
    )


@cache
def editions() -> tuple[Edition, ...]:
    """The editions that come with the system."""
    return read_editions()


def edition_on(day: dt.date, among: tuple[Edition, ...] | None = None) -> Edition:
    """The edition of a local day; for a day before the first the first one, which nobody could know then.

    Raises NotFoundError when there is none at all.
    """
    known = editions() if among is None else among
    if not known:
        raise NotFoundError("No purposes of completeness are set.", mend="Add crime/data/completeness/<year>.yaml.")
    return next((one for one in reversed(known) if one.since <= day), known[0])
