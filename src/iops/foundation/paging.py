"""Pages of a long list: which rows are shown out of how many. Nothing is cut without saying so.

A page is found by its number, or by a key: the row that it begins after, or ends before. By key the thousandth page of
a list costs what the first does, and rows that came meanwhile neither shift a page nor show a row twice.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from iops.foundation.errors import InvalidError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Row = TypeVar("Row")

PAGE_SIZE = 50
LAST_PAGE = 2_000
"""Deepest page that may be asked for: further down, a filter finds the row sooner than turning pages."""
MOST_COUNTED = 10_000
"""Rows that a list of records counts; of more it is said that they are more."""
PLACE = ("page", "after", "before")
"""The parts of an address that say which page; the rest of it says which list."""
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)
_NUMBER = re.compile(r"-?[0-9]{1,18}")
_WORD = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_LATEST = 4_102_444_800_000_000
"""Microseconds to 2100: no key lies later."""


@dataclass(frozen=True)
class Page(Generic[Row]):
    """The rows of one page (`page`, from 1) out of `total` visible rows in all, or more than that (`at_least`).

    `next` is the key that the following page begins after, `previous` the one that the page before ends before; both
    are empty where there is none, or where the list goes by numbers alone.
    """

    rows: tuple[Row, ...]
    total: int
    page: int = 1
    size: int = PAGE_SIZE
    at_least: bool = False
    next: str = ""
    previous: str = ""

    @property
    def pages(self) -> int:
        """How many pages there are, as far as they were counted; an empty list has one."""
        counted = max(1, -(-self.total // self.size))
        return max(counted, self.page + bool(self.next)) if self.at_least else counted

    @property
    def more(self) -> bool:
        """Whether another page follows."""
        return bool(self.next) or self.page < self.pages

    @property
    def first(self) -> int:
        """The place of the first row shown, from 1; 0 when nothing is shown."""
        return (self.page - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """The place of the last row shown; 0 when nothing is shown."""
        return self.first + len(self.rows) - 1 if self.rows else 0


@dataclass(frozen=True)
class Turn:
    """Which page is asked for: by number, or the one after or before a key, whose number is then only told."""

    page: int = 1
    after: str = ""
    before: str = ""

    @property
    def key(self) -> str:
        """The key, whichever side of it; empty when the page is asked for by number."""
        return self.after or (self.before if self.backwards else "")

    @property
    def backwards(self) -> bool:
        """Whether rows are read from the end of the page to its beginning. Back to the first page is just that page."""
        return bool(self.before) and not self.after and self.page > 1

    @property
    def skip(self) -> int:
        """How many rows are passed over."""
        return 0 if self.key else (self.page - 1) * PAGE_SIZE

    def cut(
        self, rows: Sequence[Row], key_of: Callable[[Row], str], *, total: int, at_least: bool = False
    ) -> Page[Row]:
        """The page out of at most one row more than fits, in the order in which they were read."""
        further = len(rows) > PAGE_SIZE
        kept = tuple(rows[:PAGE_SIZE][:: -1 if self.backwards else 1])
        follows = further or (self.backwards and bool(kept))
        goes_on, came = (follows, further) if self.backwards else (further, self.page > 1)
        return Page(
            kept,
            total=total,
            page=self.page,
            at_least=at_least,
            next=key_of(kept[-1]) if kept and goes_on else "",
            previous=key_of(kept[0]) if kept and came else "",
        )


def page_number(asked: str | None) -> int:
    """The page somebody asked for in an address; anything that is no page number means the first."""
    if asked is None or not (asked.isascii() and asked.isdigit()) or len(asked) > len(str(LAST_PAGE)):
        return 1
    return min(max(1, int(asked)), LAST_PAGE)


def key(*parts: int | str | dt.datetime) -> str:
    """The key of a row from what the list is ordered by; fit for an address as it is."""
    return "~".join(str((p - EPOCH) // MICROSECOND) if isinstance(p, dt.datetime) else str(p) for p in parts)


def read_key(given: str, *kinds: type[int | str | dt.datetime]) -> tuple[int | str | dt.datetime, ...]:
    """What a key was made of. Raises InvalidError for one that no list has given out."""
    parts = given.split("~")
    if len(parts) != len(kinds):
        raise _no_key()
    return tuple(_part(part, kind) for part, kind in zip(parts, kinds, strict=True))


def _part(part: str, kind: type[int | str | dt.datetime]) -> int | str | dt.datetime:
    if kind is str and _WORD.fullmatch(part):
        return part
    if kind is str or not _NUMBER.fullmatch(part):
        raise _no_key()
    number = int(part)
    if kind is int:
        return number
    if abs(number) > _LATEST:
        raise _no_key()
    return EPOCH + number * MICROSECOND


def _no_key() -> InvalidError:
    return InvalidError("That is no place in this list.", mend="Begin at the first page.", details={"field": "after"})
