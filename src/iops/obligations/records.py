"""How a record is named, found and shown: told by its area, since the engine of obligations knows no area."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class RecordLabel:
    """A record as people know it: its reference, the address of its page, where it happened, its tags in words."""

    reference: str
    address: str
    place: str = ""
    tags: tuple[str, ...] = ()


Labeller = Callable[[Sequence[int]], Mapping[int, RecordLabel]]
"""From record ids to labels; an id the viewer may not see, or that is not there, is left out."""


@dataclass(frozen=True)
class RecordKind:
    """A kind of record that obligations stand on."""

    title: str
    labels: Labeller
    find: Callable[[str], int | None]
    """The id of the record that a person means by a reference such as "412/05072019"; None when there is none."""


_kinds: dict[str, RecordKind] = {}


def register(kind: str, entry: RecordKind) -> None:
    """An area tells how records of its kind are named (called once, when the area is made ready)."""
    _kinds[kind] = entry


def is_known(kind: str) -> bool:
    """Whether an area tells how records of this kind are named."""
    return kind in _kinds


def labels(records: Iterable[tuple[str, int]]) -> dict[tuple[str, int], RecordLabel]:
    """The labels of many records, one query for each kind."""
    asked: dict[str, set[int]] = {}
    for kind, record_id in records:
        asked.setdefault(kind, set()).add(record_id)
    found: dict[tuple[str, int], RecordLabel] = {}
    for kind, ids in asked.items():
        if kind in _kinds:
            found |= {(kind, i): label for i, label in _kinds[kind].labels(sorted(ids)).items()}
    return found


def find(reference: str) -> tuple[str, int] | None:
    """The kind and id of the record that a reference names, whatever its area; None when no area knows it."""
    for kind, entry in _kinds.items():
        record_id = entry.find(reference)
        if record_id is not None:
            return kind, record_id
    return None
