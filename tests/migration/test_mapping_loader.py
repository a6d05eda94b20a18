"""A mapping is read strictly: every mistake is told with its line and how to mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from iops.foundation.errors import NotFoundError
from iops.migration.mapping import MappingError, Repeated, Skipped
from iops.migration.mapping_loader import available, find, read
from tests.migration.extracts import MAPPING, mapping

if TYPE_CHECKING:
    from pathlib import Path


def refused(folder: Path, old: str, new: str) -> list[str]:
    """What the loader says of the mapping with one piece of text changed."""
    assert old in MAPPING
    path = folder / "calls.yaml"
    path.write_text(MAPPING.replace(old, new), encoding="utf-8")
    with pytest.raises(MappingError) as error:
        read(path)
    return [str(problem) for problem in error.value.problems]


def test_a_mapping_is_read_into_values(tmp_path: Path) -> None:
    found = mapping(tmp_path)
    assert (found.name, found.source, found.key) == ("calls", "test-calls", "id")
    assert found.fields.reported_at.zone.key == "America/Chicago"
    assert (found.fields.reported_at.skipped, found.fields.reported_at.repeated) == (Skipped.REJECT, Repeated.FIRST)
    assert found.fields.where.empty is None
    assert found.fields.what.empty == "Nothing was said"
    assert found.fields.category is not None
    assert found.fields.category.empty == ""
    assert found.fields.grade is not None
    assert (found.fields.grade.unknown, found.fields.grade.reject_unknown) == (None, False)


def test_the_mappings_of_the_product_can_all_be_used() -> None:
    assert [m.name for m in available()] == ["chicago-crimes-2022", "san-diego-calls-2023-01"]


def test_a_mapping_is_found_by_name_or_by_path(tmp_path: Path) -> None:
    mapping(tmp_path)
    assert find("chicago-crimes-2022").key is None
    assert find(str(tmp_path / "calls.yaml")).name == "calls"


@pytest.mark.parametrize("name", ["nothing-like-it", "../mappings/chicago-crimes-2022", "", "nowhere.yaml"])
def test_a_mapping_that_is_not_there_is_told_with_those_that_are(name: str) -> None:
    with pytest.raises(NotFoundError, match="san-diego-calls"):
        find(name)


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("title:", "titel:", 3, "unknown key 'titel'"),
        ("source: test-calls\n", "", 1, "no 'source'"),
        ("name: calls", "name: other", 2, "not that of the file"),
        ("kind: mapping", "kind: duties", 1, "not of the kind"),
        ("[id, when,", "[id, id, when,", 5, "'id' stands twice"),
        ("{column: id}", "{column: nummer}", 6, "no column 'nummer'"),
        ("America/Chicago", "America/Chikago", 8, "no time zone"),
        ("America/Chicago", "../../etc/passwd", 8, "no time zone"),
        ('"%Y-%m-%d %H:%M"', "iso", 8, "not a format"),
        ("skipped: reject", "skipped: guess", 8, "no 'guess'"),
        ("{parts: [place], empty: reject}", "{parts: [place]}", 9, "no 'empty'"),
        ("{parts: [place], empty: reject}", "{parts: [], empty: reject}", 9, "is empty"),
        ("{parts: [place], empty: reject}", "place", 9, "must be a mapping"),
        ('"[0-9]{1,2}"', '"[0-9"', 12, "not a pattern"),
        ('"Test area {}"', '"Test area"', 12, "must hold {} once"),
        ("prefix: T-", "prefix: T-TOO-LONG-TO-BE-A-CODE", 12, "more than 11 characters"),
        ("{always: true}", "{always: maybe}", 14, "must be true or false"),
        ("{always: true}", "{}", 14, "must say when it is so"),
        ("{always: true}", "{always: true, column: id}", 14, "must say when it is so"),
        ("now: 1", "now: 6", 15, "A grade is 1, 2, 3, 4 or 5"),
        ("unknown: none}", "unknown: 0}", 15, "A grade is 1, 2, 3, 4 or 5"),
        ("[urgency], before", "[{column: urgency, lookup: codes}], before", 16, "no look-up 'codes'"),
        ("key: {column: id}", "key: {column: [id]}", 6, "must be a word"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    told = refused(tmp_path, old, new)
    assert any(each.startswith(f"calls.yaml:{line}: ") and message in each for each in told), told


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "calls.yaml"
    path.write_text(MAPPING.replace("title:", "titel:").replace("Chicago", "Nowhere").replace("now: 1", "now: 9"))
    with pytest.raises(MappingError) as error:
        read(path)
    assert {problem.line for problem in error.value.problems} >= {3, 8, 15}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a comment\n",
        "- a\n- list\n",
        "kind: mapping\nname: *alias\n",
        "kind: mapping\x00\n",
        "kind: [mapping",
    ],
)
def test_what_is_no_mapping_is_refused_in_words(tmp_path: Path, text: str) -> None:
    path = tmp_path / "calls.yaml"
    path.write_text(text)
    with pytest.raises(MappingError, match="mistake"):
        read(path)
