"""The classes as dated data: read strictly, held against the recording rulebook, and a force's own beside them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from iops.control.classing.definitions import definition_on, definitions, read_definition
from iops.control.classing.domestic import Born, Involved, Told
from iops.control.classing.editions import edition_on, read_edition
from iops.control.classing.suggesting import signals, suggest
from iops.control.closing.checks import checks, read_checks
from iops.control.closing.signs import read_sign, signs
from iops.control.configuration import DATA, open_node
from iops.foundation.errors import InvalidError
from iops.rulebook.library import acts, all_tables
from iops.rulebook.nsir import qualifiers
from iops.rulebook.recording import decide
from iops.rulebook.strict_yaml import RuleFileError

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import Settings

DAY = dt.date(2026, 5, 1)
NSIR = edition_on(DAY)


def test_every_category_that_is_no_crime_is_the_rulebooks_by_its_own_facts() -> None:
    for category in NSIR.categories.values():
        if not category.is_crime:
            incident = {"about": category.about, "details": dict(category.details)}
            decided = decide({"reported": DAY, "incident": incident, "facts": {"died": "no"}})
            assert decided.category == category.title, category.code


def test_every_category_of_the_standard_is_there_and_every_crime_names_known_acts() -> None:
    rows = all_tables()["incident-category"].rows
    titles = {c.title for c in NSIR.categories.values()}
    assert {dict(row.then)["category"] for row in rows} <= titles
    assert {act for c in NSIR.categories.values() for act in c.acts} <= set(acts())


def test_the_qualifiers_are_those_of_the_standard_and_no_others() -> None:
    standard = qualifiers()
    assert {q.title for q in NSIR.qualifiers.values()} == {*standard.required, *standard.optional}
    assert {q.title for q in NSIR.qualifiers.values() if q.required} == set(standard.required)


def test_a_qualifier_ends_with_what_it_was_for() -> None:
    assert "olympics" in NSIR.qualifiers_on(dt.date(2012, 8, 1))
    assert "olympics" not in NSIR.qualifiers_on(DAY)


def test_no_classes_before_the_standard() -> None:
    assert edition_on(dt.date(2011, 4, 1)) is NSIR
    with pytest.raises(InvalidError, match="No incident classes were in force on 31 March 2011"):
        edition_on(dt.date(2011, 3, 31))


def test_definitions_follow_one_another_without_a_gap() -> None:
    found = definitions()
    assert [(d.code, d.since, d.until) for d in found] == [
        ("government-2013", dt.date(2013, 3, 31), dt.date(2021, 9, 30)),
        ("act-2021", dt.date(2021, 10, 1), None),
    ]
    assert definition_on(dt.date(2013, 3, 30)) is None


def test_a_force_keeps_its_own_edition_from_a_day_on(tmp_path: Path, settings: Settings) -> None:
    own = (DATA / "nsir" / "nsir_2011.yaml").read_text()
    (tmp_path / "nsir").mkdir()
    own = own.replace("code: nsir-2011", "code: own").replace("title: Hoax", "title: Prank")
    (tmp_path / "nsir" / "own.yaml").write_text(own)
    (tmp_path / "nsir.yaml").write_text(
        "kind: nsir-choice\nin_force:\n"
        "  - {from: 2011-04-01, edition: nsir-2011}\n  - {from: 2026-01-01, edition: own}\n"
    )
    settings.IOPS_FORCE_FOLDER = tmp_path
    assert (edition_on(DAY).code, edition_on(DAY).category("hoax").title) == ("own", "Prank")
    assert edition_on(dt.date(2025, 12, 31)).code == "nsir-2011"


EDITION = """kind: incident-classes
code: x
title: X
basis: {instrument: a, clause: b}
groups: {g: G}
categories:
  - {code: one, title: One, group: g, about: alarm, means: It is one.}
qualifiers:
  - {code: domestic, title: Domestic Abuse, means: It is.}
results: [{code: done, title: Done}]
"""


@pytest.mark.parametrize(
    ("was", "now", "wrong"),
    [
        ("group: g,", "group: h,", "is not one of the choices"),
        ("about: alarm,", "", "neither what it is about"),
        ("about: alarm,", "about: alarm, acts: [theft],", "or both"),
        ("code: domestic,", "code: other,", 'no qualifier "domestic"'),
        ("means: It is.}", "means: It is., suggest: [{when: {}, says: x}]}", "suggested always"),
        ("means: It is.}", "means: It is., suggest: [{when: {mood: [bad]}, says: x}]}", "not a known key"),
        ("means: It is.}", "means: It is., suggest: [{when: {category: [two]}, says: x}]}", "not one of the choices"),
        ("means: It is.}", "means: It is., suggest: [{when: {words: []}, says: x}]}", "no value is given"),
        ("means: It is.}", "means: It is., from: 2020-02-01, to: 2020-01-01}", "ends before it begins"),
        ("title: One,", "title: One, colour: red,", "not a known key"),
        ("results: [{code: done, title: Done}]", "results: [{code: a, title: b}, {code: a, title: c}]", "stands twice"),
        ("kind: incident-classes", "kind: nonsense", "not one of the choices"),
        ("code: one,", f"code: {'x' * 41},", "too long"),
    ],
)
def test_an_edition_that_cannot_be_is_refused_with_its_line(tmp_path: Path, was: str, now: str, wrong: str) -> None:
    assert was in EDITION
    path = tmp_path / "own.yaml"
    path.write_text(EDITION)
    assert read_edition(open_node(path)).code == "x"
    path.write_text(EDITION.replace(was, now, 1))
    with pytest.raises(RuleFileError, match=wrong) as refused:
        read_edition(open_node(path))
    assert "own.yaml, line " in str(refused.value)


@pytest.mark.parametrize(
    ("was", "now", "wrong"),
    [
        ("relations: [partner", "relations: [lodger, partner", "not one of the choices"),
        ("age: 16", "age: 160", "not a whole number"),
        ("from: 2021-10-01", "from: 2021-10-01\nto: 2020-01-01", "do not run forward"),
        ("behaviours:", "behaviors:", "not a known key"),
    ],
)
def test_a_definition_that_cannot_be_is_refused(tmp_path: Path, was: str, now: str, wrong: str) -> None:
    text = (DATA / "domestic" / "act_2021.yaml").read_text()
    assert was in text
    path = tmp_path / "own.yaml"
    path.write_text(text.replace(was, now, 1))
    with pytest.raises(RuleFileError, match=wrong):
        read_definition(open_node(path))


def test_definitions_that_overlap_are_refused(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "domestic").mkdir()
    text = (DATA / "domestic" / "act_2021.yaml").read_text().replace("code: act-2021", "code: own")
    (tmp_path / "domestic" / "own.yaml").write_text(text.replace("from: 2021-10-01", "from: 2025-01-01"))
    settings.IOPS_FORCE_FOLDER = tmp_path
    with pytest.raises(RuleFileError, match='overlaps "act-2021"'):
        definitions()


@pytest.mark.parametrize(
    ("was", "now", "wrong"),
    [
        ("per_thousand: {domestic: 200,", "per_thousand: {domestic: 2000,", "not a whole number from 0 to 1000"),
        ("per_thousand: {domestic: 200,", "per_thousand: {", "is missing"),
        ("  other: Every other closure\n", "", 'no kind "other"'),
        ("quick_minutes: 15", "quick_minutes: soon", "not a whole number"),
        ("from: 2000-01-01", "from: soon", "not a date"),
    ],
)
def test_shares_that_cannot_be_are_refused(tmp_path: Path, was: str, now: str, wrong: str) -> None:
    text = (DATA / "closure_checks.yaml").read_text()
    assert was in text
    path = tmp_path / "closure_checks.yaml"
    path.write_text(text.replace(was, now, 1))
    with pytest.raises(RuleFileError, match=wrong):
        read_checks(open_node(path))
    assert checks().in_force[0].per_thousand["mark-refused"] == 1000


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("{act: juggling, fact: injury, answer: injury, words: [a]}", "not one of the choices"),
        ("{act: assault, fact: mood, answer: injury, words: [a]}", "not one of the choices"),
        ("{act: assault, fact: injury, answer: awful, words: [a]}", "no answer to that question"),
        ("{act: assault, fact: injury, answer: injury, words: []}", "no word is given"),
    ],
)
def test_signs_answer_questions_of_the_rulebook_only(tmp_path: Path, line: str, wrong: str) -> None:
    assert signs()
    path = tmp_path / "signs.yaml"
    path.write_text(line)
    with pytest.raises(RuleFileError, match=wrong):
        read_sign(open_node(path))


# --- suggestions -----------------------------------------------------------------------------------------------------


def codes(text: str = "", **facts: object) -> dict[str, tuple[str, ...]]:
    told = Told(DAY, facts.pop("people", ()))  # type: ignore[arg-type]
    found = suggest(NSIR, DAY, signals(told, answer=str(facts.pop("answer", "not")), text=text, **facts))  # type: ignore[arg-type]
    return {s.code: s.because for s in found}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("HE HAS A KNIFE", "weapons"),
        ("he's drunk", "alcohol"),
        ("shouting racist abuse", "prejudice-racial"),
        ("my ex\n threatened me", "domestic"),
        ("she is suicidal", "mental-health"),
        ("a shotgun!", "firearms"),
    ],
)
def test_words_suggest_a_qualifier_and_are_quoted(text: str, code: str) -> None:
    found = codes(text)
    assert set(found) == {code}
    assert found[code][0].endswith("”)")


@pytest.mark.parametrize("text", ["", "knifepoint drunkard", "my husband collapsed", "he hit a wall", "x" * 200_000])
def test_part_of_a_word_or_half_of_a_sign_suggests_nothing(text: str) -> None:
    assert codes(text) == {}


def test_facts_suggest_without_words() -> None:
    child = Involved(1, "Cat", frozenset({"child"}), (Born(dt.date(2020, 1, 1), dt.date(2020, 1, 1)),))
    found = codes(
        people=(child,), answer="may", items=frozenset({"weapon"}), markers=frozenset({"suicidal"}),
        thrive=frozenset({"vulnerability"}),
    )  # fmt: skip
    assert set(found) == {"domestic", "vulnerable-child", "vulnerable-adult", "weapons", "mental-health"}
    assert len(found["vulnerable-child"]) == 2


def test_an_apostrophe_and_a_line_break_do_not_hide_words() -> None:
    assert "vulnerable-child" in codes("there are\n children   in the\nhouse")
