"""The screen of a programme: rules over the facts put every item into a band, with every reason why.

A: act today. B: reviewed in depth. C: desk check. D: presumed sound, and never discarded: it is audited. The rules are
dated data (`data/screens/*.yaml`) in the language of conditions of the rulebook; one statement screens all items at
once. The band is the most urgent of all rules that hold, the rank the sum of their weights; a condition that is unknown
counts as false, so a rule about what is missing must ask for what is missing (`is null`).
Source: safeguarding.md E2, steps 0 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from iops.rulebook.conditions import ConditionError, Expression, parse
from iops.rulebook.facts import ColumnType
from iops.rulebook.shapes import Node
from iops.rulebook.strict_yaml import read_file

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from iops.rulebook.facts import Column, FactView, Subject

DATA = Path(__file__).parents[1] / "data" / "screens"
MOST_WEIGHT = 1000
_KEYS = ("kind", "code", "title", "from", "subject", "frame", "rules")
_RULE_KEYS = ("code", "band", "why", "when", "source")


class Band(StrEnum):
    """How soon and by whom an item is looked at; earlier letters first."""

    ACT = "A"
    DEPTH = "B"
    DESK = "C"
    SOUND = "D"


@dataclass(frozen=True)
class ScreenRule:
    """One reason to look at an item: `floor` says that no statistics may leave it out, whatever its band."""

    code: str
    band: Band
    why: str
    when: Expression
    weight: int
    floor: bool
    source: str


@dataclass(frozen=True)
class Screen:
    """A dated set of rules over one subject of the rulebook.

    `frame` is the condition that puts an item into a programme, over the base view alone.
    """

    code: str
    title: str
    since: dt.date
    subject: Subject
    frame: Expression
    rules: tuple[ScreenRule, ...]

    def why(self, code: str) -> str:
        """The reason of a rule in words; KeyError for a code that the screen does not hold."""
        return {rule.code: rule.why for rule in self.rules}[code]


def read(path: Path, subjects: Mapping[str, Subject]) -> Screen:
    """One screen from its file. Raises RuleFileError, naming file, line and mend."""
    value, lines = read_file(path, shown_as=path.name)
    root = Node(value, lines).keys(_KEYS, _KEYS)
    root.child("kind").choice(("screen",))
    subject = subjects[root.child("subject").choice(tuple(subjects))]
    since = root.child("from").date()
    if since is None:
        raise root.child("from").fail("it has no day", "Write the day from which it is used.")
    rules = tuple(_rule(node, subject) for node in root.child("rules").each())
    frame = _condition(root.child("frame"), subject.base.columns)
    if not rules:
        raise root.child("rules").fail("there is no rule", "Write at least one.")
    if len({rule.code for rule in rules}) != len(rules):
        raise root.child("rules").fail("a code stands twice", "Give each rule a code of its own.")
    return Screen(root.child("code").text(), root.child("title").text(), since, subject, frame, rules)


def _rule(node: Node, subject: Subject) -> ScreenRule:
    node.keys((*_RULE_KEYS, "weight", "floor"), _RULE_KEYS)
    code = node.child("code").text()
    if not code.replace("-", "").isalnum() or not code.isascii() or code != code.lower():
        raise node.child("code").fail(f'"{code}" is no code', "Write small letters, digits and hyphens.")
    when = _condition(node.child("when"), subject.columns)
    weight, floor = _weight(node.child("weight")), node.child("floor").value
    if floor not in (None, True, False):
        raise node.child("floor").fail(f'"{floor}" as a floor is neither true nor false', "Write true or false.")
    band = Band(node.child("band").choice([b.value for b in (Band.ACT, Band.DEPTH, Band.DESK)]))
    return ScreenRule(code, band, node.child("why").text(), when, weight, bool(floor), node.child("source").text())


def _condition(node: Node, columns: Mapping[str, Column]) -> Expression:
    try:
        return parse(node.text(), columns, ColumnType.BOOLEAN)
    except ConditionError as wrong:
        raise node.fail(wrong.message, wrong.mend) from None


def framed(screen: Screen, since: str, until: str) -> str:
    """The SELECT of the ids in the frame, reported on the local days `since` to `until`, both counted.

    Both are SQL of a date and must come from code, never from a person.
    """
    base, roles = screen.subject.base, screen.subject.roles
    holds = screen.frame.sql("postgres", dict.fromkeys(base.columns, "f0"))
    return (
        f"select f0.{roles.key} as id from {base.name} f0\n"  # noqa: S608 - names from the dictionary
        f"where f0.{roles.edition} >= ({since})::timestamp at time zone 'Europe/London'\n"
        f"  and f0.{roles.edition} < (({until}) + 1)::timestamp at time zone 'Europe/London' and ({holds})"
    )


def _weight(node: Node) -> int:
    value = node.value
    if value is None:
        return 0
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_WEIGHT:
        raise node.fail(f'"{value}" is no weight', f"Write a whole number from 0 to {MOST_WEIGHT}.")
    return value


def select(screen: Screen, ids: str) -> str:
    """The SELECT that screens all of these items: id, band, rank, floor, reasons (codes in the order of the file).

    `ids` is SQL of a bigint array and must come from code, never from a person. Every item comes out once: one that no
    rule speaks of is in D with no reason. Without semicolon, `%` and `$` of its own.
    """
    used = {name for rule in screen.rules for name in rule.when.columns}
    views = [v for v in screen.subject.views if v.is_base or used & v.columns.keys()]
    tables = {name: f"f{n}" for n, view in enumerate(views) for name in view.columns}
    rows = ",\n".join(
        f"    ({n}, '{r.code}', '{r.band}', {r.weight}, {str(r.floor).lower()}, {r.when.sql('postgres', tables)})"
        for n, r in enumerate(screen.rules)
    )
    return (
        "select i.id, coalesce(min(r.band), 'D') as band, coalesce(sum(r.weight), 0)::integer as rank,\n"
        "       coalesce(bool_or(r.floor), false) as floor,\n"
        "       coalesce(array_agg(r.code order by r.n) filter (where r.code is not null), '{}') as reasons\n"
        f"from unnest({ids}) as i(id)\n{_joins(screen.subject, views)}"
        f"left join lateral (values\n{rows}\n) as r(n, code, band, weight, floor, holds) on r.holds\n"
        "group by i.id"
    )


def _joins(subject: Subject, views: list[FactView]) -> str:
    """Each view reached by the key of the item, as the compiler of duties does: never view against view."""
    key = subject.roles.key
    return "".join(
        f"left join lateral (select * from {view.name} v where v.{key} = i.id offset 0) f{n} on true\n"  # noqa: S608 - names from the dictionary
        for n, view in enumerate(views)
    )
