"""A server of somebody else's is taken as far as its role allows; what is missing is said in SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from iops.foundation.server import DsnError, adopt
from tests.foundation.server.conftest import Make, ask, superuser

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def theirs(home: Path, make: Make) -> str:
    """The superuser's connection string of a server that knows nothing of us yet."""
    cluster = make(home / "theirs")
    cluster.start()
    dsn = superuser(cluster)
    with psycopg.connect(dsn, autocommit=True) as server:
        for statement in ("drop database iops", "drop role iops_app", "drop role iops_owner"):
            server.execute(statement.encode())
    return dsn


def role(dsn: str, name: str, attributes: str = "") -> str:
    """Make a role on their server; its connection string."""
    with psycopg.connect(dsn, autocommit=True) as server:
        server.execute(f"create role {name} login password 'x' {attributes}".encode())
    return make_conninfo(dsn, user=name, password="x")


def test_a_superuser_is_enough_and_the_server_is_never_stopped(home: Path, theirs: str) -> None:
    running = adopt(theirs, home)
    assert ask(running.app_dsn, "select current_user, current_database()") == ("iops_app", "iops")
    assert ask(running.owner_dsn, "select pg_get_userbyid(datdba) from pg_database where datname = 'iops'") == (
        "iops_owner",
    )
    running.stop()
    assert ask(theirs, "select 1") == (1,)


def test_who_may_make_roles_and_databases_is_enough(home: Path, theirs: str) -> None:
    running = adopt(role(theirs, "builder", "createrole createdb"), home)
    with psycopg.connect(running.owner_dsn) as owner:
        owner.execute("create table made (n int)")
    with psycopg.connect(running.app_dsn) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("select * from made")


def test_starting_again_changes_nothing(home: Path, theirs: str) -> None:
    assert adopt(theirs, home) == adopt(theirs, home)


def test_who_may_make_nothing_gets_a_script_for_an_administrator(home: Path, theirs: str) -> None:
    powerless = role(theirs, "powerless")
    with pytest.raises(DsnError, match=r"roles\.sql"):
        adopt(powerless, home)
    script = home / "roles.sql"
    assert script.stat().st_mode & 0o077 == 0
    with psycopg.connect(theirs, autocommit=True) as server:
        for statement in script.read_text().splitlines():
            server.execute(statement.encode())
    assert ask(adopt(powerless, home).app_dsn, "select current_user") == ("iops_app",)


def test_roles_of_another_installation_are_not_taken_over(home: Path, theirs: str) -> None:
    first = adopt(theirs, home / "first")
    with pytest.raises(DsnError, match="passwords of another installation"):
        adopt(theirs, home / "second")
    assert ask(first.app_dsn, "select 1") == (1,)


def test_roles_are_taken_over_when_that_is_asked(home: Path, theirs: str) -> None:
    first = adopt(theirs, home / "first")
    second = adopt(theirs, home / "second", take_over=True)
    assert ask(second.app_dsn, "select 1") == (1,)
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        psycopg.connect(first.app_dsn)


def test_a_database_in_another_encoding_is_refused(home: Path, theirs: str) -> None:
    with psycopg.connect(theirs, autocommit=True) as server:
        server.execute("create database iops encoding 'LATIN1' locale 'C' template template0")
    with pytest.raises(DsnError, match="LATIN1"):
        adopt(theirs, home)


@pytest.mark.parametrize(
    "dsn",
    [
        "host=/nowhere dbname=x",
        "host=127.0.0.1 port=1 connect_timeout=2",
        "no such thing",
        "postgresql://[",
        "a\x00b",
        "host=",
    ],
)
def test_a_connection_string_that_leads_nowhere_is_one_plain_sentence(
    home: Path, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGHOST", "/nowhere")
    with pytest.raises(DsnError, match="cannot be used") as refused:
        adopt(dsn, home)
    assert "--dsn" in refused.value.mend
