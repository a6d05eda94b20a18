"""A server is made, found running, and stopped; it is durable, private, and lets two roles in."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests.foundation.server.conftest import Make, as_root, ask, superuser

if TYPE_CHECKING:
    from pathlib import Path

    from iops.foundation.server import Running


@pytest.mark.parametrize("setting", ["fsync", "synchronous_commit", "full_page_writes", "data_checksums"])
def test_a_server_is_durable_unless_it_is_for_tests(standing: Running, setting: str) -> None:
    assert ask(standing.app_dsn, f"show {setting}") == ("on",)


def test_an_administrator_can_change_sizes_but_not_take_durability_away(home: Path, make: Make) -> None:
    cluster = make(home, durable=True)
    cluster.start()
    with psycopg.connect(superuser(cluster), autocommit=True) as server:
        server.execute("alter system set fsync = off")
        server.execute("alter system set work_mem = '7MB'")
    cluster.stop()
    again = cluster.start()
    assert ask(again.app_dsn, "show fsync") == ("on",)
    assert ask(again.app_dsn, "show work_mem") == ("7MB",)


def test_a_server_for_tests_is_quick_instead(home: Path, make: Make) -> None:
    assert ask(make(home).start().app_dsn, "show fsync") == ("off",)


def test_nothing_listens_on_the_network(standing: Running) -> None:
    assert ask(standing.app_dsn, "show listen_addresses") == ("",)


def test_data_are_text_of_every_script_in_utc(standing: Running) -> None:
    assert ask(standing.app_dsn, "select 'Zoë 王 مريم'") == ("Zoë 王 مريم",)
    assert ask(standing.app_dsn, "show server_encoding") == ("UTF8",)
    assert ask(standing.app_dsn, "show timezone") == ("UTC",)


def test_the_application_owns_nothing_and_can_make_nothing(standing: Running) -> None:
    attributes = "rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls"
    assert ask(standing.app_dsn, f"select {attributes} from pg_roles where rolname = 'iops_app'") == (False,) * 5
    assert ask(standing.app_dsn, "select pg_get_userbyid(datdba) from pg_database where datname = 'iops'") == (
        "iops_owner",
    )
    with psycopg.connect(standing.app_dsn) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("create table mine (id int)")


def test_the_owner_makes_tables_but_neither_roles_nor_databases(standing: Running) -> None:
    attributes = "rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls"
    assert ask(standing.owner_dsn, f"select {attributes} from pg_roles where rolname = 'iops_owner'") == (False,) * 5
    with psycopg.connect(standing.owner_dsn) as owner:
        owner.execute("create table mine (id int)")
        owner.execute("drop table mine")


def test_nobody_else_may_enter_the_database(home: Path, make: Make) -> None:
    cluster = make(home)
    running = cluster.start()
    with psycopg.connect(superuser(cluster), autocommit=True) as server:
        server.execute(sql.SQL("create role passer_by login password 'x'"))
    stranger = make_conninfo(running.app_dsn, user="passer_by", password="x")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(stranger)


@pytest.mark.parametrize("user", ["postgres", "iops_owner", "iops_app"])
def test_a_wrong_password_opens_nothing(standing: Running, user: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        psycopg.connect(make_conninfo(standing.app_dsn, user=user, password="guess"))


def test_passwords_differ_between_roles_and_installations(home: Path, make: Make) -> None:
    runs = [make(home / name).start() for name in ("one", "two")]
    words = {conninfo_to_dict(dsn)["password"] for run in runs for dsn in (run.owner_dsn, run.app_dsn)}
    assert len(words) == 4
    assert all(len(str(word)) >= 32 for word in words)


def test_secrets_and_sockets_are_for_one_account_only(home: Path, make: Make) -> None:
    cluster = make(home)
    cluster.start()
    kept = {"secrets.json": 0o600, "postgres": 0o700, "postgres.log": 0o600}
    assert {name: stat.S_IMODE((home / name).stat().st_mode) for name in kept} == kept
    assert stat.S_IMODE(cluster.sockets.stat().st_mode) == 0o700


@pytest.mark.skipif(not as_root(), reason="only root can lend the server another account")
def test_under_root_the_server_runs_as_a_lesser_account(home: Path, make: Make) -> None:
    cluster = make(home)
    cluster.start()
    owner = (home / "postgres").stat().st_uid
    server = int((home / "postgres" / "postmaster.pid").read_text().split()[0])
    numbers = dict(
        line.split(":", 1)
        for line in open(f"/proc/{server}/status").read().splitlines()  # noqa: PTH123, SIM115
    )
    assert owner != 0
    assert numbers["Uid"].split() == [str(owner)] * 4
    assert numbers["Groups"].split() == []


def test_a_running_server_is_found_and_keeps_its_passwords(home: Path, make: Make) -> None:
    first = make(home).start()
    server = (home / "postgres" / "postmaster.pid").read_text()
    second = make(home).start()
    assert second.app_dsn == first.app_dsn
    assert second.secret_key == first.secret_key
    assert (home / "postgres" / "postmaster.pid").read_text() == server


def test_data_outlive_a_stop(home: Path, make: Make) -> None:
    cluster = make(home)
    with psycopg.connect(cluster.start().owner_dsn) as owner:
        owner.execute("create table kept as select 7 as n")
    cluster.stop()
    assert not cluster.is_running()
    assert ask(make(home).start().owner_dsn, "select n from kept") == (7,)


def test_stopping_twice_is_stopping_once(home: Path, make: Make) -> None:
    cluster = make(home)
    cluster.start()
    cluster.stop()
    cluster.stop()
    assert not cluster.is_running()


def test_the_last_to_leave_stops_the_server(home: Path, make: Make) -> None:
    first, second = make(home), make(home)
    first.start()
    second.start()
    first.stop()
    assert second.is_running()
    second.stop()
    assert not second.is_running()


def test_variables_about_other_servers_lead_nobody_astray(
    home: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"PGDATA": "/nowhere", "PGPORT": "1", "PGHOST": "elsewhere", "LC_ALL": "xx_XX"}.items():
        monkeypatch.setitem(os.environ, name, value)
    assert ask(make(home).start().app_dsn, "select 1") == (1,)
