"""Rows for COPY and files: complete, marked as made up, and safe whatever a name holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from iops.foundation.errors import NotFoundError
from iops.synthetic.people import Batch, Population, make_people
from iops.synthetic.people.as_copy import TABLES, columns_of, copy_lines, rows_of
from iops.synthetic.people.batches import texts
from iops.synthetic.people.commands import app

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def few() -> Batch:
    return next(make_people(20, 1))


@pytest.mark.parametrize("table", sorted(TABLES))
def test_every_row_has_every_column_and_the_mark(few: Batch, table: str) -> None:
    rows = list(rows_of([few], table))
    assert len(rows) == len(getattr(few, table))
    assert all(len(row) == len(columns_of(table)) and row[-1] is True for row in rows)
    assert columns_of(table)[0] == "person"
    assert columns_of(table)[-1] == "made_up"


def test_columns_are_named_in_the_order_of_the_rows(few: Batch) -> None:
    row = dict(zip(columns_of("names"), next(iter(rows_of([few], "names"))), strict=True))
    assert row["person"] == 1
    assert row["kind"] == "main"
    assert row["full"] == few.names.full[0]


def test_days_are_dates_and_missing_days_are_none(few: Batch) -> None:
    rows = [dict(zip(columns_of("addresses"), row, strict=True)) for row in rows_of([few], "addresses")]
    assert all(type(row["since"]) is date for row in rows)
    assert {type(row["until"]) for row in rows} <= {date, type(None)}
    assert any(row["until"] is None for row in rows)


def test_values_that_would_break_the_format_are_escaped(few: Batch) -> None:
    hostile = "Rob\t'); drop table\\x\n\r"
    bad = replace(few, names=replace(few.names, full=texts([hostile] * len(few.names))))
    (line, *_) = copy_lines([bad], "names")
    assert line.endswith("\n")
    assert line.count("\n") == 1
    assert line.count("\t") == len(columns_of("names")) - 1
    assert "\\\\x" in line


def test_what_is_missing_is_written_as_null(few: Batch) -> None:
    assert any("\t\\N\t" in line for line in copy_lines([few], "addresses"))


def test_another_table_is_refused() -> None:
    with pytest.raises(NotFoundError):
        columns_of("crimes")
    with pytest.raises(NotFoundError):
        rows_of([], "crimes")


def test_nothing_gives_no_rows() -> None:
    assert list(rows_of([], "people")) == []


def test_the_command_writes_four_files_that_hold_the_population(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["--count", "50", "--seed", "3", "--out", str(tmp_path / "new")])
    assert done.exit_code == 0, done.output
    expected = sum(len(batch) for batch in Population(50, 3))
    assert f"{expected} records" in done.output
    lines = (tmp_path / "new" / "people.copy").read_text(encoding="utf-8").splitlines()
    assert lines[0].split("\t") == list(columns_of("people"))
    assert len(lines) == expected + 1


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    refused = CliRunner().invoke(app, ["--count", "-5", "--out", str(tmp_path)])
    assert refused.exit_code == 2
    assert "cannot be made" in refused.output
