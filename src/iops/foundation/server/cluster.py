"""Launches the embedded server: makes its data, starts it durable, stops it, and copes with what a crash left behind.

As root the server runs under a lesser account, as PostgreSQL demands. Nothing listens on the network: the system
speaks to it through a socket in a private folder, with a password that was made here.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

import psycopg
from psycopg.conninfo import make_conninfo

from iops.foundation.server import places, tuning
from iops.foundation.server.account import account_for
from iops.foundation.server.binaries import find
from iops.foundation.server.faults import NO_ROOM, DiskFullError, ServerError, named
from iops.foundation.server.postmaster import clear_leavings, postmaster_of
from iops.foundation.server.roles import Secrets, make_roles

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PORT = 5432
"""Part of the socket's name; nothing listens on it."""
LEAST_FREE = 300 * tuning.MB
PATIENCE = 90.0
"""Seconds that a start (recovery after a crash included) or a stop may take."""
LOG_KEPT = 10 * tuning.MB
LOCALE = "C.UTF-8" if sys.platform == "linux" else "C"
PASSING = ("is still in use", "lock file", "could not create lock", "database system is shut down")
"""What the log says when the server before this one, or its processes, had not ended yet."""


@dataclass(frozen=True)
class Running:
    """A server that answers: connection strings of the owner and of the application, and how to stop it."""

    owner_dsn: str
    app_dsn: str
    secret_key: str
    version: str = ""
    cluster: Cluster | None = None

    def stop(self) -> None:
        """Stop the server if it is ours and nobody else uses it; one that was given by a DSN is left alone."""
        if self.cluster:
            self.cluster.stop()


class Cluster:
    """One embedded server with its data below `home` (usually `var/`).

    `durable=False` is for tests only: it gives up safety after a power cut for speed, and lets the owner make more
    databases. Raises ServerError (no PostgreSQL, no account to run it, no place for it).
    """

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        self.home = home.resolve()
        self.durable = durable
        link = self.home / places.LINK
        self.account = account_for((link if link.is_symlink() else self.home) / "postgres")
        with _faults():
            self.place = places.reachable(self.home, self.account)
        self.data = self.place / "postgres"
        self.log = self.place / "postgres.log"
        self.binaries = find(self._made_by())
        self.sockets = places.socket_folder(self.place)
        self._process: subprocess.Popen[bytes] | None = None
        self._use: IO[str] | None = None

    def start(self) -> Running:
        """Start the server (or find it running), make roles and database if they are missing, and say how to connect.

        Raises DiskFullError, WrongVersionError or ServerError; each says what the server's own log said.
        """
        with _faults(), self._one_at_a_time():
            self._take_part()
            known = (self.home / "secrets.json").exists()
            secrets = Secrets.at(self.home / "secrets.json")
            if postmaster_of(self.data) is None:
                self._prepare(secrets, known=known)
            version = self._let_in(secrets)
        return Running(
            self.dsn("iops_owner", "iops", secrets.owner),
            self.dsn("iops_app", "iops", secrets.app),
            secrets.key,
            version,
            self,
        )

    def dsn(self, user: str, database: str, password: str) -> str:
        """A connection string through our socket."""
        return make_conninfo(
            host=str(self.sockets), port=PORT, user=user, dbname=database, password=password, application_name="iops"
        )

    def is_running(self) -> bool:
        """Whether the server of these data runs, whoever started it."""
        return postmaster_of(self.data) is not None

    def stop(self, *, whoever_uses_it: bool = False) -> None:
        """Stop cleanly, unless another process still uses the server; done when it has ended. Raises ServerError."""
        with _faults(), self._one_at_a_time():
            if not self._leave() and not whoever_uses_it:
                return
            postmaster = postmaster_of(self.data)
            if postmaster is None:
                return
            postmaster.end(signal.SIGINT)
            if not postmaster.ended_within(PATIENCE):
                raise ServerError("The database server does not stop.", mend=f"Its log is {self.log}.")

    def _prepare(self, secrets: Secrets, *, known: bool) -> None:
        self._check_room()
        places.private(self.sockets, self.account)
        self.binaries = places.runnable(self.binaries, self.place, self.account)
        if not self.data.exists():
            self._make_data(secrets)
        elif not known:
            self._set_password(secrets)
        text = tuning.tuned(shutil.disk_usage(self.data).free, durable=self.durable)
        places.write_private(self.data / "iops.conf", text, self.account)
        if self.log.exists() and self.log.stat().st_size > LOG_KEPT:
            self.log.replace(self.log.with_suffix(".log.old"))

    def _run(self, deadline: float) -> None:
        """Have it running and ready.

        Straight after a kill -9 of the parent process its children hold the data for a moment: then try again.
        """
        while True:
            began = self.log.stat().st_size if self.log.exists() else 0
            if postmaster_of(self.data) is None:
                clear_leavings(self.data, self.sockets)
                self._launch()
            if self._ready_by(deadline):
                return
            said = self._log_since(began)
            if time.monotonic() > deadline or not any(word in said for word in PASSING):
                raise self._failure("The database server did not start.", said)
            time.sleep(0.2)

    def _launch(self) -> None:
        command = [self.binaries.program("postgres"), "-D", str(self.data)]
        if not self.log.exists():
            places.write_private(self.log, "", self.account)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, *tuning.fixed(self.sockets, PORT, durable=self.durable)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=_environment(),
                umask=0o077,
                # Ctrl-C in the terminal is for us: we stop the server in good order.
                start_new_session=True,
                **self.account.run_as,
            )

    def _ready_by(self, deadline: float) -> bool:
        """Wait until it says it is ready; no when it has ended instead."""
        while time.monotonic() < deadline:
            if self._process and self._process.poll() is not None:
                self._process = None
            postmaster = postmaster_of(self.data)
            if postmaster and postmaster.ready:
                self.sockets = postmaster.sockets
                return True
            if self._process is None and postmaster is None:
                return False
            time.sleep(0.02)
        return False

    def _make_data(self, secrets: Secrets) -> None:
        """Make the data beside their place and put them there when whole, so that nothing half-made is ever used."""
        fresh = self.place / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        places.private(fresh, self.account)
        word = self.sockets / "first-password"
        places.write_private(word, secrets.superuser, self.account)
        try:
            done, said = self._ask(
                "initdb", "-D", str(fresh), "-U", "postgres", "-E", "UTF8", f"--locale={LOCALE}", "--data-checksums",
                "--auth=scram-sha-256", f"--pwfile={word}", *([] if self.durable else ["--no-sync"]),
            )  # fmt: skip
            if not done:
                raise self._failure("The database could not be made.", said)
            with (fresh / "postgresql.conf").open("a", encoding="utf-8") as file:
                file.write("\ninclude 'iops.conf'\n")
            fresh.rename(self.data)
            places.sync(self.place)
        finally:
            word.unlink()
            shutil.rmtree(fresh, ignore_errors=True)

    def _set_password(self, secrets: Secrets) -> None:
        """The passwords were lost: whoever holds the data may set a new one, in the server's single-user mode."""
        clear_leavings(self.data, self.sockets)
        places.write_private(self.data / "iops.conf", "", self.account)
        statement = f"alter role postgres password '{secrets.superuser}'\n"
        done, said = self._ask("postgres", "--single", "-D", str(self.data), "postgres", told=statement)
        if not done:
            raise self._failure("The lost passwords could not be made anew.", said)

    def _let_in(self, secrets: Secrets) -> str:
        """Have it running with our roles in it; its version.

        A server that was killed a moment ago may still look alive, and then breaks the connection: then try again.
        """
        deadline = time.monotonic() + PATIENCE
        while True:
            self._run(deadline)
            seen = postmaster_of(self.data)
            try:
                return make_roles(
                    self.dsn("postgres", "postgres", secrets.superuser), secrets, makes_databases=not self.durable
                )
            except psycopg.Error as error:
                time.sleep(0.2)
                if postmaster_of(self.data) == seen or time.monotonic() > deadline:
                    raise self._failure("The database server refuses us.", str(error)) from error

    def _check_room(self) -> None:
        free = shutil.disk_usage(self.place).free
        if free < LEAST_FREE:
            raise DiskFullError(
                f"The disk below {self.place} has {free // tuning.MB} MB left; the database needs at least"
                f" {LEAST_FREE // tuning.MB} MB to work.",
                mend="Make room, or move the system to a larger disk. Nothing was changed.",
            )

    def _made_by(self) -> int | None:
        if not self.data.exists():
            return None
        try:
            return int((self.data / "PG_VERSION").read_text(encoding="ascii"))
        except (OSError, ValueError):
            raise ServerError(
                f"{self.data} holds no database that can be read.",
                mend="Put a backup back in its place; or, to start with nothing, move it away.",
            ) from None

    def _failure(self, what: str, said: str) -> ServerError:
        if any(os.strerror(number) in said for number in NO_ROOM):
            return DiskFullError(f"{what} The disk is full.", mend="Make room and start again. What was saved is kept.")
        return ServerError(f"{what} It said: {said.strip()[-600:]}", mend=f"The whole log is {self.log}.")

    def _log_since(self, began: int) -> str:
        if not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(began)
            return log.read().decode(errors="replace")

    def _ask(self, program: str, *arguments: str, told: str = "") -> tuple[bool, str]:
        """Run one of the server's programs to its end, under its account."""
        done = subprocess.run(
            [self.binaries.program(program), *arguments], input=told, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace", cwd="/", env=_environment(), start_new_session=True, check=False,
            **self.account.run_as,
        )  # fmt: skip
        return done.returncode == 0, done.stdout

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        with (self.home / "starting.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _take_part(self) -> None:
        """Note that this process uses the server: the last one to leave stops it."""
        self._use = self._use or (self.home / "use.lock").open("w")
        fcntl.flock(self._use, fcntl.LOCK_SH)

    def _leave(self) -> bool:
        """Use the server no longer; whether nobody else does."""
        with self._use or (self.home / "use.lock").open("w") as lock:
            self._use = None
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True


def _environment() -> dict[str, str]:
    """Ours without what would speak to PostgreSQL's programs behind our back."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "IOPS_", "LC_"))}
    return {**kept, "LC_ALL": LOCALE, "TMPDIR": tempfile.gettempdir()}


@contextmanager
def _faults() -> Iterator[None]:
    """Name what the file system refuses."""
    try:
        yield
    except OSError as error:
        raise named(error) from error
