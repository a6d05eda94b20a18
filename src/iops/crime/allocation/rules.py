"""The rules of allocation and screening as data (data/allocation.yaml), by the day; each is cited or a default."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from iops.foundation.errors import InvalidError
from iops.rulebook.classes import register
from iops.rulebook.shapes import Node
from iops.rulebook.strict_yaml import read_file

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Mapping

FILE = Path(__file__).parent / "data" / "allocation.yaml"
GRADES = (1, 2, 3, 4)
"""How serious a class is; 4 is the gravest, and a class that no line names has 1."""
SIGNS = {
    "serious_vulnerable": "serious, and the victim is vulnerable",
    "domestic_high": "domestic abuse at high risk",
    "child_victim": "the victim is a child",
    "child_present": "a child is linked to the incident",
    "child_abuse": "it is of child abuse",
    "vulnerable": "the victim is vulnerable",
    "domestic": "it is domestic abuse",
    "hate": "it is a hate crime",
    "suspect_named": "a suspect is named",
    "serious": "its class is a serious one",
    "class": "crimes of its class are never screened out",
}
"""What may be known of a crime, in words; the same codes stand in sql/63_allocation.sql."""
FLOORS = ("serious_vulnerable", "child_victim", "domestic_high", "child_present")
"""Signs that lift a waiting crime above those with fewer of them."""
KEYS = ("from", "skills", "needs", "seriousness", "load", "floors", "factors", "screened_never")


@dataclass(frozen=True, slots=True)
class Skill:
    """One skill; `source` is empty where it is a default of this system."""

    code: str
    title: str
    source: str


@dataclass(frozen=True, slots=True)
class Need:
    """A line that asks for a skill: any class of `classes` or of the `family`, a sign, or from a seriousness on."""

    skill: str
    classes: frozenset[str]
    family: str
    sign: str
    seriousness: int | None

    def holds(self, crime_class: str, grade: int, signs: Collection[str]) -> bool:
        """Whether it asks its skill of a crime."""
        return (
            crime_class in self.classes
            or bool(self.family and crime_class.startswith(self.family))
            or self.sign in signs
            or (self.seriousness is not None and grade >= self.seriousness)
        )


@dataclass(frozen=True, slots=True)
class Factor:
    """One thing that may help to solve a crime, and what it weighs."""

    code: str
    asks: str
    points: int


@dataclass(frozen=True, slots=True)
class Never:
    """What is never screened out: classes, a seriousness from which on none is, signs."""

    classes: frozenset[str]
    seriousness: int
    signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules from a local day on, until the next edition."""

    since: dt.date
    skills: Mapping[str, Skill]
    needs: tuple[Need, ...]
    grades: Mapping[str, int]
    points: Mapping[int, int]
    full: int
    serious: int
    factors: Mapping[str, Factor]
    enough: int
    never: Never

    def seriousness(self, crime_class: str) -> int:
        """How serious a class is, 1 to 4."""
        return self.grades.get(crime_class, 1)

    def needed(self, crime_class: str, signs: Collection[str]) -> tuple[Skill, ...]:
        """The skills that a crime of this class and with these signs asks for, in the order of the file, each once."""
        grade = self.seriousness(crime_class)
        wanted = dict.fromkeys(n.skill for n in self.needs if n.holds(crime_class, grade, signs))
        return tuple(self.skills[code] for code in wanted)

    def solvability(self, answers: Mapping[str, str]) -> int:
        """The points of the factors answered yes. Raises InvalidError for a factor or an answer that is none."""
        for code, answer in answers.items():
            if code not in self.factors or answer not in ("yes", "no", "unknown"):
                raise InvalidError(
                    f'"{code[:40]}: {answer[:20]}" is no answer about what may solve a crime.',
                    mend=f"Answer yes, no or unknown to: {', '.join(self.factors)}.",
                    details={"field": "answers"},
                )
        return sum(self.factors[code].points for code, answer in answers.items() if answer == "yes")


@cache
def editions() -> tuple[Rules, ...]:
    """Every edition as it comes with the system, read once, in the order of their days."""
    return read_rules(FILE)


def rules_on(day: dt.date) -> Rules:
    """The rules in force on a local day. Raises InvalidError before the first edition."""
    standing = [one for one in editions() if one.since <= day]
    if not standing:
        raise InvalidError(f"Rules of allocation for {day:%d/%m/%Y} are not held.", mend="Ask for a later day.")
    return standing[-1]


def read_rules(path: Path) -> tuple[Rules, ...]:
    """Read a file of rules. Raises RuleFileError, with the line, for whatever is not one."""
    value, lines = read_file(path, shown_as=path.name)
    top = Node(value, lines).keys(("kind", "editions"), ("kind", "editions"))
    found = tuple(_edition(node) for node in top.child("editions").each())
    days = [one.since for one in found]
    if not days or days != sorted(set(days)):
        raise top.child("editions").fail("editions must follow one another", "Write them in the order of their days.")
    return found


def _edition(node: Node) -> Rules:
    node.keys(KEYS, KEYS)
    since = node.child("from").date()
    if since is None:
        raise node.fail("an edition has a day", "Write `from: 2026-04-01`.")
    skills = {one.code: one for one in map(_skill, node.child("skills").each())}
    load = node.child("load").keys(("unsure", "points", "full"), ("points", "full"))
    factors = node.child("factors").keys(("unsure", "enough", "list"), ("enough", "list"))
    return Rules(
        since=since,
        skills=skills,
        needs=tuple(_need(one, skills) for one in node.child("needs").each()),
        grades=_grades(node.child("seriousness")),
        points=_points(load.child("points")),
        full=_whole(load.child("full")),
        serious=_whole(node.child("floors").keys(("unsure", "serious"), ("serious",)).child("serious")),
        factors={one.code: one for one in map(_factor, factors.child("list").each())},
        enough=_whole(factors.child("enough")),
        never=_never(node.child("screened_never")),
    )


def _skill(node: Node) -> Skill:
    node.keys(("code", "title", "source", "unsure"), ("code", "title"))
    source, unsure = node.child("source").text(""), node.child("unsure").text("")
    if not source and not unsure:
        raise node.fail("a skill has a source or is marked as a default", "Add `source:` or `unsure:`.")
    return Skill(node.child("code").text(), node.child("title").text(), source)


def _need(node: Node, skills: Mapping[str, Skill]) -> Need:
    node.keys(("skill", "classes", "family", "sign", "seriousness", "unsure"), ("skill",))
    asked = node.child("seriousness")
    return Need(
        skill=node.child("skill").choice(skills),
        classes=_classes(node.child("classes")),
        family=node.child("family").text(""),
        sign=node.child("sign").choice(SIGNS, "") if node.child("sign").value is not None else "",
        seriousness=None if asked.value is None else _whole(asked),
    )


def _grades(node: Node) -> dict[str, int]:
    node.keys(("unsure", "2", "3", "4"))
    found: dict[str, int] = {}
    for grade in (2, 3, 4):
        for name in _classes(node.child(str(grade))):
            if name in found:
                raise node.fail(f"class {name} has two grades", "Leave it in one of them.")
            found[name] = grade
    return found


def _points(node: Node) -> dict[int, int]:
    node.keys([str(g) for g in GRADES], [str(g) for g in GRADES])
    found = {grade: _whole(node.child(str(grade))) for grade in GRADES}
    if sorted(found.values()) != list(found.values()):
        raise node.fail("a graver crime weighs less", "Let the points rise with the grade.")
    return found


def _factor(node: Node) -> Factor:
    node.keys(("code", "asks", "points"), ("code", "asks", "points"))
    return Factor(node.child("code").text(), node.child("asks").text(), _whole(node.child("points")))


def _never(node: Node) -> Never:
    node.keys(("unsure", "classes", "seriousness", "signs"), ("classes", "seriousness", "signs"))
    signs = tuple(one.choice(SIGNS) for one in node.child("signs").each())
    return Never(_classes(node.child("classes")), _whole(node.child("seriousness")), signs)


def _classes(node: Node) -> frozenset[str]:
    named = node.texts()
    for at, name in enumerate(named):
        if register().find(name) is None:
            raise node.child(at).fail(f'"{name}" is not a crime class', "Use a class of the notifiable offence list.")
    return frozenset(named)


def _whole(node: Node) -> int:
    if type(node.value) is not int or node.value < 0:
        raise node.fail(f'"{node.value}" is not a whole number', "Write a number without a point.")
    return node.value
