"""A full disk is said to be a full disk, and what was saved is kept."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import psycopg
import pytest

from iops.foundation.server import DiskFullError, cluster
from tests.foundation.server.conftest import Make, ask

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def small_disk(home: Path) -> Iterator[Path]:
    """A disk of 90 MB."""
    disk = home / "disk"
    disk.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=90m", "tmpfs", disk], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("this account may not mount a small disk")
    disk.chmod(0o755)
    yield disk
    subprocess.run(["umount", "--lazy", disk], check=True)


def test_too_little_room_is_said_before_anything_is_made(small_disk: Path, make: Make) -> None:
    with pytest.raises(DiskFullError, match=r"\d\d MB left; the database needs at least 300 MB"):
        make(small_disk).start()
    assert not (small_disk / "postgres").exists()


def test_a_disk_that_fills_while_the_database_is_made_leaves_nothing_half_made(
    small_disk: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "LEAST_FREE", 0)
    (small_disk / "ballast").write_bytes(bytes(75 * 2**20))
    with pytest.raises(DiskFullError, match="The disk is full"):
        make(small_disk).start()
    (small_disk / "ballast").unlink()
    assert ask(make(small_disk).start().app_dsn, "select 1") == (1,)


def test_a_disk_that_fills_in_service_loses_nothing_that_was_saved(
    small_disk: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "LEAST_FREE", 0)
    server = make(small_disk)
    running = server.start()
    with psycopg.connect(running.owner_dsn, autocommit=True) as owner:
        owner.execute("create table kept as select 7 as n")
        with pytest.raises(psycopg.Error):
            owner.execute("create table big as select repeat(md5(n::text), 200) from generate_series(1, 1e6) n")
    server.stop(whoever_uses_it=True)
    (small_disk / "ballast").write_bytes(b"")
    assert ask(server.start().owner_dsn, "select n from kept") == (7,)
