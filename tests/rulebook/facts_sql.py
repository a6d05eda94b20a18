"""Made-up facts for both databases: tables in the shape of the dictionary, and rows that tell the rules apart."""

from __future__ import annotations

import datetime as dt
import random
from typing import TYPE_CHECKING, Any

from iops.rulebook.facts import ColumnType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from iops.rulebook.edition import Rulebook
    from iops.rulebook.facts import Column, FactView, Subject

TYPES = {
    ColumnType.INTEGER: "bigint",
    ColumnType.TEXT: "text",
    ColumnType.BOOLEAN: "boolean",
    ColumnType.INSTANT: "timestamptz",
    ColumnType.DATE: "date",
}


def columns_of(subject: Subject, view: FactView) -> list[Column]:
    key = [] if view.is_base else [subject.base.columns[subject.roles.key]]
    return [*key, *view.columns.values()]


def create(book: Rulebook) -> Iterator[str]:
    """The schema `facts` with a table in the place of every view."""
    yield "create schema facts"
    for subject in book.subjects.values():
        for view in subject.views:
            columns = ", ".join(f"{column.name} {TYPES[column.type]}" for column in columns_of(subject, view))
            yield f"create table {view.name} ({columns}, primary key ({subject.roles.key}))"


def insert_days(table: str, rows: Iterable[tuple[Any, ...]]) -> str:
    """Every day of a calendar in one statement."""
    values = ", ".join(f"('{day}', {', '.join(str(told) for told in more)})" for day, *more in rows)
    return f"insert into {table} (day, working, school, working_ordinal, school_ordinal) values {values}"


def insert(view: str, row: Mapping[str, Any]) -> str:
    values = ", ".join("null" if value is None else "'" + str(value).replace("'", "''") + "'" for value in row.values())
    return f"insert into {view} ({', '.join(row)}) values ({values})"


def incident(number: int, reported_at: dt.datetime, **more: Any) -> dict[str, Any]:
    return {"id": number, "reported_at": reported_at, "district_id": 3, "risk": 40, "restricted": False, **more}


def random_rows(book: Rulebook, count: int, seed: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rows of every view of every subject; instants around changes of edition, a third of the values null."""
    chance = random.Random(seed)
    for subject in book.subjects.values():
        for number in range(1, count + 1):
            for view in subject.views:
                if not view.is_base and chance.random() < 0.3:
                    continue
                row = {column.name: random_value(chance, column) for column in columns_of(subject, view)}
                yield view.name, {**row, subject.roles.key: number}


def random_value(chance: random.Random, column: Column) -> Any:
    if not column.always and chance.random() < 0.33:
        return None
    if column.type is ColumnType.INSTANT:
        day = chance.choice([dt.date(2015, 4, 1), dt.date(2022, 2, 1), dt.date(2009, 3, 1), dt.date(2024, 3, 31)])
        return dt.datetime.combine(day, dt.time(), dt.UTC) + dt.timedelta(minutes=chance.randint(-3000, 3000))
    return {
        ColumnType.INTEGER: chance.randint(0, 6),
        ColumnType.TEXT: chance.choice(["high", "medium", ""]),
        ColumnType.BOOLEAN: chance.choice([True, False]),
        ColumnType.DATE: dt.date(2024, 1, 1),
    }[column.type]
