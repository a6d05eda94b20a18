"""What a crash, a lost file or a half-done start leaves behind never stands in the way of the next start."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg
import pytest

from iops.foundation.server import ServerError
from iops.foundation.server.postmaster import postmaster_of
from tests.foundation.server.conftest import Make, ask

if TYPE_CHECKING:
    from pathlib import Path

    from iops.foundation.server import Cluster


def kill(cluster: Cluster) -> None:
    """Kill the parent process of a server outright, as the kernel does when memory runs out."""
    postmaster = postmaster_of(cluster.data)
    assert postmaster is not None
    os.kill(postmaster.pid, signal.SIGKILL)


def test_no_acknowledged_row_is_lost_when_the_server_is_killed_again_and_again(home: Path, make: Make) -> None:
    cluster = make(home, durable=True)
    running = cluster.start()
    with psycopg.connect(running.owner_dsn) as owner:
        owner.execute("create table log (n int primary key)")
    acknowledged: list[int] = []

    def write(first: int, enough: threading.Event) -> None:
        with suppress(psycopg.OperationalError), psycopg.connect(running.owner_dsn, autocommit=True) as writer:
            for n in range(first, first + 100_000):
                writer.execute("insert into log values (%s)", [n])
                acknowledged.append(n)
                if n == first + 50:
                    enough.set()

    for each in range(3):
        enough = threading.Event()
        writer = threading.Thread(target=write, args=(each * 100_000, enough))
        writer.start()
        assert enough.wait(30)
        kill(cluster)
        cluster.start()
        writer.join(30)
    with psycopg.connect(running.owner_dsn) as owner:
        kept = {row[0] for row in owner.execute("select n from log")}
    assert len(acknowledged) > 150
    assert set(acknowledged) <= kept


def test_a_half_made_database_is_made_anew(home: Path, make: Make) -> None:
    half = home / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18")
    assert ask(make(home).start().app_dsn, "select 1") == (1,)
    assert not half.exists()


def test_a_pid_file_that_names_some_other_program_is_not_believed(home: Path, make: Make) -> None:
    cluster = make(home)
    cluster.start()
    whole = (home / "postgres" / "postmaster.pid").read_text().splitlines()
    cluster.stop()
    stranger = subprocess.Popen(["/bin/cat"], cwd="/", stdin=subprocess.PIPE, **cluster.account.run_as)
    try:
        (home / "postgres" / "postmaster.pid").write_text("\n".join([str(stranger.pid), *whole[1:]]) + "\n")
        (cluster.sockets / ".s.PGSQL.5432.lock").write_text(f"{stranger.pid}\n")
        (cluster.sockets / ".s.PGSQL.5432").touch()
        assert not cluster.is_running()
        assert ask(cluster.start().app_dsn, "select 1") == (1,)
        assert stranger.poll() is None
    finally:
        stranger.communicate(b"\n")


@pytest.mark.parametrize("content", ["", "not a number\n", "99999999\n", "-1\n", "0\n" * 9])
def test_a_spoilt_pid_file_is_no_server(home: Path, content: str) -> None:
    (home / "postmaster.pid").write_text(content)
    assert postmaster_of(home) is None


def test_lost_passwords_are_made_anew_and_nothing_else_is_lost(home: Path, make: Make) -> None:
    cluster = make(home)
    before = cluster.start()
    with psycopg.connect(before.owner_dsn) as owner:
        owner.execute("create table kept as select 7 as n")
    cluster.stop()
    (home / "secrets.json").unlink()
    after = make(home).start()
    assert after.owner_dsn != before.owner_dsn
    assert ask(after.owner_dsn, "select n from kept") == (7,)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"owner": 7}', "\x00" * 40])
def test_spoilt_secrets_are_named_and_left_as_they_are(home: Path, make: Make, content: str) -> None:
    (home / "secrets.json").write_text(content)
    with pytest.raises(ServerError, match=r"secrets\.json cannot be read"):
        make(home).start()
    assert (home / "secrets.json").read_text() == content


def test_secrets_of_an_older_version_are_completed_and_of_a_newer_one_kept(home: Path, make: Make) -> None:
    (home / "secrets.json").write_text(json.dumps({"owner": "o" * 32, "later": "x"}))
    running = make(home).start()
    assert "o" * 32 in running.owner_dsn
    held = json.loads((home / "secrets.json").read_text())
    assert held["later"] == "x"
    assert set(held) == {"superuser", "owner", "app", "key", "later"}


def test_data_without_a_version_are_refused_and_not_removed(home: Path, make: Make) -> None:
    precious = home / "postgres" / "base"
    precious.mkdir(parents=True)
    with pytest.raises(ServerError, match="no database that can be read"):
        make(home)
    assert precious.is_dir()


def test_two_that_start_at_once_get_one_server(home: Path, make: Make) -> None:
    clusters = [make(home), make(home)]
    dsns: list[str] = []
    starters = [threading.Thread(target=lambda one=one: dsns.append(one.start().app_dsn)) for one in clusters]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join(60)
    assert len(dsns) == 2
    assert dsns[0] == dsns[1]
    assert ask(dsns[0], "select 1") == (1,)


def test_why_it_does_not_start_is_said_in_the_servers_own_words(home: Path, make: Make) -> None:
    cluster = make(home)
    cluster.start()
    cluster.stop()
    with (home / "postgres" / "postgresql.auto.conf").open("a") as file:
        file.write("max_connections = many\n")
    with pytest.raises(ServerError, match="max_connections") as refused:
        cluster.start()
    assert "postgres.log" in refused.value.mend
