"""The processes of the running system: started, started again when they die, stopped, and never left behind."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

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
    """One process of the system, in a session of its own so that Ctrl-C in the terminal comes to us alone."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.name, self.command, self.environment = name, list(command), dict(environment)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, once whatever the last one left has ended."""
        self._end_group()
        self.process = subprocess.Popen(
            self.command,
            env=self.environment,
            start_new_session=True,
            preexec_fn=die_with_parent(),  # noqa: PLW1509 - `up` has one thread
        )

    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.poll() is None

    def ask_to_end(self) -> None:
        """Ask it to end in good order; `stop` waits for that."""
        if self.process and self.alive():
            self.process.terminate()

    def stop(self) -> None:
        """See it end, in good order or not."""
        self.ask_to_end()
        if self.process:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=PATIENCE)
            self._end_group()
            self.process.wait()

    def _end_group(self) -> None:
        if self.process:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)


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
