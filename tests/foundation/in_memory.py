"""A world of rows held in Python alone, for policies to ask: nothing here asks the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db import models


@dataclass
class InMemory:
    """Every row of a drawn world."""

    held: dict[type[models.Model], list[models.Model]] = field(default_factory=dict)

    def rows(self, model: type[models.Model], column: str, value: int) -> Iterable[object]:
        return [row for row in self.held.get(model, []) if getattr(row, column) == value]

    def keep(self, *rows: models.Model) -> None:
        for row in rows:
            self.held.setdefault(type(row), []).append(row)
