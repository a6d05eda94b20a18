"""A connection is kept from request to request, and one that was lost meanwhile is noticed before it is used."""

from __future__ import annotations

import os
import time

import psycopg
import pytest
from django.core.signals import request_started
from django.db import connection
from django.test.utils import CaptureQueriesContext
from psycopg.conninfo import make_conninfo

from tests.conftest import worker_database

pytestmark = pytest.mark.django_db(transaction=True)


def ask() -> int:
    """The server process behind Django's connection."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        return int(cursor.fetchone()[0])


def hang_up(process: int) -> None:
    with psycopg.connect(make_conninfo(os.environ["IOPS_APP_DSN"], dbname=worker_database()), autocommit=True) as own:
        own.execute("select pg_terminate_backend(%s, 5000)", [process])


def new_request() -> None:
    """What Django does with its kept connections when a request comes in."""
    request_started.send(sender=None)


def test_it_is_the_same_connection_in_the_next_request_and_nothing_is_asked_to_find_out() -> None:
    first = ask()
    new_request()
    with CaptureQueriesContext(connection) as asked:
        assert ask() == first
    assert len(asked) == 1
    assert connection.connection.info.backend_pid == first


def test_one_that_the_server_has_ended_is_made_anew_for_the_next_request() -> None:
    first = ask()
    hang_up(first)
    new_request()
    assert ask() != first


def test_a_server_that_ends_while_nobody_looks_is_noticed_at_once() -> None:
    process = ask()
    assert connection.is_usable()
    hang_up(process)
    deadline = time.monotonic() + 5
    while connection.is_usable() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not connection.is_usable()
    connection.close()


def test_what_the_server_says_in_passing_does_not_end_a_connection() -> None:
    process = ask()
    with connection.cursor() as cursor:
        cursor.execute("set application_name = 'renamed'")
        cursor.execute("do $$ begin raise notice 'by the way'; end $$")
    assert connection.is_usable()
    assert ask() == process


def test_one_in_the_middle_of_a_transaction_is_not_used_by_another_request() -> None:
    ask()
    raw = connection.connection
    raw.autocommit = False
    raw.execute("select 1")
    assert not connection.is_usable()
    raw.rollback()
    raw.autocommit = True
    assert connection.is_usable()


def test_none_at_all_is_not_usable() -> None:
    connection.close()
    assert not connection.is_usable()
