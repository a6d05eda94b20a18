"""The same condition gives the same answer in PostgreSQL, in DuckDB and in Python, whatever the row."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iops.rulebook.conditions import parse
from iops.rulebook.facts import Column, ColumnType
from tests.rulebook.evaluator import evaluate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import psycopg

COLUMNS = {name: Column(name, kind, name) for kind in ColumnType for name in (f"{kind.value}_a", f"{kind.value}_b")}
SQL_TYPES = {
    ColumnType.INTEGER: "integer",
    ColumnType.TEXT: "text",
    ColumnType.BOOLEAN: "boolean",
    ColumnType.INSTANT: "timestamptz",
    ColumnType.DATE: "date",
}
TABLES = dict.fromkeys(COLUMNS, "f")
TEXTS = ["", "high", "High", "it's", "é", "e\u0301", " high", "-- not a note", "a;b"]
NUMBERS = [0, 1, 2, 5, 1_000_000_000, 2_147_483_647, -2_147_483_648]
VALUES: dict[ColumnType, st.SearchStrategy[Any]] = {
    ColumnType.INTEGER: st.sampled_from(NUMBERS),
    ColumnType.TEXT: st.sampled_from(TEXTS),
    ColumnType.BOOLEAN: st.booleans(),
    ColumnType.INSTANT: st.integers(0, 3).map(lambda n: dt.datetime(2024, 3, 31, n, 30, tzinfo=dt.UTC)),
    ColumnType.DATE: st.integers(1, 3).map(lambda n: dt.date(2024, 2, 26) + dt.timedelta(days=n)),
}
ROWS = st.lists(
    st.fixed_dictionaries({name: st.none() | VALUES[column.type] for name, column in COLUMNS.items()}),
    min_size=1,
    max_size=5,
)


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def columns_of(kind: ColumnType) -> st.SearchStrategy[str]:
    return st.sampled_from([name for name, column in COLUMNS.items() if column.type is kind])


def literal(kind: ColumnType) -> st.SearchStrategy[str]:
    if kind is ColumnType.INTEGER:
        return st.integers(-1_000_000_000, 1_000_000_000).map(str) | st.sampled_from(["0", "1", "5"])
    if kind is ColumnType.TEXT:
        return st.sampled_from(TEXTS).map(quoted)
    return columns_of(kind) if kind is not ColumnType.BOOLEAN else st.sampled_from(["true", "false"])


def call(inner: st.SearchStrategy[str], kind: ColumnType) -> st.SearchStrategy[str]:
    ordered = kind not in {ColumnType.TEXT, ColumnType.BOOLEAN}
    name = st.sampled_from(["coalesce", "least", "greatest"] if ordered else ["coalesce"])
    arguments = st.tuples(columns_of(kind), st.lists(inner | st.just("null"), min_size=1, max_size=2))
    return st.builds(lambda n, a: f"{n}({', '.join([a[0], *a[1]])})", name, arguments)


def values(kind: ColumnType) -> st.SearchStrategy[str]:
    leaf = columns_of(kind) | literal(kind)
    inner = leaf | call(leaf, kind)
    if kind is ColumnType.INTEGER:
        return inner | st.builds(lambda a, op, b: f"({a} {op} {b})", inner, st.sampled_from("+-"), inner)
    return inner


def comparisons(kind: ColumnType) -> st.SearchStrategy[str]:
    some = values(kind)
    signs = ["=", "<>"] if kind in {ColumnType.TEXT, ColumnType.BOOLEAN} else ["=", "<>", "<", "<=", ">", ">="]
    ways = [
        st.builds(lambda a, sign, b: f"{a} {sign} {b}", some, st.sampled_from(signs), some),
        st.builds(lambda a, no: f"{a} is {no}null", some, st.sampled_from(["", "not "])),
    ]
    if len(signs) > 2:
        between = st.sampled_from(["between", "not between"])
        ways.append(st.builds(lambda a, way, b, c: f"{a} {way} {b} and {c}", some, between, some, some))
    if kind in {ColumnType.TEXT, ColumnType.INTEGER}:
        listed = st.lists(literal(kind), min_size=1, max_size=3)
        way = st.sampled_from(["in", "not in"])
        ways.append(st.builds(lambda a, w, b: f"{a} {w} ({', '.join(b)})", some, way, listed))
    return st.one_of(ways)


def combined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return (
        st.builds(lambda a, word, b: f"{a} {word} {b}", parts, st.sampled_from(["and", "or"]), parts)
        | parts.map(lambda a: f"({a})")
        | parts.map(lambda a: f"not {a}")
    )


CONDITIONS = st.recursive(
    columns_of(ColumnType.BOOLEAN)
    | literal(ColumnType.BOOLEAN)
    | st.one_of([comparisons(kind) for kind in ColumnType]),
    combined,
    max_leaves=6,
)


def sql_value(value: object, kind: ColumnType) -> str:
    text = "null" if value is None else quoted(str(value).lower() if kind is ColumnType.BOOLEAN else str(value))
    return f"cast({text} as {SQL_TYPES[kind]})"


def query(condition: str, rows: Sequence[Mapping[str, Any]]) -> str:
    lines = (", ".join(sql_value(row[name], COLUMNS[name].type) for name in COLUMNS) for row in rows)
    listed = ", ".join(f"({n}, {line})" for n, line in enumerate(lines))
    return f"select {condition} from (values {listed}) as f(n, {', '.join(COLUMNS)}) order by n"


@pytest.fixture(scope="module")
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        yield connection


@settings(max_examples=300)
@given(text=CONDITIONS, rows=ROWS)
def test_duckdb_and_python_agree(duck: duckdb.DuckDBPyConnection, text: str, rows: list[dict[str, Any]]) -> None:
    condition = parse(text, COLUMNS, ColumnType.BOOLEAN)
    answers = [row[0] for row in duck.execute(query(condition.sql("duckdb", TABLES), rows)).fetchall()]
    assert answers == [evaluate(condition.tree, row) for row in rows]


@settings(max_examples=300)
@given(text=CONDITIONS, rows=ROWS)
def test_postgresql_and_python_agree(postgres: psycopg.Connection, text: str, rows: list[dict[str, Any]]) -> None:
    condition = parse(text, COLUMNS, ColumnType.BOOLEAN)
    answers = [row[0] for row in postgres.execute(query(condition.sql("postgres", TABLES), rows).encode()).fetchall()]
    assert answers == [evaluate(condition.tree, row) for row in rows]


@settings(max_examples=200)
@given(text=CONDITIONS, rows=ROWS)
def test_a_condition_means_what_postgresql_reads_in_its_text(
    postgres: psycopg.Connection, text: str, rows: list[dict[str, Any]]
) -> None:
    """The writer thinks in SQL: our reading of and, or, not, between and brackets must be the database's own."""
    wide = [{**row, "integer_a": _small(row["integer_a"]), "integer_b": _small(row["integer_b"])} for row in rows]
    condition = parse(text, COLUMNS, ColumnType.BOOLEAN)
    raw = query(text, wide).replace("as integer)", "as bigint)").encode()
    assert [row[0] for row in postgres.execute(raw).fetchall()] == [evaluate(condition.tree, row) for row in wide]


def _small(value: int | None) -> int | None:
    return None if value is None else value % 7
