"""The word list: each hit says why, a negation undoes it, both readers find the same, and how precise it is."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from iops.control.configuration import open_node
from iops.integrity import words
from iops.rulebook.strict_yaml import RuleFileError
from tests.integrity.suspicion.cases import CASES

if TYPE_CHECKING:
    from pathlib import Path

    from iops.rulebook.shapes import Node

LIST = words.current(dt.date(2026, 5, 1))


def counted(text: str) -> list[str]:
    return [hit.word for hit in LIST.hits(text) if not hit.undone]


def test_a_hit_says_which_word_why_of_which_offence_and_where() -> None:
    (hit,) = LIST.hits("A quarrel. Then he put his hands around her throat and left.")
    assert (hit.word, hit.group) == ("hands around her throat", "violence")
    assert hit.why == "Strangulation is an offence of its own"
    assert "put his hands around her throat and left" in hit.around


@pytest.mark.parametrize(
    ("text", "undone"),
    [
        ("no assault", "no"),
        ("He did not threaten anybody, was not punched", "not"),
        ("She denies being punched", "denies"),
        ("She wasn't hit", "wasnt"),
        ("She wasn\u2019t hit", "wasnt"),
        ("He has fallen and is bleeding", "fallen"),
    ],
)
def test_a_negation_right_before_undoes_a_hit_and_is_named(text: str, undone: str) -> None:
    assert [hit.undone for hit in LIST.hits(text)] == [undone]


@pytest.mark.parametrize(
    "text",
    ["No. He punched her", "He is not well and this morning he punched her", "He punched her, no reason", "PUNCHED"],
)
def test_a_negation_of_something_else_undoes_nothing(text: str) -> None:
    assert counted(text) == ["punched"]


@pytest.mark.parametrize("text", ["", "hitherto", "grape", "white", "x" * 100_000, "\u0130stanbul 李小龍 \x07"])
def test_words_are_compared_whole_and_odd_text_is_no_hit(text: str) -> None:
    assert LIST.hits(text) == ()


@pytest.mark.django_db
@settings(max_examples=30)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(sorted({w for term in LIST.terms for w in term.words})),
            st.sampled_from(["she", "won't", "house", "hitting-distance", "e@x.org", "a/b", "O\u2019Neil", ","]),
        ),
        max_size=6,
    )
)
def test_what_the_list_hits_in_a_text_the_full_text_search_finds_too(parts: list[str]) -> None:
    text = " ".join(parts)
    with connection.cursor() as cursor:
        cursor.execute("select iops.plain_words(%s) @@ %s::tsquery", [text, LIST.query()])
        found = cursor.fetchone()[0]
    assert found or not LIST.hits(text)


def test_every_entry_of_the_list_is_found_by_itself_and_says_why_in_a_known_group() -> None:
    for term in LIST.terms:
        assert term.why
        assert term.group in LIST.groups
        for word in term.words:
            assert any(hit.why == term.why for hit in LIST.hits(f"they say {word} today")), word


def test_how_precise_the_list_is_on_our_own_made_up_cases() -> None:
    """Measured, not promised: docs/integrity.md says the same numbers. Forty cases say little of a real log."""
    flagged = [(text, crime) for text, crime in CASES if counted(text)]
    right = sum(crime for _, crime in flagged)
    missed = [text for text, crime in CASES if crime and not counted(text)]
    assert (right, len(flagged), len(missed)) == (16, 19, 4), (flagged, missed)


# --- the file --------------------------------------------------------------------------------------------------------


def a_list(**changed: Any) -> dict[str, Any]:
    term = {"words": ["hit"], "group": "violence", "why": "x"}
    base = {"kind": "suspicion-words", "code": "own", "title": "Own", "from": dt.date(2026, 1, 1), "reach": 3,
            "groups": {"violence": "Violence"}, "negations": ["not"], "terms": [term]}  # fmt: skip
    return base | changed


def node(told: dict[str, Any], folder: Path) -> Node:
    path = folder / "own.yaml"
    path.write_text(yaml.safe_dump(told), encoding="utf-8")
    return open_node(path)


def test_a_forces_own_list_is_read(tmp_path: Path) -> None:
    made = words.read(node(a_list(), tmp_path))
    assert (made.code, made.query()) == ("own", "('hit')")


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "x"},
        {"from": None},
        {"reach": 0},
        {"terms": []},
        {"negations": []},
        {"terms": [{"words": ["hit'); drop table x --"], "group": "violence", "why": "x"}]},
        {"terms": [{"words": ["Hit"], "group": "violence", "why": "x"}]},
        {"terms": [{"words": [], "group": "violence", "why": "x"}]},
        {"terms": [{"words": ["hit"], "group": "unheard of", "why": "x"}]},
        {"terms": [{"words": ["hit"], "group": "violence"}]},
        {"unknown": "x"},
    ],
)
def test_a_list_that_cannot_be_used_is_refused(changed: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(RuleFileError):
        words.read(node(a_list(**changed), tmp_path))


def test_an_edition_is_found_by_its_code_and_by_its_day() -> None:
    assert words.named("words-2026") == LIST
    assert words.named("unheard of") is None
    assert words.current(dt.date(1990, 1, 1)) == LIST
