"""Two people who write about one nominal at the same time: both are findable afterwards."""

from __future__ import annotations

import threading
import time

import psycopg
import pytest

from iops.foundation.context import acting
from tests.conftest import as_owner, worker_database
from tests.pole.search.test_people import found, make

pytestmark = pytest.mark.django_db(transaction=True)

ADD = """
insert into pole_name (person_id, kind, "full", given, family, source, source_detail, confidence, recorded_at,
                       withdrawn_reason)
values (%s, 'alias', %s, '', '', 'officer', '', 'likely', iops.now(), '')
"""
PATIENCE = 10.0


def waits(session: psycopg.Connection) -> bool:
    row = session.execute("select count(*) from pg_stat_activity where wait_event_type = 'Lock'").fetchone()
    return bool(row and row[0])


def write(session: psycopg.Connection, person_id: int, name: str) -> None:
    session.execute(ADD, [person_id, name])
    session.commit()


def test_two_who_write_about_one_nominal_at_once_lose_nothing() -> None:
    with acting(user_id=0):
        person = make("Ann", "Quarmby")
    dsn = as_owner(worker_database())
    with psycopg.connect(dsn) as one, psycopg.connect(dsn) as other, psycopg.connect(dsn, autocommit=True) as watcher:
        one.execute(ADD, [person.id, "Firstly Zebra"])
        second = threading.Thread(target=write, args=[other, person.id, "Secondly Yak"])
        second.start()
        deadline = time.monotonic() + PATIENCE
        while not waits(watcher) and time.monotonic() < deadline:
            time.sleep(0.01)
        one.commit()
        second.join(PATIENCE)
    with acting(user_id=0):
        for text in ("ann quarmby", "firstly zebra", "secondly yak"):
            assert found(text) == [person.id], text
