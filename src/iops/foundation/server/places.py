"""Where the server keeps its things, so that the account it runs as can get there and a socket's name fits."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from iops.foundation.server.binaries import Binaries
from iops.foundation.server.faults import ServerError

if TYPE_CHECKING:
    from iops.foundation.server.account import Account

ELSEWHERE = Path("/var/lib/iops")
"""Data go here when root's checkout lies where the lesser account cannot go."""
LINK = "elsewhere"
LONGEST_SOCKET = 107
"""Bytes that the name of a Unix socket may have on Linux (103 elsewhere, which the margin below allows for)."""
SOCKET_NAME = ".s.PGSQL.5432.lock"
PLAIN = re.compile(r"[A-Za-z0-9/._-]+")


def reachable(home: Path, account: Account) -> Path:
    """`home`, or the folder that stands in for it when the account cannot get there.

    A link `elsewhere` in `home` leads to the stand-in; who removes `home` starts anew.
    """
    home.mkdir(parents=True, exist_ok=True)
    link = home / LINK
    if link.is_symlink():
        return link.resolve()
    if account.can_run(home):
        return home
    other = ELSEWHERE / secrets.token_hex(6)
    other.mkdir(mode=0o711, parents=True)
    for folder in (ELSEWHERE, other):
        folder.chmod(0o711)
    if not account.can_run(other):
        raise ServerError(
            f"The server's account can reach neither {home} nor {other}.",
            mend="Put the checkout where every account may go, or give such a folder with --var.",
        )
    link.symlink_to(other)
    return other


def socket_folder(home: Path) -> Path:
    """A private folder for the socket: below `home`, unless the name would be too long or has signs that split it."""
    near = home / "sockets"
    if PLAIN.fullmatch(str(near)) and len(os.fsencode(near / SOCKET_NAME)) <= LONGEST_SOCKET:
        return near
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    for base in ("/run" if os.geteuid() == 0 else os.environ.get("XDG_RUNTIME_DIR", ""), "/tmp"):  # noqa: S108
        if PLAIN.fullmatch(base) and len(base) < 60 and os.access(base, os.W_OK | os.X_OK):  # noqa: PLR2004
            return Path(base) / f"iops-{os.geteuid()}-{digest}"
    raise ServerError(f"There is no folder for the server's socket: {home} has too long a name.")


def private(folder: Path, account: Account) -> None:
    """Make a folder that only the account may enter.

    Raises ServerError when something else stands in its place, so that nobody can lend us a folder of theirs.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {0, os.geteuid(), account.uid}:
        raise ServerError(f"{folder} belongs to somebody else.", mend="Remove it and start again.")
    account.own(folder)
    folder.chmod(0o700)


def write_private(path: Path, text: str, account: Account) -> None:
    """Write a file only the account may read; a link in its place is refused, not followed."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    account.own(path)


def sync(folder: Path) -> None:
    """Have the names in a folder on the disk before going on."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def runnable(binaries: Binaries, home: Path, account: Account) -> Binaries:
    """The programs where the account can run them: copied to `home`, once a version, when they lie out of its reach."""
    if account.can_run(binaries.bin / "postgres"):
        return binaries
    copy = home / f"postgresql-{binaries.version}"
    if not copy.exists():
        fresh = copy.with_name(copy.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(binaries.root, fresh, symlinks=True)
        for folder, _, _ in os.walk(fresh):
            Path(folder).chmod(0o755)
        fresh.rename(copy)
    copied = Binaries(copy / "bin", binaries.version)
    if not account.can_run(copied.bin / "postgres"):
        raise ServerError(
            f"The server's account can run PostgreSQL neither in {binaries.bin} nor in {copied.bin}.",
            mend="Put the checkout where every account may go, or give a folder on a disk that runs programs: --var.",
        )
    return copied
