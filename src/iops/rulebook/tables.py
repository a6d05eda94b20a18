"""Decision tables as data: facts with declared values, rows with conditions, and one answer a row.

A table is *total* (some row fits every possible combination of facts) and *exclusive* (never two). Both are proven by
`iops.rulebook.proof`; the order of the rows therefore means nothing. A fact that nobody has told is not guessed: when
the rows that are still possible agree, the answer is given; otherwise the facts that still matter are named.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Final

from iops.foundation.errors import InvalidError
from iops.rulebook.shapes import Node, citations, word

Fact = str | int
Facts = Mapping[str, Fact | None]
Answer = Mapping[str, str | tuple[str, ...]]

FIRST_DAY: Final = dt.date(1990, 1, 1)
LAST_DAY: Final = dt.date(2099, 12, 31)


class UnknownFactError(InvalidError):
    """A report gives a fact a value that the table does not know."""

    code = "unknown-fact"


class ContradictoryFactsError(InvalidError):
    """A report gives facts that cannot be true together."""

    code = "contradictory-facts"


@dataclass(frozen=True, slots=True)
class FactRule:
    """One fact a table asks for: the question, the values it can take and, where a rule presumes one, which and why."""

    name: str
    asks: str
    values: tuple[str, ...] = ()
    low: int = 0
    high: int = 0
    is_date: bool = False
    presume: str | None = None
    presume_cite: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)

    def check(self, value: Fact) -> Fact:
        """The value, when the fact may take it; otherwise UnknownFactError."""
        known: Container[Fact] = self.values or range(self.low, self.high + 1)
        if value in known:
            return value
        allowed = ", ".join(self.values) or f"{self.show(self.low)} to {self.show(self.high)}"
        raise UnknownFactError(
            f'"{self.name}" cannot be "{self.show(value)}".',
            mend=f"Use one of: {allowed}.",
            details={"fact": self.name},
        )

    def show(self, value: Fact) -> str:
        """The value in words."""
        if self.is_date and isinstance(value, int):
            return dt.date.fromordinal(value).isoformat()
        return str(value)


@dataclass(frozen=True, slots=True)
class Test:
    """One condition of a row: the fact and the values that satisfy it."""

    fact: str
    accepts: frozenset[str] | range


@dataclass(frozen=True, slots=True)
class Row:
    """One rule of a table: when it applies, what follows, in which words, and where that is written."""

    id: str
    tests: tuple[Test, ...]
    then: Answer
    says: str
    cite: tuple[str, ...]
    audit: tuple[str, ...] = ()
    approve: tuple[str, ...] = ()
    unsure: str = ""


@dataclass(frozen=True, slots=True)
class Never:
    """A combination of facts that cannot occur, and why."""

    tests: tuple[Test, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Table:
    """A whole decision table, as read from one file."""

    name: str
    title: str
    file: str
    facts: Mapping[str, FactRule]
    rows: tuple[Row, ...]
    never: tuple[Never, ...] = ()
    gives: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hit:
    """The row that answers, and which facts had to be presumed because nobody told them."""

    table: Table
    row: Row
    presumed: tuple[FactRule, ...] = ()

    def get(self, name: str) -> str:
        """One part of the answer as text; empty when the row does not give it."""
        value = self.row.then.get(name, "")
        return value if isinstance(value, str) else ", ".join(value)


@dataclass(frozen=True, slots=True)
class Open:
    """No answer yet: these facts still matter."""

    table: Table
    needs: tuple[FactRule, ...]


def decide(table: Table, facts: Facts) -> Hit | Open:
    """What the table answers for these facts.

    Facts that are absent or None are unknown; facts the table does not ask for are ignored. Raises UnknownFactError
    for a value outside the declared ones and ContradictoryFactsError for a combination declared impossible.
    """
    known: dict[str, Fact] = {}
    presumed: list[FactRule] = []
    for name, rule in table.facts.items():
        value = facts.get(name)
        if value is not None:
            known[name] = rule.check(value)
        elif rule.presume is not None:
            known[name] = rule.presume
            presumed.append(rule)
    _refuse_impossible(table, known)
    return _answer(table, known, presumed)


def _refuse_impossible(table: Table, known: Mapping[str, Fact]) -> None:
    for never in table.never:
        if all(test.fact in known and known[test.fact] in test.accepts for test in never.tests):
            told = ", ".join(f"{test.fact} = {known[test.fact]}" for test in never.tests)
            raise ContradictoryFactsError(
                f"These facts cannot be true together: {told}. {never.why}",
                mend="Correct one of them.",
                details={"facts": [test.fact for test in never.tests]},
            )


def _answer(table: Table, known: Mapping[str, Fact], presumed: list[FactRule]) -> Hit | Open:
    possible: list[Row] = []
    for row in table.rows:
        maybe = False
        for test in row.tests:
            value = known.get(test.fact)
            if value is None:
                maybe = True
            elif value not in test.accepts:
                break
        else:
            if not maybe:
                return _hit(table, row, presumed)
            possible.append(row)
    if possible and all(row.then == possible[0].then for row in possible):
        return _hit(table, max(possible, key=lambda row: _known_tests(row, known)), presumed)
    return Open(table, _still_needed(table, possible, known))


def _known_tests(row: Row, known: Mapping[str, Fact]) -> int:
    """How many of a row's conditions are known to hold: of rows that agree, the best founded one is quoted."""
    return sum(test.fact in known for test in row.tests)


def _hit(table: Table, row: Row, presumed: list[FactRule]) -> Hit:
    if not presumed:
        return Hit(table, row)
    used = {test.fact for test in row.tests}
    return Hit(table, row, tuple(rule for rule in presumed if rule.name in used))


def _still_needed(table: Table, possible: list[Row], known: Mapping[str, Fact]) -> tuple[FactRule, ...]:
    asked = {test.fact for row in possible for test in row.tests if test.fact not in known}
    return tuple(rule for name, rule in table.facts.items() if name in asked)


# --- reading ---------------------------------------------------------------------------------------------------------

_TABLE_KEYS = ("table", "title", "facts", "gives", "rows", "never", "note")
_FACT_KEYS = ("asks", "values", "range", "dates", "presume", "presume_cite", "labels")
_ROW_KEYS = ("id", "when", "then", "says", "cite", "audit", "approve", "unsure")


def read_table(node: Node, sources: Mapping[str, object]) -> Table:
    """One table from its file. Raises RuleFileError with file, line and mend."""
    node.keys(_TABLE_KEYS, ("table", "title", "facts", "gives", "rows"))
    facts = {name: _read_fact(name, child, sources) for name, child in node.child("facts").items()}
    gives = {name: tuple(str(word(v.value)) for v in child.each()) for name, child in node.child("gives").items()}
    rows = tuple(_read_row(child, facts, gives, sources) for child in node.child("rows").each())
    seen: set[str] = set()
    for row, child in zip(rows, node.child("rows").each(), strict=True):
        if row.id in seen:
            raise child.fail(f'the row "{row.id}" appears twice', "Give each row a name of its own.")
        seen.add(row.id)
    never = tuple(
        Never(_read_tests(child.keys(("when", "why"), ("when", "why")).child("when"), facts), child.child("why").text())
        for child in node.child("never").each()
    )
    return Table(node.child("table").text(), node.child("title").text(), node.lines.file, facts, rows, never, gives)


def _read_fact(name: str, node: Node, sources: Mapping[str, object]) -> FactRule:
    node.keys(_FACT_KEYS, ("asks",))
    values = tuple(str(word(child.value)) for child in node.child("values").each())
    low, high, is_date = _read_span(node)
    if bool(values) == bool(high):
        raise node.fail(f'"{name}" needs either values, a range or dates', "Declare what the fact can be.")
    presume = node.child("presume").value
    cite = citations(node.child("presume_cite"), sources) if presume is not None else ()
    chosen = None if presume is None else str(word(presume))
    if chosen is not None and chosen not in values:
        raise node.child("presume").fail(f'"{chosen}" is not one of its values', f"Use one of: {', '.join(values)}.")
    labels = {key: child.text() for key, child in node.child("labels").items()}
    return FactRule(name, node.child("asks").text(), values, low, high, is_date, chosen, cite, labels)


def _read_span(node: Node) -> tuple[int, int, bool]:
    if node.child("range").value is not None:
        low, high = (child.value for child in node.child("range").each())
        return int(low), int(high), False
    if node.child("dates").value is not None:
        return FIRST_DAY.toordinal(), LAST_DAY.toordinal(), True
    return 0, 0, False


def _read_tests(node: Node, facts: Mapping[str, FactRule]) -> tuple[Test, ...]:
    tests = []
    for name, child in node.items():
        rule = facts.get(name)
        if rule is None:
            raise child.fail(f'"{name}" is not a fact of this table', f"Use one of: {', '.join(facts)}.")
        tests.append(Test(name, _read_accepts(child, rule)))
    return tuple(tests)


def _read_accepts(node: Node, rule: FactRule) -> frozenset[str] | range:
    if not rule.values:
        return _read_range(node, rule)
    members = node.each() if isinstance(node.value, list) else [node]
    accepts = frozenset(str(word(member.value)) for member in members)
    for member in members:
        if str(word(member.value)) not in rule.values:
            raise member.fail(f'"{member.value}" is not a value of "{rule.name}"', f"Use: {', '.join(rule.values)}.")
    return accepts


def _read_range(node: Node, rule: FactRule) -> range:
    if rule.is_date:
        node.keys(("from", "to"))
        first, last = node.child("from").date(), node.child("to").date()
        low = first.toordinal() if first else rule.low
        high = last.toordinal() if last else rule.high
    else:
        node.keys(("min", "max"))
        low, high = node.child("min").value, node.child("max").value
        low, high = (rule.low if low is None else int(low)), (rule.high if high is None else int(high))
    if low > high:
        raise node.fail("the range ends before it begins", "Swap the two ends.")
    return range(low, high + 1)


def _read_row(
    node: Node, facts: Mapping[str, FactRule], gives: Mapping[str, tuple[str, ...]], sources: Mapping[str, object]
) -> Row:
    node.keys(_ROW_KEYS, ("id", "when", "then", "says", "cite"))
    return Row(
        id=node.child("id").text(),
        tests=_read_tests(node.child("when"), facts),
        then={name: _read_given(name, child, gives) for name, child in node.child("then").items()},
        says=node.child("says").text(),
        cite=citations(node.child("cite"), sources),
        audit=node.child("audit").texts(),
        approve=node.child("approve").texts(),
        unsure=node.child("unsure").text(""),
    )


def _read_given(name: str, node: Node, gives: Mapping[str, tuple[str, ...]]) -> str | tuple[str, ...]:
    if name not in gives:
        raise node.fail(f'"{name}" is not something this table gives', f"Use one of: {', '.join(gives)}.")
    allowed = gives[name]
    if isinstance(node.value, list):
        return tuple(str(word(child.value)) for child in node.each())
    value = str(word(node.value))
    if allowed and value not in allowed:
        raise node.fail(f'"{value}" is not one of the answers for "{name}"', f"Use one of: {', '.join(allowed)}.")
    return value
