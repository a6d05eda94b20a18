"""Servers of their own for the tests of the launcher: each below a short folder that every account can get to."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import psycopg
import pytest

from iops.foundation.server import Cluster
from iops.foundation.server.binaries import CHOICE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iops.foundation.server import Running


class Make(Protocol):
    """Makes a cluster that is stopped when the test ends."""

    def __call__(self, home: Path, *, durable: bool = False) -> Cluster: ...


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder, in memory where there is some: pytest's own are too deep and too private for another account."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="iops-", dir=memory if os.access(memory, os.W_OK) else None))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder for the data of one test."""
    with open_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def standing() -> Iterator[Running]:
    """A durable server that the tests of a module share and leave as it is."""
    with open_folder() as folder:
        cluster = Cluster(folder)
        yield cluster.start()
        cluster.stop(whoever_uses_it=True)


@pytest.fixture
def make(home: Path) -> Iterator[Make]:
    """Make clusters; all are stopped at the end, before their folder goes."""
    made: list[Cluster] = []

    def one(home: Path, *, durable: bool = False) -> Cluster:
        made.append(Cluster(home, durable=durable))
        return made[-1]

    yield one
    for cluster in made:
        cluster.stop(whoever_uses_it=True)
        if cluster.place != cluster.home:
            shutil.rmtree(cluster.place, ignore_errors=True)
        if not cluster.sockets.is_relative_to(cluster.place):
            shutil.rmtree(cluster.sockets, ignore_errors=True)


@pytest.fixture
def wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for PostgreSQL as on a machine of our own, whatever the tests run on."""
    monkeypatch.delenv(CHOICE, raising=False)


def ask(dsn: str, query: str) -> tuple[object, ...]:
    """The first row of an answer."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return tuple(row)


def as_root() -> bool:
    """Whether the tests run as root."""
    return os.geteuid() == 0


def superuser(cluster: Cluster) -> str:
    """The connection string of the server's own superuser."""
    word = json.loads((cluster.home / "secrets.json").read_text())["superuser"]
    return cluster.dsn("postgres", "postgres", word)
