"""All recording rules, read once from the YAML under data/recording and handed out by name."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from iops.foundation.errors import NotFoundError
from iops.rulebook.classes import ROOT, sources
from iops.rulebook.shapes import Node, citations, word
from iops.rulebook.strict_yaml import read_file
from iops.rulebook.tables import Table, read_table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ACTS = "home_office/notifiable_offence_list/acts"


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name


def read_one(path: Path) -> Table | None:
    """The table of one file, or None when the file holds another kind of rule. Raises RuleFileError."""
    value, lines = read_file(path, shown_as=_shown(path))
    return read_table(Node(value, lines), sources()) if "table" in value else None


@functools.cache
def all_tables() -> Mapping[str, Table]:
    """Every decision table of the recording rulebook by name."""
    found: dict[str, Table] = {}
    for path in sorted(ROOT.rglob("*.yaml")):
        if path.parent.name != "classes" and (table := read_one(path)) is not None:
            found[table.name] = table
    return found


def table(name: str) -> Table:
    """One decision table. Raises NotFoundError."""
    try:
        return all_tables()[name]
    except KeyError as missing:
        raise NotFoundError(f'There is no decision table "{name}".', mend="See `iops rulebook prove`.") from missing


@functools.cache
def acts() -> Mapping[str, Table]:
    """The tables that find the class of an act (burglary, assault, ...), by the name of the act."""
    return {name: one for name, one in all_tables().items() if one.file.startswith(ACTS)}


@dataclass(frozen=True, slots=True)
class ClassList:
    """A named group of classes or codes that rules refer to."""

    classes: frozenset[str]
    codes: frozenset[str]
    cite: tuple[str, ...]


@functools.cache
def class_lists() -> Mapping[str, ClassList]:
    """The named groups of classes (rape, conduct, school_serious...)."""
    path = ROOT / "home_office/notifiable_offence_list/special_lists.yaml"
    value, lines = read_file(path, shown_as=_shown(path))
    node = Node(value, lines).keys(("lists", "limits"), ("lists", "limits"))
    found = {}
    for name, child in node.child("lists").items():
        child.keys(("classes", "codes", "cite"), ("classes", "cite"))
        found[name] = ClassList(
            frozenset(child.child("classes").texts()),
            frozenset(child.child("codes").texts()),
            citations(child.child("cite"), sources()),
        )
    return found


@dataclass(frozen=True, slots=True)
class VictimLimit:
    """What a class says about its victim's sex and age in years."""

    sex: str
    min_age: int
    max_age: int


@functools.cache
def victim_limits() -> Mapping[str, VictimLimit]:
    """The classes that say something about their victim."""
    path = ROOT / "home_office/notifiable_offence_list/special_lists.yaml"
    value, lines = read_file(path, shown_as=_shown(path))
    found = {}
    for child in Node(value, lines).child("limits").each():
        child.keys(("classes", "sex", "min_age", "max_age"), ("classes",))
        low, high = child.value.get("min_age", 0), child.value.get("max_age", 999)
        limit = VictimLimit(child.child("sex").text("either"), int(low), int(high))
        found.update(dict.fromkeys(child.child("classes").texts(), limit))
    return found


@functools.cache
def fact_index() -> Mapping[str, tuple[Table, ...]]:
    """Which tables ask for each fact."""
    found: dict[str, list[Table]] = {}
    for one in all_tables().values():
        for name in one.facts:
            found.setdefault(name, []).append(one)
    return {name: tuple(tables) for name, tables in found.items()}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Other words people use: for the names of facts, for their values, and for offences."""

    facts: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    offences: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    relations: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)


@functools.cache
def vocabulary() -> Vocabulary:
    """The vocabulary file."""
    path = ROOT / "vocabulary.yaml"
    value, lines = read_file(path, shown_as=_shown(path))
    node = Node(value, lines).keys(("fields", "facts", "values", "offences", "relations"))
    return Vocabulary(
        facts={key: child.text() for key, child in node.child("facts").items()},
        values={
            fact: {key: str(word(child.value)) for key, child in group.items()}
            for fact, group in node.child("values").items()
        },
        offences={key: dict(child.value) for key, child in node.child("offences").items()},
        relations={key: child.text() for key, child in node.child("relations").items()},
        fields={key: child.text() for key, child in node.child("fields").items()},
    )
