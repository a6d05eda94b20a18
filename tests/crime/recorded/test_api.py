"""The API of recorded crimes: every route right, not allowed, malformed, said twice, unknown and hostile."""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from iops.crime.models import Crime, CrimeLinked, CrimeLogEntry
from iops.crime.recorded import deciding
from iops.foundation.roles import Role
from tests.crime.outcomes.scene import grounded
from tests.crime.recorded.scene import SHOPLIFTING, recorded, shoplifting
from tests.crime.recorded.test_life import AVI, SIXTEEN
from tests.force import Force

if TYPE_CHECKING:
    from iops.control.models import Incident
    from iops.foundation.models import User

pytestmark = pytest.mark.django_db
API = "/api/v1"
HOSTILE = "'; drop table crime_crime; -- <script>alert(1)</script>"
RIGHT: dict[str, dict[str, Any]] = {
    "owner": {"user_id": 1, "reason": "Knows the shop"},
    "reviews": {"text": "Ask for the recording"},
    "actions": {"what": "Ask for the recording"},
    "actions/1/result": {"text": "Had it"},
    "log": {"text": "Rang the shop"},
    "victim-told": {"about": "progress", "how": "telephone", "words": "We have the recording"},
    "flags": {"flag": "online"},
    "links": {"other": "CR/1/2026", "linkage": "linked", "reason": "Same man"},
    "links/1/withdrawal": {"text": "Another man"},
    "class": {"crime_class": "39", "ground": "new_information", "reason": "From the hand"},
    "outcome": {"code": "16", "facts": SIXTEEN, "reason": "No wish to go on"},
    "removal": {"category": "C2", "facts": AVI, "reason": "Paid", "avi": "Till roll"},
    "reopen": {"text": "New witness"},
}
"""Every step of a crime's life by its word, with a body of the right shape."""


class Caller:
    """Somebody who calls the API, signed in; nobody when there is no user."""

    def __init__(self, user: User | None) -> None:
        self.client = Client()
        if user is not None:
            self.client.force_login(user)

    def get(self, place: str, status: int = 200, **asked: str) -> Any:
        answer = self.client.get(f"{API}{place}", asked)
        assert answer.status_code == status, answer.content
        return answer.json()

    def post(self, place: str, given: object, status: int = 201) -> Any:
        raw = given if isinstance(given, str) else json.dumps(given, default=str)
        answer = self.client.post(f"{API}{place}", raw, content_type="application/json")
        assert answer.status_code == status, answer.content
        return answer.json() if answer.content else None


@pytest.fixture
def force() -> Force:
    return Force()


def at(crime: Crime) -> str:
    return f"/crimes/CR-{crime.number}-{crime.year:%Y}"


def of(incident: Incident) -> str:
    return f"/incidents/{incident.number}/{incident.day:%d%m%Y}/crimes"


def test_a_crime_is_recorded_once_and_told_by_its_incident_the_list_and_itself(force: Force) -> None:
    incident, _ = shoplifting(force)
    officer = Caller(force.one(Role.RESPONSE))
    left = officer.post(of(incident), {"answers": {}}, 409)
    assert "questions" in json.dumps(left)
    made = officer.post(of(incident), {"answers": SHOPLIFTING})
    (reference,) = made["crimes"]
    assert made["result"] == "crime"
    assert reference in json.dumps(officer.post(of(incident), {"answers": SHOPLIFTING}, 409))
    assert [row["reference"] for row in officer.get(of(incident))] == [reference]
    assert [row["reference"] for row in officer.get("/crimes", state="open")["crimes"]] == [reference]
    assert officer.get("/crimes", state="removed")["crimes"] == []
    shown = officer.get(at(Crime.objects.get()))
    assert (shown["crime_class"], shown["state"], shown["incident"]) == ("46", "open", incident.reference)
    assert {(p["role"], p["name"]) for p in shown["parties"]} == {
        ("victim", "Kay Shah (made up)"),
        ("suspect", "Tom Reed (made up)"),
    }


def test_every_step_of_an_investigation_is_taken_over_the_api(force: Force) -> None:
    crime, other = recorded(force), recorded(force)
    here, constable, sergeant = at(crime), force.one(Role.RESPONSE), Caller(force.one(Role.SERGEANT))
    owned = sergeant.post(f"{here}/owner", {"user_id": constable.id, "reason": "Knows the shop"}, 200)
    assert owned["owner"] == str(constable)
    sergeant.post(f"{here}/reviews", RIGHT["reviews"])
    (action,) = sergeant.post(f"{here}/actions", {"what": "Ask for it", "due": "2026-12-24"})["actions"]
    assert (action["what"], action["due"], action["result"]) == ("Ask for it", "2026-12-24", "")
    result = f"{here}/actions/{action['id']}/result"
    sergeant.post(f"{at(other)}/actions/{action['id']}/result", {"text": "x"}, 404)
    assert sergeant.post(result, {"text": "Had it"})["actions"][0]["result"] == "Had it"
    sergeant.post(result, {"text": "Had it"}, 409)
    sergeant.post(f"{here}/log", RIGHT["log"])
    sergeant.post(f"{here}/victim-told", RIGHT["victim-told"])
    for _ in range(2):
        assert sergeant.post(f"{here}/flags", {"flag": "online"})["flags"] == ["online"]
        sergeant.post(f"{here}/links", {**RIGHT["links"], "other": other.reference})
    assert CrimeLinked.objects.count() == 1
    sergeant.post(f"{here}/links", {**RIGHT["links"], "other": crime.reference}, 422)
    (link,) = sergeant.get(at(other))["links"]
    assert (link["other"], link["reason"]) == (crime.reference, "Same man")
    third = at(recorded(force))
    sergeant.post(f"{third}/links/{link['id']}/withdrawal", {"text": "x"}, 404)
    assert sergeant.post(f"{here}/links/{link['id']}/withdrawal", {"text": "Another man"}, 200)["links"] == []
    sergeant.post(f"{here}/links/{link['id']}/withdrawal", {"text": "Another man"}, 409)
    assert CrimeLinked.objects.get().withdrawn_reason == "Another man"


def test_an_outcome_asks_refuses_ends_and_is_undone(force: Force) -> None:
    crime = recorded(force)
    here, sergeant = at(crime), Caller(force.one(Role.SERGEANT))
    refused = sergeant.post(f"{here}/outcome", RIGHT["outcome"], 409)
    assert "needs of each victim" in refused["message"]
    grounded(crime, force.one(Role.SERGEANT))
    left = sergeant.post(f"{here}/outcome", {"code": "16", "reason": "x"}, 422)
    assert "rape_or_high_risk_abuse" in json.dumps(left)
    assert sergeant.post(f"{here}/outcome", RIGHT["outcome"], 200)["state"] == "outcome 16"
    sergeant.post(f"{here}/outcome", RIGHT["outcome"], 409)
    Caller(force.one(Role.RESPONSE)).post(f"{here}/reopen", {"text": "x"}, 403)
    assert sergeant.post(f"{here}/reopen", {"text": "New witness"}, 200)["state"] == "open"
    sergeant.post(f"{here}/reopen", {"text": "Again"}, 409)


def test_class_and_removal_are_the_registrars(force: Force) -> None:
    here, registrar = at(recorded(force)), Caller(force.one(Role.REGISTRAR))
    refused = Caller(force.one(Role.SERGEANT)).post(f"{here}/class", RIGHT["class"], 409)
    assert (refused["code"], "registrar" in refused["message"]) == ("rules-forbid", True)
    assert registrar.post(f"{here}/class", RIGHT["class"], 200)["crime_class"] == "39"
    registrar.post(f"{here}/removal", RIGHT["removal"], 409)
    registrar.post(f"{here}/victim-told", {**RIGHT["victim-told"], "about": "removal"})
    registrar.post(f"{here}/removal", {**RIGHT["removal"], "avi": ""}, 422)
    assert registrar.post(f"{here}/removal", RIGHT["removal"], 200)["state"] == "removed (C2)"


def test_the_reporter_is_told_of_a_refusal_once(force: Force) -> None:
    incident, officer = force.incident(what="Noise", crime_reported=True), Caller(force.one(Role.RESPONSE))
    where = of(incident).removesuffix("crimes") + "recording-decisions"
    officer.post(where, {"result": "not_a_crime", "rationale": "A noise is none"})
    number = incident.recording_decisions.get().id
    told = {"how": "telephone", "words": "No crime, and why"}
    officer.post(f"/recording-decisions/{number}/reporter-told", {"how": "telephone"}, 422)
    officer.post(f"/recording-decisions/{number}/reporter-told", told)
    officer.post(f"/recording-decisions/{number}/reporter-told", told, 409)
    officer.post("/recording-decisions/999999/reporter-told", told, 404)


def test_nobody_signed_in_reads_or_writes_nothing(force: Force) -> None:
    crime, nobody = recorded(force), Caller(None)
    for place in ("/crimes", at(crime), of(crime.incident)):
        nobody.get(place, 401)
    for word, given in RIGHT.items():
        nobody.post(f"{at(crime)}/{word}", given, 401)
    nobody.post(of(crime.incident), {"answers": SHOPLIFTING}, 401)
    assert Crime.objects.count() == 1


def test_a_number_that_no_crime_has_is_not_found_by_any_route(force: Force) -> None:
    registrar = Caller(force.one(Role.REGISTRAR))
    for number in ("CR-999999-2026", "CR-x-2026", "0"):
        registrar.get(f"/crimes/{number}", 404)
    for word, given in RIGHT.items():
        registrar.post(f"/crimes/CR-999999-2026/{word}", given, 404)


def test_what_is_malformed_is_refused_by_every_route_and_keeps_nothing(force: Force) -> None:
    crime, registrar = recorded(force), Caller(force.one(Role.REGISTRAR))
    for word, right in RIGHT.items():
        here = f"{at(crime)}/{word}"
        registrar.post(here, "{", 400)
        registrar.post(here, [], 422)
        for name in set(right) - {"user_id", "facts", "avi"}:
            registrar.post(here, {k: v for k, v in right.items() if k != name}, 422)
            registrar.post(here, {**right, name: {"a": 1}}, 422)
    for wanted in ({"state": "lost"}, {"page": "0"}, {"owner_id": "x"}, {"crime_class": "no such"}):
        registrar.get("/crimes", 422, **wanted)
    registrar.post(of(crime.incident), {"answers": {str(n): "x" for n in range(101)}}, 422)
    assert registrar.get(at(crime))["state"] == "open"


def test_hostile_words_are_kept_as_words_or_refused(force: Force) -> None:
    crime, sergeant = recorded(force), Caller(force.one(Role.SERGEANT))
    sergeant.post(f"{at(crime)}/log", {"text": HOSTILE})
    assert CrimeLogEntry.objects.get(crime=crime).text == HOSTILE
    sergeant.post(f"{at(crime)}/flags", {"flag": HOSTILE}, 422)
    sergeant.post(f"{at(crime)}/outcome", {"code": HOSTILE, "reason": "x"}, 422)
    sergeant.post(f"{at(crime)}/log", {"text": "x" * 2_000_000}, 422)
    sergeant.post(f"{at(crime)}/links", {**RIGHT["links"], "other": HOSTILE}, 404)
    assert Crime.objects.count() == 1


# --- found by its number ---------------------------------------------------------------------------------------------


def test_search_finds_a_crime_by_its_number_as_people_type_it(force: Force) -> None:
    """A crime is shown under the incident it came out of: the hit is that incident."""
    crime, other = recorded(force), recorded(force)
    caller, number, year = Caller(force.one(Role.SERGEANT)), crime.number, f"{crime.year:%Y}"
    for typed in (f"CR/{number}/{year}", f"cr {number} {year}", f"CR-{number}-{year}"):
        hits = {(hit["kind"], hit["id"]) for hit in caller.get("/search", q=typed)["hits"]}
        assert (typed, hits) == (typed, {("incident", crime.incident_id)})
        page = html.unescape(caller.client.get("/search/", {"q": typed}).content.decode())
        shown = crime.incident.reference in page, other.incident.reference in page
        assert (typed, shown) == (typed, (True, False))


def test_search_finds_a_crime_without_the_letters_among_what_else_has_these_numbers(force: Force) -> None:
    crime = recorded(force)
    caller, typed = Caller(force.one(Role.SERGEANT)), f"{crime.number}/{crime.year:%Y}"
    hits = {(hit["kind"], hit["id"]) for hit in caller.get("/search", q=typed)["hits"]}
    assert ("incident", crime.incident_id) in hits
    page = html.unescape(caller.client.get("/search/", {"q": typed}).content.decode())
    assert crime.incident.reference in page


def test_a_crime_with_an_outcome_is_found_by_its_number_too(force: Force) -> None:
    crime, sergeant = recorded(force), force.one(Role.SERGEANT)
    deciding.give_outcome(grounded(crime, sergeant).id, "16", SIXTEEN, "No wish to go on", sergeant)
    hits = Caller(sergeant).get("/search", q=crime.reference)["hits"]
    assert ("incident", crime.incident_id) in {(hit["kind"], hit["id"]) for hit in hits}
