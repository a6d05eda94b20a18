"""Pytest plugin: one throw-away PostgreSQL for the whole run, started before Django reads its settings.

`IOPS_TEST_DSN` names a server to use instead (somebody who may make roles and databases: its roles `iops_owner` and
`iops_app` are taken over); `IOPS_TEST_POSTGRES` names the programs of another version to start, such as Debian's.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from iops.foundation.server import Running

MEMORY = Path("/dev/shm")
ROOM = 1024 * 2**20
"""Bytes that the databases of all workers may need."""
_running: list[tuple[Running, Path]] = []


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Start the server, unless a parent process (xdist) already has."""
    sys.path.insert(0, str(Path(__file__).parent.parent / "src"))
    if os.environ.get("IOPS_TEST_SERVER"):
        return
    from iops.foundation.server import Cluster, adopt

    programs = os.environ.get("IOPS_TEST_POSTGRES")
    if programs:
        os.environ["IOPS_POSTGRES"] = programs
    _sweep()
    home = _home()
    atexit.register(_stop)
    given = os.environ.get("IOPS_TEST_DSN")
    running = (
        adopt(given, home, take_over=True, makes_databases=True) if given else Cluster(home, durable=False).start()
    )
    _running.append((running, home))
    os.environ.update(
        IOPS_TEST_SERVER=running.version,
        IOPS_OWNER_DSN=running.owner_dsn,
        IOPS_APP_DSN=running.app_dsn,
        IOPS_SECRET_KEY=running.secret_key,
        IOPS_VAR=str(home),
    )


def pytest_report_header() -> str:
    """Say which server the tests run on."""
    return f"PostgreSQL {os.environ['IOPS_TEST_SERVER']}"


def pytest_unconfigure() -> None:
    """Stop the server and leave nothing behind."""
    _stop()


def _home() -> Path:
    """A folder for the server, in memory when there is room; every account can get to it."""
    fit = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    home = Path(tempfile.mkdtemp(prefix="iops-test-", dir=MEMORY if fit else None))
    home.chmod(0o755)
    return home


def _sweep() -> None:
    """End the servers of runs that were killed outright, which nobody uses any more."""
    from iops.foundation.server import Cluster, ServerError

    for lock in (*MEMORY.glob("iops-test-*/use.lock"), *Path(tempfile.gettempdir()).glob("iops-test-*/use.lock")):
        left = lock.parent
        with suppress(ServerError, OSError):
            if left.stat().st_uid == os.geteuid():
                cluster = Cluster(left)
                cluster.stop()
                if not cluster.is_running():
                    shutil.rmtree(left, ignore_errors=True)


def _stop() -> None:
    while _running:
        running, home = _running.pop()
        running.stop()
        shutil.rmtree(home, ignore_errors=True)
