"""Writes the one SELECT that computes every obligation of a subject from its facts and the rulebook.

Every rule is evaluated in one pass over the joined fact views; `COLUMNS` names what comes out, in order. A condition
that is unknown counts as false. A duty whose `met.when` is true without an instant in `met.at` is not met, because
nobody could say when.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from iops.rulebook.clocks import due_sql

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from iops.rulebook.clocks import Dialect
    from iops.rulebook.entries import Edition, Met, Rule
    from iops.rulebook.facts import FactView, Subject

COLUMNS: Final = (
    "subject",
    "subject_id",
    "rule",
    "edition",
    "record_kind",
    "record_id",
    "district_id",
    "risk",
    "restricted",
    "arose_at",
    "due_at",
    "met_at",
)
"""The columns of the SELECT; their types: text, bigint, text, date, text, 2 bigint, integer, boolean, 3 timestamptz."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """One subject in one dialect: where its facts come from and what each column is called there."""

    subject: Subject
    dialect: Dialect
    views: tuple[FactView, ...]
    source: Mapping[str, str]
    tables: Mapping[str, str]

    def column(self, name: str) -> str:
        return f"{self.tables[name]}.{name}"

    def relation(self, view: FactView) -> str:
        return self.source.get(view.name, view.name)

    def joins(self) -> str:
        key = self.subject.roles.key
        return "".join(
            f"\nleft join {self.reached(view, number, f'f0.{key}')}" for number, view in enumerate(self.views) if number
        )

    def reached(self, view: FactView, number: int, key: str) -> str:
        """The view joined at one key.

        PostgreSQL is held to look it up for each row (`offset 0` is its fence): left free, it may join whole views by
        comparing every row with every row, which took minutes where this takes a second.
        """
        name, own = self.relation(view), self.subject.roles.key
        if self.dialect == "postgres":
            return f"lateral (select * from {name} v where v.{own} = {key} offset 0) f{number} on true"
        return f"{name} f{number} on f{number}.{own} = {key}"


def obligations_select(
    subject: Subject,
    rules: Iterable[Rule],
    dialect: Dialect,
    *,
    source: Mapping[str, str] | None = None,
    ids: str | None = None,
) -> str:
    """The SELECT over the fact views that yields the obligations of the rules about this subject.

    `source` replaces views by other relations: `{"facts.incident": "staged_incident"}`. `ids` restricts it to some
    subjects: the SQL of a bigint array, such as `$1` or the name of a function's argument; PostgreSQL then reaches the
    facts through their indexes. Both are put into the statement as they are and must come from code, never from a
    person. The text holds no semicolon, no `%` and no `$` of its own, so it can stand in a view, in the body of a
    function or in a prepared statement. Without rules the SELECT is well-formed and yields nothing.
    """
    mine = [rule for rule in rules if rule.subject == subject.name]
    used = {name for rule in mine for edition in rule.editions for name in edition.columns}
    views = tuple(view for view in subject.views if view.is_base or used & view.columns.keys())
    tables = {name: f"f{number}" for number, view in enumerate(views) for name in view.columns}
    frame = _Frame(subject, dialect, views, source or {}, tables)
    editions = [(rule, edition) for rule in mine for edition in rule.editions]
    if not editions:
        return _empty(frame)
    return _postgres(frame, editions, ids) if dialect == "postgres" else _duckdb(frame, editions, ids)


def _postgres(frame: _Frame, editions: Sequence[tuple[Rule, Edition]], ids: str | None) -> str:
    """One row of VALUES an edition. What is dear (calendar arithmetic) waits until a row is known to be owed."""
    calendars = any(edition.clock.within and not edition.clock.within.is_elapsed for _, edition in editions)
    untils = any(edition.clock.until for _, edition in editions)
    shown = [(*_values(frame, rule, edition, calendars), *_until(frame, edition, untils)) for rule, edition in editions]
    rows = ",\n".join(f"    ({', '.join(values)})" for values in shown)
    names = (
        "rule, edition, arises, arose_at, span, met_at"
        + (", n, unit, by_time" if calendars else "")
        + (", until" if untils else "")
    )
    due = "r.arose_at + r.span"
    if calendars:
        due = f"case when r.unit is null then {due} else iops.due(r.arose_at, r.n, r.unit, r.by_time) end"
    if untils:
        due = f"coalesce(r.until, {due})"
    return (
        f"select {_identity(frame, 'r.rule', 'r.edition')}, r.arose_at, {due} as due_at, r.met_at\n"
        f"from {_restricted(frame, ids)}{frame.joins()}\n"
        f"cross join lateral (values\n{rows}\n) as r({names})\n"
        "where r.arises and r.arose_at is not null"
    )


def _until(frame: _Frame, edition: Edition, untils: bool) -> list[str]:
    """The instant the clock runs to, where any of the rules names one."""
    until = edition.clock.until
    return [until.sql(frame.dialect, frame.tables) if until else "null::timestamptz"] if untils else []


def _values(frame: _Frame, rule: Rule, edition: Edition, calendars: bool) -> list[str]:
    span = edition.clock.within
    values = [
        f"'{rule.code}'",
        f"date '{edition.start}'",
        _arises(frame, edition),
        edition.clock.starts.sql(frame.dialect, frame.tables),
        f"interval '{span.amount} {span.unit}'" if span and span.is_elapsed else "null::interval",
        _met_at(frame, edition.met),
    ]
    if calendars and (span is None or span.is_elapsed):
        values += ["null::integer", "null::text", "null::time"]
    elif calendars and span:
        values += [str(span.amount), f"'{span.unit}'", f"time '{span.by:%H:%M}'" if span.by else "null::time"]
    return values


def _duckdb(frame: _Frame, editions: Sequence[tuple[Rule, Edition]], ids: str | None) -> str:
    """One branch an edition over the joined facts: a column store filters each branch by itself faster."""
    columns = ", ".join(frame.column(name) for name in frame.tables)
    flat = replace(frame, tables=dict.fromkeys(frame.tables, "facts"))
    branches = "\nunion all\n".join(_branch(flat, rule, edition) for rule, edition in editions)
    facts = f"select {columns} from {_restricted(frame, ids)}{frame.joins()}"
    return f"with facts as materialized ({facts})\n{branches}"


def _branch(frame: _Frame, rule: Rule, edition: Edition) -> str:
    starts = edition.clock.starts.sql(frame.dialect, frame.tables)
    identity = _identity(frame, f"'{rule.code}'", f"date '{edition.start}'")
    return (
        f"select {identity}, "
        f"{starts} as arose_at, {_due(frame, edition, starts)} as due_at, "
        f"{_met_at(frame, edition.met)} as met_at\n"
        f"from facts where {_arises(frame, edition)} and {starts} is not null"
    )


def _due(frame: _Frame, edition: Edition, starts: str) -> str:
    clock = edition.clock
    if clock.until:
        return clock.until.sql(frame.dialect, frame.tables)
    if clock.within is None:  # the loader takes no clock without an end
        raise ValueError("The clock has no end.")
    return due_sql(starts, clock.within, frame.dialect)


def _identity(frame: _Frame, rule: str, edition: str) -> str:
    """The columns that say what is owed by which rule about which record."""
    subject, roles = frame.subject, frame.subject.roles
    return (
        f"cast('{subject.name}' as text) as subject, cast({frame.column(roles.key)} as bigint) as subject_id, "
        f"{rule} as rule, {edition} as edition, cast('{subject.record}' as text) as record_kind, "
        f"cast({frame.column(roles.record)} as bigint) as record_id, "
        f"cast({frame.column(roles.district)} as bigint) as district_id, "
        f"cast({frame.column(roles.risk)} as integer) as risk, "
        f"cast({frame.column(roles.restricted)} as boolean) as restricted"
    )


def _restricted(frame: _Frame, ids: str | None) -> str:
    base, key = frame.relation(frame.subject.base), frame.subject.roles.key
    if ids is None:
        return f"{base} f0"
    if frame.dialect == "postgres":
        return f"unnest({ids}) as wanted(id)\njoin {frame.reached(frame.subject.base, 0, 'wanted.id')}"
    return f"(select unnest({ids}) as id) wanted\njoin {base} f0 on f0.{key} = wanted.id"


def _arises(frame: _Frame, edition: Edition) -> str:
    """The condition first: it is false for most rows, and the dates are then never looked at."""
    reported = frame.column(frame.subject.roles.edition)
    parts = [f"({edition.arises.sql(frame.dialect, frame.tables)})", f"{reported} >= {_instant(edition.starts_at)}"]
    if edition.ends_at:
        parts.append(f"{reported} < {_instant(edition.ends_at)}")
    return " and ".join(parts)


def _met_at(frame: _Frame, met: Met) -> str:
    at = met.at.sql(frame.dialect, frame.tables)
    if _says_only_that_it_happened(met):
        return at
    return f"case when {met.when.sql(frame.dialect, frame.tables)} then {at} end"


def _says_only_that_it_happened(met: Met) -> bool:
    """`when: x is not null, at: x` needs no CASE."""
    when = met.when.tree
    return isinstance(when, exp.Is) and bool(when.args.get("negate")) and when.this == met.at.tree


def _instant(moment: dt.datetime) -> str:
    return f"timestamptz '{moment.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S}+00'"


def _empty(frame: _Frame) -> str:
    moments = ", ".join(f"cast(null as timestamptz) as {name}" for name in COLUMNS[-3:])
    identity = _identity(frame, "cast(null as text)", "cast(null as date)")
    return f"select {identity}, {moments}\nfrom {frame.relation(frame.subject.base)} f0 where false"
