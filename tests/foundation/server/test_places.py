"""Wherever the checkout lies, the server's account gets to its data and the socket's name fits."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from pathlib import Path

import pytest

from iops.foundation.server import DiskFullError, ServerError, places
from iops.foundation.server.account import Account, account_for
from iops.foundation.server.binaries import CHOICE, Binaries, find
from iops.foundation.server.faults import named
from tests.foundation.server.conftest import Make, as_root, ask

only_root = pytest.mark.skipif(not as_root(), reason="only root can lend the server another account")


@pytest.mark.parametrize(
    "name", ["n" * 120, "with blank", "comma,comma", "it's", "ünïcode", "$(touch x)", 'quo"te', "%s"]
)
def test_a_long_or_odd_path_is_as_good_as_any(home: Path, make: Make, name: str) -> None:
    cluster = make(home / name)
    running = cluster.start()
    assert ask(running.app_dsn, "select 1") == (1,)
    assert len(os.fsencode(cluster.sockets / places.SOCKET_NAME)) <= places.LONGEST_SOCKET
    assert stat.S_IMODE(cluster.sockets.stat().st_mode) == 0o700
    assert not (home / "x").exists()


def test_the_socket_lies_beside_the_data_when_its_name_fits() -> None:
    assert places.socket_folder(Path("/srv/iops/var")) == Path("/srv/iops/var/sockets")


def test_two_long_paths_have_two_sockets() -> None:
    folders = {places.socket_folder(Path("/srv") / ("n" * 150) / name) for name in ("a", "b")}
    assert len(folders) == 2


def test_a_socket_folder_that_is_a_link_is_refused(home: Path) -> None:
    (home / "target").mkdir(mode=0o755)
    (home / "sockets").symlink_to(home / "target")
    with pytest.raises(ServerError, match="belongs to somebody else"):
        places.private(home / "sockets", account_for(home))
    assert stat.S_IMODE((home / "target").stat().st_mode) == 0o755


@only_root
def test_a_socket_folder_of_somebody_else_is_refused(home: Path) -> None:
    (home / "sockets").mkdir()
    os.chown(home / "sockets", 12345, 12345)
    with pytest.raises(ServerError, match="belongs to somebody else"):
        places.private(home / "sockets", account_for(home))


def test_a_private_file_is_not_written_through_a_link(home: Path) -> None:
    (home / "target").write_text("kept")
    (home / "link").symlink_to(home / "target")
    with pytest.raises(OSError, match=os.strerror(errno.ELOOP)):
        places.write_private(home / "link", "x", account_for(home))
    assert (home / "target").read_text() == "kept"


@only_root
def test_data_below_a_private_folder_go_where_the_servers_account_can_reach_them(home: Path, make: Make) -> None:
    checkout = home / "private"
    checkout.mkdir(mode=0o700)
    cluster = make(checkout / "var")
    running = cluster.start()
    assert ask(running.app_dsn, "select 1") == (1,)
    assert (checkout / "var" / "elsewhere").resolve() == cluster.place
    assert cluster.place.is_relative_to(places.ELSEWHERE)
    assert (checkout / "var" / "secrets.json").exists()
    assert make(checkout / "var").place == cluster.place


@only_root
def test_who_removes_the_folder_starts_anew_and_never_meets_old_data(home: Path, make: Make) -> None:
    checkout = home / "private"
    checkout.mkdir(mode=0o700)
    first = make(checkout / "var").place
    shutil.rmtree(checkout / "var")
    assert make(checkout / "var").place != first


@only_root
@pytest.mark.usefixtures("wheel")
def test_programs_below_a_private_folder_are_copied_once_with_their_libraries(
    home: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = home / "private"
    hidden.mkdir(mode=0o700)
    installed = find().root
    for part in (installed.parent, installed.parent.with_name(f"{installed.parent.name}.libs")):
        shutil.copytree(part, hidden / part.name, symlinks=True)
    programs = hidden / installed.parent.name / installed.name / "bin"
    monkeypatch.setenv(CHOICE, str(programs))
    cluster = make(home / "var")
    assert ask(cluster.start().app_dsn, "select 1") == (1,)
    copied = cluster.binaries.bin / "postgres"
    made = copied.stat().st_ctime_ns
    cluster.stop()
    assert copied.is_relative_to(home / "var" / f"postgresql-{cluster.binaries.version}")
    again = make(home / "var")
    again.start()
    assert (again.binaries.bin / "postgres").stat().st_ctime_ns == made


@only_root
def test_programs_that_run_nowhere_are_named(home: Path) -> None:
    (home / "pg" / "bin").mkdir(parents=True)
    program = home / "pg" / "bin" / "postgres"
    program.write_text("#!/bin/sh\nexit 127\n")
    program.chmod(0o755)
    with pytest.raises(ServerError, match="can run PostgreSQL neither in"):
        places.runnable(Binaries(program.parent, "18.6"), home, account_for(home))


@only_root
def test_data_that_are_somebodys_are_served_under_that_account(home: Path) -> None:
    (home / "postgres").mkdir()
    os.chown(home / "postgres", 12345, 12346)
    assert account_for(home / "postgres") == Account(12345, 12346, lent=True)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EACCES, "may not write"),
        (errno.EROFS, "may not write"),
        (errno.EIO, "refused"),
    ],
)
def test_what_a_file_system_refuses_has_a_name(number: int, words: str) -> None:
    error = named(OSError(number, os.strerror(number), "/somewhere"))
    assert words in str(error)
    assert "/somewhere" in str(error)
    assert isinstance(error, DiskFullError) == (number == errno.ENOSPC)
