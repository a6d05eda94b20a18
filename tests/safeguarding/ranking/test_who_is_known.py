"""Whose history is known: not that of a description, and of somebody who was two nominals the whole of it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from iops.foundation import clock
from iops.foundation.roles import Role
from iops.pole import services as pole
from iops.pole.identity import services as identity
from iops.safeguarding import services as safeguarding
from iops.safeguarding.assess import services as grades
from iops.safeguarding.assess.questionnaires import questionnaire
from iops.safeguarding.assess.told import Told
from iops.safeguarding.jobs import rank_all, rank_waiting
from iops.safeguarding.models import RankedItem, RankingWait
from tests.force import Force

if TYPE_CHECKING:
    from iops.control.models import Incident

pytestmark = pytest.mark.django_db


@pytest.fixture
def force() -> Force:
    return Force()


def person(force: Force, name: str, *, described: bool = False) -> int:
    return int(pole.register_person(f"{name} (made up)", force.one(Role.RESPONSE), described=described).id)


def on(force: Force, incident: Incident, who: int, role: str) -> None:
    pole.link(("person", who), role, ("incident", incident.id), force.one(Role.RESPONSE))


def item(incident: Incident) -> RankedItem:
    return RankedItem.objects.get(incident=incident)


def test_a_suspect_who_is_only_a_description_is_no_known_history(force: Force) -> None:
    incident = force.incident(domestic=True)
    on(force, incident, person(force, "Ann Brown"), "victim")
    on(force, incident, person(force, "Man in his thirties", described=True), "suspect")
    assert not item(incident).known
    assert "unresolved" in item(incident).floors
    on(force, incident, person(force, "Tom Brown"), "suspect")
    assert item(incident).known


def test_nominals_that_are_one_person_have_one_history_within_the_minute(force: Force) -> None:
    one, two = person(force, "Alex Green"), person(force, "Alexander Green")
    first, second = force.incident(domestic=True), force.incident(domestic=True)
    for number, (incident, suspect) in enumerate(((first, one), (second, two))):
        on(force, incident, person(force, f"Victim {number}"), "victim")
        on(force, incident, suspect, "suspect")
    rank_waiting()
    before = item(first).score
    identity.merge([one, two], "The same man", force.one(Role.SAFEGUARDING))
    assert set(RankingWait.objects.values_list("incident_id", flat=True)) == {first.id, second.id}
    rank_waiting()
    assert item(first).score > before


@pytest.mark.parametrize("form", ["long-1", "partner-24-1", "frequency-1"])
def test_fourteen_ticks_below_high_are_a_floor_whatever_they_mean(force: Force, form: str) -> None:
    incident = force.incident(domestic=True)
    topics = [t.code for t in questionnaire(form).topics][:14]
    yes = "often" if form == "frequency-1" else "yes"
    officer = force.one(Role.RESPONSE)
    told = Told(judgement="All of it long ago")
    safeguarding.assess_risk(incident.id, dict.fromkeys(topics, yes), "medium", "x", officer, form, told)
    assert "ticks_below_high" in item(incident).floors


def test_a_grade_lowered_by_two_people_below_many_ticks_is_a_floor_at_once(force: Force) -> None:
    incident = force.incident(domestic=True)
    topics = [t.code for t in questionnaire("long-1").topics]
    made = safeguarding.assess_risk(
        incident.id, dict.fromkeys(topics, "yes"), "high", "x", force.one(Role.RESPONSE), "long-1"
    )
    assert "ticks_below_high" not in item(incident).floors
    asked = grades.propose_lower_risk(made.id, "supervisor", "medium", "In prison", force.one(Role.SERGEANT))
    grades.decide_lower_risk(asked.id, True, "", force.one(Role.INSPECTOR))
    assert "ticks_below_high" in item(incident).floors


@pytest.mark.parametrize("days", [0, 5, 300])
def test_what_is_opened_is_ranked_as_the_ranking_would(force: Force, days: int) -> None:
    incident = force.incident(domestic=True, reported_at=clock.now() - dt.timedelta(days=days))

    def rank() -> dict[str, object]:
        row = RankedItem.objects.filter(incident=incident).values()[0]
        return {name: value for name, value in row.items() if name not in {"id", "ranked_at"}}

    written = rank()
    rank_all()
    again = rank()
    assert written == again


def test_assessing_again_takes_no_floor_away(force: Force) -> None:
    incident, officer = force.incident(domestic=True), force.one(Role.RESPONSE)
    safeguarding.assess_risk(incident.id, {"strangulation": "yes", "weapon": "yes"}, "high", "x", officer)
    before = item(incident)
    safeguarding.assess_risk(incident.id, {"strangulation": "not_asked", "weapon": "refused"}, "medium", "x", officer)
    assert set(before.floors) <= set(item(incident).floors)
    assert item(incident).score >= before.score


def test_what_a_partner_supplied_tells_of_the_risk_and_is_no_assessment_of_the_police(force: Force) -> None:
    incident = force.incident(domestic=True)
    told = Told(medium="partner", answered_by="victim")
    safeguarding.assess_risk(incident.id, {"strangulation": "yes"}, "high", "x", force.one(Role.RESPONSE), told=told)
    assert {"no_assessment", "strangulation"} <= set(item(incident).floors)
