"""Incident numbers run without gaps and without doubles, however many take them at once."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.conftest import worker_database

if TYPE_CHECKING:
    from collections.abc import Iterator


def take(times: int) -> list[int]:
    dsn = psycopg.conninfo.make_conninfo(os.environ["IOPS_APP_DSN"], dbname=worker_database())
    taken = []
    with psycopg.connect(dsn) as session:
        for attempt in range(times):
            row = session.execute("select iops.take_numbers('incident', '2019-07-05', 1)").fetchone()
            assert row
            if attempt % 3 == 2:
                session.rollback()
            else:
                session.commit()
                taken.append(row[0])
    return taken


pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def app() -> Iterator[psycopg.Connection]:
    dsn = psycopg.conninfo.make_conninfo(os.environ["IOPS_APP_DSN"], dbname=worker_database())
    with psycopg.connect(dsn, autocommit=True) as session:
        yield session


def first_of(app: psycopg.Connection, series: str, day: str, n: int | None) -> int:
    row = app.execute("select iops.take_numbers(%s, %s, %s)", [series, day, n]).fetchone()
    assert row
    return int(row[0])


def test_numbers_have_no_gaps_and_no_doubles_though_some_transactions_are_rolled_back() -> None:
    with ThreadPoolExecutor(4) as pool:
        taken = sorted(number for numbers in pool.map(take, [30] * 4) for number in numbers)
    assert taken == list(range(1, len(taken) + 1))
    assert len(taken) == 80


def test_many_numbers_are_taken_at_once_and_follow_one_another(app: psycopg.Connection) -> None:
    taken = [first_of(app, "incident", "2019-07-05", n) for n in (1, 35_107, 1)]
    assert taken == [1, 2, 35_109]


def test_each_series_and_each_day_begins_with_one(app: psycopg.Connection) -> None:
    for series, day in (("incident", "2019-07-05"), ("incident", "2019-07-06"), ("crime", "2019-07-05")):
        assert first_of(app, series, day, 3) == 1


@pytest.mark.parametrize("n", [0, -1, -35_107, None])
def test_nobody_gives_numbers_back_by_hand(n: int | None, app: psycopg.Connection) -> None:
    first_of(app, "incident", "2019-07-05", 5)
    with pytest.raises(psycopg.errors.IntegrityError):
        first_of(app, "incident", "2019-07-05", n)
    assert first_of(app, "incident", "2019-07-05", 1) == 6


def test_the_counter_is_out_of_reach_of_the_application(app: psycopg.Connection) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("update foundation_number_series set last = 1")
