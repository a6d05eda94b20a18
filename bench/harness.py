"""What every measurement shares: a durable throw-away server of its own, prepared like any other, and plain tables."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import psycopg
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from iops.foundation.server import Running

console = Console()


@contextmanager
def server(*, durable: bool = True) -> Iterator[Running]:
    """A server below the temporary folder, with tables, functions and rules; gone afterwards.

    Not `durable` only where neither time nor loss is measured.
    """
    from iops.foundation.server import Cluster

    home = Path(tempfile.mkdtemp(prefix="iops-bench-"))
    home.chmod(0o755)
    running = Cluster(home, durable=durable).start()
    os.environ.update(
        IOPS_OWNER_DSN=running.owner_dsn,
        IOPS_APP_DSN=running.app_dsn,
        IOPS_SECRET_KEY=running.secret_key,
        IOPS_VAR=str(home),
        DJANGO_SETTINGS_MODULE="iops.project.settings",
        PYTHONPATH=str(ROOT / "src"),
    )
    try:
        subprocess.run(
            [sys.executable, "-m", "iops.project.prepare"], env={**os.environ, "IOPS_AS_OWNER": "1"}, check=True
        )
        yield running
    finally:
        running.stop()
        shutil.rmtree(home, ignore_errors=True)


def owner(running: Running) -> psycopg.Connection:
    """A session of the owner, who may switch triggers off for a comparison."""
    return psycopg.connect(running.owner_dsn, autocommit=True)


def seconds(work: Callable[[], object]) -> float:
    """How long it took, by the clock on the wall."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def middle(values: Sequence[float]) -> float:
    """The median."""
    return float(median(values))


def show(title: str, rows: Sequence[Sequence[object]]) -> None:
    """Print measurements: what, figure, limit or bar, and what it means."""
    table = Table("measured", "figure", "limit of the same run", "ratio", "bar", title=title, title_justify="left")
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    console.print(table)


def shared_calls() -> Path | None:
    """The folder of the public call extracts, when it is at hand."""
    for base in (ROOT.parent, ROOT.parent.parent):
        folder = base / "shared" / "data" / "calls"
        if folder.is_dir():
            return folder
    return None
