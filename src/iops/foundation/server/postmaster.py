"""What the server's own pid file says, and whether to believe it."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import signal

LINES = 8
"""Lines of a whole pid file: process, data, start, port, socket folder, addresses, shared memory, state."""


@dataclass(frozen=True)
class Postmaster:
    """The parent process of a running server."""

    pid: int
    data: Path
    sockets: Path
    ready: bool

    def end(self, how: signal.Signals) -> None:
        """Send it a signal; one that has ended meanwhile is content."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, how)

    def ended_within(self, seconds: float) -> bool:
        """Wait for its end."""
        deadline = time.monotonic() + seconds
        while _serves(self.pid, self.data):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True


def postmaster_of(data: Path) -> Postmaster | None:
    """The live server of these data; None when there is none, whatever a pid file left by a crash may say."""
    file = data / "postmaster.pid"
    pid = _named_in(file)
    if pid is None or not _serves(pid, data):
        return None
    with suppress(OSError):
        lines = file.read_text(encoding="utf-8").splitlines()
        lines += [""] * (LINES - len(lines))
        return Postmaster(pid, data, Path(lines[4]), lines[7].strip() == "ready")
    return None


def clear_leavings(data: Path, sockets: Path) -> None:
    """Remove lock files that PostgreSQL would wrongly believe; call only when `postmaster_of` says None.

    They name a process by number alone. After a restart of the machine or of a container the number may be some other
    program's, and a crash may leave a file empty. One that names no process is left to PostgreSQL, which also looks
    whether processes of the old server still hold its memory.
    """
    for path in (data / "postmaster.pid", *sockets.glob(".s.PGSQL.*.lock")):
        if path.exists() and ((pid := _named_in(path)) is None or _alive(pid)):
            path.unlink(missing_ok=True)


def _named_in(path: Path) -> int | None:
    """The process a lock file names; None when there is no file or no sense in it."""
    try:
        pid = int(path.read_text(encoding="utf-8").splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None
    return pid if pid > 1 else None


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _serves(pid: int, data: Path) -> bool:
    """Whether the process is alive and has its working folder in `data`, as a server has and a dead one has not."""
    if not _alive(pid):
        return False
    if Path("/proc/self/cwd").exists():
        try:
            return Path(f"/proc/{pid}/cwd").samefile(data)
        except OSError:
            return False
    # Where the working folder cannot be known, see at least that a child of ours which has ended does not count.
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == 0
    except ChildProcessError:
        return True
