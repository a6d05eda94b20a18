"""The processes of the running system: started, started again when they die, stopped, and never left behind."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
STEADY = 60.0
"""Seconds after which a process that was started again counts as well, and its pauses begin anew."""
PATIENCE = 15.0
"""Seconds a process may take to end when it is asked to."""
MARK = "IOPS_UP"
"""Environment variable of every process of the system: the folder of data it works on."""
LOG_KEPT = 20 * 2**20
PR_SET_PDEATHSIG = 1


class Part(Protocol):
    """A part of the system that is watched."""

    name: str

    def alive(self) -> bool:
        """Whether it runs."""
        ...

    def start(self) -> None:
        """Start it again."""
        ...


class Child:
    """One process of the system, in a session of its own so that Ctrl-C in the terminal comes to us alone.

    What it says goes to the end of the file `log`, which is put aside when it has grown large; without one, to ours.
    """

    def __init__(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path | None = None
    ) -> None:
        self.log = log
        self.name, self.command, self.environment = name, list(command), dict(environment)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, once whatever the last one left has ended."""
        self._clear()
        with _opened(self.log) as log:
            self.process = subprocess.Popen(
                self.command,
                stdout=log,
                stderr=log,
                env=self.environment,
                start_new_session=True,
                preexec_fn=die_with_parent(),  # noqa: PLW1509 - `up` has one thread
            )

    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and not _ended(self.process)

    def ask_to_end(self) -> None:
        """Ask it to end in good order; `stop` waits for that."""
        if self.process and self.alive():
            self.process.terminate()

    def stop(self) -> None:
        """See it end, in good order or not."""
        self.ask_to_end()
        deadline = time.monotonic() + PATIENCE
        while self.alive() and time.monotonic() < deadline:
            time.sleep(0.02)
        self._clear()

    def _clear(self) -> None:
        """End what is left of its session, while its number cannot have become some other program's."""
        if self.process:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


def _ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether a child has ended; it is not collected yet, so that its number stays its own."""
    if sys.platform != "linux":
        return process.poll() is not None
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


class Watch:
    """Starts a part again when it has died, each time after a longer pause while it keeps dying."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.pause = FIRST_PAUSE
        self.began = time.monotonic()
        self.due: float | None = None

    def look(self) -> None:
        """Look once; start again what is due."""
        now = time.monotonic()
        if self.part.alive():
            if now - self.began > STEADY:
                self.pause = FIRST_PAUSE
            return
        if self.due is None:
            self.due = now + self.pause
            typer.secho(f"The {self.part.name} has ended; again in {self.pause:.0f} s.", fg="red", err=True)
        elif now >= self.due:
            self.pause, self.due, self.began = min(self.pause * 2, LONGEST_PAUSE), None, now
            self.part.start()


def stop_all(children: Sequence[Child]) -> None:
    """Ask all to end at once, then wait for each."""
    for child in children:
        child.ask_to_end()
    for child in children:
        child.stop()


def end_leftovers(var: Path) -> int:
    """End what an earlier run on this folder left behind when it was killed outright; how many there were.

    Call only while no other run is at work on it. Where the machine cannot tell (no /proc), nothing is done: there the
    processes end by themselves when they lose the database.
    """
    ended: set[int] = set()
    deadline = time.monotonic() + PATIENCE
    # Until none is seen any more: only then are their ports free.
    while (found := set(_marked(var))) and time.monotonic() < deadline:
        ended |= found
        for process in found:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.05)
    return len(ended)


def _marked(var: Path) -> Iterator[int]:
    mark = f"{MARK}={var.resolve()}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if int(folder.name) != os.getpid() and mark in (folder / "environ").read_bytes().split(b"\0"):
                yield int(folder.name)


@contextmanager
def _opened(log: Path | None) -> Iterator[IO[bytes] | None]:
    if log is None:
        yield None
        return
    if log.exists() and log.stat().st_size > LOG_KEPT:
        log.replace(log.with_suffix(".log.old"))
    with os.fdopen(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab") as file:
        yield file


def die_with_parent() -> Callable[[], None] | None:
    """What a child does first so that it is told to end when its parent is killed outright; Linux alone knows it."""
    if sys.platform != "linux":
        return None
    parent, library = os.getpid(), ctypes.CDLL(None)

    def ask() -> None:
        library.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)

    return ask
