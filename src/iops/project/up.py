"""Runs the whole system from one command and stops it in good order."""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.table import Table

from iops.foundation.errors import IopsError
from iops.foundation.server import Cluster, adopt
from iops.project.assets import install_assets
from iops.project.signin import password

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HOST = "127.0.0.1"
PATIENCE = 60.0
"""Seconds the web server may take until it answers."""
LONGEST_PAUSE = 30.0
PR_SET_PDEATHSIG = 1


class UpError(IopsError):
    """The system cannot be started; the message says why and what to do."""

    code = "up"
    status = 500


@dataclass(frozen=True)
class Options:
    """How to run: on which database, where data lie, on which port, with or without the made-up force."""

    dsn: str | None
    var: Path
    port: int = 8000
    made_up: bool = True


def up(options: Options) -> None:
    """Start everything and stay until Ctrl-C or SIGTERM. Raises UpError, ServerError, DiskFullError."""
    signal.signal(signal.SIGTERM, lambda *_: _interrupt())
    with _alone(options):
        _check_port(options.port)
        with _step("Style sheets"):
            install_assets(options.var / "assets")
        with _timed_database(options):
            with _step("Tables, functions, rules"):
                prepare(options)
            children = [_Child("web", _web(options)), _Child("background work", [*_iops(), "worker"])]
            try:
                _wait_for_web(options, children)
                _greet(options)
                _supervise(children)
            finally:
                typer.echo("Stopping ...")
                for child in children:
                    child.stop()
    typer.echo("Stopped. Everything is kept.")


def _interrupt() -> None:
    raise KeyboardInterrupt


@contextmanager
def database(options: Options) -> Iterator[Options]:
    """Have the database running and named in the environment; stop it afterwards if it was started here."""
    options.var.mkdir(parents=True, exist_ok=True)
    cluster = None if options.dsn else Cluster(options.var)
    was_running = cluster is not None and cluster.is_running()
    running = cluster.start() if cluster else adopt(options.dsn or "", options.var)
    os.environ.update(
        IOPS_OWNER_DSN=running.owner_dsn,
        IOPS_APP_DSN=running.app_dsn,
        IOPS_SECRET_KEY=running.secret_key,
        IOPS_VAR=str(options.var.resolve()),
    )
    try:
        yield options
    finally:
        if not was_running:
            running.stop()


def prepare(options: Options) -> None:
    """Bring the database to this version, as its owner, in a process of its own."""
    word = password(options.var) if options.made_up else ""
    environment = {**os.environ, "IOPS_AS_OWNER": "1", "IOPS_MADE_UP_PASSWORD": word}
    if subprocess.run([sys.executable, "-m", "iops.project.prepare"], env=environment, check=False).returncode:
        raise UpError("The database could not be prepared (see above).", mend="Nothing was half-done: try again.")


def status(options: Options) -> None:
    """Print whether the database answers and how much is in it."""
    open_ones = "count(*) filter (where {}) as open"
    with database(options):
        _psql(["-c", f"select count(*) as incidents, {open_ones.format('closed_at is null')} from control_incident"])
        still = open_ones.format("met_at is null and waived_at is null")
        _psql(["-c", f"select count(*) as obligations, {still} from obligations_obligation"])


def psql(options: Options, arguments: Sequence[str]) -> None:
    """A SQL prompt as the application's role."""
    with database(options):
        _psql(arguments)


def _psql(arguments: Sequence[str]) -> None:
    from iops.foundation.server.binaries import find

    program = find().program("psql")
    subprocess.run([program, os.environ["IOPS_APP_DSN"], *arguments], check=False)


@contextmanager
def _alone(options: Options) -> Iterator[None]:
    """One `up` at a time on one folder of data."""
    options.var.mkdir(parents=True, exist_ok=True)
    lock = (options.var / "up.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UpError(
            f"The system is running already on {options.var}.", mend="Stop it first, or use another folder with --var."
        ) from None
    with lock:
        yield


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise UpError(
                f"Port {port} on {HOST} is taken: {error.strerror}.",
                mend=f"Stop what uses it, or choose another: ./iops up --port {port + 1 if port < 65535 else 8000}",  # noqa: PLR2004
            ) from None


@contextmanager
def _step(name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    typer.echo(f"  {name}: {time.monotonic() - began:.1f} s")


@contextmanager
def _timed_database(options: Options) -> Iterator[None]:
    began = time.monotonic()
    with database(options):
        typer.echo(f"  Database: {time.monotonic() - began:.1f} s")
        yield


def _iops() -> list[str]:
    return [sys.executable, "-m", "iops.project.cli"]


def _web(options: Options) -> list[str]:
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(options.port),
        "--workers", "2", "--blocking-threads", "4", "--no-access-log", "--log-level", "warning",
        "--workers-kill-timeout", "5", "iops.project.wsgi:application",
    ]  # fmt: skip


class _Child:
    """One process of the system, started again with growing pauses when it dies."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name, self.command = name, command
        self.pause, self.due = 1.0, 0.0
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        # Its own session, so that Ctrl-C comes to us alone; and its death when we are killed outright.
        return subprocess.Popen(self.command, start_new_session=True, preexec_fn=_die_with_parent)  # noqa: PLW1509

    def mend(self) -> None:
        """Start it again if it has died, each time a little later."""
        now = time.monotonic()
        if self.process.poll() is None:
            return
        if not self.due:
            self.due = now + self.pause
            typer.secho(
                f"{self.name} ended ({self.process.returncode}); again in {self.pause:.0f} s", fg="red", err=True
            )
        elif now >= self.due:
            self.pause, self.due = min(self.pause * 2, LONGEST_PAUSE), 0.0
            self.process = self._start()

    def stop(self) -> None:
        """Ask it to end, and end it when it does not."""
        if self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def _die_with_parent() -> None:
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _wait_for_web(options: Options, children: Sequence[_Child]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(f"http://{HOST}:{options.port}/sign-in/", timeout=5)
            return
        if children[0].process.poll() is not None:
            raise UpError("The web server ended while it started (see above).")
        time.sleep(0.1)
    raise UpError(f"The web server did not answer within {PATIENCE:.0f} s.")


def _greet(options: Options) -> None:
    console = Console()
    console.print(
        f"\n[bold]iOPS runs on http://{HOST}:{options.port}[/bold]   (Ctrl-C stops it; data stay in {options.var})"
    )
    if not options.made_up:
        console.print("Make the first account with: ./iops accounts create")
        return
    table = Table("role", "sign in as", "password", title="The made-up force: nobody in it is real")
    word = password(options.var)
    from iops.foundation.roles import Role

    for role in Role:
        table.add_row(role.label, role.value.replace("_", "-"), word)
    console.print(table)


def _supervise(children: Sequence[_Child]) -> None:
    with suppress(KeyboardInterrupt):
        while True:
            for child in children:
                child.mend()
            time.sleep(0.5)
