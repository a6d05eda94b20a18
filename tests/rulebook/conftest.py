"""What the tests of the rulebook share: the product's rulebook, a PostgreSQL to run SQL in, a calendar."""

from __future__ import annotations

import datetime as dt
import os
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from iops.rulebook.clocks import Unit
from iops.rulebook.loader import standard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iops.rulebook.edition import Rulebook


class PlainCalendar:
    """Monday to Friday are working days, but for two bank holidays; no school in the second half of December."""

    closed = frozenset({dt.date(2024, 3, 29), dt.date(2024, 4, 1)})

    def counts(self, day: dt.date, unit: Unit) -> bool:
        if day.weekday() > 4 or day in self.closed:
            return False
        return unit is Unit.WORKING_DAYS or not (day.month == 12 and day.day > 15)


@pytest.fixture
def calendar() -> PlainCalendar:
    return PlainCalendar()


@pytest.fixture(scope="session")
def book() -> Rulebook:
    return standard()


@pytest.fixture(scope="session")
def empty_database() -> Iterator[str]:
    """The connection string of a database of our own with nothing in it: the rulebook knows no table of the system."""
    dsn = os.environ.get("IOPS_OWNER_DSN")
    if not dsn:
        pytest.skip("no PostgreSQL: IOPS_OWNER_DSN is not set")
    name = sql.Identifier(f"iops_rulebook_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
    with psycopg.connect(make_conninfo(dsn, dbname="postgres"), autocommit=True) as server:
        server.execute(sql.SQL("drop database if exists {} with (force)").format(name))
        server.execute(sql.SQL("create database {} template template0").format(name))
        yield make_conninfo(dsn, dbname=name.as_string(None).strip('"'))
        server.execute(sql.SQL("drop database {} with (force)").format(name))


@pytest.fixture
def postgres(empty_database: str) -> Iterator[psycopg.Connection]:
    """A connection whose changes are thrown away."""
    with psycopg.connect(empty_database) as connection:
        connection.execute("set local timezone = 'UTC'")
        yield connection
        connection.rollback()
