"""Pytest plugin: one throw-away PostgreSQL for the whole run, started before Django reads its settings.

`IOPS_TEST_DSN` names a server to use instead (somebody who may make roles and databases); `IOPS_POSTGRES` names the
programs of another version to start, such as Debian's.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from iops.foundation.server import Running

_running: list[tuple[Running, Path]] = []


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Start the server, unless a parent process (xdist) already has."""
    sys.path.insert(0, str(Path(__file__).parent.parent / "src"))
    if os.environ.get("IOPS_TEST_SERVER"):
        return
    from iops.foundation.server import Cluster, adopt

    memory = Path("/dev/shm")  # noqa: S108 - a private folder is made in it
    home = Path(tempfile.mkdtemp(prefix="iops-test-", dir=memory if memory.is_dir() else None))
    home.chmod(0o755)
    given = os.environ.get("IOPS_TEST_DSN")
    running = adopt(given, home) if given else Cluster(home, durable=False).start()
    _running.append((running, home))
    os.environ.update(
        IOPS_TEST_SERVER="1",
        IOPS_OWNER_DSN=running.owner_dsn,
        IOPS_APP_DSN=running.app_dsn,
        IOPS_SECRET_KEY=running.secret_key,
        IOPS_VAR=str(home),
    )


def pytest_unconfigure() -> None:
    """Stop the server and leave nothing behind."""
    while _running:
        running, home = _running.pop()
        running.stop()
        shutil.rmtree(home, ignore_errors=True)
