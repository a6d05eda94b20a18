"""Letters and texts in plain English, the Code as data: without a database."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iops.crime.models import NewsKind
from iops.crime.victims.code import RIGHTS, read_code, victims_code
from iops.crime.victims.letters import LETTERS, WRITTEN, letters, read_letters, write
from iops.crime.victims.plain import LONGEST_SENTENCE, OLDEST_READER, plainness, syllables
from iops.foundation.errors import InvalidError
from iops.rulebook.classes import register
from iops.rulebook.strict_yaml import RuleFileError

if TYPE_CHECKING:
    from pathlib import Path

FILLED: dict[str, Any] = {
    "name": "Ann Brown",
    "reference": "CR/412/2026",
    "recorded_on": "20 November 2026",
    "happened_on": "21 November 2026",
    "officer": "PC Dee Hall",
    "enhanced": True,
    "every_days": 14,
    "kinds": {"arrested"},
    "events": "a suspect was released on bail",
    "next_step": "We will speak to two people who saw it.",
    "conditions": "He must not come to your street. He must not call you.",
    "charge": "Hitting you on 19 November.",
    "hearing": "Mill Town court, 3 December, ten in the morning.",
    "result": "We could not show in court who did it. Nobody saw it, and there is no film of it.",
}
ALL = [(name, channel) for name, channel in itertools.product(letters().templates, WRITTEN)]


@pytest.mark.parametrize(("name", "channel"), ALL)
@pytest.mark.parametrize("enhanced", [True, False])
def test_every_letter_is_plain_english(name: str, channel: str, enhanced: bool) -> None:
    more = {"enhanced": enhanced, "every_days": 14 if enhanced else None, "conditions": "" if enhanced else "None."}
    words = write(letters().templates[name], channel, FILLED | more)
    read = plainness(words)
    assert read.longest <= LONGEST_SENTENCE, words
    assert read.reading_age <= OLDEST_READER, (read, words)
    assert read.plain
    assert "{" not in words


@pytest.mark.parametrize("kind", NewsKind.values)
def test_every_key_event_has_a_letter_of_its_own(kind: str) -> None:
    assert kind in letters().covering(kind).covers


@pytest.mark.parametrize("name", list(letters().templates))
def test_a_text_message_fits_and_a_letter_says_how_to_get_help(name: str) -> None:
    template = letters().templates[name]
    assert len(write(template, "text", FILLED)) <= 480
    assert "999" in write(template, "letter", FILLED)
    assert FILLED["reference"] in write(template, "letter", FILLED)


@pytest.mark.parametrize(("name", "channel"), ALL)
def test_a_discreet_message_says_nothing_of_what_it_is_about(name: str, channel: str) -> None:
    words = write(letters().templates[name], channel, FILLED, discreet=True).lower()
    for telling in ("crime", "police", "court", "victim", "cr/412", "arrest"):
        assert telling not in words


def test_a_decision_not_to_prosecute_says_that_it_can_be_reviewed() -> None:
    words = write(letters().covering("not_prosecuted"), "letter", FILLED)
    assert "look at this decision again" in words
    assert "no part in the case" in words


def test_a_question_that_is_not_answered_is_named() -> None:
    with pytest.raises(InvalidError, match="What was decided, and why"):
        write(letters().templates["outcome"], "letter", FILLED | {"result": "  "})


@pytest.mark.parametrize("channel", ["phone", "in_person", "", "LETTER"])
def test_only_written_channels_carry_a_letter(channel: str) -> None:
    with pytest.raises(InvalidError):
        write(letters().templates["outcome"], channel, FILLED)


def test_a_letter_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidError, match="no such letter"):
        letters().named("x" * 1000)


@settings(max_examples=50)
@given(st.text(max_size=200))
def test_whatever_is_filled_in_is_kept_as_words_and_never_run(typed: str) -> None:
    words = write(letters().templates["progress"], "text", FILLED | {"result": f"a {typed} {{{{ 7 * 7 }}}} b"})
    assert "{{ 7 * 7 }}" in words
    assert "49" not in words.replace(typed, "")


# --- how plain a text is ---------------------------------------------------------------------------------------------


def test_long_sentences_and_long_words_are_not_plain() -> None:
    assert not plainness("We " + "really " * 25 + "did.").plain
    assert not plainness("Notwithstanding investigatory considerations, prosecutorial authorities declined.").plain
    assert plainness("We went to the shop. We saw the film of it.").plain


@pytest.mark.parametrize(
    ("word", "count"), [("cat", 1), ("arrested", 3), ("police", 2), ("the", 1), ("table", 2), ("victim", 2), ("I", 1)]
)
def test_syllables_are_counted_by_vowels(word: str, count: int) -> None:
    assert syllables(word) == count


@settings(max_examples=50)
@given(st.text(max_size=500))
def test_any_text_has_a_plainness(text: str) -> None:
    read = plainness(text)
    assert 0 <= read.longest <= read.words
    assert read.sentences <= read.words
    assert read.reading_age >= 0


# --- the Code as data ------------------------------------------------------------------------------------------------


def test_the_code_has_twelve_rights_from_april_2021() -> None:
    rights = victims_code().at(dt.date(2021, 4, 1))
    assert [right.number for right in rights] == list(range(1, 13))
    with pytest.raises(InvalidError, match="not held"):
        victims_code().at(dt.date(2021, 3, 31))


def test_the_classes_with_enhanced_rights_are_classes() -> None:
    known = {name for name in victims_code().most_serious if register().find(name) is not None}
    assert known == victims_code().most_serious


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("number: 1\n", "number: 3\n"),
        ("number: 2\n", "number: two\n"),
        ("shown_by: [news]", "shown_by: [nothing]"),
        ("from: 2021-04-01", "from: soon"),
        ("kind: victims_code", "sort: victims_code"),
        ("title: To complain", "title: "),
    ],
)
def test_a_slip_in_the_code_is_found_with_its_line(tmp_path: Path, was: str, becomes: str) -> None:
    text = RIGHTS.read_text(encoding="utf-8")
    assert was in text
    wrong = tmp_path / "rights.yaml"
    wrong.write_text(text.replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(RuleFileError, match=r"rights\.yaml, line"):
        read_code(wrong)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("covers: [charged]", "covers: [chraged]"),
        ("asks: [hearing]", "asks: [heering]"),
        ("discreet: |", "descreet: |"),
    ],
)
def test_a_slip_in_the_letters_is_found_with_its_line(tmp_path: Path, was: str, becomes: str) -> None:
    text = LETTERS.read_text(encoding="utf-8")
    assert was in text
    wrong = tmp_path / "letters.yaml"
    wrong.write_text(text.replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(RuleFileError, match=r"letters\.yaml, line"):
        read_letters(wrong)
