"""What the measurement of crimes is filled with is what the facts say: nothing of it is measured over wrong rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from bench import crime_load
from tests.conftest import as_owner, worker_database

if TYPE_CHECKING:
    from collections.abc import Iterator

MANY = 200


@pytest.fixture
def db(db: None) -> Iterator[psycopg.Connection]:
    """The database as its owner, with crimes; nothing that is written stays."""
    with psycopg.connect(as_owner(worker_database())) as owner, owner.transaction(force_rollback=True):
        owner.execute(
            "insert into foundation_district (code, name) select 'bench', 'Bench (made up)'"
            " where not exists (select from foundation_district)"
        )
        owner.execute(
            "insert into foundation_user (username, name, password, is_active, kind, collar_number, made_up,"
            " failed_sign_ins)"
            " select u, u || ' (made up)', '!', true, 'person', '', true, 0"
            " from unnest(array['sergeant', 'detective']) u"
            " where not exists (select from foundation_user x where x.username = u)"
        )
        crime_load.written(owner, MANY, people=20)
        yield owner


def one(db: psycopg.Connection, statement: str) -> int:
    """The number a statement answers with."""
    row = db.execute(statement.encode()).fetchone()
    assert row is not None
    return int(row[0])


def test_the_crimes_that_are_measured_stand_as_their_facts_say(db: psycopg.Connection) -> None:
    now, kept = "select * from iops.crime_stands_now", "select crime_id, incident_id, district_id, crime_class,"
    kept += " owner_id, team_id, state, ending, recorded_at from crime_crimestanding"
    assert one(db, f"select count(*) from ({now} except {kept}) x") == 0
    assert one(db, f"select count(*) from ({kept} except {now}) x") == 0
    assert one(db, "select count(*) from crime_crimestanding") == MANY


def test_one_in_ten_is_open_and_owes_what_open_crimes_owe(db: psycopg.Connection) -> None:
    assert one(db, "select count(*) from crime_crimestanding where state = 'open'") == MANY // crime_load.OPEN_OF
    assert one(db, "select count(*) from obligations_obligation where rule = 'crime-allocated'") >= 1
    assert one(db, "select count(*) from crime_crimevictim") == MANY // crime_load.OPEN_OF
