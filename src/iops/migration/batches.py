"""Cuts an extract into batches of turned rows, and counts what the source says for the control totals."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from iops.migration.transforms import RejectedError, Staged, raw_hash, row_hash

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from iops.migration.reading import Extract, Record
    from iops.migration.transforms import Transform

MOST_BYTES: Final = 32 * 1024 * 1024
"""A batch ends with the row that takes its bytes beyond this, so that memory stays bounded whatever the rows hold."""


class Taken(NamedTuple):
    """One row that can be loaded."""

    line: int
    row_hash: UUID
    facts: Staged
    raw: bytes


class Refused(NamedTuple):
    """One row that is rejected, as the ledger keeps it; `raw` is JSON."""

    line: int
    row_hash: UUID
    reason: str
    raw: str


@dataclass
class Batch:
    """Rows that are loaded in one transaction, in the order of the file."""

    taken: list[Taken] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    size: int = 0

    @property
    def rows(self) -> int:
        """Rows of the source in this batch."""
        return len(self.taken) + len(self.refused)


@dataclass
class Tally:
    """What the source says of itself, counted while it is read: all rows, and those that could be turned."""

    rows: int = 0
    turned: int = 0
    domestic: int = 0
    crime_reported: int = 0
    graded: int = 0

    def count(self, facts: Staged) -> None:
        """Count one row that could be turned."""
        self.turned += 1
        self.domestic += facts.domestic
        self.crime_reported += facts.crime_reported
        self.graded += facts.grade is not None


def kept(raw: bytes, facts: Staged | None = None) -> str:
    """The bytes of a row as JSON that loses nothing: as text where they are text, otherwise in base 64."""
    try:
        text = raw.decode()
        content: dict[str, object] = {"text": text} if "\0" not in text else {}
    except UnicodeDecodeError:
        content = {}
    if not content:
        content = {"base64": base64.b64encode(raw).decode()}
    if facts is not None:
        graded = facts.grade is not None
        content["facts"] = {"domestic": facts.domestic, "crime_reported": facts.crime_reported, "graded": graded}
    return json.dumps(content)


def batches(extract: Extract, turn: Transform, tally: Tally, *, after: int, at_once: int) -> Iterator[Batch]:
    """The rows after the line `after`, `at_once` at a time; rows up to it are only counted. Read one batch ahead.

    While the database takes one batch, the next is read and turned in a thread.
    """
    made = _batches(extract, turn, tally, after, at_once)
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(next, made, None)
        while (batch := coming.result()) is not None:
            coming = reader.submit(next, made, None)
            yield batch


def _batches(extract: Extract, turn: Transform, tally: Tally, after: int, at_once: int) -> Iterator[Batch]:
    batch = Batch()
    for record in extract.records():
        tally.rows += 1
        row = _turned(record, turn)
        if isinstance(row, Taken):
            tally.count(row.facts)
        if record.line <= after:
            continue
        (batch.taken if isinstance(row, Taken) else batch.refused).append(row)  # type: ignore[arg-type]
        batch.size += len(record.raw)
        if batch.rows >= at_once or batch.size >= MOST_BYTES:
            yield batch
            batch = Batch()
    if batch.rows:
        yield batch


def _turned(record: Record, turn: Transform) -> Taken | Refused:
    if record.fields is None:
        return Refused(record.line, raw_hash(record.raw), record.problem, kept(record.raw))
    whole = row_hash(record.fields)
    try:
        return Taken(record.line, whole, turn.facts(record.fields, whole), record.raw)
    except RejectedError as rejected:
        return Refused(record.line, whole, str(rejected), kept(record.raw))
