"""Removals, reclassification, outcomes and flags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from iops.rulebook.outcomes import failures, fits, framework
from iops.rulebook.recording import decide

if TYPE_CHECKING:
    from iops.rulebook.decision import Decision

NO_CRIME = {"ground": "verified_no_crime", "additional": "yes", "verifiable": "yes", "shows_no_crime": "yes"}
DONE = {"decider": "registrar", "independent": "yes", "victim_told": "yes"}


def removal(**told: Any) -> Decision:
    return decide({"reported": "2026-05-01", "removal": told})


def outcome(chosen: str | None, *, reported: str = "2026-05-01", **told: Any) -> Decision:
    return decide({"reported": reported, "outcome": {"chosen": chosen, **told}})


@pytest.mark.parametrize("missing", ["additional", "verifiable", "shows_no_crime"])
def test_each_of_the_three_tests_of_additional_information_is_needed(missing: str) -> None:
    assert removal(crime="49", **{**NO_CRIME, missing: "no"}).kind == "keep"
    assert removal(crime="49", **{key: value for key, value in NO_CRIME.items() if key != missing}).kind == "undecided"


def test_a_coerced_withdrawal_removes_nothing() -> None:
    assert removal(crime="49", **NO_CRIME, coerced="yes").kind == "keep"


def test_the_registrar_may_cancel_a_theft_but_not_a_rape() -> None:
    assert removal(crime="49", **NO_CRIME, **DONE).kind == "cancel"
    assert removal(crime="19C", **NO_CRIME, **DONE).kind == "breach"
    assert removal(crime="19C", **NO_CRIME, **{**DONE, "decider": "accredited_registrar"}).kind == "cancel"


def test_who_must_decide_is_said_when_nobody_has_yet() -> None:
    found = removal(crime="19C", **NO_CRIME)
    assert found.kind == "cancel"
    assert any("College" in text for text in found.approve)


def test_only_the_registrar_removes_female_genital_mutilation() -> None:
    told = {"crime": "8N", "code": "008/52", **NO_CRIME}
    assert removal(**told, **DONE).kind == "cancel"
    assert removal(**told, **{**DONE, "decider": "designated_decision_maker"}).kind == "breach"


@pytest.mark.parametrize(("number", "kind"), [("crime", "cancel"), ("incident", "cancel"), ("none", "keep")])
def test_a_transfer_waits_for_the_other_force(number: str, kind: str) -> None:
    assert removal(crime="45", ground="other_force", other_force_number=number).kind == kind


def test_the_two_texts_on_transfer_numbers_disagree_and_the_decision_says_so() -> None:
    assert removal(crime="45", ground="other_force", other_force_number="incident").unsure


@pytest.mark.parametrize(
    ("crime", "code", "kind"),
    [
        ("104", None, "cancel"),
        ("105A", None, "cancel"),
        ("8N", "008/06", "cancel"),
        ("8N", "008/01", "keep"),
        ("5D", None, "keep"),
    ],
)
def test_self_defence_removes_only_the_lesser_assaults(crime: str, code: str | None, kind: str) -> None:
    assert removal(crime=crime, code=code, ground="self_defence").kind == kind


def test_self_defence_in_an_8n_without_its_code_is_a_question() -> None:
    assert [need.fact for need in removal(crime="8N", ground="self_defence").needs] == ["self_defence_class"]


def test_a_lesser_charge_is_no_reason_to_reclassify() -> None:
    told = {"crime": "34B", "change_ground": "lesser_or_different_charge"}
    assert decide({"reported": "2026-05-01", "reclassification": told}).kind == "keep"


@pytest.mark.parametrize(
    ("chosen", "told", "kind"),
    [
        ("1", {"court_date": "yes", "recorded_crime_charged": "yes"}, "undecided"),
        ("1", {"court_date": "yes", "recorded_crime_charged": "yes", "suspect_told": "yes"}, "outcome"),
        ("1", {"court_date": "no"}, "breach"),
        ("2", {"suspect_age": 18, "admission": "yes"}, "breach"),
        ("3", {"suspect_age": 17}, "breach"),
        ("3", {"simple_caution": "yes", "abuse_or_hate": "no"}, "breach"),
        ("6", {"suspect_age": 17}, "breach"),
        ("8", {"indictable_only": "yes"}, "breach"),
        ("11", {"suspect_named": "yes", "suspect_age": 10}, "breach"),
        ("15", {"victim_supports": "no"}, "breach"),
        ("15", {"rape_or_high_risk_abuse": "yes", "authorised_by": "inspector", "suspect_named": "yes",
                "victim_supports": "yes", "evidential_difficulty": "yes"}, "outcome"),
        ("16", {"lost_contact": "yes"}, "breach"),
        ("17", {"summary_only": "no"}, "breach"),
        ("17", {"domestic_common_assault": "yes"}, "breach"),
        ("20", {"transfer": "yes"}, "breach"),
        ("22", {"completed": "no"}, "breach"),
    ],
)  # fmt: skip
def test_an_outcome_is_valid_only_when_its_tests_are_met(chosen: str, told: dict[str, Any], kind: str) -> None:
    found = outcome(chosen, **told)
    assert found.kind == kind
    assert bool(found.breaches) == (kind == "breach")
    assert bool(found.needs) == (kind == "undecided")


@pytest.mark.parametrize(
    ("chosen", "day"),
    [("21", "2015-12-31"), ("22", "2019-03-31"), ("23", "2026-03-31"), ("24", "2026-03-31"), ("9", "2014-03-31")],
)
def test_an_outcome_cannot_be_used_before_it_existed(chosen: str, day: str) -> None:
    assert "did not exist" in outcome(chosen, reported=day).breaches[0]


@pytest.mark.parametrize("code", list(framework().outcomes))
def test_every_outcome_can_be_met_and_every_test_of_it_can_fail(code: str) -> None:
    one = framework().outcomes[code]
    told: dict[str, Any] = {test.fact: next(iter(test.accepts)) for test in one.tests if not test.side}
    assert fits(one, told)
    for test in one.tests:
        rule = framework().facts[test.fact]
        every = rule.values or range(rule.low, rule.high + 1)
        wrong = next(value for value in every if value not in test.accepts)
        assert test in failures(one, {**told, **test.when, test.fact: wrong})


def test_there_are_twenty_four_outcomes() -> None:
    assert list(framework().outcomes) == [str(number) for number in range(1, 25)]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"flags": {"corrosive": "verified_use"}, "offences": ["8N"]}, {"corrosive"}),
        ({"flags": {"corrosive": "verified_use"}, "offences": ["58C"]}, set()),
        ({"flags": {"corrosive": "unverified_threat"}, "offences": ["8N"]}, set()),
        ({"flags": {"metal": "not_stated"}, "offences": ["49"]}, {"metal theft: infrastructure"}),
        ({"flags": {"hate": ["race", "disability"]}, "offences": ["8N"]}, {"hate: race", "hate: disability"}),
        ({"flags": {"hate": "religion"}, "offences": ["8N"]}, {"hate: religion", "religion: unknown"}),
        ({"flags": {"online": True, "alcohol": "yes"}, "offences": ["8N"]}, {"online", "alcohol"}),
        ({"flags": {"spiking": "yes"}, "offences": ["8N"], "reported": "2026-03-31"}, set()),
        ({"flags": {"child_sexual": "abuse"}, "offences": ["22B"]}, {"CSA"}),
    ],
)
def test_flags_follow_what_is_told(told: dict[str, Any], expected: set[str]) -> None:
    base = {"reported": "2026-05-01", "reporter": "victim", "victims": [{"id": "v"}], "suspects": [{"id": "s"}]}
    assert set(decide({**base, **told}).flags) == expected


@pytest.mark.parametrize(
    ("relation", "ages", "flagged"),
    [
        ("cousin", (20, 30), True),
        ("ex", (16, 16), True),
        ("neighbour", (30, 30), False),
        ("wife", (15, 40), False),
        ("sister", (40, 15), False),
    ],
)
def test_domestic_abuse_is_between_connected_people_of_16_or_over(
    relation: str, ages: tuple[int, int], flagged: bool
) -> None:
    report: dict[str, Any] = {"reported": "2026-05-01", "reporter": "victim", "relation": relation, "offences": ["8N"],
              "victims": [{"id": "v", "age": ages[0]}], "suspects": [{"id": "s", "age": ages[1]}]}  # fmt: skip
    assert ("domestic abuse" in decide(report).flags) is flagged
