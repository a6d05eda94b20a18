"""What the tests of the rulebook share: the product's rulebook, a PostgreSQL to run SQL in, a calendar."""

from __future__ import annotations

import datetime as dt
import os
from typing import TYPE_CHECKING

import psycopg
import pytest
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
def owner_dsn() -> str:
    dsn = os.environ.get("IOPS_OWNER_DSN")
    if not dsn:
        pytest.skip("no PostgreSQL: IOPS_OWNER_DSN is not set")
    return make_conninfo(dsn, dbname="postgres")


@pytest.fixture
def postgres(owner_dsn: str) -> Iterator[psycopg.Connection]:
    """A connection whose changes are thrown away, with a schema of its own for fact views."""
    with psycopg.connect(owner_dsn) as connection:
        connection.execute("set local timezone = 'UTC'")
        yield connection
        connection.rollback()
