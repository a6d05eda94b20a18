"""The one command: it starts everything, refuses plainly, goes on after kill -9, and stops in good order."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from iops.project.assets import CHECKOUT, install_assets

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("up")]
PATIENCE = 240
"""Seconds; far more than is needed, for a busy machine."""


class Installation:
    """A folder of data with a port of its own, and the command that runs on it."""

    def __init__(self, var: Path) -> None:
        self.var = var
        with socket.socket() as finder:
            finder.bind(("127.0.0.1", 0))
            self.port = finder.getsockname()[1]
        ours = ("IOPS_", "DJANGO_", "PYTEST_")
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        self.environment["PYTHONPATH"] = str(CHECKOUT / "src")
        self.runs: list[subprocess.Popen[str]] = []

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "iops.project.cli", *words, "--var", str(self.var)]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*words), env=self.environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )

    def up(self) -> subprocess.Popen[str]:
        """Start it and wait until it greets."""
        said = self.var / "said"
        with said.open("w") as file:
            words = self.command("up", "--port", str(self.port))
            run = subprocess.Popen(words, env=self.environment, stdout=file, stderr=file, text=True)
        self.runs.append(run)
        deadline = time.monotonic() + PATIENCE
        while "administrator" not in said.read_text() and time.monotonic() < deadline and run.poll() is None:
            time.sleep(0.1)
        assert "iOPS runs on" in said.read_text(), said.read_text()
        return run

    def page(self) -> int:
        """The status the first page answers with."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/sign-in/", timeout=20) as answer:
            return int(answer.status)


@pytest.fixture
def installation() -> Iterator[Installation]:
    var = Path(tempfile.mkdtemp(prefix="iops-up-"))
    var.chmod(0o755)
    ready = Path(os.environ.get("IOPS_ASSETS", CHECKOUT / "var" / "assets"))
    install_assets(ready)
    shutil.copytree(ready, var / "assets")
    one = Installation(var)
    yield one
    one.run("down")
    for run in one.runs:
        run.kill()
        run.wait()
    shutil.rmtree(var, ignore_errors=True)


def kept(installation: Installation) -> list[str]:
    """What `status` says, but for what is owed: jobs run by the clock, and what they find may come in between."""
    return [said for said in installation.run("status").stdout.splitlines() if " owed" not in said]


def test_the_whole_life_of_a_running_system(installation: Installation) -> None:
    first = installation.up()
    assert installation.page() == 200
    assert "call-handler" in (installation.var / "said").read_text()
    refused = installation.run("up")
    assert refused.returncode == 1
    assert "running already" in refused.stderr
    before = kept(installation)
    assert before[0].startswith(f"Running on http://127.0.0.1:{installation.port}")

    first.kill()
    first.wait()
    second = installation.up()
    assert installation.page() == 200
    assert kept(installation) == before

    second.send_signal(signal.SIGINT)
    assert second.wait(PATIENCE) == 0
    assert "Stopped. Everything is kept." in (installation.var / "said").read_text()
    assert not (installation.var / "postgres" / "postmaster.pid").exists()
    assert installation.run("down").stdout == "Nothing was running.\n"


def test_a_taken_port_is_said_before_anything_is_started(installation: Installation) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", installation.port))
        holder.listen()
        refused = installation.run("up", "--port", str(installation.port))
    assert refused.returncode == 1
    assert f"Port {installation.port} on 127.0.0.1 is taken by" in refused.stderr
    assert f"(process {os.getpid()})" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (installation.var / "postgres").exists()


@pytest.mark.parametrize("dsn", ["host=/nowhere", "rubbish"])
def test_a_server_that_is_not_there_is_one_plain_line(installation: Installation, dsn: str) -> None:
    refused = installation.run("up", "--port", str(installation.port), "--dsn", dsn)
    assert refused.returncode == 1
    assert "The server cannot be used" in refused.stderr
    assert "Traceback" not in refused.stderr
