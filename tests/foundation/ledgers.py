"""Short words for tests of the ledgers: what stands in history, what `verify` finds, and what a forger does."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
from django.db import connection

from iops.foundation import verify as verifying

if TYPE_CHECKING:
    from collections.abc import Iterator


def entries(owner: psycopg.Connection, table: str, row: int) -> list[tuple[object, ...]]:
    return owner.execute(
        "select op, actor_id, request_id, reason, before from foundation_history"
        " where table_name = %s and row_id = %s order by id",
        [table, row],
    ).fetchall()


@contextmanager
def as_the_owner() -> Iterator[None]:
    """Django's connection is the owner's for a while, as it is for `iops verify`."""
    kept = dict(connection.settings_dict)
    connection.close()
    parts = psycopg.conninfo.conninfo_to_dict(os.environ["IOPS_OWNER_DSN"])
    connection.settings_dict.update(USER=str(parts["user"]), PASSWORD=str(parts["password"]))
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(kept)


def findings(**asked: object) -> set[tuple[str, str, str]]:
    """What `iops verify` finds, asked as the owner."""
    with as_the_owner():
        return {(f.where, f.row, f.what) for f in verifying.verify(**asked)}  # type: ignore[arg-type]


def behind_its_back(owner: psycopg.Connection, table: str, statement: str, *values: object) -> None:
    """What somebody with the owner's password could do."""
    owner.execute(f"alter table {table} disable trigger user")
    owner.execute(statement, values)
    owner.execute(f"alter table {table} enable trigger user")


def seal(owner: psycopg.Connection) -> int:
    row = owner.execute("select iops.seal(20000)").fetchone()
    assert row
    return int(row[0])


def seal_all(owner: psycopg.Connection) -> None:
    """Seal until nothing is left: a transaction anywhere on the server (another worker's) holds the horizon back."""
    left = """select (select count(*) from foundation_history)
               - (select coalesce(sum(entries), 0) from foundation_seal),
        (select above = '{}' from foundation_seal_head)"""
    for _ in range(1200):
        seal(owner)
        if owner.execute(left).fetchone() == (0, True):
            return
        time.sleep(0.1)


def wait_until_all_may_be_sealed(owner: psycopg.Connection) -> None:
    """Wait until every transaction that ran beside the newest entry has ended, in any database of the server."""
    for _ in range(1200):
        passed = "select max(tx) < pg_snapshot_xmin(pg_current_snapshot()) from foundation_history"
        if owner.execute(passed).fetchone() == (True,):
            return
        time.sleep(0.1)
    msg = "a transaction has been open on the server for two minutes"
    raise AssertionError(msg)
