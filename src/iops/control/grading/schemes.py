"""The schemes of grades a force may use, as dated data: grades, titles, targets, escalation, and advice on a grade.

The law sets no grades: each force has its own scheme and changes it from a day on. The duties that the targets are
held to stand in the rulebook; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from iops.control import configuration
from iops.control.configuration import number, open_node, read
from iops.control.models import Level, Thrive
from iops.foundation.errors import InvalidError
from iops.foundation.roles import Role
from iops.rulebook.clocks import Span, SpanError, parse_span

if TYPE_CHECKING:
    import datetime as dt

    from iops.rulebook.shapes import Node

FASTEST, SLOWEST = 1, 5


@dataclass(frozen=True)
class Target:
    """Within which time something must have happened, and the duty of the rulebook that holds the force to it."""

    within: Span
    duty: str


@dataclass(frozen=True)
class Step:
    """Who is told when no unit is on its way so long after the grade was given."""

    after: Span
    to: Role


@dataclass(frozen=True)
class GradeRule:
    """One grade: its number (1 is the most urgent), what people call it, its targets (None: none is set)."""

    grade: int
    said: str
    title: str
    attend: Target | None
    assign: Target | None
    escalate: tuple[Step, ...]


@dataclass(frozen=True)
class Advice:
    """One line of advice: the grade, the values that call for it (empty: always), and why in words."""

    grade: int
    when: tuple[tuple[str, frozenset[str]], ...]
    says: str


@dataclass(frozen=True)
class Scheme:
    """One scheme of grades."""

    code: str
    title: str
    grades: tuple[GradeRule, ...]
    advice: tuple[Advice, ...]

    def rule(self, grade: int) -> GradeRule:
        """The grade of this number. Raises InvalidError naming the grades there are."""
        for rule in self.grades:
            if rule.grade == grade:
                return rule
        known = ", ".join(f"{r.said} ({r.title.lower()})" for r in self.grades)
        raise InvalidError(
            f"Grade {grade} is not a grade of the scheme “{self.title}”.",
            mend=f"Take one of: {known}.",
            details={"field": "grade"},
        )


@dataclass(frozen=True)
class Choice:
    """The scheme a force uses from a day on."""

    since: dt.date
    scheme: Scheme


def scheme_on(day: dt.date) -> Scheme:
    """The scheme in force on a local day. Raises InvalidError for a day before the first."""
    found = [c.scheme for c in choices() if c.since <= day]
    if not found:
        raise InvalidError(f"No scheme of grades was in force on {day:%d %B %Y}.", mend="Add one to force.yaml.")
    return found[-1]


def choices() -> tuple[Choice, ...]:
    """The force's choices in the order of their days. Raises RuleFileError."""
    return _choices(configuration.folders())


@lru_cache(maxsize=8)
def _choices(_folders: object) -> tuple[Choice, ...]:
    known = schemes()
    root = read("force.yaml").keys(("kind", "in_force"), ("kind", "in_force"))
    found: list[Choice] = []
    for node in root.child("in_force").each():
        node.keys(("from", "scheme"), ("from", "scheme"))
        since = node.child("from").date()
        if since is None or (found and since <= found[-1].since):
            raise node.fail("the days do not run forward", "Write the choices in order, each with its own day.")
        found.append(Choice(since, known[node.child("scheme").choice(tuple(known))]))
    if not found:
        raise root.fail("no scheme is chosen", "Add `- {from: 2022-02-01, scheme: gmp-2022}`.")
    return tuple(found)


def schemes() -> dict[str, Scheme]:
    """Every scheme by its code: those that come with the system, then the force's own. Raises RuleFileError."""
    found: dict[str, Scheme] = {}
    for folder in reversed(configuration.folders()):
        for path in sorted(folder.glob("grading/*.yaml")):
            node = open_node(path)
            scheme = read_scheme(node)
            if scheme.code in found:
                raise node.child("code").fail(f'"{scheme.code}" is a scheme already', "Give it a code of its own.")
            found[scheme.code] = scheme
    return found


def read_scheme(node: Node) -> Scheme:
    """One scheme from its file. Raises RuleFileError."""
    node.keys(("kind", "code", "title", "basis", "grades", "suggest"), ("kind", "code", "title", "basis", "grades"))
    node.child("kind").choice(("grading-scheme",))
    node.child("basis").keys(("instrument", "clause", "unsure"), ("instrument", "clause"))
    grades = tuple(_grade(child) for child in node.child("grades").each())
    numbers = [g.grade for g in grades]
    if not numbers or numbers != sorted(set(numbers)):
        raise node.child("grades").fail("the grades do not run from fast to slow", "Write each once, 1 first.")
    advice = tuple(_advice(child, numbers) for child in node.child("suggest").each())
    if advice and advice[-1].when:
        raise node.child("suggest").fail("the last advice does not always apply", "End with `when: {}`.")
    return Scheme(node.child("code").text(), node.child("title").text(), grades, advice)


def _grade(node: Node) -> GradeRule:
    node.keys(("grade", "said", "title", "attend", "assign", "escalate"), ("grade", "said", "title"))
    return GradeRule(
        grade=number(node.child("grade"), FASTEST, SLOWEST),
        said=node.child("said").text(),
        title=node.child("title").text(),
        attend=_target(node.child("attend")),
        assign=_target(node.child("assign")),
        escalate=tuple(_step(child) for child in node.child("escalate").each()),
    )


def _target(node: Node) -> Target | None:
    if node.value is None:
        return None
    node.keys(("within", "duty"), ("within", "duty"))
    return Target(_span(node.child("within")), node.child("duty").text())


def _step(node: Node) -> Step:
    node.keys(("after", "to"), ("after", "to"))
    return Step(_span(node.child("after")), Role(node.child("to").choice([r.value for r in Role])))


def _span(node: Node) -> Span:
    try:
        return parse_span(node.text())
    except SpanError as wrong:
        raise node.fail(str(wrong), "Write `15 minutes` or `4 hours`.") from wrong


def _advice(node: Node, grades: list[int]) -> Advice:
    node.keys(("grade", "when", "says"), ("grade", "when", "says"))
    grade = number(node.child("grade"), FASTEST, SLOWEST)
    if grade not in grades:
        raise node.child("grade").fail(f"grade {grade} is not in this scheme", "Advise one of its grades.")
    when = tuple((fact, _accepts(fact, child)) for fact, child in node.child("when").items())
    return Advice(grade, when, node.child("says").text())


def _accepts(fact: str, node: Node) -> frozenset[str]:
    if fact == "domestic":
        return frozenset({"yes"}) if node.value is True else frozenset({"no"})
    if fact == "category":
        return frozenset(node.texts())
    if fact not in Thrive.PARTS:
        raise node.fail(f'"{fact}" is not a fact of advice', f"Use domestic, category or {', '.join(Thrive.PARTS)}.")
    return frozenset(child.choice(Level.values) for child in node.each())
