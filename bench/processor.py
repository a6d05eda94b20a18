"""Processor time of processes with all that they have started, read from /proc: what a piece of work costs whom.

On a machine shared with others the time on the wall says little; processor time says nearly the same as on a quiet one.
"""

from __future__ import annotations

import os
from pathlib import Path

PROC = Path("/proc")
_PARENT, _TIMES = 1, slice(11, 15)
"""Places in /proc/PID/stat after the name: the parent, and the ticks of the process and of its children that ended."""


def spent(root: int) -> float:
    """Seconds of processor time that a process and everything below it have used; 0 where /proc does not tell."""
    children: dict[int, list[int]] = {}
    ticks: dict[int, int] = {}
    for entry in PROC.glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended while it was looked at
        pid = int(entry.parent.name)
        children.setdefault(int(fields[_PARENT]), []).append(pid)
        ticks[pid] = sum(map(int, fields[_TIMES]))
    total, todo = 0, [root]
    while todo:
        pid = todo.pop()
        total += ticks.get(pid, 0)
        todo += children.get(pid, [])
    return total / os.sysconf("SC_CLK_TCK")


def postmaster(home: Path) -> int | None:
    """The process of the throw-away server below a folder, by the file it keeps there; None when there is none."""
    found = next(home.rglob("postmaster.pid"), None)
    return int(found.read_text().split("\n", 1)[0]) if found else None
