"""Runs the whole system from one command and stops it in good order."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import webbrowser
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import typer

from iops.foundation.errors import IopsError
from iops.foundation.server import Cluster, adopt
from iops.foundation.server.faults import named
from iops.project import signin
from iops.project.assets import install_assets
from iops.project.children import MARK, Child, Watch, die_with_parent, end_leftovers, stop_all
from iops.project.ports import taken

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from iops.foundation.server import Running
    from iops.project.children import Part

PATIENCE = 60.0
"""Seconds the web server may take until it answers."""
FAULT = 500
HIGHEST_PORT = 65535
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
NOTICE = "up.json"
"""Who runs and where, while `up` runs; also the lock that keeps a second one off."""


COUNTS = {
    "{:,} incidents, {:,} of them open": "select count(*), count(*) filter (where closed_at is null)"
    " from control_incident",
    "{:,} obligations, {:,} of them owed": "select count(*),"
    " count(*) filter (where met_at is null and waived_at is null)"
    " from obligations_obligation",
}


class UpError(IopsError):
    """The system cannot be started; the message says why and what to do."""

    code = "up"
    status = 500


@dataclass(frozen=True)
class Options:
    """How to run: on which database, where data lie, on which address, with or without the made-up force."""

    dsn: str | None
    var: Path
    port: int = 8000
    made_up: bool = True
    host: str = "127.0.0.1"
    browser: bool = False
    log_here: bool = False

    @property
    def log(self) -> Path | None:
        """The file the web server and the background work write to; None for the terminal."""
        return None if self.log_here else self.var / "iops.log"

    @property
    def address(self) -> str:
        """Where the pages are."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{name}:{self.port}"


def up(options: Options) -> None:
    """Start everything and stay until Ctrl-C or SIGTERM. Raises UpError, ServerError, DiskFullError."""
    began = time.monotonic()
    # SIGINT too: a shell starts background jobs with it ignored.
    for told in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(told, _interrupt)
    with suppress(KeyboardInterrupt), _alone(options):
        _check_address(options)
        with _step("Style sheets"):
            install_assets(options.var / "assets")
        with _timed_database(options) as running:
            with _step("Tables, functions, rules"):
                prepare(options)
            _run(options, running, began)
    typer.echo("Stopped. Everything is kept.")


def _run(options: Options, running: Running, began: float) -> None:
    children = list(_children(options))
    try:
        for child in children:
            child.start()
        with _step("Web server"):
            _wait_for_web(options, children[0])
        _greet(options, began)
        parts: list[Part] = [*children, *_database_part(running)]
        watches = [Watch(part) for part in parts]
        while True:
            for watch in watches:
                watch.look()
            time.sleep(0.5)
    finally:
        typer.echo("\nStopping ...")
        stop_all(children)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


@contextmanager
def database(options: Options) -> Iterator[Running]:
    """Have the database running and named in the environment; stop it afterwards unless somebody else uses it.

    Raises ServerError.
    """
    running = _start(options)
    os.environ.update(
        IOPS_OWNER_DSN=running.owner_dsn,
        IOPS_APP_DSN=running.app_dsn,
        IOPS_SECRET_KEY=running.secret_key,
        IOPS_VAR=str(options.var.resolve()),
    )
    try:
        yield running
    finally:
        running.stop()


def _start(options: Options) -> Running:
    try:
        options.var.mkdir(parents=True, exist_ok=True)
        if options.dsn:
            return adopt(options.dsn, options.var)
    except OSError as error:
        raise named(error) from error
    # What PostgreSQL's own variables say is about some other server.
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]
    return Cluster(options.var).start()


def prepare(options: Options) -> None:
    """Bring the database to this version, as its owner, in a process of its own. Raises UpError."""
    word = signin.password(options.var) if options.made_up else ""
    environment = {**os.environ, "IOPS_AS_OWNER": "1", "IOPS_MADE_UP_PASSWORD": word}
    command = [sys.executable, "-m", "iops.project.prepare"]
    # In a session of its own: Ctrl-C ends it from here, without a stack trace, and its transaction is undone.
    done = subprocess.run(command, env=environment, check=False, start_new_session=True, preexec_fn=die_with_parent())
    if done.returncode:
        raise UpError("The database could not be prepared (see above).", mend="Nothing was half-done: try again.")


def down(options: Options) -> bool:
    """Stop a running `up` of this folder and its database; whether anything ran. Raises ServerError."""
    notice = _notice(options)
    if notice:
        with suppress(ProcessLookupError):
            os.kill(notice.process, signal.SIGTERM)
        while _notice(options):
            time.sleep(0.1)
    cluster = None if options.dsn or not options.var.exists() else Cluster(options.var)
    if cluster is None or not cluster.is_running():
        return notice is not None
    cluster.stop(whoever_uses_it=True)
    return True


def status(options: Options) -> None:
    """Print where the system runs, whether the database answers and how much is in it."""
    notice = _notice(options)
    typer.echo(f"Running on {notice.address}" if notice else "Not running: start it with ./iops up")
    with database(options) as running:
        place = running.cluster.data if running.cluster else "a server that is not ours"
        typer.echo(f"PostgreSQL {running.version}, data in {place}")
        for line in _counts(running.owner_dsn):
            typer.echo(line)


def _counts(dsn: str) -> Iterator[str]:
    with psycopg.connect(dsn) as server:
        try:
            for words, query in COUNTS.items():
                yield words.format(*(server.execute(query).fetchone() or ()))
        except psycopg.errors.UndefinedTable:
            yield "There is nothing in it yet: ./iops up brings it to this version."


def psql(options: Options, arguments: Sequence[str]) -> None:
    """A SQL prompt as the application's role."""
    with database(options):
        _psql(arguments)


def _psql(arguments: Sequence[str]) -> None:
    from iops.foundation.server.binaries import find

    program = find().program("psql")
    program = program if Path(program).exists() else shutil.which("psql") or ""
    if not program:
        raise UpError("There is no psql on this machine.", mend="Install postgresql-client.")
    # The password goes by the environment: arguments can be read by everybody on the machine.
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    parts = conninfo_to_dict(os.environ["IOPS_APP_DSN"])
    word = str(parts.pop("password", ""))
    connection = make_conninfo("", **parts)
    subprocess.run([program, connection, *arguments], env={**os.environ, "PGPASSWORD": word}, check=False)


@contextmanager
def _alone(options: Options) -> Iterator[None]:
    """One `up` at a time on one folder of data; what a killed one left is ended first."""
    try:
        options.var.mkdir(parents=True, exist_ok=True)
        notice = (options.var / NOTICE).open("a+")
    except OSError as error:
        raise named(error) from error
    with notice:
        try:
            fcntl.flock(notice, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UpError(
                f"The system is running already on {options.var}.",
                mend="Stop it with ./iops down, or use another folder with --var.",
            ) from None
        notice.truncate(0)
        json.dump(asdict(Notice(os.getpid(), options.address)), notice)
        notice.flush()
        if end_leftovers(options.var):
            typer.echo("  An earlier run was killed; what it left behind has been ended.")
        yield
        notice.truncate(0)


@dataclass(frozen=True)
class Notice:
    """What a running `up` says of itself: its process, and where its pages are."""

    process: int
    address: str


def _notice(options: Options) -> Notice | None:
    """What a running `up` says of itself; None when there is none."""
    path = options.var / NOTICE
    if not path.exists():
        return None
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            with suppress(ValueError, TypeError):
                return Notice(**json.loads(file.read()))
    return None


def _check_address(options: Options) -> None:
    try:
        trouble = taken(options.host, options.port)
    except socket.gaierror as error:
        raise UpError(f"{options.host} is no address of this machine: {error.strerror}.") from None
    if trouble:
        other = options.port + 1 if options.port < HIGHEST_PORT else 8000
        raise UpError(
            f"Port {options.port} on {options.host} {trouble}.",
            mend=f"Stop what uses it, or choose another: ./iops up --port {max(other, 1024)}",
        )
    if options.host not in LOOPBACK:
        typer.secho(
            "  This address can be reached from other machines, and what is sent is not encrypted: put a TLS proxy"
            " in front of it.",
            fg="yellow",
        )


@contextmanager
def _step(name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    typer.echo(f"  {name}: {time.monotonic() - began:.1f} s")


@contextmanager
def _timed_database(options: Options) -> Iterator[Running]:
    began = time.monotonic()
    with database(options) as running:
        typer.echo(f"  Database (PostgreSQL {running.version}): {time.monotonic() - began:.1f} s")
        yield running


def _children(options: Options) -> Iterator[Child]:
    environment = {**os.environ, MARK: str(options.var.resolve())}
    hosts = [host for host in os.environ.get("IOPS_HOSTS", "").split(",") if host]
    environment["IOPS_HOSTS"] = ",".join([*hosts, *sorted(LOOPBACK | {options.host, "[::1]"})])
    stream = _free_port(options)
    environment.setdefault("IOPS_STREAM", f":{stream}" if stream else "")
    # What serves pages never holds the owner's password.
    pages = {k: v for k, v in environment.items() if k != "IOPS_OWNER_DSN"}
    yield Child("web server", _web(options), pages, options.log)
    if stream:
        yield Child("live board", _live(options, stream), pages, options.log)
    if util.find_spec("iops.foundation.commands_worker"):
        yield Child("background work", [sys.executable, "-m", "iops.project.cli", "worker"], environment, options.log)


def _web(options: Options) -> list[str]:
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", options.host, "--port", str(options.port),
        "--workers", "2", "--blocking-threads", "4", "--no-access-log", "--log-level", "warning",
        "--workers-kill-timeout", "5", "iops.project.wsgi:application",
    ]  # fmt: skip


def _live(options: Options, port: int) -> list[str]:
    """The live stream of the board: one process, since all who watch are told from one look."""
    return [
        sys.executable, "-m", "granian", "--interface", "asgi", "--host", options.host, "--port", str(port),
        "--workers", "1", "--no-access-log", "--log-level", "warning", "--workers-kill-timeout", "5",
        "iops.project.stream:application",
    ]  # fmt: skip


def _free_port(options: Options) -> int | None:
    """The first free port after that of the pages; None when none of the next twenty is."""
    following = range(options.port + 1, min(options.port + 21, HIGHEST_PORT + 1))
    return next((port for port in following if not taken(options.host, port)), None)


class _Database:
    """Our own server as a part that is watched: it is started again when it has died."""

    name = "database"

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster

    def alive(self) -> bool:
        """Whether the server runs."""
        return self.cluster.is_running()

    def start(self) -> None:
        """Start it; why it cannot is said, and it is tried again later."""
        try:
            self.cluster.start()
        except IopsError as error:
            typer.secho(str(error), fg="red", err=True)


def _database_part(running: Running) -> list[_Database]:
    return [_Database(running.cluster)] if running.cluster else []


def _wait_for_web(options: Options, web: Child) -> None:
    # Never by a proxy of the network: it is this machine that must answer.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    reached = "127.0.0.1" if options.host in {"0.0.0.0", "localhost"} else options.host  # noqa: S104
    address = f"http://{f'[{reached}]' if ':' in reached else reached}:{options.port}/sign-in/"
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            opener.open(address, timeout=5).close()
        except urllib.error.HTTPError as error:
            if error.code >= FAULT:
                raise UpError(f"The web server answers with an error ({error.code}).", mend=_see(options)) from None
            return
        except OSError:
            if not web.alive():
                raise UpError("The web server ended while it started.", mend=_see(options)) from None
            time.sleep(0.1)
        else:
            return
    raise UpError(f"The web server did not answer within {PATIENCE:.0f} s.", mend=_see(options))


def _see(options: Options) -> str:
    if not options.log:
        return "See above."
    tail = options.log.read_text(encoding="utf-8", errors="replace")[-1500:] if options.log.exists() else ""
    return f"The end of {options.log}:\n{tail}"


def _greet(options: Options, began: float) -> None:
    typer.secho(f"\niOPS runs on {options.address}", bold=True, nl=False)
    typer.echo(f"   (started in {time.monotonic() - began:.0f} s; Ctrl-C stops it; data stay in {options.var})\n")
    if options.made_up:
        signin.show(options.var)
    else:
        typer.echo("Make the first account with: ./iops accounts create")
    if options.browser:
        webbrowser.open(options.address)
