"""A million fact rows through the duties of the rulebook: DuckDB over files beside PostgreSQL over a table.

The rows are made up by a formula; both engines run the SELECT that the rulebook compiles for them over the same rows.
What they find is compared by rule: how many duties, and the sums of when they arose, are due and were met.

    python -m bench.bulk [rows]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from bench.harness import owner, seconds, server, show
from iops.rulebook.bulk import run_folder
from iops.rulebook.compiler import obligations_select
from iops.rulebook.facts import ColumnType
from iops.rulebook.loader import load_rulebook

if TYPE_CHECKING:
    import psycopg

    from iops.rulebook.edition import Rulebook
    from iops.rulebook.facts import Column, FactView, Subject

SUBJECT = "incident"
TYPES = {"integer": "bigint", "text": "text", "boolean": "boolean", "instant": "timestamptz", "date": "date"}
MOMENT = "timestamptz '2015-01-01 00:00+00' + interval (hash(n, {salt}) % 4000000) minute"
MADE = {
    ColumnType.INTEGER: "cast(hash(n, {salt}) % 7 as bigint)",
    ColumnType.TEXT: "['high', 'medium', 'open'][1 + cast(hash(n, {salt}) % 3 as integer)]",
    ColumnType.BOOLEAN: "hash(n, {salt}) % 2 = 0",
    ColumnType.INSTANT: MOMENT,
    ColumnType.DATE: f"cast({MOMENT} as date)",
}
INSTANTS = ("arose_at", "due_at", "met_at")


def columns(subject: Subject, view: FactView) -> list[Column]:
    """The key of the subject, and the columns of the view."""
    key = subject.base.columns[subject.roles.key]
    return [key, *(column for column in view.columns.values() if column.name != key.name)]


def make(subject: Subject, folder: Path, rows: int) -> None:
    """A Parquet file for DuckDB and a CSV for PostgreSQL of every view; a quarter of what may be empty is."""
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        for view in subject.views:
            key, *rest = columns(subject, view)
            parts = ", ".join(made(column, at) for at, column in enumerate(rest))
            select = f"select n as {key.name}, {parts} from range(1, {rows + 1}) as made(n)"
            parquet = folder / f"{view.stem}.parquet"
            connection.execute(f"copy ({select}) to '{parquet}' (format parquet)")
            connection.execute(f"copy (from '{parquet}') to '{folder / view.stem}.copy' (format csv, header false)")


def made(column: Column, salt: int) -> str:
    """The formula of one column."""
    value = MADE[column.type].format(salt=salt)
    value = value if column.always else f"case when hash(n, {salt}, 'empty') % 4 > 0 then {value} end"
    return f"{value} as {column.name}"


def load(session: psycopg.Connection, subject: Subject, folder: Path) -> dict[str, str]:
    """The same rows in tables of PostgreSQL; returns which table stands for which view."""
    session.execute("create schema bench")
    for view in subject.views:
        named = ", ".join(f"{column.name} {TYPES[column.type.value]}" for column in columns(subject, view))
        session.execute(f"create unlogged table bench.{view.stem} ({named})")
        with session.cursor().copy(f"copy bench.{view.stem} from stdin (format csv)") as copy:
            copy.write((folder / f"{view.stem}.copy").read_bytes())
        session.execute(f"create unique index on bench.{view.stem} ({subject.roles.key})")
        session.execute(f"analyze bench.{view.stem}")
    return {view.name: f"bench.{view.stem}" for view in subject.views}


def duck(book: Rulebook, folder: Path) -> tuple[float, float, list[Any]]:
    """Seconds of the run and of copying its rows without a rule, and what was found."""
    out, plain = folder / "out.parquet", folder / "plain.parquet"
    files = folder / "files"
    files.mkdir()
    for path in folder.glob("incident*.parquet"):
        path.rename(files / path.name)
    took = seconds(lambda: run_folder(book, files, out))
    with duckdb.connect() as connection:
        limit = seconds(lambda: connection.execute(f"copy (from '{out}') to '{plain}' (format parquet)"))
        parts = ", ".join(f"sum(epoch_us({name}))" for name in INSTANTS)
        found = connection.execute(f"select rule, count(*), {parts} from '{out}' group by 1 order by 1")
        return took, limit, found.fetchall()


def main() -> int:
    """Print both times and the ratio; 1 when the two engines do not find the same."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    book = load_rulebook()
    subject = book.subject(SUBJECT)
    with server() as running, tempfile.TemporaryDirectory() as place, owner(running) as session:
        folder = Path(place)
        make(subject, folder, rows)
        source = load(session, subject, folder)
        select = obligations_select(subject, book.rules_of(SUBJECT), "postgres", source=source)
        slow = seconds(lambda: session.execute(f"create unlogged table bench.out as {select}"))
        quick, limit, found = duck(book, folder)
        there = session.execute(pg_sums()).fetchall()
    same = [tuple(map(str, row)) for row in found] == [tuple(map(str, row)) for row in there]
    duties = sum(row[1] for row in found)
    show(
        f"{rows:,} incidents, {duties:,} duties; the two engines {'agree' if same else 'DIFFER'}",
        [
            (
                "DuckDB, files to file",
                f"{quick:.1f} s",
                f"{limit:.1f} s to copy the result",
                f"{limit / quick:.2f}",
                "",
            ),
            ("PostgreSQL, table to table", f"{slow:.1f} s", f"{quick:.1f} s in DuckDB", f"{quick / slow:.2f}", ""),
        ],
    )
    return 0 if same else 1


def pg_sums() -> str:
    """The same sums in PostgreSQL: whole microseconds since 1970."""
    micro = "sum((extract(epoch from {name}) * 1000000)::bigint)::numeric"
    parts = ", ".join(micro.format(name=name) for name in INSTANTS)
    return f"select rule, count(*), {parts} from bench.out group by 1 order by 1"


if __name__ == "__main__":
    sys.exit(main())
