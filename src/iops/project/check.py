"""The quick checks: what can be said of the code without running the system."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.table import Table

from iops.project.assets import CHECKOUT
from iops.project.shape import misshapen

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ADDRESS = re.compile(rb"https?://(?!127\.0\.0\.1|localhost)[a-z0-9.-]+")
MACHINE = re.compile(rb"(?<![a-zA-Z0-9_.~])/(?:home|Users|root|work)/[a-z]")
DEPENDENCY_FILES = re.compile(r"(\.lock|requirements.*\.(txt|in)|pyproject\.toml|package(-lock)?\.json)$")
LAYERS = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
NO_SERVER = "host=/nonexistent dbname=iops user=iops_app"
"""Django asks the database about applied migrations when it can; what is asked here needs none."""


@dataclass(frozen=True)
class Outcome:
    """What one check said: `said` is empty when it has nothing to show."""

    name: str
    passed: bool
    seconds: float
    said: str


PROGRAMS = {
    # The longest first: the others run beside it.
    "types (mypy)": ["-m", "mypy"],
    "lint (ruff check)": ["-m", "ruff", "check", "--quiet"],
    "layout (ruff format)": ["-m", "ruff", "format", "--check", "--quiet"],
    "layers (import-linter)": ["-c", LAYERS],
    "migrations (makemigrations --check)": ["-W", "ignore", "-m", "django", "makemigrations", "--check", "--dry-run"],
}


def check() -> int:
    """Run every check, print what is wrong and a table, and answer 0 when all passed."""
    tasks: list[Callable[[], Outcome]] = [
        *(lambda name=name, words=words: _program(name, words) for name, words in PROGRAMS.items()),
        lambda: _own("what is committed", unfit_for_commit),
        lambda: _own("shape (files, functions)", _out_of_shape),
        lambda: _own("decision tables (z3)", unproven),
    ]
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(lambda task: task(), tasks))
    _show(outcomes)
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def _show(outcomes: list[Outcome]) -> None:
    console = Console()
    table = Table("check", "", "seconds")
    for outcome in outcomes:
        table.add_row(outcome.name, "passed" if outcome.passed else "FAILED", f"{outcome.seconds:.1f}")
        if not outcome.passed:
            typer.echo(f"--- {outcome.name}\n{outcome.said}\n")
    console.print(table)


def _program(name: str, words: list[str]) -> Outcome:
    began = time.monotonic()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "iops.project.settings",
        "IOPS_APP_DSN": NO_SERVER,
        "PYTHONPATH": str(CHECKOUT / "src"),
    }
    done = subprocess.run(
        [sys.executable, *words], cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False
    )
    return Outcome(name, done.returncode == 0, time.monotonic() - began, done.stdout + done.stderr)


def _own(name: str, look: Callable[[], list[str]]) -> Outcome:
    began = time.monotonic()
    wrong = look()
    return Outcome(name, not wrong, time.monotonic() - began, "\n".join(wrong))


def unfit_for_commit(root: Path = CHECKOUT) -> list[str]:
    """A registry's address in a dependency file, or a path of one machine anywhere."""
    wrong = []
    for path in committed(root):
        content = path.read_bytes()
        name = path.relative_to(root).as_posix()
        if DEPENDENCY_FILES.search(name) and (found := ADDRESS.search(content)):
            wrong.append(f"{name}: an address in a dependency file: {found[0].decode()}")
        if found := MACHINE.search(content):
            line = content.count(b"\n", 0, found.start()) + 1
            wrong.append(f"{name}:{line}: a path of one machine: {found[0].decode()}...")
    return wrong


def committed(root: Path) -> list[Path]:
    """The files that git knows."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=True).stdout  # noqa: S607
    names = filter(None, listed.decode().split("\0"))
    return [path for name in names if (path := root / name).is_file() and not path.is_symlink()]


def unproven() -> list[str]:
    """What the proof of the recording rules finds: a gap, an overlap or an idle part, each with a report showing it."""
    # The prover takes a moment to load, which only this check should pay for.
    from iops.rulebook.proof import prove_all

    return [str(fault) for fault in prove_all()]


def _out_of_shape() -> list[str]:
    sources = CHECKOUT / "src"
    return misshapen(
        path
        for path in committed(CHECKOUT)
        if path.suffix == ".py" and path.is_relative_to(sources) and "migrations" not in path.relative_to(sources).parts
    )
