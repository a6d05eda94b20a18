"""Seals history: Merkle roots over finished entries, chained, and handed to somebody else (ADR 0002)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

AT_ONCE = 20_000
"""Entries under one seal at most."""


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


def exported() -> Iterator[str]:
    """Every seal as a line of JSON, to be kept where the force's administrators cannot reach it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, sealed_at, entries, members::text, encode(root, 'hex'), encode(previous, 'hex'),"
            " encode(chained, 'hex') from foundation_seal order by id"
        )
        for number, at, entries, members, *hashes in cursor.fetchall():
            root, previous, chained = hashes
            line = {"seal": number, "at": at.isoformat(), "entries": entries, "members": members}
            yield json.dumps(line | {"root": root, "previous": previous, "chained": chained})
