"""Batches as rows for PostgreSQL's COPY: plain tuples, named columns, and text in COPY's own format.

Generic on purpose: whoever has tables picks the columns. Every row ends with the mark `made_up`, which is true.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from iops.foundation.errors import NotFoundError
from iops.synthetic.people.batches import Addresses, Contacts, Names, People, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from iops.synthetic.people.batches import Batch

TABLES: Mapping[str, type[Table]] = {
    "people": People,
    "names": Names,
    "contacts": Contacts,
    "addresses": Addresses,
}
MARK = "made_up"
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def columns_of(table: str) -> tuple[str, ...]:
    """The names of the columns of one of `TABLES`, in the order of `rows_of`; NotFoundError for any other table."""
    if table not in TABLES:
        raise NotFoundError(f"A batch has no table {table}.", mend=f"The tables are {', '.join(TABLES)}.")
    # Slots of the base class come first, as fields do.
    return (*Table.__slots__, *TABLES[table].__slots__, MARK)


def rows_of(batches: Iterable[Batch], table: str) -> Iterator[tuple[object, ...]]:
    """The rows of one table of all batches: whole numbers, text, dates and None, and last the mark True."""
    columns_of(table)
    return (row for batch in batches for row in _marked(getattr(batch, table)))


def _marked(table: Table) -> Iterator[tuple[object, ...]]:
    for row in table.rows():
        yield (*row, True)


def copy_lines(batches: Iterable[Batch], table: str) -> Iterator[str]:
    """The same rows as lines of COPY's text format, each ending with a new line."""
    for row in rows_of(batches, table):
        yield "\t".join(map(_copied, row)) + "\n"


def _copied(value: object) -> str:
    """One value in COPY's text format."""
    if value is None:
        return "\\N"
    if value is True:
        return "t"
    return value.isoformat() if isinstance(value, date) else str(value).translate(ESCAPES)
