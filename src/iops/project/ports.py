"""Whether a port is free, and who has it when it is not."""

from __future__ import annotations

import errno
import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LISTENS = "0A"
"""The state of a listening socket in the kernel's table."""
PROC = Path("/proc")


@dataclass(frozen=True)
class Taken:
    """A port that cannot be had: why, and which program holds it where that can be seen."""

    why: str
    program: str = ""

    def __str__(self) -> str:
        return f"{self.why} by {self.program}" if self.program else self.why


def taken(host: str, port: int) -> Taken | None:
    """None when a server could listen on this address now. Raises OSError (socket.gaierror) for an unknown host."""
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            # Binding alone is allowed beside another that shares the port; listening is not.
            probe.listen(1)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return Taken("is taken", _holder(port))
            if error.errno == errno.EACCES:
                return Taken("is reserved for the administrator (ports below 1024)")
            return Taken(f"cannot be used ({error.strerror})")
    return None


def _holder(port: int) -> str:
    """The name and number of the process that listens on a port; empty when it cannot be seen (another account's)."""
    wanted = {f"socket:[{inode}]" for inode in _inodes(port)}
    for process in PROC.glob("[0-9]*"):
        with suppress(OSError):
            if any(str(handle.readlink()) in wanted for handle in (process / "fd").iterdir()):
                name = (process / "comm").read_text(encoding="utf-8").strip()
                return f"{name} (process {process.name})"
    return ""


def _inodes(port: int) -> Iterator[str]:
    for table in (PROC / "net/tcp", PROC / "net/tcp6"):
        with suppress(OSError):
            for line in table.read_text(encoding="ascii").splitlines()[1:]:
                words = line.split()
                if words[3] == LISTENS and int(words[1].rsplit(":", 1)[1], 16) == port:
                    yield words[9]
