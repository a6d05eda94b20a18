"""Schemes of grades as dated data: read strictly, chosen by day, held to the duties of the rulebook."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from iops.control.configuration import DATA, open_node
from iops.control.grading.schemes import choices, read_scheme, scheme_on, schemes
from iops.control.models import Level, Thrive
from iops.foundation.errors import InvalidError
from iops.rulebook import loader
from iops.rulebook.clocks import parse_span
from iops.rulebook.shapes import Node
from iops.rulebook.strict_yaml import RuleFileError, read_text

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import Settings

GOOD = """
kind: grading-scheme
code: own
title: Our own
basis: {instrument: Our policy, clause: all of it}
grades:
  - {grade: 1, said: A, title: Now, attend: {within: 10 minutes, duty: attend-grade-1}}
  - {grade: 2, said: B, title: Later}
suggest:
  - {grade: 1, when: {threat: [high]}, says: Danger.}
  - {grade: 2, when: {}, says: Otherwise.}
"""


def scheme(text: str) -> object:
    value, lines = read_text(text, "own.yaml")
    return read_scheme(Node(value, lines))


def test_gmp_2022_and_a_generic_scheme_come_with_the_system() -> None:
    found = schemes()
    assert set(found) == {"gmp-2022", "generic-five"}
    assert [(g.said, g.title) for g in found["gmp-2022"].grades] == [
        ("1", "Emergency"),
        ("2", "Priority"),
        ("C", "Scheduled"),
    ]
    assert [g.grade for g in found["generic-five"].grades] == [1, 2, 3, 4, 5]
    first, second = found["gmp-2022"].grades[:2]
    assert first.attend is not None
    assert second.assign is not None
    assert (first.attend.within, second.assign.within) == (parse_span("15 minutes"), parse_span("40 minutes"))


@pytest.mark.parametrize("code", ["gmp-2022", "generic-five"])
def test_the_targets_of_a_scheme_are_those_of_its_duties(code: str) -> None:
    book = loader.standard()
    for rule in schemes()[code].grades:
        for target in (rule.attend, rule.assign):
            if target is not None:
                edition = book.rule(target.duty).editions[-1]
                assert edition.clock.within == target.within, (code, rule.grade)
                assert f"grade = {rule.grade}" in str(edition.arises), (code, rule.grade)
        if rule.assign is not None:
            steps = book.rule(rule.assign.duty).editions[-1].escalate
            assert [(s.after, s.to) for s in steps] == [(s.after, s.to) for s in rule.escalate]


def test_the_generic_scheme_is_in_force_until_a_force_chooses() -> None:
    assert [(c.since, c.scheme.code) for c in choices()] == [(dt.date(1990, 1, 1), "generic-five")]
    assert scheme_on(dt.date(2026, 1, 1)).code == "generic-five"
    with pytest.raises(InvalidError, match="No scheme of grades was in force"):
        scheme_on(dt.date(1989, 12, 31))


def test_a_force_chooses_by_day_in_a_folder_of_its_own(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "grading").mkdir()
    (tmp_path / "grading" / "own.yaml").write_text(GOOD)
    (tmp_path / "force.yaml").write_text(
        "kind: grading-choice\nin_force:\n"
        "  - {from: 2000-01-01, scheme: generic-five}\n  - {from: 2022-02-01, scheme: gmp-2022}\n"
        "  - {from: 2026-04-01, scheme: own}\n"
    )
    settings.IOPS_FORCE_FOLDER = tmp_path
    days = [(2022, 1, 31), (2022, 2, 1), (2026, 3, 31), (2026, 4, 1)]
    assert [scheme_on(dt.date(*d)).code for d in days] == ["generic-five", "gmp-2022", "gmp-2022", "own"]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("kind: grading-scheme", "kind: soup", "not one of the choices"),
        ("title: Our own", "titel: Our own", "not a known key"),
        ("code: own\n", "", '"code" is missing'),
        ("code: own", "code: own\ncode: own", "given twice"),
        ("grade: 2, said", "grade: 1, said", "do not run from fast to slow"),
        ("grade: 2, said", "grade: 6, said", "not a whole number from 1 to 5"),
        ("grade: 2, said", "grade: two, said", "not a whole number"),
        ("10 minutes", "10 fortnights", "fortnights"),
        ("threat: [high]", "threat: [huge]", "not one of the choices"),
        ("threat: [high]", "weather: [bad]", "not a fact of advice"),
        ("{grade: 1, when", "{grade: 4, when", "not in this scheme"),
        ("when: {}", "when: {risk: [low]}", "does not always apply"),
    ],
)
def test_a_slip_in_a_scheme_is_told_with_its_line(before: str, after: str, said: str) -> None:
    assert before in GOOD
    with pytest.raises(RuleFileError, match=said) as wrong:
        scheme(GOOD.replace(before, after))
    assert "own.yaml, line" in str(wrong.value)


@pytest.mark.parametrize("text", ["", "[]", "a: &b c", "{" * 60, "kind: grading-scheme", "\x00"])
def test_what_is_no_scheme_at_all_is_refused(text: str) -> None:
    with pytest.raises(RuleFileError):
        scheme(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kind: x\nin_force: []", "no scheme is chosen"),
        ("kind: x\nin_force:\n  - {from: 2022-01-01, scheme: none-such}", "not one of the choices"),
        (
            "kind: x\nin_force:\n  - {from: 2022-01-01, scheme: gmp-2022}\n  - {from: 2022-01-01, scheme: gmp-2022}",
            "do not run forward",
        ),
        ("kind: x\nin_force:\n  - {scheme: gmp-2022}", '"from" is missing'),
    ],
)
def test_a_slip_in_the_choice_is_told_with_its_line(tmp_path: Path, settings: Settings, text: str, said: str) -> None:
    (tmp_path / "force.yaml").write_text(text)
    settings.IOPS_FORCE_FOLDER = tmp_path
    with pytest.raises(RuleFileError, match=said):
        choices()


def test_every_scheme_file_has_its_ground_and_says_what_is_unsure() -> None:
    for path in sorted((DATA / "grading").glob("*.yaml")):
        basis = open_node(path).child("basis").value
        assert len(basis["unsure"]) > 40, path.name


def test_advice_asks_only_for_what_thrive_knows() -> None:
    for one in schemes().values():
        for line in one.advice:
            for fact, values in line.when:
                assert fact in {*Thrive.PARTS, "domestic", "category"}
                assert fact not in Thrive.PARTS or values <= set(Level.values)
