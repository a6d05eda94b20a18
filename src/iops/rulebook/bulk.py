"""Runs the rulebook over files of fact rows with DuckDB: ten million rows on a laptop, no server.

A file holds the rows of one fact view, with the columns of the dictionary under their own names, as Parquet or CSV
(with a header; an empty field is null; instants as ISO 8601 with their offset). What comes out has the columns of the
obligations SELECT and means the same as in the live system.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final, NamedTuple

import duckdb

from iops.foundation.errors import InvalidError
from iops.rulebook.clocks import duckdb_macros
from iops.rulebook.compiler import COLUMNS, obligations_select
from iops.rulebook.facts import ColumnType

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from iops.rulebook.edition import Rulebook
    from iops.rulebook.facts import Column, FactView, Subject

_TYPES: Final = {
    ColumnType.INTEGER: "bigint",
    ColumnType.TEXT: "text",
    ColumnType.BOOLEAN: "boolean",
    ColumnType.INSTANT: "timestamptz",
    ColumnType.DATE: "date",
}
_CALENDAR: Final = {"day", "working", "school", "working_ordinal", "school_ordinal"}


class Owed(NamedTuple):
    """One obligation, as the live system's table would hold it; instants are UTC."""

    subject: str
    subject_id: int
    rule: str
    edition: dt.date
    record_kind: str
    record_id: int
    district_id: int | None
    risk: int | None
    restricted: bool | None
    arose_at: dt.datetime
    due_at: dt.datetime
    met_at: dt.datetime | None


class BulkError(InvalidError):
    """The files cannot be run through the rulebook."""

    code = "bulk-invalid"


def bulk(
    book: Rulebook,
    files: Mapping[str, Path],
    *,
    calendar: Path | None = None,
    out: Path | None = None,
) -> list[Owed]:
    """The obligations that follow from files of facts, one file a view by its name without schema (`incident__crime`).

    A subject is run when its base view is given; then the views its rules look at must be given too. `calendar` is a
    file of days (`day, working, school, working_ordinal, school_ordinal`), needed by rules that count such days. With
    `out` the rows go to that Parquet or CSV file and the list that comes back is empty.

    Raises BulkError when a file is missing, unknown, lacks a column, or holds a value that is not of its
    type in a column that is looked at.
    """
    _refuse_unknown(book, files)
    try:
        with duckdb.connect() as connection:
            connection.execute("set timezone = 'UTC'")
            _make_calendar(connection, calendar)
            selects = [_select(connection, book, subject, files) for subject in book.subjects.values()]
            return _run(connection, [select for select in selects if select], out)
    except duckdb.Error as error:
        raise BulkError(f"The files cannot be read: {str(error).splitlines()[0]}", mend="Correct the files.") from error


def run_folder(book: Rulebook, folder: Path, out: Path, *, calendar: Path | None = None) -> dict[str, int]:
    """What a command does with a folder of fact files: the obligations go to `out`, their number by rule comes back.

    Raises BulkError as `bulk` does.
    """
    bulk(book, files_in(folder), calendar=calendar, out=out)
    with duckdb.connect() as connection:
        counted = f"select rule, count(*) from {_reader(out)} group by rule order by rule"  # noqa: S608 - a quoted path
        return dict(connection.execute(counted).fetchall())


def files_in(folder: Path) -> dict[str, Path]:
    """The files of a folder by the view whose rows they hold: `incident.parquet`, `incident__crime.csv`.

    Raises BulkError when two files hold the same view.
    """
    found: dict[str, Path] = {}
    for path in sorted([*folder.glob("*.parquet"), *folder.glob("*.csv")]):
        if path.stem in found:
            raise BulkError(f"Two files hold {path.stem!r}.", mend=f"Keep {path.name} or {found[path.stem].name}.")
        found[path.stem] = path
    return found


def _refuse_unknown(book: Rulebook, files: Mapping[str, Path]) -> None:
    known = {view.stem for subject in book.subjects.values() for view in subject.views}
    if unknown := sorted(files.keys() - known):
        raise BulkError(f"There is no fact view {unknown[0]!r}.", mend=f"Known: {', '.join(sorted(known))}.")
    if missing := sorted(str(path) for path in files.values() if not path.is_file()):
        raise BulkError(f"There is no file {missing[0]}.", mend="Give the path of a Parquet or CSV file.")
    if not any(subject.base.stem in files for subject in book.subjects.values()):
        raise BulkError("No base view is given.", mend=f"Give one of: {', '.join(book.subjects)}.")


def _make_calendar(connection: duckdb.DuckDBPyConnection, calendar: Path | None) -> None:
    columns = "day date, working boolean, school boolean, working_ordinal integer, school_ordinal integer"
    connection.execute(f"create table calendar_day ({columns})")
    if calendar:
        _refuse_missing(connection, calendar, _CALENDAR)
        days = f"select {', '.join(_CALENDAR)} from {_reader(calendar)}"  # noqa: S608 - names of this module, a quoted path
        connection.execute(f"insert into calendar_day by name {days}")
    for macro in duckdb_macros():
        connection.execute(macro)


def _select(
    connection: duckdb.DuckDBPyConnection, book: Rulebook, subject: Subject, files: Mapping[str, Path]
) -> str | None:
    """The SELECT over the files of one subject; None when its base view is not given."""
    if subject.base.stem not in files:
        return None
    rules = book.rules_of(subject.name)
    used = {name for rule in rules for edition in rule.editions for name in edition.columns}
    source: dict[str, str] = {}
    for view in subject.views:
        if view.stem in files:
            source[view.name] = _relation(connection, subject, view, files[view.stem])
        elif used & view.columns.keys():
            raise BulkError(f"The rules about {subject.name} look at {view.stem}.", mend=f"Give a file {view.stem}.")
    return obligations_select(subject, rules, "duckdb", source=source)


def _relation(connection: duckdb.DuckDBPyConnection, subject: Subject, view: FactView, path: Path) -> str:
    columns = [*view.columns.values()]
    if not view.is_base:
        columns.append(subject.base.columns[subject.roles.key])
    _refuse_missing(connection, path, {column.name for column in columns})
    types = {name: kind for name, kind, *_ in connection.execute(f"describe from {_reader(path)}").fetchall()}
    parts = ", ".join(_typed(column, types[column.name], path) for column in columns)
    return f"(select {parts} from {_reader(path)})"  # noqa: S608 - names of the dictionary, a quoted path


def _typed(column: Column, given: str, path: Path) -> str:
    """A column as its type. One that is never empty stops the run when it is: its duties would be lost."""
    value = _instant(column.name, given, path) if column.type is ColumnType.INSTANT else None
    value = value or f"cast({column.name} as {_TYPES[column.type]})"
    if column.always:
        value = f"case when {column.name} is null then error('{column.name} is empty in a row') else {value} end"
    return f"{value} as {column.name}"


def _instant(name: str, given: str, path: Path) -> str | None:
    """An instant must carry its offset: without one nobody knows which hour is meant. None when the type says so."""
    if given == "TIMESTAMP WITH TIME ZONE":
        return None
    if given != "VARCHAR":
        raise BulkError(f"{path.name}: {name} has no offset ({given}).", mend="Write instants with a time zone.")
    return (
        f"case when {name} is null or regexp_full_match({name}, '.*(Z|[+-][0-9]{{2}}(:?[0-9]{{2}})?)') "
        f"then cast({name} as timestamptz) else error('{name} has no offset: ' || {name}) end"
    )


def _refuse_missing(connection: duckdb.DuckDBPyConnection, path: Path, wanted: Iterable[str]) -> None:
    given = {row[0] for row in connection.execute(f"describe from {_reader(path)}").fetchall()}
    if missing := sorted(set(wanted) - given):
        raise BulkError(f"{path.name} has no column {missing[0]!r}.", mend=f"It has: {', '.join(sorted(given))}.")


def _reader(path: Path) -> str:
    quoted = str(path).replace("'", "''")
    if path.suffix == ".parquet":
        return f"read_parquet('{quoted}')"
    if path.suffix == ".csv":
        return f"read_csv('{quoted}', header = true, all_varchar = true, nullstr = '', strict_mode = true)"
    raise BulkError(f"{path.name} is neither Parquet nor CSV.", mend="Give a .parquet or .csv file.")


def _run(connection: duckdb.DuckDBPyConnection, selects: list[str], out: Path | None) -> list[Owed]:
    select = "\nunion all\n".join(f"({each})" for each in selects)
    if out is None:
        # Instants come over as UTC wall times: DuckDB would want pytz to hand over aware ones.
        instants = ", ".join(f"timezone('UTC', {name}) as {name}" for name in COLUMNS[-3:])
        rows = connection.execute(f"select * replace ({instants}) from ({select})").fetchall()  # noqa: S608
        return [Owed(*row[:-3], *(moment and moment.replace(tzinfo=dt.UTC) for moment in row[-3:])) for row in rows]
    _reader(out)
    quoted = str(out).replace("'", "''")
    kind = "parquet" if out.suffix == ".parquet" else "csv, header"
    connection.execute(f"copy ({select}) to '{quoted}' (format {kind})")
    return []
