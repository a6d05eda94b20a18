"""Reading tables strictly, and answering without guessing."""

from __future__ import annotations

import pytest

from iops.rulebook.library import table
from iops.rulebook.shapes import Node
from iops.rulebook.strict_yaml import RuleFileError, read_text
from iops.rulebook.tables import ContradictoryFactsError, Hit, Open, Table, UnknownFactError, decide, read_table

GOOD = """
table: small
title: A small table
facts:
  colour: {asks: Which colour?, values: [red, green, blue]}
  wet: {asks: Is it wet?, values: [no, yes], presume: no, presume_cite: [X p1]}
gives: {answer: [stop, go]}
never:
  - {when: {colour: blue, wet: yes}, why: Blue things are dry.}
rows:
  - {id: red, when: {colour: red}, then: {answer: stop}, says: Red stops., cite: [X p2]}
  - {id: green, when: {colour: green, wet: no}, then: {answer: go}, says: Green goes., cite: [X p2]}
  - {id: wet-green, when: {colour: green, wet: yes}, then: {answer: stop}, says: Wet green stops., cite: [X p2]}
  - {id: blue, when: {colour: blue}, then: {answer: stop}, says: Blue stops., cite: [X p2]}
"""


def read(text: str) -> Table:
    return read_table(Node(*read_text(text, "small.yaml")), {"X": {}})


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("colour: red}", "color: red}", '"color" is not a fact'),
        ("colour: red}", "colour: pink}", '"pink" is not a value'),
        ("answer: stop}, says: Red", "answer: halt}, says: Red", '"halt" is not one of the answers'),
        ("answer: stop}, says: Red", "reply: stop}, says: Red", '"reply" is not something this table gives'),
        ("cite: [X p2]}\n  - {id: green", "cite: [Y p2]}\n  - {id: green", '"Y" is not a known source'),
        ("cite: [X p2]}\n  - {id: green", "cite: []}\n  - {id: green", "no citation"),
        ("{id: red,", "{id: green,", "appears twice"),
        ("presume: no", "presume: perhaps", '"perhaps" is not one of its values'),
        ("says: Red stops., ", "", '"says" is missing'),
        ("title: A small table", "title: A small table\ntitel: x", '"titel" is not a known key'),
        ("values: [red, green, blue]", "value: [red]", '"value" is not a known key'),
    ],
)
def test_a_slip_in_a_table_is_named_with_file_and_line(wrong: str, right: str, said: str) -> None:
    assert wrong in GOOD
    with pytest.raises(RuleFileError, match=r"small\.yaml, line") as caught:
        read(GOOD.replace(wrong, right, 1))
    assert said in caught.value.message
    assert caught.value.mend


def test_a_fact_nobody_told_is_asked_for_not_guessed() -> None:
    answer = decide(read(GOOD), {"wet": "no"})
    assert isinstance(answer, Open)
    assert [rule.name for rule in answer.needs] == ["colour"]


def test_a_presumption_is_used_and_shown() -> None:
    answer = decide(read(GOOD), {"colour": "green"})
    assert isinstance(answer, Hit)
    assert (answer.row.id, [rule.name for rule in answer.presumed]) == ("green", ["wet"])


def test_a_presumption_that_does_not_matter_is_not_shown() -> None:
    answer = decide(read(GOOD), {"colour": "red"})
    assert isinstance(answer, Hit)
    assert answer.presumed == ()


def test_an_open_fact_does_not_matter_when_every_possible_row_agrees() -> None:
    text = GOOD.replace(", presume: no, presume_cite: [X p1]", "").replace("{answer: go}", "{answer: stop}")
    answer = decide(read(text), {"colour": "green"})
    assert isinstance(answer, Hit)
    assert answer.get("answer") == "stop"


def test_facts_that_cannot_be_true_together_are_refused() -> None:
    with pytest.raises(ContradictoryFactsError, match="Blue things are dry"):
        decide(read(GOOD), {"colour": "blue", "wet": "yes"})


def test_a_value_outside_the_declared_ones_is_refused() -> None:
    with pytest.raises(UnknownFactError, match="pink"):
        decide(read(GOOD), {"colour": "pink"})


def test_facts_of_other_tables_are_ignored() -> None:
    assert isinstance(decide(read(GOOD), {"colour": "red", "age": 3}), Hit)


def test_of_rows_that_agree_the_best_founded_is_quoted() -> None:
    answer = decide(table("removal-authority"), {"category": "C2", "victim_told": "no"})
    assert isinstance(answer, Hit)
    assert answer.row.id == "victim-not-told"
