"""Kinds of unit, skills, and which skills an incident wants (data/units.yaml)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from iops.control import configuration
from iops.control.configuration import number, read
from iops.foundation.errors import InvalidError
from iops.pole.models import MarkerKind

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from iops.rulebook.shapes import Node

FACTS = ("grade", "domestic", "category", "marker")


@dataclass(frozen=True)
class Want:
    """A skill that an incident wants: under which facts, and why in words."""

    when: tuple[tuple[str, frozenset[str]], ...]
    skill: str
    says: str


@dataclass(frozen=True)
class Travel:
    """How long a unit takes: hundredths of the straight line, metres a minute when fast and otherwise."""

    winding: int
    fast_grades: frozenset[int]
    fast: int
    ordinary: int

    def minutes(self, metres: int, grade: int | None) -> int:
        """An estimate in whole minutes, rounded up; never a promise."""
        pace = self.fast if grade in self.fast_grades else self.ordinary
        return -(-metres * self.winding // (100 * pace))


@dataclass(frozen=True)
class Catalogue:
    """What units can be and do, by code."""

    kinds: Mapping[str, str]
    skills: Mapping[str, str]
    wants: tuple[Want, ...]
    travel: Travel
    hours_between: int
    hours_on_duty: int

    def kind(self, code: str) -> str:
        """The code, if there is such a kind of unit. Raises InvalidError."""
        return _known(code, self.kinds, "kind of unit", "kind")

    def skill(self, code: str) -> str:
        """The code, if there is such a skill. Raises InvalidError."""
        return _known(code, self.skills, "skill", "skills")

    def wanted(self, facts: Mapping[str, Collection[str]]) -> dict[str, str]:
        """The skills that an incident wants, each with its first reason. `facts` gives the values of each fact."""
        found: dict[str, str] = {}
        for want in self.wants:
            if all(values & set(facts.get(fact, ())) for fact, values in want.when):
                found.setdefault(want.skill, want.says)
        return found


def _known(code: str, known: Mapping[str, str], what: str, field: str) -> str:
    if code not in known:
        raise InvalidError(
            f"“{code[:40]}” is not a {what}.", mend=f"Take one of: {', '.join(known)}.", details={"field": field}
        )
    return code


def catalogue() -> Catalogue:
    """The force's catalogue of units. Raises RuleFileError."""
    return _catalogue(configuration.folders())


@lru_cache(maxsize=8)
def _catalogue(_folders: object) -> Catalogue:
    return read_catalogue(read("units.yaml"))


def read_catalogue(root: Node) -> Catalogue:
    """The catalogue from its file. Raises RuleFileError."""
    parts = ("kind", "kinds", "skills", "wants", "travel", "rest")
    root.keys(parts, parts).child("kind").choice(("units",))
    skills = {key: child.text() for key, child in root.child("skills").items()}
    rest = root.child("rest").keys(("hours_between", "hours_on_duty"), ("hours_between", "hours_on_duty"))
    return Catalogue(
        {key: child.text() for key, child in root.child("kinds").items()},
        skills,
        tuple(_want(child, skills) for child in root.child("wants").each()),
        _travel(root.child("travel")),
        number(rest.child("hours_between"), 1, 24),
        number(rest.child("hours_on_duty"), 1, 24),
    )


def _want(node: Node, skills: Mapping[str, str]) -> Want:
    node.keys(("when", "skill", "says"), ("when", "skill", "says"))
    when = []
    for fact, child in node.child("when").items():
        if fact not in FACTS:
            raise child.fail(f'"{fact}" is not a fact of an incident', f"Use one of: {', '.join(FACTS)}.")
        values = [child] if fact == "domestic" else child.each()
        when.append((fact, frozenset(_value(fact, value) for value in values)))
    if not when:
        raise node.child("when").fail("the skill is wanted always", "Say when it is wanted.")
    return Want(tuple(when), node.child("skill").choice(tuple(skills)), node.child("says").text())


def _value(fact: str, node: Node) -> str:
    if fact == "grade":
        return str(number(node, 1, 5))
    if fact == "domestic":
        return "yes" if node.value is True else "no"
    return node.choice(MarkerKind.values) if fact == "marker" else node.text()


def _travel(node: Node) -> Travel:
    keys = ("winding", "fast_grades", "fast", "ordinary")
    node.keys(keys, keys)
    return Travel(
        number(node.child("winding"), 100, 1000),
        frozenset(number(child, 1, 5) for child in node.child("fast_grades").each()),
        number(node.child("fast"), 1, 10_000),
        number(node.child("ordinary"), 1, 10_000),
    )
