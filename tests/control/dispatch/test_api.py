"""Everything of units, dispatch and grading over the API, and what it refuses in the shape of every refusal."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from iops.control import services as control
from iops.control.models import Thrive
from iops.foundation import clock

if TYPE_CHECKING:
    from iops.control.models import Incident
    from iops.foundation.models import User
    from tests.control.dispatch.conftest import Room

pytestmark = pytest.mark.django_db


class Caller:
    """A program that has signed in as somebody."""

    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user)

    def get(self, place: str, status: int = 200) -> Any:
        answer = self.client.get(f"/api/v1/{place}")
        assert answer.status_code == status, answer.content
        return json.loads(answer.content)

    def post(self, place: str, given: object = None, status: int = 200) -> Any:
        body = json.dumps({} if given is None else given, default=str)
        answer = self.client.post(f"/api/v1/{place}", body, content_type="application/json")
        assert answer.status_code == status, answer.content
        return json.loads(answer.content)


def one(incident: Incident) -> str:
    return f"incidents/{incident.number}/{incident.day:%d%m%Y}"


def test_a_unit_lives_a_whole_tour_over_the_api(room: Room) -> None:
    sergeant, dispatcher = Caller(room.sergeant), Caller(room.dispatcher)
    amber, basil = room.officer("Amber"), room.officer("Basil")
    crew = Caller(amber)
    told = {"callsign": "n1", "kind": "response", "district_id": room.force.district.id}
    unit = sergeant.post("units", told, 201)
    at = f"units/{unit['id']}"
    assert (unit["callsign"], unit["status"], unit["crew"]) == ("N1", "off_duty", [])
    tour = {"crew": [amber.id], "until": (clock.now() + timedelta(hours=8)).isoformat(), "skills": ["taser"]}
    assert crew.post(f"{at}/on-duty", tour)["status"] == "on_duty"
    assert crew.post(f"{at}/crew/join", {"user_id": basil.id})["crew"] == [amber.name, basil.name]
    assert crew.post(f"{at}/crew/leave", {"user_id": basil.id})["crew"] == [amber.name]
    assert crew.post(f"{at}/state", {"code": 2})["code"] == 2
    assert crew.post(f"{at}/position", {"easting": 380_000, "northing": 398_000})["taken"] is True
    check = dispatcher.post(f"{at}/welfare", {"minutes": 5}, 201)
    assert [c["id"] for c in dispatcher.get("welfare-checks")] == [check["id"]]
    assert crew.post(f"welfare-checks/{check['id']}/answer", {"well": True})["well"] is True
    press = crew.post("emergencies", status=201)
    assert [(p["id"], p["easting"]) for p in dispatcher.get("emergencies")] == [(press["id"], 380_000)]
    assert dispatcher.post(f"emergencies/{press['id']}/answer", {"note": "False press"})["answered_at"]
    crew.post(f"{at}/state", {"code": 3})
    assert crew.post(f"{at}/off-duty")["status"] == "off_duty"
    assert sergeant.post(f"{at}/active", {"active": False, "reason": "sold"})["active"] is False
    assert dispatcher.get("units") == []
    assert dispatcher.get(at)["callsign"] == "N1"


def test_a_job_lives_its_whole_life_over_the_api(room: Room) -> None:
    one_unit, two = room.on_duty("N1", at=(380_000, 398_000)), room.on_duty("N2")
    incident, other = room.force.incident(), room.force.incident()
    room.place_of(incident, (380_000, 398_300))
    marker = room.marker(person_id=room.person_on(incident).id)
    dispatcher, crew = Caller(room.dispatcher), Caller(room.crew("N1"))
    best = dispatcher.get(f"{one(incident)}/suggested-units")[0]
    assert (best["callsign"], best["metres"], best["possible"]) == ("N1", 300, True)
    assert all(r["says"] for r in best["reasons"])
    (sent,) = dispatcher.post(f"{one(incident)}/assign", {"unit_ids": [one_unit.id]})
    job = f"deployments/{sent['id']}"
    assert [j["id"] for j in crew.get("deployments/mine")] == [sent["id"]]
    assert crew.post(f"{job}/acknowledge", status=409)["code"] == "conflict"
    assert [m["read"] for m in crew.post(f"{job}/warnings/show")] == [False]
    assert [m["read"] for m in crew.post(f"{job}/warnings/read", {"marker_ids": [marker.id]})] == [True]
    assert [m["person"] for m in dispatcher.get(f"{job}/warnings")] == ["John Smith"]
    assert crew.post(f"{job}/acknowledge")["acknowledged_at"]
    assert crew.post(f"{job}/en-route")["en_route_at"]
    diverted = dispatcher.post(f"{job}/divert", {"incident_id": other.id, "reason": "Shots heard"})
    assert (diverted["diverted_from_id"], diverted["incident_id"]) == (sent["id"], other.id)
    assert crew.post(f"deployments/{diverted['id']}/at-scene")["arrived_at"]
    assert crew.post(f"deployments/{diverted['id']}/clear", {"result": "Nothing found"})["result"] == "Nothing found"
    assert Caller(room.crew("N2")).post(f"{one(incident)}/self-assign")["resource_id"] == two.id
    assert [d["unit"] for d in dispatcher.get(f"{one(incident)}/deployments")] == ["N1", "N2"]


def test_an_incident_is_assessed_graded_and_slowed_down_by_two_over_the_api(room: Room) -> None:
    incident = room.force.incident(domestic=True)
    handler, sergeant = Caller(room.dispatcher), Caller(room.sergeant)
    scheme = handler.get("grading/scheme")
    assert (scheme["code"], scheme["grades"][0]["attend"]) == ("generic-five", "15 minutes")
    parts = {part: {"level": "none"} for part in Thrive.PARTS}
    made = handler.post(f"{one(incident)}/thrive", parts | {"threat": {"level": "high", "text": "knife"}}, 201)
    assert made["parts"]["threat"] == {"level": "high", "text": "knife"}
    assert [t["id"] for t in handler.get(f"{one(incident)}/thrive")] == [made["id"]]
    advice = handler.get(f"{one(incident)}/suggested-grade")
    assert (advice["grade"], advice["reasons"]) == (1, ["The threat is high."])
    assert handler.post(f"{one(incident)}/grade", {"grade": 1})["grade"] == 1
    # The route that has always graded proposes when a second person is needed: the old grade stands.
    assert handler.post(f"{one(incident)}/grade", {"grade": 2, "rationale": "calm"})["grade"] == 1
    (waiting,) = handler.get(f"{one(incident)}/grade-proposals")
    assert (waiting["was"], waiting["grade"], waiting["confirmed"]) == (1, 2, None)
    decide = f"grade-proposals/{waiting['id']}/decide"
    assert handler.post(decide, {"confirmed": True}, 403)["code"] == "not-allowed"
    assert sergeant.post(decide, {"confirmed": True})["confirmed"] is True
    assert handler.get(one(incident))["grade"] == 2
    handler.post(f"{one(incident)}/grade-proposals", {"grade": 3, "reason": "calm"}, 201)


@pytest.mark.parametrize(
    ("place", "given", "status"),
    [
        ("units", {"callsign": "", "kind": "response", "district_id": 1}, 422),
        ("units", {"callsign": "x" * 21, "kind": "response", "district_id": 1}, 422),
        ("units", {}, 422),
        ("units/999999/off-duty", {}, 404),
        ("units/0/off-duty", {}, 422),
        ("units/99999999999999999999/off-duty", {}, 422),
        ("units/1/state", {"code": 100}, 422),
        ("units/1/state", {"code": 2, "note": "\x00"}, 400),
        ("units/1/position", {"easting": -1, "northing": 1}, 422),
        ("units/1/position", {"easting": 1.5, "northing": 1}, 422),
        ("units/1/position", {"easting": 1, "northing": 1, "at": "2026-01-01T00:00:00"}, 422),
        ("deployments/999999/clear", {}, 404),
        ("deployments/999999/fly", {}, 422),
        ("deployments/999999/warnings/read", {"marker_ids": []}, 422),
        ("deployments/999999/divert", {"incident_id": 1, "reason": "x"}, 404),
        ("emergencies/999999/answer", {"note": "x"}, 404),
        ("welfare-checks/999999/answer", {"well": True}, 404),
        ("grade-proposals/999999/decide", {"confirmed": True}, 404),
        ("incidents/1/01012026/assign", {"unit_ids": [1]}, 404),
        ("incidents/1/99999999/thrive", {}, 422),
    ],
)
def test_what_cannot_be_is_refused_in_the_shape_of_every_refusal(
    room: Room, place: str, given: object, status: int
) -> None:
    answer = Caller(room.sergeant).post(place, given, status)
    assert {"code", "message", "mend", "details", "request_id"} <= set(answer)


def test_who_may_not_see_an_incident_finds_none_of_it(room: Room) -> None:
    unit, incident = room.on_duty("N1"), room.force.incident()
    control.restrict(incident.id, [], [], "sensitive", room.sergeant)
    (sent,) = Caller(room.sergeant).post(f"{one(incident)}/assign", {"unit_ids": [unit.id]})
    caller = Caller(room.dispatcher)
    for place in ("deployments", "suggested-units", "thrive", "suggested-grade", "grade-proposals"):
        caller.get(f"{one(incident)}/{place}", 404)
    caller.get(f"deployments/{sent['id']}/warnings", 404)
    assert (caller.get("units")[0]["status"], caller.get("units")[0]["incident"]) == ("assigned", "")
