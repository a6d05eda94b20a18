"""One row with the rows it points to, by a statement that is written once a process.

What `select_related` does, for questions that are asked at every save: making the statement anew costs more than asking
it. Row-level security holds as for any other statement.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import Model

M = TypeVar("M", bound="Model")


@dataclass(frozen=True)
class Part:
    """One table of the statement: where it hangs ("" is the row itself, "contact__taken_by" a row behind another)."""

    path: str
    model: type[Model]
    optional: bool

    @property
    def alias(self) -> str:
        """The name of the table in the statement."""
        return f"row__{self.path}" if self.path else "row"

    @property
    def parent(self) -> str:
        """Where the row hangs that points to this one."""
        return self.path.rpartition("__")[0]

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns, in the order of the model's fields."""
        return tuple(str(field.column) for field in self.model._meta.concrete_fields)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The attributes that the columns become."""
        return tuple(field.attname for field in self.model._meta.concrete_fields)


class OneRow(Generic[M]):
    """Reads rows of `model` by id, each with the rows at `paths` (an outer one before what hangs on it).

    `extra` is one more expression over the row, which the statement calls `row`.
    """

    def __init__(self, model: type[M], *paths: str, extra: str = "null") -> None:
        self.model = model
        self.paths = paths
        self.extra = extra

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The tables of the statement. Raises ValueError for a field whose values Django would convert."""
        found = {"": Part("", self.model, optional=False)}
        for path in self.paths:
            outer, _, name = path.rpartition("__")
            field = cast("Any", found[outer].model._meta.get_field(name))
            found[path] = Part(path, field.related_model, optional=field.null or found[outer].optional)
        for part in found.values():
            for column in part.model._meta.concrete_fields:
                if hasattr(column, "from_db_value"):
                    raise ValueError(f"{column} is converted when it is read: OneRow does not do that.")
        return tuple(found.values())

    @cached_property
    def statement(self) -> str:
        """The SQL, with the id as its one value."""
        columns = ", ".join(f'{part.alias}."{column}"' for part in self.parts for column in part.columns)
        joins = "\n".join(self._joins())
        table = self.model._meta.db_table
        return f"select {self.extra}, {columns}\nfrom {table} row\n{joins}\nwhere row.id = %s"

    def _joins(self) -> Iterator[str]:
        aliases = {part.path: part for part in self.parts}
        for part in self.parts[1:]:
            outer = aliases[part.parent]
            column = cast("Any", outer.model._meta.get_field(part.path.rpartition("__")[2])).column
            kind = "left join" if part.optional else "join"
            yield f'{kind} {part.model._meta.db_table} {part.alias} on {part.alias}.id = {outer.alias}."{column}"'

    def find(self, row_id: int) -> tuple[M, Any] | None:
        """The row with what it points to, and the value of `extra`; None when there is none that may be seen."""
        with connection.cursor() as cursor:
            cursor.execute(self.statement, [row_id])
            found = cursor.fetchone()
        return None if found is None else (self._made(found[1:]), found[0])

    def _made(self, values: tuple[Any, ...]) -> M:
        made: dict[str, Model | None] = {}
        start = 0
        for part in self.parts:
            mine = values[start : start + len(part.names)]
            start += len(part.names)
            there = mine[part.names.index("id")] is not None
            row = made[part.path] = part.model.from_db(connection.alias, part.names, mine) if there else None
            if part.path and (outer := made[part.parent]) is not None:
                setattr(outer, part.path.rpartition("__")[2], row)
        return cast("M", made[""])
