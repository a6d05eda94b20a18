"""Proof that a decision table leaves nothing out and never answers twice.

For each table z3 is asked a few questions over its declared facts: is there a report no row fits (a gap); is there one
that two rows fit (an overlap); can each row occur at all; does each condition, and each value of it, matter. A gap or
an overlap is shown as a concrete report. Because a proven table is total, exclusive and free of idle conditions,
removing a row must open a gap and widening one must make an overlap; `mutations` makes every such change so that a test
can see the proof fail.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import z3

from iops.rulebook.library import all_tables
from iops.rulebook.tables import FactRule, Row, Table, Test

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a table, with a report that shows it."""

    table: str
    kind: str
    rows: tuple[str, ...]
    report: dict[str, str]

    def __str__(self) -> str:
        told = ", ".join(f"{name}: {value}" for name, value in self.report.items()) or "any report"
        rows = " and ".join(self.rows)
        return f"{self.table}: {self.kind}{f' ({rows})' if rows else ''}; {told}"


class _Model:
    """A table written down for z3: each fact is a whole number (the place of its value, a count, or a day)."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.vars = {name: z3.Int(name) for name in table.facts}
        self.solver = z3.Solver()
        for name, rule in table.facts.items():
            low, high = (0, len(rule.values) - 1) if rule.values else (rule.low, rule.high)
            self.solver.add(self.vars[name] >= low, self.vars[name] <= high)
        for never in table.never:
            self.solver.add(z3.Not(self.all_of(never.tests)))
        self.rows = {row.id: self.all_of(row.tests) for row in table.rows}

    def all_of(self, tests: tuple[Test, ...]) -> z3.BoolRef:
        return z3.And([self.test(test) for test in tests]) if tests else z3.BoolVal(True)

    def test(self, test: Test) -> z3.BoolRef:
        rule, var = self.table.facts[test.fact], self.vars[test.fact]
        if isinstance(test.accepts, range):
            return z3.And(var >= test.accepts.start, var <= test.accepts.stop - 1)
        return z3.Or([var == rule.values.index(value) for value in sorted(test.accepts)])

    def example(self, *claims: z3.BoolRef) -> dict[str, str] | None:
        """A report that makes all the claims true, or None when there is none."""
        self.solver.push()
        self.solver.add(*claims)
        found = self.solver.check() == z3.sat
        shown = self._shown(self.solver.model()) if found else None
        self.solver.pop()
        return shown

    def _shown(self, model: z3.ModelRef) -> dict[str, str]:
        shown = {}
        for name, rule in self.table.facts.items():
            number = model.eval(self.vars[name], model_completion=True).as_long()
            shown[name] = rule.values[number] if rule.values else rule.show(number)
        return shown


def prove_all() -> tuple[Fault, ...]:
    """The faults of every decision table of the recording rules; none when all are proven. About two seconds."""
    return tuple(fault for table in all_tables().values() for fault in prove(table))


def prove(table: Table) -> tuple[Fault, ...]:
    """Every fault of the table; empty when it is proven total, exclusive, reachable and free of idle conditions."""
    return tuple(faults(table))


def faults(table: Table, about: str = "") -> Iterator[Fault]:
    """The faults of a table one by one; `about` looks only at what concerns one row (gaps are looked for always)."""
    model = _Model(table)
    yield from _gaps(model)
    yield from _overlaps(model, about)
    for row in table.rows:
        if about in ("", row.id):
            yield from _unreachable(model, row)
            yield from _idle(model, row)
            yield from _idle_values(model, row)


def _gaps(model: _Model) -> Iterator[Fault]:
    report = model.example(z3.Not(z3.Or(list(model.rows.values()))))
    if report is not None:
        yield Fault(model.table.name, "gap", (), report)


def _overlaps(model: _Model, about: str) -> Iterator[Fault]:
    rows = model.table.rows
    for at, first in enumerate(rows):
        for second in rows[at + 1 :]:
            if about in ("", first.id, second.id) and not _plainly_apart(first, second):
                report = model.example(model.rows[first.id], model.rows[second.id])
                if report is not None:
                    yield Fault(model.table.name, "overlap", (first.id, second.id), report)


def _plainly_apart(first: Row, second: Row) -> bool:
    """Two rows that ask the same fact for values with nothing in common need no solver."""
    theirs = {test.fact: test.accepts for test in second.tests}
    for test in first.tests:
        other = theirs.get(test.fact)
        if isinstance(test.accepts, frozenset) and isinstance(other, frozenset) and not test.accepts & other:
            return True
    return False


def _unreachable(model: _Model, row: Row) -> Iterator[Fault]:
    if model.example(model.rows[row.id]) is None:
        yield Fault(model.table.name, "row that can never apply", (row.id,), {})


def _idle(model: _Model, row: Row) -> Iterator[Fault]:
    for test in row.tests:
        others = model.all_of(tuple(other for other in row.tests if other is not test))
        if model.example(others, z3.Not(model.test(test))) is None:
            yield Fault(model.table.name, f"condition on {test.fact} that changes nothing", (row.id,), {})


def _idle_values(model: _Model, row: Row) -> Iterator[Fault]:
    """A value that a row accepts but that its other conditions, or the impossible cases, rule out."""
    for test in row.tests:
        if isinstance(test.accepts, range) or len(test.accepts) == 1:
            continue
        for value in sorted(test.accepts):
            if model.example(model.rows[row.id], model.test(Test(test.fact, frozenset({value})))) is None:
                yield Fault(model.table.name, f"value {value} of {test.fact} that can never apply", (row.id,), {})


def unnoticed(table: Table) -> tuple[str, ...]:
    """The slips of `mutations` that the proof would let pass: none, for a proven table."""
    return tuple(said for said, row, mutant in mutations(table) if next(faults(mutant, row), None) is None)


def mutations(table: Table) -> Iterator[tuple[str, str, Table]]:
    """Every table that differs by one slip, with the slip in words and its row.

    A slip is a row removed, a condition dropped, or a condition widened by one value, one year or one day.
    """
    for at, row in enumerate(table.rows):
        rest = (*table.rows[:at], *table.rows[at + 1 :])
        yield f"without row {row.id}", row.id, dataclasses.replace(table, rows=rest)
        for test in row.tests:
            for said, wider in _wider(table.facts[test.fact], test):
                tests = tuple(t for t in (wider if t is test else t for t in row.tests) if t is not None)
                changed = dataclasses.replace(row, tests=tests)
                rows = (*table.rows[:at], changed, *table.rows[at + 1 :])
                yield f"row {row.id}: {said}", row.id, dataclasses.replace(table, rows=rows)


def _wider(rule: FactRule, test: Test) -> Iterator[tuple[str, Test | None]]:
    yield f"{test.fact} not asked", None
    if isinstance(test.accepts, frozenset):
        missing = [value for value in rule.values if value not in test.accepts]
        if len(missing) > 1:
            for value in missing:
                yield f"{test.fact} also {value}", Test(test.fact, test.accepts | {value})
        return
    if test.accepts.start > rule.low:
        yield f"{test.fact} one lower", Test(test.fact, range(test.accepts.start - 1, test.accepts.stop))
    if test.accepts.stop <= rule.high:
        yield f"{test.fact} one higher", Test(test.fact, range(test.accepts.start, test.accepts.stop + 1))
