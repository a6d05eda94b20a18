"""The decision tables are proven; and the proof is shown to notice every slip."""

from __future__ import annotations

import pytest

from iops.rulebook.library import acts, all_tables, table
from iops.rulebook.proof import mutations, prove, unnoticed
from iops.rulebook.shapes import Node
from iops.rulebook.strict_yaml import read_text
from iops.rulebook.tables import Table, read_table

MAIN = sorted(set(all_tables()) - set(acts()))


def small(rows: str) -> Table:
    text = f"""
table: small
title: A small table
facts:
  colour: {{asks: Which colour?, values: [red, green, blue]}}
  age: {{asks: How old?, range: [0, 99]}}
gives: {{answer: []}}
rows:
{rows}
"""
    return read_table(Node(*read_text(text, "small.yaml")), {"X": {}})


RED = "  - {id: red, when: {colour: red}, then: {answer: a}, says: Red., cite: [X 1]}"
OTHER_OLD = "  - {id: old, when: {colour: [green, blue], age: {min: 18}}, then: {answer: b}, says: Old., cite: [X 1]}"
OTHER_YOUNG = (
    "  - {id: young, when: {colour: [green, blue], age: {max: 17}}, then: {answer: c}, says: Young., cite: [X 1]}"
)


@pytest.mark.parametrize("name", sorted(all_tables()))
def test_a_table_is_total_and_free_of_conflict(name: str) -> None:
    assert prove(table(name)) == ()


@pytest.mark.parametrize(
    "name", ["recording-test", "confirmation", "deaths", "time-limits", "fraud-entry", "public-order"]
)
def test_removing_or_widening_any_row_makes_the_proof_fail(name: str) -> None:
    survivors = [said for said, _, mutant in mutations(table(name)) if not prove(mutant)]
    assert survivors == []


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(all_tables()))
def test_no_slip_in_any_table_goes_unnoticed(name: str) -> None:
    assert unnoticed(table(name)) == ()


def test_a_gap_is_shown_as_a_report() -> None:
    faults = prove(small("\n".join([RED, OTHER_OLD])))
    assert [fault.kind for fault in faults] == ["gap"]
    assert faults[0].report["colour"] in ("green", "blue")
    assert int(faults[0].report["age"]) < 18
    assert "gap" in str(faults[0])


def test_an_overlap_names_both_rows_and_a_report() -> None:
    wider = OTHER_YOUNG.replace("max: 17", "max: 18")
    faults = prove(small("\n".join([RED, OTHER_OLD, wider])))
    assert [(fault.kind, fault.rows) for fault in faults] == [("overlap", ("old", "young"))]
    assert faults[0].report["age"] == "18"


def test_a_condition_that_changes_nothing_is_a_fault() -> None:
    idle = RED.replace("colour: red", "colour: red, age: {min: 0, max: 99}")
    assert "changes nothing" in prove(small("\n".join([idle, OTHER_OLD, OTHER_YOUNG])))[0].kind


def test_a_table_without_rows_is_all_gap() -> None:
    text = "table: none\ntitle: None\nfacts: {colour: {asks: Which?, values: [red]}}\ngives: {answer: []}\nrows: []\n"
    assert [fault.kind for fault in prove(read_table(Node(*read_text(text, "none.yaml")), {"X": {}}))] == ["gap"]


def test_a_day_without_a_rule_is_a_gap_with_a_date() -> None:
    text = """
table: days
title: Days
facts: {reported: {asks: When?, dates: any}}
gives: {answer: []}
rows:
  - {id: before, when: {reported: {to: 2015-03-30}}, then: {answer: a}, says: Before., cite: [X 1]}
  - {id: after, when: {reported: {from: 2015-04-01}}, then: {answer: b}, says: After., cite: [X 1]}
"""
    faults = prove(read_table(Node(*read_text(text, "days.yaml")), {"X": {}}))
    assert [(fault.kind, fault.report) for fault in faults] == [("gap", {"reported": "2015-03-31"})]
