"""The API: the verbs and questions of the screens, with one shape for everything that is refused."""

from __future__ import annotations

import json
from typing import Any, Protocol
from uuid import uuid4

import pytest
from django.test import Client

from iops.control import services as control
from iops.control.models import Incident
from iops.foundation.models import District
from iops.foundation.roles import Role
from tests.force import Force

pytestmark = pytest.mark.django_db


@pytest.fixture
def force() -> Force:
    return Force()


class Answer(Protocol):
    """What came back."""

    @property
    def content(self) -> bytes: ...
    @property
    def status_code(self) -> int: ...


class Caller:
    """A program that has signed in as somebody."""

    def __init__(self, force: Force, role: Role) -> None:
        self.client = Client()
        self.client.force_login(force.one(role))

    def get(self, place: str) -> Answer:
        return self.client.get(f"/api/v1/{place}")

    def post(self, place: str, given: object) -> Answer:
        body = given if isinstance(given, (str, bytes)) else json.dumps(given, default=str)
        return self.client.post(f"/api/v1/{place}", body, content_type="application/json")


def one(incident: Incident) -> str:
    return f"incidents/{incident.number}/{incident.day:%d%m%Y}"


def said(response: Answer) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(response.content)
    return found


def test_a_program_that_has_not_signed_in_is_told_so() -> None:
    response = Client().get("/api/v1/worklist")
    assert response.status_code == 401
    assert said(response)["code"] == "not-signed-in"


def test_a_post_without_the_token_of_the_session_is_refused(force: Force) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(force.one(Role.CALL_HANDLER))
    response = client.post("/api/v1/incidents", {}, content_type="application/json")
    assert response.status_code == 403
    assert not Incident.objects.exists()


def test_a_domestic_incident_lives_its_whole_life_over_the_api(force: Force) -> None:
    handler = Caller(force, Role.CALL_HANDLER)
    told = {"where": "1 Mill Lane", "what": "Shouting", "district_id": force.district.id, "domestic": True}
    opened = handler.post("incidents", told)
    assert opened.status_code == 201
    place = one(Incident.objects.get())
    assert handler.post(f"{place}/grade", {"grade": 1}).status_code == 200
    assert handler.post(f"{place}/log", {"text": "Caller has hung up"}).status_code == 200
    unit = said(Caller(force, Role.DISPATCHER).post(f"{place}/units", {"unit": "ab1"}))["units"][0]["id"]
    assert said(Caller(force, Role.DISPATCHER).post(f"{place}/units/{unit}/arrived", {}))["units"][0]["arrived_at"]
    response = Caller(force, Role.RESPONSE)
    child = said(response.post(f"{place}/children", {"name": "A child (made up)"}))["children"][0]["id"]
    assessed = {"answers": {"fear": "yes"}, "grade": "high", "rationale": "Injury seen"}
    assessment = said(response.post(f"{place}/assessments", assessed))["assessments"][0]
    assert assessment["answers"]["weapon"] == "not_asked"
    blocked = response.post(f"{place}/close", {"note": "Done", "code": "crime-violence"})
    assert blocked.status_code == 409
    assert {d["rule"] for d in said(blocked)["details"]["obligations"]} >= {"child-decision", "da-assessment-review"}
    force.record_victim(Incident.objects.get())
    recorded = {"result": "crime", "rationale": "Assault reported"}
    assert response.post(f"{place}/recording-decisions", recorded).status_code == 201
    review = Caller(force, Role.SERGEANT).post(f"{place}/assessments/{assessment['id']}/reviews", {"agreed": True})
    assert review.status_code == 201
    decided = Caller(force, Role.SAFEGUARDING).post(f"{place}/children/{child}/decisions", {"decision": "refer_now"})
    assert decided.status_code == 201
    closed = said(response.post(f"{place}/close", {"note": "Done", "code": "crime-violence", "results": ["arrest"]}))
    assert closed["closed_at"]
    # A closing may be drawn for a check, and in the holidays other agencies are told of the child.
    unmet = {d["rule"] for d in closed["owed"] if d["met_at"] is None} - {"closure-check", "encompass-holiday"}
    assert unmet == {
        "child-referral-now",
        "child-school-known",
        "da-secondary-high",
        "encompass-notification",
        "high-risk-referral",
        "vulnerability-decision",
    }
    assert said(Caller(force, Role.SERGEANT).post(f"{place}/reopen", {"reason": "New facts"}))["closed_at"] is None


def test_the_same_key_opens_one_incident(force: Force) -> None:
    handler = Caller(force, Role.CALL_HANDLER)
    told = {"where": "Here", "what": "That", "district_id": force.district.id, "key": uuid4()}
    first, second = handler.post("incidents", told), handler.post("incidents", told)
    assert (first.status_code, second.status_code) == (201, 200)
    assert said(first)["id"] == said(second)["id"]


def test_the_district_of_a_call_can_follow(force: Force) -> None:
    handler = Caller(force, Role.CALL_HANDLER)
    opened = said(handler.post("incidents", {"where": "Here", "what": "That"}))
    found = Incident.objects.get(id=opened["id"])
    assert found.district_id != force.district.id
    place = f"incidents/{found.number}/{found.day:%d%m%Y}/district"
    assert handler.post(place, {"district_id": 10**9}).status_code == 422
    for _ in range(2):
        assert said(handler.post(place, {"district_id": force.district.id}))["district_id"] == force.district.id


def test_a_known_district_lets_go_of_an_incident_by_a_transfer_alone(force: Force) -> None:
    incident, handler = force.incident(), Caller(force, Role.CALL_HANDLER)
    other = District.objects.create(code="S", name="South (made up)")
    refused = handler.post(f"{one(incident)}/district", {"district_id": other.id})
    assert refused.status_code == 409
    assert "Offer it to the other district" in said(refused)["mend"]
    incident.refresh_from_db()
    assert incident.district == force.district


@pytest.mark.parametrize(
    "body",
    [{}, {"where": "x"},
     {"what": "y"}, {"where": "x", "what": "y", "district_id": 10**15}, "[]", "{bad", "", b"\xff\xfe",
     {"where": "x" * 301, "what": "y", "district_id": 1}, {"where": "a\u0000b", "what": "y", "district_id": 1},
     '{"where": "\\ud800", "what": "y", "district_id": 1}', "x" * 3_000_000,
     {"where": "x", "what": "y", "district_id": 1, "reported_at": "2019-07-05T03:12:00"}],
)  # fmt: skip
def test_a_body_that_cannot_be_taken_is_refused_in_one_shape(force: Force, body: object) -> None:
    response = Caller(force, Role.CALL_HANDLER).post("incidents", body)
    assert response.status_code in {400, 413, 422}
    assert set(said(response)) == {"code", "message", "mend", "details", "request_id"}
    assert said(response)["request_id"]
    assert not Incident.objects.exists()


@pytest.mark.parametrize(
    ("place", "status"),
    [
        ("worklist?reach=odd", 422),
        ("worklist?page=0", 422),
        ("worklist?page=99999999", 422),
        ("assurance?as_at=0001-01-01T00:00:00Z", 422),
        ("assurance?as_at=2019-07-05T00:00:00", 422),
        ("assurance?arose_within=0", 422),
        ("rules?as_at=yesterday", 422),
        ("incidents/1/99999999", 404),
        ("incidents/0/05072019", 422),
        ("incidents/1/05072019", 404),
        ("nowhere", 404),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(force: Force, place: str, status: int) -> None:
    response = Caller(force, Role.SERGEANT).get(place)
    assert response.status_code == status
    assert said(response)["code"] in {"invalid", "not-found"}


@pytest.mark.parametrize(
    "place",
    ["worklist", "worklist?late_only=true&reach=escalated", "rules", "rules?as_at=2010-01-01", "assurance",
     "assurance?arose_within=28", "incidents", "incidents?state=open"],
)  # fmt: skip
def test_every_question_has_an_answer(force: Force, place: str) -> None:
    force.incident()
    assert Caller(force, Role.SERGEANT).get(place).status_code == 200


def test_a_restricted_incident_is_not_there_for_a_stranger(force: Force) -> None:
    secret = force.incident(where="A secret place")
    control.restrict(secret.id, [], [], "A colleague is involved", force.one(Role.SERGEANT))
    stranger = Caller(force, Role.RESPONSE)
    for place in ("", "/safeguarding", "/recording-decisions"):
        assert stranger.get(one(secret) + place).status_code == 404
    assert b"A secret place" not in stranger.get("incidents").content + stranger.get("worklist").content
    assert stranger.post(f"{one(secret)}/log", {"text": "x"}).status_code == 404


def test_things_of_another_incident_are_out_of_reach(force: Force) -> None:
    here, there = force.incident(), force.incident()
    unit = control.assign_unit(there.id, "AB1", force.one(Role.DISPATCHER))
    caller = Caller(force, Role.SERGEANT)
    assert caller.post(f"{one(here)}/units/{unit.id}/arrived", {}).status_code == 404
    assert caller.post(f"{one(here)}/children/1/decisions", {"decision": "refer_now"}).status_code == 404
    assert caller.post(f"{one(here)}/assessments/1/reviews", {"agreed": True}).status_code == 404


def test_the_description_of_the_api_names_every_verb(force: Force) -> None:
    described = said(Caller(force, Role.SERGEANT).get("openapi.json"))
    verbs = {place.rsplit("/", 1)[-1] for place in described["paths"]}
    wanted = {
        "log",
        "grade",
        "domestic",
        "units",
        "children",
        "assessments",
        "reviews",
        "decisions",
        "waivers",
        "close",
    }
    assert wanted | {"reopen", "recording-decisions", "worklist", "rules", "assurance"} <= verbs
