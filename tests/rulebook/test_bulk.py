"""Runs over files: the same obligations as in the database, and named errors for files that cannot be right."""

from __future__ import annotations

import csv
import datetime as dt
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from iops.rulebook.bulk import BulkError, Owed, bulk, files_in, run_folder
from iops.rulebook.loader import load_rulebook
from tests.rulebook.facts_sql import columns_of, random_rows
from tests.rulebook.test_clocks import calendar_rows
from tests.rulebook.test_compiler import DAYS, DAYS_OF_ALL_EDITIONS, FIRST_DAY, expected

if TYPE_CHECKING:
    from pathlib import Path

    from iops.rulebook.edition import Rulebook
    from tests.rulebook.conftest import PlainCalendar


def write(folder: Path, book: Rulebook, rows: list[tuple[str, dict[str, Any]]]) -> dict[str, Path]:
    """One CSV a view of the rows."""
    for subject in book.subjects.values():
        for view in subject.views:
            with (folder / f"{view.stem}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, [column.name for column in columns_of(subject, view)])
                writer.writeheader()
                writer.writerows(row for name, row in rows if name == view.name)
    return files_in(folder)


def as_parquet(files: dict[str, Path]) -> dict[str, Path]:
    for path in files.values():
        types = "auto_type_candidates = ['boolean', 'bigint', 'timestamptz', 'varchar']"
        duckdb.execute(f"copy (from read_csv('{path}', {types})) to '{path.with_suffix('.parquet')}' (format parquet)")
    return {stem: path.with_suffix(".parquet") for stem, path in files.items()}


def days_file(folder: Path, calendar: PlainCalendar) -> Path:
    """The days of a calendar as a file, as far as the made-up facts reach."""
    path = folder / "days.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["day", "working", "school", "working_ordinal", "school_ordinal"])
        writer.writerows(calendar_rows(calendar, FIRST_DAY, DAYS_OF_ALL_EDITIONS))
    return path


def in_order(found: list[Owed]) -> list[Owed]:
    return sorted(found, key=lambda owed: (owed.subject, owed.subject_id, owed.rule))


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_files_owe_what_python_owes(book: Rulebook, tmp_path: Path, calendar: PlainCalendar, kind: str) -> None:
    rows = [
        (view, {key: None if value == "" else value for key, value in row.items()})
        for view, row in random_rows(book, 50, 9)
    ]
    rows = [(view, {**row, "restricted": True}) if "__" not in view else (view, row) for view, row in rows]
    files = write(tmp_path, book, rows)
    days = days_file(tmp_path, calendar)
    found = bulk(book, files if kind == "csv" else as_parquet(files), calendar=days)
    assert [tuple(owed) for owed in in_order(found)] == [
        row for subject in sorted(book.subjects) for row in expected(book, subject, rows, calendar)
    ]


def test_working_days_are_counted_with_the_calendar_that_is_given(tmp_path: Path, calendar: PlainCalendar) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "days.yaml").write_text(DAYS, encoding="utf-8")
    book = load_rulebook([rules])
    facts = ",".join(book.subject("incident").base.columns)
    told = {"id": "7", "reported_at": "2024-03-28T10:00:00Z", "closed_at": "2024-03-28T12:00:00+00:00"}
    row = ",".join(told.get(name, "") for name in book.subject("incident").base.columns)
    (tmp_path / "incident.csv").write_text(f"{facts}\n{row}\n", encoding="utf-8")
    (tmp_path / "incident__crime.csv").write_text("id,recording_decided_at,recording_result\n", encoding="utf-8")
    (tmp_path / "incident__safeguarding.csv").write_text("id,assessed_at,child_count\n7,,2\n", encoding="utf-8")
    days = days_file(tmp_path, calendar)
    files = {path.stem: path for path in tmp_path.glob("incident*.csv")}
    found = {owed.rule: owed.due_at for owed in bulk(book, files, calendar=days)}
    assert found == {
        "tell-the-victim": dt.datetime(2024, 4, 8, 23, tzinfo=dt.UTC),
        "tell-the-school": dt.datetime(2024, 4, 2, 8, tzinfo=dt.UTC),
    }
    with pytest.raises(BulkError, match="calendar_day does not reach"):
        bulk(book, files)


def test_the_result_can_go_to_a_file(book: Rulebook, tmp_path: Path, calendar: PlainCalendar) -> None:
    files = write(tmp_path, book, list(random_rows(book, 20, 3)))
    days = days_file(tmp_path, calendar)
    everything = bulk(book, files, calendar=days)
    for name in ("out.parquet", "out's.csv"):
        assert bulk(book, files, calendar=days, out=tmp_path / name) == []
        path = str(tmp_path / name).replace("'", "''")
        counted = duckdb.execute(f"select count(*), count(met_at) from '{path}'").fetchone()
        assert counted == (len(everything), sum(owed.met_at is not None for owed in everything))


def test_a_folder_is_run_and_counted_by_rule(book: Rulebook, tmp_path: Path, calendar: PlainCalendar) -> None:
    facts = tmp_path / "facts"
    facts.mkdir()
    files = write(facts, book, list(random_rows(book, 20, 3)))
    days = days_file(tmp_path, calendar)
    everything = bulk(book, files, calendar=days)
    counts = run_folder(book, facts, tmp_path / "out.csv", calendar=days)
    assert counts == {
        rule: sum(owed.rule == rule for owed in everything) for rule in {owed.rule for owed in everything}
    }
    with pytest.raises(BulkError, match="neither Parquet nor CSV"):
        run_folder(book, facts, tmp_path / "out.xlsx")


CHILD = {
    "id": "1", "incident_id": "7", "linked_at": "2024-05-01T12:00:00+01:00", "reported_at": "2024-05-01T11:00:00Z",
    "district_id": "3", "risk": "80", "restricted": "false", "domestic": "true", "decided_at": "", "decision": "",
    "decision_since": "", "known_at": "2024-05-01T12:00:00Z",
}  # fmt: skip


def child_file(folder: Path, **change: str | None) -> dict[str, Path]:
    row = {name: value for name, value in {**CHILD, **change}.items() if value is not None}
    path = folder / "incident_child.csv"
    path.write_text(f"{','.join(row)}\n{','.join(row.values())}\n", encoding="utf-8")
    sent = folder / "incident_child__referrals.csv"
    sent.write_text("id,referral_sent_at\n1,\n", encoding="utf-8")
    school = folder / "incident_child__encompass.csv"
    names = ("of_school_age", "school_opens_at", "school_on_holiday", "encompass_told_at", "agencies_told_at")
    school.write_text(f"id,{','.join(names)}\n1,false,2024-05-02T08:00:00Z,false,,\n", encoding="utf-8")
    return {"incident_child": path, "incident_child__referrals": sent, "incident_child__encompass": school}


def test_one_child_is_owed_a_decision(book: Rulebook, tmp_path: Path) -> None:
    [owed] = [o for o in bulk(book, child_file(tmp_path)) if o.rule == "child-decision"]
    assert (owed.rule, owed.record_id, owed.restricted) == ("child-decision", 7, False)
    assert owed.arose_at == dt.datetime(2024, 5, 1, 11, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"linked_at": "2024-05-01T12:00:00"}, "linked_at has no offset: 2024-05-01T12:00:00"),
        ({"linked_at": "yesterday"}, "linked_at has no offset: yesterday"),
        ({"linked_at": "2024-02-30T12:00:00Z"}, "2024-02-30T12:00:00Z"),
        ({"linked_at": None}, "incident_child.csv has no column 'linked_at'"),
        ({"linked_at": ""}, "linked_at is empty in a row"),
        ({"reported_at": ""}, "reported_at is empty in a row"),
        ({"id": ""}, "id is empty in a row"),
        ({"id": "seven"}, "seven"),
        ({"id": "99999999999999999999"}, "99999999999999999999"),
        ({"risk": "high"}, "high"),
    ],
)
def test_a_value_that_is_not_of_its_type_stops_the_run(
    book: Rulebook, tmp_path: Path, change: dict[str, str | None], message: str
) -> None:
    with pytest.raises(BulkError, match=message):
        bulk(book, child_file(tmp_path, **change))


def test_an_instant_without_offset_in_parquet_stops_the_run(book: Rulebook, tmp_path: Path) -> None:
    files = child_file(tmp_path)
    path = tmp_path / "incident_child.parquet"
    select = f"select * replace (linked_at::timestamp as linked_at) from read_csv('{files['incident_child']}')"
    duckdb.execute(f"copy ({select}) to '{path}' (format parquet)")
    with pytest.raises(BulkError, match="linked_at has no offset"):
        bulk(book, {"incident_child": path})


def test_files_that_cannot_be_right_are_refused_by_name(book: Rulebook, tmp_path: Path) -> None:
    good = child_file(tmp_path)["incident_child"]
    odd = tmp_path / "odd.txt"
    odd.write_text("x", encoding="utf-8")
    empty = tmp_path / "empty.csv"
    empty.write_text("", encoding="utf-8")
    for files, message in [
        ({}, "No base view is given"),
        ({"accident": good}, "There is no fact view 'accident'"),
        ({"incident_child": tmp_path / "none.csv"}, "There is no file"),
        ({"incident_child": odd}, "neither Parquet nor CSV"),
        ({"incident_child": empty}, "."),
        ({"incident__crime": good}, "No base view is given"),
    ]:
        with pytest.raises(BulkError, match=message):
            bulk(book, files)


def test_a_view_that_rules_look_at_must_be_given(book: Rulebook, tmp_path: Path) -> None:
    files = write(tmp_path, book, [])
    del files["incident__crime"]
    with pytest.raises(BulkError, match="The rules about incident look at incident__crime"):
        bulk(book, files)


def test_two_files_of_one_view_are_refused(tmp_path: Path) -> None:
    for suffix in ("csv", "parquet"):
        (tmp_path / f"incident.{suffix}").write_text("", encoding="utf-8")
    with pytest.raises(BulkError, match="Two files hold 'incident'"):
        files_in(tmp_path)
