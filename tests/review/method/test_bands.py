"""The screen as data: what is read, what is refused, and that its statement is well-formed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlglot

from iops.review.method.bands import DATA, Band, read, select
from iops.rulebook.loader import standard
from iops.rulebook.strict_yaml import RuleFileError

if TYPE_CHECKING:
    from pathlib import Path

SUBJECTS = standard().subjects
HEAD = "kind: screen\ncode: x\ntitle: X\nfrom: 2020-01-01\nsubject: incident\nframe: domestic\nrules:\n"
RULE = "  - {code: late, band: B, why: Late, when: closed_at is null, source: ours}\n"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "x.yaml"
    path.write_text(text)
    return path


@pytest.mark.parametrize("path", sorted(DATA.glob("*.yaml")), ids=lambda p: p.stem)
def test_every_screen_that_comes_with_the_system_is_read_and_says_why_and_from_where(path: Path) -> None:
    screen = read(path, SUBJECTS)
    assert all(rule.why.endswith(".") and rule.source for rule in screen.rules)
    assert {rule.band for rule in screen.rules} == {Band.ACT, Band.DEPTH, Band.DESK}
    assert all(rule.floor for rule in screen.rules if rule.band is Band.ACT)
    assert screen.why(screen.rules[0].code) == screen.rules[0].why


@pytest.mark.parametrize("path", sorted(DATA.glob("*.yaml")), ids=lambda p: p.stem)
def test_whatever_names_a_child_is_a_floor(path: Path) -> None:
    screen = read(path, SUBJECTS)
    assert all(rule.floor for rule in screen.rules if "child_count" in rule.when.columns)


def test_the_statement_is_well_formed_and_holds_nothing_that_a_driver_would_take_for_its_own() -> None:
    sql = select(read(DATA / "domestic_2026.yaml", SUBJECTS), "array[1]::bigint[]")
    assert sqlglot.parse_one(sql, dialect="postgres")
    assert not set(sql) & set(";%$")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "mapping"),
        (HEAD, "rule"),
        (HEAD + RULE + RULE, "twice"),
        (HEAD + RULE.replace("band: B", "band: D"), "choices"),
        (HEAD + RULE.replace("closed_at is null", "no_such_fact"), "no_such_fact"),
        (HEAD + RULE.replace("closed_at is null", "grade"), "grade"),
        (HEAD + RULE.replace("closed_at is null", "'closed_at is null); drop table x --'"), "x.yaml"),
        (HEAD + RULE.replace("code: late", 'code: "a\'b"'), "code"),
        (HEAD + RULE.replace("source: ours", "source: ours, weight: -1"), "weight"),
        (HEAD + RULE.replace("source: ours", "source: ours, weight: true"), "weight"),
        (HEAD + RULE.replace("source: ours", "source: ours, floor: 7"), "floor"),
        (HEAD + RULE.replace(", source: ours", ""), "source"),
        (HEAD.replace("domestic", "child_count > 0") + RULE, "child_count"),
        (HEAD.replace("incident", "moon") + RULE, "moon"),
    ],
)
def test_a_screen_that_is_wrong_is_refused_with_file_and_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(RuleFileError, match=says):
        read(written(tmp_path, text), SUBJECTS)
