"""The measurement of settling still runs, and still compares every row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from bench import settle
from tests.conftest import as_owner, worker_database

if TYPE_CHECKING:
    from collections.abc import Iterator

MANY = 300
CANNOT_ARISE = {"child-referral-now", "da-mark-decide"}
"""No child of these facts is referred at once, and nobody is linked from whom domestic abuse would follow."""


@pytest.fixture
def db(db: None) -> Iterator[psycopg.Connection]:
    """The database as its owner; nothing that is written stays."""
    with psycopg.connect(as_owner(worker_database())) as owner, owner.transaction(force_rollback=True):
        settle.prepare(owner)
        yield owner


def test_the_engine_and_the_hand_written_statement_agree_on_every_row(db: psycopg.Connection) -> None:
    settle.write_and_settle(db, MANY)
    settle.settle_all(db)
    settle.by_hand(db)
    assert settle.differences(db) == []


def test_every_duty_on_an_incident_an_assessment_and_a_child_that_these_facts_can_owe_arises(
    db: psycopg.Connection,
) -> None:
    settle.write_and_settle(db, MANY)
    arose = {rule for (rule,) in db.execute("select distinct rule from obligations_obligation")}
    subjects = ["incident", "risk_assessment", "incident_child"]
    known = {code for (code,) in db.execute("select code from obligations_rule where subject = any(%s)", [subjects])}
    assert known - arose == CANNOT_ARISE


def test_a_rule_that_the_hand_written_statement_does_not_know_is_named(db: psycopg.Connection) -> None:
    settle.write_and_settle(db, MANY)
    settle.by_hand(db)
    db.execute("delete from bench_hand where rule = 'da-record'")
    db.execute("update bench_hand set due_at = due_at + interval '1 second' where rule = 'child-decision'")
    assert [line.split(":")[0] for line in settle.differences(db)] == ["child-decision", "da-record"]
