"""The dictionary of facts: what a rule may look at, and what each column means in the field.

A *subject* is what a duty is about (an incident; one child linked to an incident). Its facts stand in a base view
`facts.<subject>`, and areas further right add columns by views of their own on the same key, `facts.<subject>__<area>`,
so that no area looks upward. The views are made in SQL by their areas; this dictionary is the contract they keep.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class ColumnType(StrEnum):
    """The types a fact may have. An instant is a moment with its offset (timestamptz); a date is a local day."""

    INTEGER = "integer"
    TEXT = "text"
    BOOLEAN = "boolean"
    INSTANT = "instant"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a fact view. `always` says that it is never null."""

    name: str
    type: ColumnType
    means: str
    always: bool = False


@dataclass(frozen=True, slots=True)
class FactView:
    """One view of the `facts` schema: the base of a subject, or what an area adds to it."""

    subject: str
    area: str
    means: str
    columns: Mapping[str, Column]
    is_base: bool

    @property
    def name(self) -> str:
        """The name in the database: `facts.incident`, `facts.incident__crime`."""
        return f"facts.{self.stem}"

    @property
    def stem(self) -> str:
        """The name without its schema; also the name of the dictionary file and of a file of fact rows."""
        return self.subject if self.is_base else f"{self.subject}__{self.area}"


@dataclass(frozen=True, slots=True)
class FactRoles:
    """Which columns of the base view play which part.

    `key` names the subject, `record` the record on whose page the duty shows and whose transitions it blocks,
    `district` and `risk` (0 to 100, higher first) sort worklists, `restricted` hides it from who is not on the
    record's list, `edition` is the instant whose Europe/London date chooses the edition of a rule.
    """

    key: str
    record: str
    district: str
    risk: str
    restricted: str
    edition: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What duties are about, with all its views. `record` is the kind of record the duties stand on."""

    name: str
    means: str
    record: str
    roles: FactRoles
    base: FactView
    extensions: tuple[FactView, ...] = ()

    @property
    def views(self) -> tuple[FactView, ...]:
        """The base view, then the extensions in the order of their names."""
        return (self.base, *self.extensions)

    @property
    def columns(self) -> dict[str, Column]:
        """Every column a condition may name."""
        return {name: column for view in self.views for name, column in view.columns.items()}

    def view_of(self, column: str) -> FactView:
        """The view that holds the column; KeyError when none does."""
        for view in self.views:
            if column in view.columns:
                return view
        raise KeyError(column)


def comments(subject: Subject) -> Iterator[str]:
    """`COMMENT ON` statements that carry the meanings of the dictionary into the database, views first."""
    for view in subject.views:
        yield f"comment on view {view.name} is {_quoted(view.means)}"
        if not view.is_base:
            key = subject.base.columns[subject.roles.key]
            yield f"comment on column {view.name}.{key.name} is {_quoted(key.means)}"
        for column in view.columns.values():
            yield f"comment on column {view.name}.{column.name} is {_quoted(column.means)}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
