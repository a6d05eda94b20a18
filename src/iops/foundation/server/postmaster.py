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
    sockets: Path
    ready: bool

    def end(self, how: signal.Signals) -> None:
        """Send it a signal; one that has ended meanwhile is content."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, how)

    def ended_within(self, seconds: float) -> bool:
        """Wait for its end."""
        deadline = time.monotonic() + seconds
        while _alive(self.pid):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True


def postmaster_of(data: Path) -> Postmaster | None:
    """The live server of these data; None when there is none, whatever a pid file left by a crash may say."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        pid = int(lines[0])
    except (OSError, ValueError, IndexError):
        return None
    if not _alive(pid) or not _works_in(pid, data):
        return None
    lines += [""] * (LINES - len(lines))
    return Postmaster(pid, Path(lines[4]), lines[7].strip() == "ready")


def clear_leavings(data: Path, sockets: Path) -> None:
    """Remove the lock files of a server that has ended without tidying; call only when `postmaster_of` says None.

    A pid file names a process by number alone. After a restart of the machine or of a container the number may be
    another program's, and PostgreSQL would refuse to start. It still refuses by itself while processes of the old
    server hold its shared memory.
    """
    for path in (data / "postmaster.pid", *sockets.glob(".s.PGSQL.*")):
        path.unlink(missing_ok=True)


def _alive(pid: int) -> bool:
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _works_in(pid: int, data: Path) -> bool:
    """Whether the process has its working folder in `data`, as a server has; yes where that cannot be known."""
    if not Path("/proc/self/cwd").exists():
        return True
    try:
        return Path(f"/proc/{pid}/cwd").samefile(data)
    except OSError:
        return False
