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
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from iops.foundation.server import Running

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
    """A folder for the server, in memory when programs may be copied there; every account can get to it."""
    memory = Path("/dev/shm")
    fit = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    home = Path(tempfile.mkdtemp(prefix="iops-test-", dir=memory if fit else None))
    home.chmod(0o755)
    return home


def _stop() -> None:
    while _running:
        running, home = _running.pop()
        running.stop()
        shutil.rmtree(home, ignore_errors=True)
