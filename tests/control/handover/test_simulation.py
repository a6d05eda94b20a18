"""A day of a control room in small: every escalation due is raised once; and the judge is no yes-man."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

import pytest

from bench.simulate import RULES, judge
from bench.simulation.oracle import Facts, Oracle, People, Present, Raised, Step, Told, durations, span
from bench.simulation.plan import BEGIN, Plan
from bench.simulation.work import Work
from iops.obligations.conservation import check_conservation
from tests.control.dispatch.conftest import own_clock

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["own_clock"]
MINUTE = dt.timedelta(minutes=1)


@pytest.mark.django_db
@pytest.mark.usefixtures("own_clock")
def test_in_300_incidents_over_a_day_every_escalation_due_is_raised_once() -> None:
    work = Work(Plan(300, 24, 2026), dt.timedelta(minutes=15))
    for _ in work.run():
        pass
    verdict = judge(work.expected(durations(RULES, BEGIN.date())), work.raised())
    assert (verdict.missed, verdict.surplus, verdict.twice) == ((), (), 0)
    assert verdict.holds
    assert verdict.due > 400
    assert verdict.again > 50
    assert verdict.to_nobody > 0
    assert set(verdict.by_rule) >= {"resource-grade-1", "resource-grade-2", "da-risk-assessment", "transfer-accept"}
    # Refused is only what cannot be: acts on what never came about, and waivers of what is met by then.
    assert {what.split(":")[0] for what in work.refused} <= {"waive", "answer", "offer", "review", "decide-child"}
    run = check_conservation()
    assert (run.missing, run.surplus) == (0, 0)


# --- the judge ---------------------------------------------------------------------------------

ONE = Raised("incident", 1, "r", BEGIN, 40 * MINUTE, "sergeant", "anna", BEGIN + 40 * MINUTE)


def test_what_was_not_raised_is_missed() -> None:
    other = dataclasses.replace(ONE, told="ben")
    verdict = judge({ONE, other}, [ONE])
    assert verdict.missed == (other,)
    assert not verdict.holds


def test_what_was_raised_twice_to_the_same_is_told() -> None:
    assert judge({ONE}, [ONE, ONE]).twice == 1
    assert not judge({ONE}, [ONE, ONE]).holds


@pytest.mark.parametrize("wrong", [{"at": BEGIN + 41 * MINUTE}, {"told": "ben"}, {"rule": "other"}, {"told": None}])
def test_what_was_raised_at_another_moment_or_to_another_person_does_not_hold(wrong: Mapping[str, object]) -> None:
    verdict = judge({ONE}, [dataclasses.replace(ONE, **wrong)])  # type: ignore[arg-type]
    assert (len(verdict.missed), len(verdict.surplus), verdict.holds) == (1, 1, False)


def test_nothing_due_proves_nothing() -> None:
    assert not judge(set(), []).holds


# --- the oracle, by hand ---------------------------------------------------------------------------------

STEPS = {"grade-incident": (Step(5 * MINUTE, "sergeant"),)}
OPENED = {"reported": BEGIN, "district": "N", "domestic": False, "crime": False}


def expected(
    *news: Told, changes: Mapping[int, list[str]] | None = None, end: int = 60
) -> list[tuple[str | None, int]]:
    """Who must be told of an ungraded incident, and how many minutes after the beginning; a round every ten minutes."""
    on: list[tuple[dt.datetime, Present]] = [
        (BEGIN + m * MINUTE + dt.timedelta(seconds=1), [(w, "sergeant", "N") for w in who])
        for m, who in sorted((changes or {}).items())
    ]
    rounds = [BEGIN + n * 10 * MINUTE for n in range(1, 6)]
    oracle = Oracle(STEPS, People(rounds, on), BEGIN + 60 * MINUTE)
    found = oracle.expected([Told(BEGIN + dt.timedelta(seconds=2), 1, "open", OPENED), *news])
    return sorted(((r.told, (r.at - BEGIN) // MINUTE) for r in found), key=lambda pair: (pair[1], str(pair[0])))


def graded(minute: float) -> Told:
    return Told(BEGIN + minute * MINUTE, 1, "grade", {"grade": 4})


def test_the_first_round_after_the_step_tells_who_is_on() -> None:
    assert expected(changes={0: ["anna"]}) == [("anna", 10)]


def test_nobody_on_and_then_somebody() -> None:
    assert expected(changes={22: ["anna"]}) == [(None, 10), ("anna", 22)]


def test_a_new_shift_is_told_when_none_of_the_old_is_left_and_nobody_twice() -> None:
    assert expected(changes={0: ["anna"], 20: ["anna", "ben"], 30: ["ben"], 40: ["anna"]}) == [
        ("anna", 10),
        ("ben", 30),
    ]


def test_done_in_time_is_nothing_and_done_between_rounds_is_told_when_done() -> None:
    assert expected(graded(4), changes={0: ["anna"]}) == []
    assert expected(graded(5), changes={0: ["anna"]}) == []
    assert expected(graded(7), changes={0: ["anna"]}) == [("anna", 7)]


@pytest.mark.parametrize(("said", "minutes"), [("0 minutes", 0), ("1 minute", 1), ("2 hours", 120), ("7 days", 10080)])
def test_lengths_of_time_are_read(said: str, minutes: int) -> None:
    assert span(said) == minutes * MINUTE


def test_the_durations_are_those_in_force_on_the_day() -> None:
    assert "resource-grade-2" not in durations(RULES, dt.date(2021, 1, 1))
    assert durations(RULES, dt.date(2026, 3, 2))["resource-grade-2"] == (Step(40 * MINUTE, "sergeant"),)


def test_a_grade_keeps_its_clock_until_it_was_slower() -> None:
    facts = Facts(1, BEGIN, "N", domestic=False, crime=False)
    for minute, grade in enumerate((2, 1, 2, 2), start=1):
        facts.learn(Told(BEGIN + minute * MINUTE, 1, "grade", {"grade": grade}))
    assert facts.duties()["incident", 1, "resource-grade-2"].arose == BEGIN + MINUTE
    facts.learn(Told(BEGIN + 9 * MINUTE, 1, "grade", {"grade": 3}))
    facts.learn(Told(BEGIN + 10 * MINUTE, 1, "grade", {"grade": 2}))
    assert facts.duties()["incident", 1, "resource-grade-2"].arose == BEGIN + 10 * MINUTE


def test_an_oracle_that_hears_what_it_does_not_know_says_so() -> None:
    with pytest.raises(ValueError, match="gossip"):
        Facts(1, BEGIN, "N", domestic=False, crime=False).learn(Told(BEGIN, 1, "gossip", {}))


@pytest.mark.parametrize("seed", range(20))
def test_in_no_plan_does_anybody_come_on_twice_or_hand_over_what_they_have_not(seed: int) -> None:
    present: set[tuple[int, object]] = set()
    for act in (a for a in Plan(0, 96, seed).acts if a.kind in {"on", "off", "handover"}):
        who = (act.of, act.told["who"])
        if act.kind == "on":
            assert who not in present
            present.add(who)
        else:
            assert who in present
            present.remove(who)
        if act.kind == "handover":
            present.add((act.of, act.told["to"]))
