"""Launches the embedded server: makes its data, starts it durable, stops it, and copes with what a crash left behind.

As root the server runs under a lesser account, as PostgreSQL demands. Nothing listens on the network: the system
speaks to it through a socket in a private folder, with a password that was made here.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import make_conninfo

from iops.foundation.errors import IopsError
from iops.foundation.server.binaries import Binaries, find
from iops.foundation.server.roles import Secrets, make_roles

PORT = 5432
LONGEST_SOCKET = 100
"""A Unix socket's path holds 107 bytes; the file's own name takes some of them."""
LEAST_FREE = 300 * 1024 * 1024
PATIENCE = 60
"""Seconds that a start may take, recovery after a crash included."""
LESSER_ACCOUNTS = ("postgres", "nobody")


class ServerError(IopsError):
    """The database server cannot be made or started; the message says why."""

    code = "server"
    status = 500


class DiskFullError(ServerError):
    """There is no room on the disk for the database to work."""

    code = "disk-full"


@dataclass(frozen=True)
class Running:
    """A server that answers: connection strings of the owner and of the application, and how to stop it."""

    owner_dsn: str
    app_dsn: str
    secret_key: str
    cluster: Cluster | None = None

    def stop(self) -> None:
        """Stop the server if it is ours; one that was given by a DSN is left alone."""
        if self.cluster:
            self.cluster.stop()


class Cluster:
    """One embedded server with its data below `home` (usually `var/`).

    `durable=False` is for tests only: it gives up safety after a power cut for speed.
    """

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        self.account = _lesser_account()
        self.home = self._reachable(home.resolve())
        self.data = self.home / "postgres"
        self.log = self.home / "postgres.log"
        self.durable = durable
        self.binaries = find()
        self.sockets = self._socket_folder()

    def start(self) -> Running:
        """Start the server (or find it running), make roles and database if they are missing, and say how to connect.

        Raises DiskFullError or ServerError; both say what the server's own log said.
        """
        self._check_room()
        secrets = Secrets.at(self.home / "secrets.json")
        self._private(self.sockets)
        if not (self.data / "PG_VERSION").exists():
            self._make_data(secrets)
        self._check_version()
        self._use_reachable_binaries()
        self._configure()
        if not self._answers():
            self._launch()
        make_roles(self.dsn("postgres", "postgres", secrets.superuser), secrets)
        return Running(
            self.dsn("iops_owner", "iops", secrets.owner), self.dsn("iops_app", "iops", secrets.app), secrets.key, self
        )

    def dsn(self, user: str, database: str, password: str) -> str:
        """A connection string through our socket."""
        return make_conninfo(
            host=str(self.sockets), port=PORT, user=user, dbname=database, password=password, application_name="iops"
        )

    def stop(self) -> None:
        """Stop cleanly; done when the server has ended."""
        if self.is_running():
            self._run("pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "-t", str(PATIENCE), "stop")

    def _launch(self) -> None:
        # Straight after a kill -9 of the parent process, orphans of it hold the data for a moment: try again.
        deadline = time.monotonic() + PATIENCE
        while True:
            done = self._run(
                "pg_ctl", "-D", str(self.data), "-l", str(self.log), "-w", "-t", str(PATIENCE), "start", check=False
            )
            if done.returncode == 0 or self._answers():
                return
            if time.monotonic() > deadline or not self._held_by_orphans(done.stdout + done.stderr):
                raise self._failure("The database server did not start.", done.stdout + done.stderr)
            time.sleep(0.3)

    def _held_by_orphans(self, said: str) -> bool:
        tail = said + self._log_tail()
        return "still in use" in tail or "lock file" in tail or "another server" in tail

    def _make_data(self, secrets: Secrets) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self._private(self.data)
        with tempfile.NamedTemporaryFile("w", dir=self.sockets, delete=False) as password:
            password.write(secrets.superuser)
        self._own(Path(password.name))
        self._use_reachable_binaries()
        try:
            done = self._run(
                "initdb", "-D", str(self.data), "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums",
                "--auth=scram-sha-256", f"--pwfile={password.name}", *([] if self.durable else ["--no-sync"]),
                check=False,
            )  # fmt: skip
        finally:
            Path(password.name).unlink()
        if done.returncode != 0:
            shutil.rmtree(self.data, ignore_errors=True)
            raise self._failure("The database could not be made.", done.stdout + done.stderr)

    def _configure(self) -> None:
        safe = "on" if self.durable else "off"
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // (1024 * 1024)
        settings = {
            "listen_addresses": "''",
            "port": PORT,
            "unix_socket_directories": f"'{self.sockets}'",
            "unix_socket_permissions": "0700",
            "max_connections": 120,
            "fsync": safe,
            "synchronous_commit": safe,
            "full_page_writes": safe,
            "shared_buffers": f"{min(max(memory // 8, 64), 2048)}MB",
            "work_mem": "32MB",
            "maintenance_work_mem": f"{min(max(memory // 16, 64), 512)}MB",
            "max_wal_size": "4GB",
            "jit": "off",
            "log_min_duration_statement": 2000,
            "log_parameter_max_length": 0,
            "timezone": "'UTC'",
        }
        text = "".join(f"{name} = {value}\n" for name, value in settings.items())
        extra = self.data / "iops.conf"
        extra.write_text(f"# Written by iOPS at every start.\n{text}")
        self._own(extra)
        main = self.data / "postgresql.conf"
        if "include 'iops.conf'" not in main.read_text():
            with main.open("a") as file:
                file.write("\ninclude 'iops.conf'\n")

    def _check_room(self) -> None:
        free = shutil.disk_usage(self.home).free
        if free < LEAST_FREE:
            raise DiskFullError(
                f"The disk below {self.home} has {free // 2**20} MB left; the database needs at least"
                f" {LEAST_FREE // 2**20} MB to work.",
                mend="Make room, or move the system to a larger disk. Nothing was changed.",
            )

    def _check_version(self) -> None:
        made_by = int((self.data / "PG_VERSION").read_text())
        if made_by != self.binaries.major:
            raise ServerError(
                f"The data in {self.data} was made by PostgreSQL {made_by}; here is {self.binaries.major}.",
                mend="Install the version it was made by, or move its contents with pg_dump and restore.",
            )

    def _failure(self, what: str, said: str) -> ServerError:
        tail = self._log_tail()
        if "No space left on device" in said + tail:
            return DiskFullError(f"{what} The disk is full.", mend="Make room and start again. What was saved is kept.")
        return ServerError(f"{what} It said: {said.strip()[-600:]}\n{tail}", mend=f"The whole log is in {self.log}.")

    def _log_tail(self) -> str:
        return self.log.read_text(errors="replace")[-1500:] if self.log.exists() else ""

    def _answers(self) -> bool:
        done = self._run("pg_isready", "-h", str(self.sockets), "-p", str(PORT), "-q", check=False)
        return done.returncode == 0

    def is_running(self) -> bool:
        """Whether the server of this data runs, whoever started it."""
        if not (self.data / "postmaster.pid").exists():
            return False
        return self._run("pg_ctl", "-D", str(self.data), "status", check=False).returncode == 0

    def _run(self, program: str, *args: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        # A file, not a pipe: the server would inherit a pipe and the read would wait for the server to end.
        with tempfile.TemporaryFile("w+") as said:
            done = subprocess.run(
                [self.binaries.program(program), *args],
                stdout=said,
                stderr=said,
                stdin=subprocess.DEVNULL,
                cwd="/",
                env={**os.environ, "LC_ALL": "C.UTF-8", "PGCONNECT_TIMEOUT": "5"},
                user=self.account,
                group=pwd.getpwnam(self.account).pw_gid if self.account else None,
                extra_groups=[] if self.account else None,
                # Ctrl-C in the terminal is for us: we stop the server in good order.
                start_new_session=True,
                check=False,
            )
            said.seek(0)
            text = said.read()
        if check and done.returncode:
            raise self._failure(f"{program} failed.", text)
        return subprocess.CompletedProcess(done.args, done.returncode, text, "")

    def _reachable(self, home: Path) -> Path:
        """`home`, unless the lesser account cannot get there (a checkout below root's own folder)."""
        home.mkdir(parents=True, exist_ok=True)
        if not self.account or _can_reach(self.account, home):
            return home
        other = Path("/var/lib/iops") / hashlib.sha256(str(home).encode()).hexdigest()[:12]
        other.mkdir(parents=True, exist_ok=True)
        return other

    def _use_reachable_binaries(self) -> None:
        """Copy the programs beside the data when the lesser account cannot run them where they are."""
        if not self.account or _can_reach(self.account, self.binaries.bin):
            return
        copy = self.home / f"pginstall-{self.binaries.major}"
        if not (copy / "bin" / "postgres").exists():
            shutil.copytree(self.binaries.root, copy, symlinks=True, dirs_exist_ok=True)
        self.binaries = Binaries(copy / "bin", copy, self.binaries.major)

    def _socket_folder(self) -> Path:
        near = self.home / "sockets"
        if len(os.fsencode(near)) + len(f"/.s.PGSQL.{PORT}") <= LONGEST_SOCKET:
            return near
        return Path(tempfile.gettempdir()) / f"iops-{hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]}"

    def _private(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        self._own(folder)
        self.log.touch()
        self._own(self.log)

    def _own(self, path: Path) -> None:
        if self.account:
            shutil.chown(path, self.account)


def _lesser_account() -> str | None:
    """The account the server runs as when we are root; None when we are an ordinary user already."""
    if os.geteuid() != 0:
        return None
    for name in LESSER_ACCOUNTS:
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise ServerError(
        f"PostgreSQL refuses to run as root, and there is no account {' or '.join(LESSER_ACCOUNTS)}.",
        mend="Start the system as an ordinary user.",
    )


def _can_reach(account: str, folder: Path) -> bool:
    gid = pwd.getpwnam(account).pw_gid
    done = subprocess.run(
        ["/bin/sh", "-c", 'test -x "$0"', str(folder)], user=account, group=gid, extra_groups=[], cwd="/", check=False
    )
    return done.returncode == 0
