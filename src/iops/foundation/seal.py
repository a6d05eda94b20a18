"""Seals history: Merkle roots over finished entries, chained, and handed to somebody else (ADR 0002)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from django.db import connection

from iops.foundation.errors import InvalidError

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterable, Iterator

AT_ONCE = 20_000
"""Entries under one seal at most."""


class SealLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One seal as it is handed out: its number, when it was made (ISO, UTC), what it covers, and its hashes in hex."""

    seal: int
    at: str
    entries: int
    members: str
    root: str
    previous: str
    chained: str


def seal() -> int:
    """Seal every finished entry that is not sealed yet; how many that were."""
    total = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute("select iops.seal(%s)", [AT_ONCE])
            sealed = int(cursor.fetchone()[0])
        total += sealed
        if sealed < AT_ONCE:
            return total


def seal_forever(stop: threading.Event, seconds: float = 2.0) -> None:
    """Seal every few seconds until told to stop: the worker's thread."""
    while not stop.wait(seconds):
        seal()


def stored() -> Iterator[SealLine]:
    """Every seal in the order they were made. Runs as the owner of the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, to_char(sealed_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), entries,"
            " members::text, encode(root, 'hex'), encode(previous, 'hex'), encode(chained, 'hex')"
            " from foundation_seal order by id"
        )
        for row in cursor.fetchall():
            yield SealLine(*row)


def exported() -> Iterator[str]:
    """Every seal as a line of JSON, to be kept where the force's administrators cannot reach it."""
    for line in stored():
        yield msgspec.json.encode(line).decode()


def read_exported(lines: Iterable[str]) -> list[SealLine]:
    """Seals from lines that `exported` wrote; empty lines are passed over.

    Raises InvalidError for a line that is no seal, naming it: a file that was tampered with must not verify anything.
    """
    return [_line(number, text) for number, text in enumerate(lines, 1) if text.strip()]


def _line(number: int, text: str) -> SealLine:
    try:
        return msgspec.json.decode(text, type=SealLine)
    except (ValueError, msgspec.MsgspecError, RecursionError) as error:
        raise InvalidError(
            f"Line {number} of the exported seals is no seal: {error}.", mend="Use what `iops seal --export` printed."
        ) from error
