"""The page "What must be recorded?", asked over HTTP."""

from __future__ import annotations

import html
import re
from typing import Protocol

import pytest
from django.test import Client

from iops.control.selectors import address
from iops.crime.models import RecordingDecision
from iops.foundation.roles import Role
from iops.rulebook.library import acts
from tests.force import Force

pytestmark = pytest.mark.django_db

REPORTED = {"reported-day": "1", "reported-month": "5", "reported-year": "2026"}
ASSAULT = {**REPORTED, "act1": "assault", "victims": "2", "suspects": "1"}
ANSWERED = {**ASSAULT, "a.assault.injury": "injury", "a.all.reporter": "victim"}


@pytest.fixture
def force() -> Force:
    return Force()


@pytest.fixture
def client(force: Force) -> Client:
    client = Client()
    client.force_login(force.one(Role.RESPONSE))
    return client


class Answer(Protocol):
    """What came back."""

    @property
    def content(self) -> bytes: ...


def body(response: Answer) -> str:
    return html.unescape(response.content.decode())


def test_nobody_sees_it_before_signing_in() -> None:
    assert Client().get("/recording/").status_code == 302


def test_before_anything_is_told_it_asks_for_the_report_and_decides_nothing(client: Client) -> None:
    shown = body(client.get("/recording/"))
    assert "Tell what was reported" in shown
    assert "Copy into an incident" not in shown


def test_it_asks_only_what_still_matters(client: Client) -> None:
    shown = body(client.get("/recording/", ASSAULT))
    assert 'type="radio" value="injury"' in shown
    assert 'type="radio" value="parent_or_carer"' not in shown
    shown = body(client.get("/recording/", ASSAULT | {"a.assault.injury": "injury"}))
    assert 'type="radio" value="parent_or_carer"' in shown
    assert "Not decided yet" in shown


def test_the_decision_names_the_crimes_the_rules_and_what_is_presumed(client: Client) -> None:
    shown = body(client.get("/recording/", ANSWERED | {"time": "09:30"}))
    assert "Record as crime" in shown
    assert "2 × 8N" in shown
    assert "CRR2026 p47" in shown
    assert "09:30 on 2 May 2026" in shown
    assert "Presumed: No" in shown


def test_what_is_presumed_can_be_said_otherwise(client: Client) -> None:
    shown = body(client.get("/recording/", ANSWERED | {"a.all.duplicate": "yes"}))
    assert "Record as crime" not in shown


def test_two_acts_that_presume_the_same_fact_are_asked_apart(client: Client) -> None:
    shown = body(client.get("/recording/", ANSWERED | {"act2": "damage", "a.damage.damaged": "vehicle"}))
    assert shown.count('name="a.assault.hostility"') == shown.count('name="a.damage.hostility"') == 1


def test_a_question_on_the_order_of_crimes_is_put_to_each_offence(client: Client) -> None:
    told = REPORTED | {"act1": "assault", "act2": "weapon", "victims": "1", "suspects": "1"}
    answers = {"a.assault.injury": "injury", "a.all.reporter": "victim", "a.each.weapon_used": "yes"}
    response = client.get("/recording/", told | answers)
    assert response.status_code == 200
    assert 'name="a.each.weapon_used"' in body(response)


def test_every_question_of_every_act_can_be_answered_until_there_is_a_decision(client: Client) -> None:
    for act in acts():
        told = dict(REPORTED, act1=act, victims="1", suspects="1")
        for _ in range(12):
            shown = body(client.get("/recording/", told))
            asked = [(m[1], m[2]) for m in re.finditer(r'name="(a[.][^"]+)" type="radio" value="([^"]+)"', shown)]
            numbers = re.findall(r'name="(a[.][^"]+)" type="text" value=""', shown)
            asked += [(name, "14") for name in numbers]
            if not asked:
                break
            told |= dict(reversed(asked))
        assert "Not decided yet" not in shown, act


def test_two_days_stand_side_by_side(client: Client) -> None:
    told = {"compare-day": "1", "compare-month": "1", "compare-year": "2014"}
    shown = body(client.get("/recording/", ANSWERED | told))
    assert "Reported on 1 May 2026" in shown
    assert "Reported on 1 January 2014" in shown
    assert "72 hours" in shown
    assert "24 hours" in shown


def test_a_day_on_which_it_had_not_happened_says_so_beside_the_decision(client: Client) -> None:
    told = {"compare-day": "1", "compare-month": "1", "compare-year": "2014"}
    happened = {"happened-day": "1", "happened-month": "4", "happened-year": "2026"}
    shown = body(client.get("/recording/", ANSWERED | told | happened))
    assert "It cannot have happened on 2026-04-01" in shown
    assert "Record as crime" in shown


def test_an_incident_gets_its_national_category(client: Client) -> None:
    told = REPORTED | {"about": "anti_social_behaviour"}
    assert 'type="radio" value="community"' in body(client.get("/recording/", told))
    assert "ASB Nuisance" in body(client.get("/recording/", told | {"a.incident.affects": "community"}))


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"reported-day": "31", "reported-month": "2", "reported-year": "2026", "time": "03:12"}, "no such day"),
        (REPORTED | {"class1": "9Z"}, "9Z"),
        (REPORTED | {"class1": "8N", "act1": "assault"}, "not both"),
        (REPORTED | {"act1": "assault", "victims": "many"}, "whole number"),
        (REPORTED | {"act1": "assault", "time": "25:00"}, "such as 03:12"),
        (REPORTED | {"act1": "nonsense"}, "not one of the choices"),
        (REPORTED | {"act1": "assault", "suspects": "999999", "apart": "on"}, "at most 50"),
        (REPORTED | {"class1": "<script>alert(1)</script>"}, "There is a problem"),
        (ASSAULT | {"a.assault.injury": "'; drop table x"}, "not one of the answers"),
    ],
)
def test_what_cannot_be_taken_is_refused_and_comes_back(client: Client, told: dict[str, str], says: str) -> None:
    response = client.get("/recording/", told)
    assert response.status_code == 422
    assert says in body(response)
    assert b"<script>alert" not in response.content
    for typed in told.keys() - {"act1", "a.assault.injury"}:
        assert told[typed] in body(response)


def test_answers_are_kept_while_the_report_has_a_mistake(client: Client) -> None:
    shown = body(client.get("/recording/", ANSWERED | {"reported-month": "13"}))
    assert '<option value="injury" selected>' in shown
    assert '<option value="victim" selected>' in shown


def test_names_of_answers_that_no_question_has_change_nothing(client: Client) -> None:
    odd = {"a.all.reported": "1", "a.nowhere.x": "1", "a.all.": "y", "a..": "z", "a.each.none": "no", "b": "c"}
    assert "Record as crime" in body(client.get("/recording/", ANSWERED | odd))


def copied(client: Client, incident: str, **changed: str) -> tuple[int, str]:
    told = {"incident": incident, "result": "crime", "rationale": "By the rules."} | changed
    query = "&".join(f"{k}={v}" for k, v in ANSWERED.items())
    response = client.post(f"/recording/?{query}", told)
    return response.status_code, response.headers.get("Location", "") or body(response)


def test_the_rationale_is_offered_for_the_incident_it_was_asked_for(client: Client, force: Force) -> None:
    found = force.incident(crime_reported=True)
    link = f"/recording/?incident={found.reference}"
    assert link in body(client.get(address(found)))
    shown = body(client.get("/recording/", ANSWERED | {"incident": found.reference}))
    assert f'value="{found.reference}"' in shown
    assert "By the recording rules for a report of 01/05/2026." in shown


def test_a_decision_is_copied_into_an_incident(client: Client, force: Force) -> None:
    found = force.incident(crime_reported=True)
    assert copied(client, found.reference) == (302, address(found))
    saved = RecordingDecision.objects.get()
    assert (saved.incident_id, saved.result, saved.rationale) == (found.id, "crime", "By the rules.")
    assert saved.by == force.one(Role.RESPONSE)


@pytest.mark.parametrize(
    ("changed", "says", "status"),
    [
        ({"incident": "nonsense"}, "such as 412/05072019", 422),
        ({"incident": "9/01012020"}, "There is no incident", 404),
        ({"incident": ""}, "Incident is empty", 422),
        ({"rationale": " "}, "Rationale is empty", 422),
        ({"result": "maybe"}, "not one of the choices", 422),
        ({"rationale": "x" * 20_001}, "at most 20000", 422),
    ],
)
def test_a_copy_that_is_refused_saves_nothing_and_keeps_what_was_typed(
    client: Client, force: Force, changed: dict[str, str], says: str, status: int
) -> None:
    found = force.incident(crime_reported=True)
    told = {"incident": found.reference, "rationale": "Typed with care."} | changed
    code, shown = copied(client, told.pop("incident"), **told)
    assert (code, says in shown) == (status, True)
    assert told["rationale"].strip() in shown
    assert "2 × 8N" in shown
    assert not RecordingDecision.objects.exists()
