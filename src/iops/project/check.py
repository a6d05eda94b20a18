"""The quick checks: what can be said of the code without running the system."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from iops.project.assets import CHECKOUT

ADDRESS = re.compile(rb"https?://(?!127\.0\.0\.1|localhost)[a-z0-9.-]+")
MACHINE = re.compile(rb"(?<![a-zA-Z0-9_.])/(?:home|Users|root|work)/[a-z]")
DEPENDENCY_FILES = re.compile(r"(\.lock|requirements.*\.(txt|in)|pyproject\.toml|package(-lock)?\.json)$")


@dataclass(frozen=True)
class Outcome:
    """What one check said."""

    name: str
    passed: bool
    seconds: float
    said: str


COMMANDS = {
    "lint (ruff check)": ["ruff", "check", "--quiet"],
    "layout (ruff format)": ["ruff", "format", "--check", "--quiet"],
    "types (mypy)": ["mypy"],
    "layers (import-linter)": ["importlinter.cli"],
}


def check() -> int:
    """Run every check, print a table, and answer 0 when all passed."""
    with ThreadPoolExecutor(2) as pool:
        outcomes = [*pool.map(lambda item: _command(*item), COMMANDS.items()), _committed()]
    console = Console()
    table = Table("check", "", "seconds")
    for outcome in outcomes:
        table.add_row(outcome.name, "passed" if outcome.passed else "FAILED", f"{outcome.seconds:.1f}")
        if not outcome.passed:
            console.print(f"--- {outcome.name}\n{outcome.said}", markup=False, highlight=False)
    console.print(table)
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def _command(name: str, words: list[str]) -> Outcome:
    began = time.monotonic()
    command = [sys.executable, "-m", *words]
    if words[0].startswith("importlinter"):
        command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    return Outcome(name, done.returncode == 0, time.monotonic() - began, done.stdout + done.stderr)


def _committed() -> Outcome:
    """No registry's address in a dependency file, no path of one machine anywhere."""
    began = time.monotonic()
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, check=False).stdout  # noqa: S607
    wrong = []
    for name in filter(None, listed.decode().split("\0")):
        path = CHECKOUT / name
        content = path.read_bytes() if path.is_file() else b""
        if DEPENDENCY_FILES.search(name) and ADDRESS.search(content):
            wrong.append(f"{name}: an address in a dependency file")
        if MACHINE.search(content) and path.resolve() != CHECKOUT / "src/iops/project/check.py":
            wrong.append(f"{name}: a path of one machine")
    return Outcome("what is committed", not wrong, time.monotonic() - began, "\n".join(wrong))
