"""Every test runs on a real PostgreSQL, as the application's own role, with triggers, rules and policies in place.

One database is prepared once by its owner; each worker copies it. A test that commits gets the copy made anew
afterwards, which takes a fraction of a second and leaves nothing behind.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import psycopg
import pytest
from django.db import connection
from django.test import TransactionTestCase
from hypothesis import HealthCheck, settings
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django.plugin import DjangoDbBlocker

TEMPLATE = "iops_template"
settings.register_profile(
    "iops",
    deadline=None,
    suppress_health_check=set(HealthCheck) - {HealthCheck.filter_too_much},
)
settings.load_profile("iops")
"""No property fails because the machine is busy (how fast something is, the benches say) or its examples are large."""
PATIENCE = 60.0
"""Seconds that connections may take to end."""


def worker_database() -> str:
    """The name of this worker's own database."""
    return f"iops_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


def as_owner(dbname: str) -> str:
    """The owner's connection string for a database of the test server."""
    return make_conninfo(os.environ["IOPS_OWNER_DSN"], dbname=dbname)


def copy_template() -> None:
    """Make this worker's database anew from the template."""
    name = sql.Identifier(worker_database())
    with psycopg.connect(as_owner("postgres"), autocommit=True) as server:
        _drop(server, name)
        server.execute(sql.SQL("create database {} template {}").format(name, sql.Identifier(TEMPLATE)))


def _drop(server: psycopg.Connection, name: sql.Identifier) -> None:
    """Drop this worker's database; a live server's threads may take a moment to let go of theirs.

    Not `with (force)`: an owner may not end a vacuum of the server itself that way, while a plain drop does.
    """
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            server.execute(sql.SQL("drop database if exists {}").format(name))
        except psycopg.errors.ObjectInUse:
            _hang_up()
        else:
            return
    raise AssertionError("Connections to the database of a finished test stay open.")


def _hang_up() -> None:
    """End the connections of the application and of its owner, each as itself: neither may end the other's."""
    for role in ("IOPS_APP_DSN", "IOPS_OWNER_DSN"):
        with psycopg.connect(make_conninfo(os.environ[role], dbname=worker_database()), autocommit=True) as own:
            own.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and usename = current_user and pid <> pg_backend_pid()"
            )


def prepare_template() -> None:
    """Prepare the template once for all workers: whoever takes the lock first does it."""
    with psycopg.connect(as_owner("postgres"), autocommit=True) as server:
        server.execute("select pg_advisory_lock(2019)")
        if server.execute("select 1 from pg_database where datname = %s", [TEMPLATE]).fetchone():
            return
        server.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(TEMPLATE + "_new")))
        server.execute(sql.SQL("create database {}").format(sql.Identifier(TEMPLATE + "_new")))
        _prepare(TEMPLATE + "_new")
        names = sql.Identifier(TEMPLATE + "_new"), sql.Identifier(TEMPLATE)
        server.execute(sql.SQL("alter database {} rename to {}").format(*names))


def _prepare(dbname: str) -> None:
    from iops.project.prepare import prepare

    settings = connection.settings_dict
    kept = {key: settings[key] for key in ("NAME", "USER", "PASSWORD")}
    owner = conninfo_to_dict(as_owner(dbname))
    settings.update(NAME=dbname, USER=owner.get("user", ""), PASSWORD=owner.get("password", ""))
    try:
        prepare(made_up_force=None, say=lambda _: None)
    finally:
        connection.close()
        settings.update(kept)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Give this worker its copy of the prepared database."""
    with django_db_blocker.unblock():
        prepare_template()
        copy_template()
        connection.settings_dict["NAME"] = worker_database()
    yield
    connection.close()


@pytest.fixture(scope="session", autouse=True)
def _commits_are_undone_by_a_new_copy() -> None:
    """Django would TRUNCATE after a test that commits; the application's role may not, and should not."""

    def teardown(_: TransactionTestCase) -> None:
        connection.close()
        copy_template()

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[attr-defined]
