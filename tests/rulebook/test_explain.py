"""Rules in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from iops.rulebook.conditions import parse
from iops.rulebook.explain import Words, explain
from iops.rulebook.facts import ColumnType

if TYPE_CHECKING:
    from iops.rulebook.edition import Rulebook


ASSESSED = "when the risk to the victim was first assessed"
SEEN = "when the first officer was at the scene"
TOLD = "when the force was first told"


def words_of(book: Rulebook, code: str, number: int = -1) -> tuple[str, ...]:
    rule = book.rule(code)
    return explain(rule, rule.editions[number], book.subject(rule.subject)).sentences


def test_a_rule_is_said_in_sentences(book: Rulebook) -> None:
    assert words_of(book, "da-risk-assessment") == (
        "Arises when the incident is marked as domestic abuse and it is known when the first officer was at the scene.",
        "The clock starts when the first officer was at the scene.",
        "Must be met within 8 hours.",
        f"Is met when it is known {ASSESSED}; the time that counts is {ASSESSED}.",
        "Is owed by: response.",
        "May be waived by: inspector.",
        "Blocks: nobody can close the record while it is open.",
        "Goes to the sergeant 4 hours after the clock started.",
        "Goes to the inspector 8 hours after the clock started.",
    )


def test_a_step_after_no_time_goes_at_once(book: Rulebook) -> None:
    assert "Goes to the inspector at once." in words_of(book, "resource-grade-1")


def test_a_rule_that_always_arises_says_so(book: Rulebook) -> None:
    assert words_of(book, "grade-incident")[0] == "Arises always."


def test_an_edition_says_from_when_to_when(book: Rulebook) -> None:
    rule = book.rule("crime-recording-decision")
    told = [explain(rule, edition, book.subject("incident")).in_force for edition in rule.editions]
    assert told == ["In force from 1 April 2002 to 31 March 2015.", "In force from 1 April 2015."]


def test_what_is_unsure_and_what_the_columns_mean_is_told(book: Rulebook) -> None:
    rule = book.rule("child-decision")
    explanation = explain(rule, rule.editions[0], book.subject("incident_child"))
    assert explanation.unsure == rule.basis.unsure
    assert dict(explanation.facts)["linked_at"] == "When the child was linked to the incident."
    assert "Unsure: No national statutory police clock was found" in str(explanation)


def test_every_edition_of_every_rule_can_be_said(book: Rulebook) -> None:
    for rule in book.rules:
        for edition in rule.editions:
            explanation = explain(rule, edition, book.subject(rule.subject))
            assert all(sentence.endswith(".") for sentence in explanation.sentences)
            assert [name for name, _ in explanation.facts] == list(edition.columns)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("grade in (1, 2)", "grade is one of 1, 2"),
        ("grade not in (-1)", "not (grade is one of -1)"),
        ("grade between 1 and 3", "grade is from 1 to 3"),
        ("not (domestic or grade = 1)", "not (the incident is marked as domestic abuse or grade is 1)"),
        ("grade is null", "grade is not known"),
        ("not attended_at is null", "it is known when the first officer was at the scene"),
        ("child_count + 1 >= 3", "child count plus 1 is at least 3"),
        ("recording_result <> 'none'", "recording result is not 'none'"),
        ("coalesce(grade, 5) < 3", "(grade, or if that is not known 5) is less than 3"),
        ("least(grade, 2) = 1", "the least of (grade, 2) is 1"),
        ("domestic = true", "the incident is marked as domestic abuse is true"),
    ],
)
def test_every_part_of_the_language_has_words(book: Rulebook, condition: str, words: str) -> None:
    columns = book.subject("incident").columns
    said = Words(columns).condition(parse(condition, columns, ColumnType.BOOLEAN).tree)
    assert said == words


@pytest.mark.parametrize(
    ("instant", "words"),
    [
        ("reported_at", "when the force was first told"),
        (
            "coalesce(attended_at, reported_at)",
            f"{SEEN}, or if that is not known {TOLD}",
        ),
        (
            "least(attended_at, reported_at)",
            f"at the earlier of ({SEEN}; {TOLD})",
        ),
        (
            "greatest(attended_at, (reported_at))",
            f"at the later of ({SEEN}; {TOLD})",
        ),
    ],
)
def test_an_instant_has_words(book: Rulebook, instant: str, words: str) -> None:
    columns = book.subject("incident").columns
    assert Words(columns).instant(parse(instant, columns, ColumnType.INSTANT).tree) == words
