"""The quick checks see what must not be committed and what has lost its shape."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from iops.project.check import unfit_for_commit, unproven
from iops.project.shape import functions, misshapen
from iops.rulebook import proof
from iops.rulebook.library import table
from iops.rulebook.proof import mutations

if TYPE_CHECKING:
    from pathlib import Path


def repository(root: Path, name: str, content: str) -> Path:
    subprocess.run(["git", "init", "-q", root], check=True)
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    subprocess.run(["git", "-C", root, "add", "."], check=True)
    return root


REGISTRY = "https" + "://registry.example/simple"
HOME = "/ho" + "me/somebody/src"


@pytest.mark.parametrize("name", ["requirements/runtime.txt", "requirements.in", "package-lock.json", "uv.lock"])
def test_an_address_in_a_dependency_file_is_found(tmp_path: Path, name: str) -> None:
    found = unfit_for_commit(repository(tmp_path, name, f"x\n{REGISTRY}\n"))
    assert len(found) == 1
    assert name in found[0]


@pytest.mark.parametrize("name", ["src/a.py", "docs/a.md", "a.yaml", "package.json"])
def test_a_path_of_one_machine_is_found_with_its_line(tmp_path: Path, name: str) -> None:
    assert unfit_for_commit(repository(tmp_path, name, f"\n\n{HOME}")) == [
        f"{name}:3: a path of one machine: {HOME[:7]}..."
    ]


@pytest.mark.parametrize("content", ["see " + REGISTRY, "src/ho" + "me/page", "~/wo" + "rk/x", "", "\x00\xff"])
def test_what_may_be_committed_is_let_be(tmp_path: Path, content: str) -> None:
    assert unfit_for_commit(repository(tmp_path, "docs/a.md", content)) == []


def test_what_git_does_not_know_is_not_looked_at(tmp_path: Path) -> None:
    repository(tmp_path, "a.txt", "fine")
    (tmp_path / "requirements.txt").write_text(REGISTRY)
    assert unfit_for_commit(tmp_path) == []


def test_this_repository_is_fit() -> None:
    assert unfit_for_commit() == []


def long(lines: int) -> str:
    return "def f() -> None:\n" + "    x = 1\n" * (lines - 1)


def test_the_length_of_a_function_leaves_its_docstring_out() -> None:
    text = 'def f() -> None:\n    """One.\n\n    Two.\n    """\n    return\n'
    assert list(functions(text)) == [("f", 1, 2)]


@pytest.mark.parametrize(("lines", "wrong"), [(9, 0), (61, 3)])
def test_a_long_function_is_found(tmp_path: Path, lines: int, wrong: int) -> None:
    (tmp_path / "a.py").write_text(long(lines))
    assert len(misshapen([tmp_path / "a.py"])) == wrong


@pytest.mark.parametrize(("lines", "wrong"), [(500, 0), (501, 1)])
def test_a_long_file_is_found(tmp_path: Path, lines: int, wrong: int) -> None:
    (tmp_path / "a.py").write_text("x = 1\n" * lines)
    assert len(misshapen([tmp_path / "a.py"])) == wrong


def test_too_few_short_functions_are_found(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(long(12) * 3 + long(5) * 2)
    assert misshapen([tmp_path / "a.py"]) == ["2 of 5 functions have under 10 lines; it must be 50 in a hundred"]


def test_the_recording_tables_are_proven() -> None:
    assert unproven() == []


def test_a_slip_in_a_recording_table_is_shown_with_a_report(monkeypatch: pytest.MonkeyPatch) -> None:
    slip = next(changed for said, _, changed in mutations(table("standing")) if said == "without row victim")
    monkeypatch.setattr(proof, "all_tables", lambda: {"standing": slip})
    found = unproven()
    assert found
    assert "reporter:" in found[0]
