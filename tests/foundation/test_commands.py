"""`iops verify`, `iops seal` and `iops foundation` as somebody types them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from iops.foundation.commands import app, top_level
from iops.foundation.errors import IopsError
from tests.foundation.ledgers import as_the_owner, behind_its_back, seal_all

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg
    from typer import Typer
    from typer.testing import Result

    from tests.force import Force

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("sealing")]


def typed(*words: str, command: Typer = top_level) -> Result:
    with as_the_owner():
        return CliRunner().invoke(command, words, env={"COLUMNS": "200"})


def test_verify_says_that_all_agrees(force: Force) -> None:
    force.incident()
    done = typed("verify")
    assert (done.exit_code, done.stdout.strip()) == (0, "Seals, history, facts and numbers agree.")


def test_verify_ends_with_1_and_names_what_does_not_agree(force: Force, owner: psycopg.Connection) -> None:
    incident = force.incident()
    behind_its_back(owner, "control_incident", "update control_incident set domestic = true")
    done = typed("verify", "--table", "control_incident")
    assert done.exit_code == 1
    assert "control_incident" in done.stdout
    assert f" {incident.id} " in done.stdout
    assert "domestic is true, was false" in done.stdout


def test_what_stands_in_a_record_is_not_read_as_markup(owner: psycopg.Connection) -> None:
    owner.execute("insert into foundation_district (code, name) values ('N', '')")
    behind_its_back(owner, "foundation_district", "update foundation_district set name = '[bold][/nothing]'")
    done = typed("verify")
    assert done.exit_code == 1
    assert "name is [bold][/nothing], was nothing" in done.stdout


def test_verify_refuses_a_table_that_holds_no_facts() -> None:
    refused = typed("verify", "--table", "control_incidents").exception
    assert isinstance(refused, IopsError)
    assert "no table of facts" in refused.message
    assert "control_incident" in refused.mend


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", ""])
def test_verify_refuses_a_day_that_is_none(day: str) -> None:
    assert typed("verify", "--since", day).exit_code == 2


def test_exported_seals_are_lines_of_json_that_verify_takes_back(
    force: Force, owner: psycopg.Connection, tmp_path: Path
) -> None:
    force.incident()
    seal_all(owner)
    done = typed("seal", "--export")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["seal"] for line in lines] == list(range(1, len(lines) + 1))
    kept = tmp_path / "seals.jsonl"
    kept.write_text(done.stdout)
    assert typed("verify", "--seals", str(kept)).exit_code == 0
    kept.write_text(done.stdout.replace(lines[0]["root"], "0" * 64))
    assert "is not the one that was handed out" in typed("verify", "--seals", str(kept)).stdout


def test_verify_refuses_a_file_that_is_no_export(tmp_path: Path) -> None:
    kept = tmp_path / "seals.jsonl"
    kept.write_bytes(b"\xff\xfe\x00")
    assert isinstance(typed("verify", "--seals", str(kept)).exception, IopsError)


def test_seal_says_how_many_entries_it_sealed(owner: psycopg.Connection) -> None:
    owner.execute("insert into foundation_district (code, name) values ('N', 'North')")
    assert typed("seal").stdout.strip().endswith("entries sealed.")


def test_the_clock_of_a_force_at_work_is_not_set() -> None:
    assert isinstance(typed("set-clock", "2019-07-05T22:30", command=app).exception, IopsError)


def test_the_clock_of_a_training_force_is_set_in_london_time(owner: psycopg.Connection) -> None:
    owner.execute("insert into foundation_clock (id, adjustable) values (1, true)")
    assert typed("set-clock", "2019-07-05T22:30", command=app).exit_code == 0
    assert owner.execute("select iops.now() = '2019-07-05 21:30+00'").fetchone() == (True,)
    assert typed("release-clock", command=app).exit_code == 0
    assert owner.execute("select iops.now() = transaction_timestamp()").fetchone() == (True,)
