"""The account the server runs as: PostgreSQL refuses to run as root, so root lends it a lesser one."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from iops.foundation.server.faults import ServerError

if TYPE_CHECKING:
    from pathlib import Path

LESSER_ACCOUNTS = ("postgres", "nobody")


class RunAs(TypedDict, total=False):
    """The arguments of `subprocess` that change the account; none when we are that account already."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """An account of the machine, by number; `lent` when we are root and act as somebody else."""

    uid: int
    gid: int
    lent: bool

    @property
    def run_as(self) -> RunAs:
        """What `subprocess` must be told so that a program runs under this account alone."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.lent else {}

    def own(self, path: Path) -> None:
        """Give a file or folder to this account; a link is never followed."""
        if self.lent:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def can_run(self, path: Path) -> bool:
        """Whether this account can get to `path` and enter or execute it."""
        if not self.lent:
            return os.access(path, os.X_OK)
        probe = ["/bin/sh", "-c", 'test -x "$0"', str(path)]
        return subprocess.run(probe, cwd="/", check=False, **self.run_as).returncode == 0


def account_for(data: Path) -> Account:
    """The account for the server of `data`: whose the data are, else ourselves, else a lesser one than root.

    Raises ServerError when we are root and the machine has no lesser account.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), lent=False)
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid, lent=True)
    for name in LESSER_ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, lent=True)
    raise ServerError(
        f"PostgreSQL refuses to run as root, and there is no account {' or '.join(LESSER_ACCOUNTS)}.",
        mend="Start the system as an ordinary user.",
    )
