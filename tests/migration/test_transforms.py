"""One row becomes one set of facts, or is rejected with a reason that names the column and not its content."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iops.foundation.errors import InvalidError
from iops.migration.mapping_loader import find, read
from iops.migration.transforms import RejectedError, Staged, row_hash, transform, wall_time
from tests.migration.extracts import MAPPING, mapping, row, shared_calls

if TYPE_CHECKING:
    from pathlib import Path

    from iops.migration.mapping import Mapping

LATEST = datetime(2026, 1, 1, tzinfo=UTC)


def facts(of: Mapping, folder: Path, **changes: str) -> Staged:
    """The facts of a good row with some fields changed."""
    fields = tuple(row(1, **changes).rstrip("\n").split(","))
    return transform(of, folder, latest=LATEST).facts(fields, row_hash(fields))


def test_a_good_row_becomes_facts(tmp_path: Path) -> None:
    assert facts(mapping(tmp_path), tmp_path) == Staged(
        source_key="C1",
        reported_at=datetime(2022, 5, 2, 17, 1, tzinfo=UTC),
        where="1 Mill Lane",
        what="Shouting heard",
        category="soon",
        district_code="T-2",
        district_name="Test area 2",
        domestic=False,
        crime_reported=True,
        grade=2,
        log="Urgency in the source: soon",
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": "  "}, "the key id is empty"),
        ({"id": "x" * 121}, "source_key is longer than 120"),
        ({"when": ""}, "when is not a time"),
        ({"when": "2022-02-30 10:00"}, "when is not a time"),
        ({"when": "2022-05-01 10:00:00 UTC"}, "when is not a time"),
        ({"when": "9999-12-31 23:59"}, "when"),
        ({"when": "0001-01-01 00:00"}, "when lies before 1900"),
        ({"when": "2026-06-01 00:00"}, "when lies ahead"),
        ({"when": "2022-03-13 02:30"}, "the clock change skipped"),
        ({"place": " "}, "where is empty"),
        ({"place": "x" * 301}, "where is longer than 300"),
        ({"said": "x" * 20_001}, "what is longer than 20,000"),
        ({"area": ""}, "area is empty"),
        ({"area": "1; drop table"}, "area names no known district"),
        ({"area": "123"}, "area names no known district"),
        ({"area": "\u0661"}, "area names no known district"),
        ({"domestic": "perhaps"}, "domestic says neither yes nor no"),
        ({"domestic": ""}, "domestic says neither yes nor no"),
    ],
)
def test_a_row_that_cannot_be_taken_is_rejected_with_a_reason(
    tmp_path: Path, changes: dict[str, str], reason: str
) -> None:
    with pytest.raises(RejectedError, match=reason):
        facts(mapping(tmp_path), tmp_path, **changes)


def test_an_empty_text_may_have_a_default(tmp_path: Path) -> None:
    assert facts(mapping(tmp_path), tmp_path, said="").what == "Nothing was said"


def test_a_code_without_a_grade_leaves_the_incident_ungraded_or_rejects_the_row(tmp_path: Path) -> None:
    assert facts(mapping(tmp_path), tmp_path, urgency="some day").grade is None
    strict = mapping(tmp_path, grade="{first: [{column: urgency, codes: {now: 1}}], unknown: reject}")
    with pytest.raises(RejectedError, match="urgency gives no grade"):
        facts(strict, tmp_path, urgency="some day")


def test_the_first_list_that_knows_the_code_decides_the_grade(tmp_path: Path) -> None:
    lists = "[{column: said, codes: {cancelled: 5}}, {column: urgency, codes: {now: 1, soon: 2}}]"
    both = mapping(tmp_path, grade=f"{{first: {lists}, unknown: 3}}")
    assert facts(both, tmp_path, said="cancelled").grade == 5
    assert facts(both, tmp_path).grade == 2
    assert facts(both, tmp_path, urgency="later").grade == 3


@pytest.mark.parametrize("formula", ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "<script>x</script>", "'; --"])
def test_hostile_text_is_taken_as_the_text_it_is(tmp_path: Path, formula: str) -> None:
    assert facts(mapping(tmp_path), tmp_path, said=formula).what == formula


class TestClockChanges:
    """Wall times of Chicago in the night of 6 November 2022 (repeated hour) and 13 March 2022 (skipped hour)."""

    def test_an_hour_that_comes_twice_is_the_first_or_the_second_as_the_mapping_says(self, tmp_path: Path) -> None:
        first = mapping(tmp_path).fields.reported_at
        assert wall_time("2022-11-06 01:30", first) == datetime(2022, 11, 6, 6, 30, tzinfo=UTC)
        form = '{column: when, format: "%Y-%m-%d %H:%M", zone: America/Chicago, repeated: second}'
        second = mapping(tmp_path, reported_at=form).fields.reported_at
        assert wall_time("2022-11-06 01:30", second) == datetime(2022, 11, 6, 7, 30, tzinfo=UTC)

    def test_an_hour_that_never_was_is_rejected_or_an_hour_later(self, tmp_path: Path) -> None:
        form = '{column: when, format: "%Y-%m-%d %H:%M", zone: America/Chicago, skipped: later}'
        later = mapping(tmp_path, reported_at=form).fields.reported_at
        assert wall_time("2022-03-13 02:30", later) == datetime(2022, 3, 13, 8, 30, tzinfo=UTC)
        with pytest.raises(RejectedError, match="skipped"):
            wall_time("2022-03-13 02:30", mapping(tmp_path).fields.reported_at)

    def test_the_minutes_around_the_skipped_hour_are_taken(self, tmp_path: Path) -> None:
        spec = mapping(tmp_path).fields.reported_at
        assert wall_time("2022-03-13 01:59", spec) == datetime(2022, 3, 13, 7, 59, tzinfo=UTC)
        assert wall_time("2022-03-13 03:00", spec) == datetime(2022, 3, 13, 8, 0, tzinfo=UTC)


class TestLookups:
    """Codes and what they mean, in a file beside the extract."""

    def with_lookup(self, folder: Path) -> Mapping:
        text = MAPPING.replace("fields:\n", "lookups: [{name: k, file: k.csv, key: code, value: words}]\nfields:\n")
        text = text.replace("what: {parts: [said]", "what: {parts: [{column: said, lookup: k}]")
        (folder / "calls.yaml").write_text(text)
        return read(folder / "calls.yaml")

    def test_a_code_is_told_in_words_and_an_unknown_one_as_it_is(self, tmp_path: Path) -> None:
        (tmp_path / "k.csv").write_text('\ufeffcode,words,,\n415,"Noise, loud",,\n416,,,\n')
        of = self.with_lookup(tmp_path)
        assert facts(of, tmp_path, said="415").what == "Noise, loud"
        assert [facts(of, tmp_path, said=code).what for code in ("416", "417")] == ["416", "417"]

    @pytest.mark.parametrize("content", [None, "other,header\n1,2\n", b"code,words\n1,\xff\n"])
    def test_a_look_up_that_cannot_be_used_stops_the_load_before_it_begins(
        self, tmp_path: Path, content: str | bytes | None
    ) -> None:
        if content is not None:
            (tmp_path / "k.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
        with pytest.raises(InvalidError, match=r"k\.csv"):
            transform(self.with_lookup(tmp_path), tmp_path, latest=LATEST)


@given(st.lists(st.text(), min_size=2, max_size=4), st.lists(st.text(), min_size=2, max_size=4))
def test_two_rows_have_the_same_hash_only_when_every_field_is_the_same(one: list[str], other: list[str]) -> None:
    assert (row_hash(tuple(one)) == row_hash(tuple(other))) == (one == other)


def test_a_text_moved_over_the_border_of_two_fields_is_another_row() -> None:
    assert len({row_hash(("ab", "c")), row_hash(("a", "bc")), row_hash(("abc", "")), row_hash(("ab", "c", ""))}) == 4


def test_the_san_diego_mapping_grades_by_disposition_before_priority() -> None:
    found = find("san-diego-calls-2023-01")
    turn = transform(found, shared_calls(), latest=LATEST)
    fields = ["E1", "2023-01-01 00:00:05", "1", "0", "", "05TH", "AVE", "", "G", "", "FD", "CAN", "523", "2"]
    cancelled = turn.facts(tuple(fields), row_hash(tuple(fields)))
    assert (cancelled.grade, cancelled.where, cancelled.district_code) == (5, "05TH AVE / G", "SD-5")
    fields[11] = "K"
    assert turn.facts(tuple(fields), row_hash(tuple(fields))).grade == 3
