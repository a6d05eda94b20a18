"""What a search answers: hits in order, why each is there, how many there are, how many were withheld."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

PAGE = 20


@dataclass(frozen=True)
class Filter:
    """What a search is kept to; the empty filter is everything.

    `kind` is a kind of record; `since` and `until` are local days, both included, of the row that matched; `typing`
    says that the question is not finished, so that the last word stands for every longer one.
    """

    kind: str = ""
    district_id: int | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    page: int = 1
    typing: bool = False


@dataclass(frozen=True)
class Match:
    """One field that speaks for a hit (weight above 0) or against it, in words; weight in bits, 0 for words alone."""

    field: str
    says: str
    weight: float = 0.0


@dataclass
class Hit:
    """One record that may be meant. `score` is 0 to 100: how much of what was asked speaks for it.

    `merged` names the nominals of the same person, by id, that are shown under this one; `matched_id` is the one that
    matched.
    """

    kind: str
    id: int
    score: int
    risk: int = 0
    at: dt.datetime | None = None
    title: str = ""
    address: str = ""
    details: tuple[str, ...] = ()
    matches: list[Match] = field(default_factory=list)
    merged: tuple[int, ...] = ()
    matched_id: int | None = None
    also_known_as: str = ""
    restricted: bool = False


@dataclass(frozen=True)
class Answer:
    """One page of hits. `total` counts the records this person may see; `at_least` says that there may be more.

    `withheld` counts the records that were met and not shown, of which this person may be told that they are there.
    """

    hits: tuple[Hit, ...]
    total: int
    at_least: bool
    withheld: int
    page: int
    by_kind: dict[str, int]

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-sum(self.by_kind.values()) // PAGE))

    def shown(self, kind: str) -> list[int]:
        """The ids of the shown hits of one kind; for people, with the nominals shown under them."""
        return [i for hit in self.hits if hit.kind == kind for i in {hit.id, *hit.merged}]

    def shown_ids(self) -> Iterable[int]:
        """The ids of the people in it: searching is, first of all, searching for people."""
        return self.shown("person")
