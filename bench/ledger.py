"""What the ledgers cost: history beside a plain insert, due times, sealing, an idle sealer, `iops verify`.

    python -m bench.ledger [--million]

Ends with 1 when an idle pass of the sealer takes too long, or verify names anything but the rows that were forged.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from psycopg.conninfo import conninfo_to_dict

from bench.harness import console, middle, owner, seconds, server, show

if TYPE_CHECKING:
    import psycopg

    from iops.foundation.server import Running

INSERT = (
    "insert into {table} (channel, at, call_back, caller_name, source, source_key, made_up)"
    " select '999', iops.now(), '0123456789', 'Somebody ' || g, 'bench', gen_random_uuid()::text, true"
    " from generate_series(1, {rows}) g"
)
CHANGE = "update {table} set caller_name = caller_name || '.' where id <= {rows}"
PLAIN = "create table bench_plain (like control_contact including all)"
DUE = "select count(iops.due(timestamptz '2019-07-05 17:00Z' + make_interval(mins => g), 5, '{unit}', null))"
BACKLOG = 35_107
MANY = 100_000
TURNS = 5
FORGED = 10
IDLE_BAR = 0.02
"""Seconds of an idle pass of the sealer, which comes every two: a hundredth of a processor."""


def main() -> int:
    """Measure, print, and answer 1 when a bar is missed."""
    options = argparse.ArgumentParser(description="What the ledgers cost.")
    options.add_argument("--million", action="store_true", help="ledgers of a million rows instead of 100,000")
    chosen = options.parse_args()
    with server() as running, owner(running) as db:
        db.execute(PLAIN)
        writing(db, "insert", INSERT)
        writing(db, "update", CHANGE)
        due_times(db)
        return 0 if ledgers(running, db, 1_000_000 if chosen.million else MANY) else 1


def writing(db: psycopg.Connection, verb: str, statement: str) -> None:
    """The same statement on a fact table and on a plain one of the same build, in turns."""
    took: dict[str, list[float]] = {"control_contact": [], "bench_plain": []}
    for _ in range(TURNS):
        for table, times in took.items():
            query = statement.format(table=table, rows=BACKLOG).encode()
            times.append(seconds(lambda query=query: db.execute(query)))  # type: ignore[misc]
    kept, plain = (middle(times) for times in took.values())
    more = f"{(kept - plain) / BACKLOG * 1e6:.1f} us a row more"
    show(
        f"History of an {verb} of {BACKLOG:,} rows", [(more, f"{kept:.2f} s", f"{plain:.2f} s", f"{plain / kept:.2f}")]
    )


def due_times(db: psycopg.Connection) -> None:
    """How long a due time takes, against a plain addition."""
    plain = _each(db, b"select count(now() + make_interval(hours => g))")
    units = ("hours", "days", "working days", "school days")
    each = [(unit, _each(db, DUE.format(unit=unit).encode())) for unit in units]
    show("Due times", [(unit, f"{took:.1f} us", f"{plain:.1f} us", f"{plain / took:.2f}") for unit, took in each])


def _each(db: psycopg.Connection, query: bytes) -> float:
    return seconds(lambda: db.execute(query + b" from generate_series(1, %d) g" % MANY)) / MANY * 1e6


def ledgers(running: Running, db: psycopg.Connection, rows: int) -> bool:
    """Sealing, sealing nothing, and verifying so many rows; rows that are forged then are all found."""
    for _ in range(rows // MANY):
        db.execute(INSERT.format(table="control_contact", rows=MANY).encode())
    entries = _count(db, "foundation_history")
    sealing = seconds(lambda: _seal_all(db))
    idle = middle([seconds(lambda: db.execute("select iops.seal(20000)")) for _ in range(9)])
    found: list[int] = []
    verifying = seconds(lambda: found.append(_verify(running)))
    db.execute("alter table control_contact disable trigger user")
    db.execute(b"update control_contact set caller_name = 'forged' where id <= %d" % FORGED)
    found.append(_verify(running))
    title = f"Ledgers of {entries:,} entries over {_count(db, 'control_contact'):,} rows"
    measured = [
        ("sealing", f"{entries / sealing:,.0f} entries/s", "", ""),
        ("a pass that finds nothing", f"{idle * 1000:.1f} ms", "", "", f"{IDLE_BAR * 1000:.0f} ms"),
        ("iops verify", f"{verifying:.1f} s", "", ""),
    ]
    show(title, measured)
    console.print(f"Named by verify: {found[0]} before and {found[1]} after {FORGED} rows were forged")
    return idle <= IDLE_BAR and found == [0, FORGED]


def _count(db: psycopg.Connection, table: str) -> int:
    row = db.execute(f"select count(*) from {table}".encode()).fetchone()
    return int(row[0]) if row else 0


def _seal_all(db: psycopg.Connection) -> None:
    while (row := db.execute("select iops.seal(20000)").fetchone()) and row[0]:
        pass


def _verify(running: Running) -> int:
    """How many findings, asked as the owner."""
    import django

    os.environ["IOPS_AS_OWNER"] = "1"
    django.setup()
    from django.db import connection

    from iops.foundation.verify import verify

    parts = conninfo_to_dict(running.owner_dsn)
    connection.settings_dict.update(USER=parts["user"], PASSWORD=parts["password"])
    return len(verify())


if __name__ == "__main__":
    sys.exit(main())
