"""What the other measurements write by hand still fits the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from bench import hub, intake, kill, ledger
from tests.conftest import as_owner, worker_database

if TYPE_CHECKING:
    from collections.abc import Iterator

FEW = 40


@pytest.fixture
def db(db: None) -> Iterator[psycopg.Connection]:
    """The database as its owner; nothing that is written stays."""
    with psycopg.connect(as_owner(worker_database())) as owner, owner.transaction(force_rollback=True):
        yield owner


def count(db: psycopg.Connection, question: str) -> int:
    """One number."""
    row = db.execute(question.encode()).fetchone()
    return int(row[0]) if row else 0


def test_the_force_that_is_killed_has_a_district_and_a_writer(db: psycopg.Connection) -> None:
    db.execute(kill.FORCE)
    assert count(db, "select count(*) from foundation_user where username = 'writer'") == 1


def test_contacts_of_the_measurement_of_ledgers_are_written(db: psycopg.Connection) -> None:
    db.execute(ledger.INSERT.format(table="control_contact", rows=FEW).encode())
    assert count(db, "select count(*) from control_contact where source = 'bench'") == FEW


def test_incidents_as_saves_would_have_left_them_are_written_and_owed_on(db: psycopg.Connection) -> None:
    db.execute(kill.FORCE)
    assert intake.load(db, FEW) == FEW
    assert count(db, "select count(*) from control_incident i join control_grading g on g.incident_id = i.id") == FEW
    assert count(db, "select count(*) from obligations_obligation where rule = 'grade-incident'") == FEW


def test_domestic_incidents_of_the_measurement_of_the_hub_have_people_and_are_ranked(db: psycopg.Connection) -> None:
    db.execute(kill.FORCE)
    intake.load(db, FEW)
    hub.link_people(db, domestic=5, people=4)
    db.execute("select iops.rank_all()")
    assert count(db, "select count(*) from safeguarding_rankeditem") == 5
    assert hub.heaviest(db) > 0
