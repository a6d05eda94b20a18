"""Pages of a long list: which rows are shown out of how many. Nothing is cut without saying so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")

PAGE_SIZE = 50
LAST_PAGE = 2_000
"""Deepest page that may be asked for: further down, a filter finds the row sooner than turning pages."""


@dataclass(frozen=True)
class Page(Generic[Row]):
    """The rows of one page (`page`, from 1) out of `total` visible rows in all."""

    rows: tuple[Row, ...]
    total: int
    page: int = 1
    size: int = PAGE_SIZE

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """The place of the first row shown, from 1; 0 when nothing is shown."""
        return (self.page - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """The place of the last row shown; 0 when nothing is shown."""
        return self.first + len(self.rows) - 1 if self.rows else 0


def page_number(asked: str | None) -> int:
    """The page somebody asked for in an address; anything that is no page number means the first."""
    if asked is None or not (asked.isascii() and asked.isdigit()) or len(asked) > len(str(LAST_PAGE)):
        return 1
    return min(max(1, int(asked)), LAST_PAGE)
