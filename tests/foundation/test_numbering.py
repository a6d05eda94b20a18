"""Incident numbers run without gaps and without doubles, however many take them at once."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.conftest import worker_database


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


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gaps_and_no_doubles_though_some_transactions_are_rolled_back() -> None:
    with ThreadPoolExecutor(4) as pool:
        taken = sorted(number for numbers in pool.map(take, [30] * 4) for number in numbers)
    assert taken == list(range(1, len(taken) + 1))
    assert len(taken) == 80
