"""The schemes over HTTP: every verb, and what is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

if TYPE_CHECKING:
    from iops.control.models import Incident
    from iops.foundation.models import User
    from tests.safeguarding.schemes.conftest import Unit

pytestmark = pytest.mark.django_db
API = "/api/v1"


class Caller:
    """Somebody who calls the API, signed in."""

    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user)

    def get(self, place: str, status: int = 200) -> Any:
        answer = self.client.get(f"{API}{place}")
        assert answer.status_code == status, answer.content
        return answer.json()

    def post(self, place: str, given: dict[str, Any], status: int = 201) -> Any:
        answer = self.client.post(f"{API}{place}", json.dumps(given, default=str), content_type="application/json")
        assert answer.status_code == status, answer.content
        return answer.json()


def place(incident: Incident) -> str:
    return f"/incidents/{incident.number}/{incident.day:%d%m%Y}/schemes"


def test_notices_disclosure_and_marac_over_the_api(unit: Unit) -> None:
    ann, bob = unit.person("Ann"), unit.person("Bob", "1980-01-02")
    incident = unit.between(ann, bob, "2026-11-10 09:00")
    officer, keeper = Caller(unit.officer), Caller(unit.keeper)
    here = place(incident)

    notice = {"kind": "dapn", "victim_id": ann.id, "respondent_id": bob.id, "authoriser": "x", "grounds": "x"}
    served = {**notice, "authorised_rank": "inspector", "served_at": "2026-11-10T10:00:00Z"}
    made = officer.post(f"{here}/notices", served)
    assert (made["state"], made["due_at"]) == ("served", "2026-11-12T10:00:00Z")
    officer.post(f"{here}/notices", served, 409)
    step = {"kind": "order_made", "at": "2026-11-11T10:00:00Z"}
    assert officer.post(f"/schemes/notices/{made['id']}/steps", step)["state"] == "order_made"
    Caller(unit.inspector).post(f"/schemes/notices/{made['id']}/lapse-review", {"note": "x"}, 409)

    asked = {"route": "right_to_know", "at_risk_id": ann.id, "other_id": bob.id}
    made = officer.post(f"{here}/disclosure", asked)
    told = {"kind": "not_to_disclose", "note": "Nothing to tell"}
    officer.post(f"/schemes/disclosure/{made['id']}/steps", told, 403)
    assert keeper.post(f"/schemes/disclosure/{made['id']}/steps", told)["ended"]

    case = {"victim_id": ann.id, "perpetrator_ids": [bob.id], "route": "escalation", "reasons": "Third in a year"}
    case = officer.post(f"{here}/marac", {**case, "referred_at": "2026-11-10T11:00:00Z"})
    meeting = {"district_id": unit.force.district.id, "at": "2026-11-12T09:30:00Z"}
    meeting = keeper.post("/schemes/marac/meetings", meeting)
    listing = f"/schemes/marac/{case['id']}/listing"
    assert keeper.post(listing, {"meeting_id": meeting["id"]}, 200)["state"] == "listed"
    action = {"owner": "IDVA", "what": "Call", "due_on": "2026-12-01"}
    heard = {"outcome": "Plan", "actions": [action], "heard_at": "2026-11-12T10:00:00Z"}
    assert keeper.post(f"/schemes/marac/{case['id']}/hearing", heard, 200)["state"] == "heard"
    added = keeper.post(f"/schemes/marac/{case['id']}/actions", {**action, "owner": "Housing"})
    assert officer.post(f"/schemes/marac-actions/{added['id']}/done", {"note": "Done"}, 200)["ended"]
    assert {m["id"] for m in keeper.get("/schemes/marac/meetings")} <= {meeting["id"]}
    schemes = {i["scheme"] for i in officer.get(here)}
    assert schemes == {"notices", "disclosure", "marac", "marac-actions", "victims"}
    for scheme in schemes:
        assert officer.get(f"/schemes/{scheme}?ended=true")["page"]["total"] >= 1


def test_children_matac_and_victims_over_the_api(unit: Unit) -> None:
    bob = unit.person("Bob", "1980-01-02")
    incident = unit.between(unit.person("Ann"), bob, "2026-11-10 09:00")
    child = unit.child(incident)
    officer, keeper, sergeant = (Caller(u) for u in (unit.officer, unit.keeper, unit.sergeant))
    here = place(incident)

    school = keeper.post("/schemes/encompass/schools", {"code": "100001", "name": "Mill Lane (made up)"})
    assert [s["code"] for s in officer.get("/schemes/encompass/schools")] == ["100001"]
    known = {"standing": "known", "school_id": school["id"]}
    assert officer.post(f"{here}/children/{child.id}/school", known)["what"] == "Mill Lane (made up)"
    assert officer.post(f"{here}/children/{child.id}/told", {"recipient": "Head"})["state"] == "told"
    officer.post(f"{here}/children/{child.id}/not-told", {"code": "would_harm", "note": "x"}, 403)
    harm = officer.post(f"{here}/children/{child.id}/harm", {"grounds": "Bruises"})
    talked = {"taking_part": "x", "outcome": "joint", "conference": True}
    talked = officer.post(f"/schemes/child-protection/{harm['id']}/discussions", talked)
    assert talked["state"] == "conference owed"
    held = {"plan": True, "note": "Plan"}
    assert keeper.post(f"/schemes/child-protection/{harm['id']}/conferences", held)["ended"]

    made = officer.post(f"{here}/matac", {"person_id": bob.id, "source": "Police", "reasons": "x"})
    decided = {"decision": "adopted", "plan": "Disrupt"}
    assert keeper.post(f"/schemes/matac/{made['id']}/decision", decided, 200)["state"] == "adopted"
    assert keeper.get("/schemes/matac/serial") == []

    (rights,) = (i for i in officer.get(here) if i["scheme"] == "victims")
    officer.post(f"/schemes/victims/{rights['id']}/steps", {"kind": "needs_assessed", "note": "x"})
    enhanced = f"/schemes/victims/{rights['id']}/enhanced"
    sergeant.post(enhanced, {"enhanced": False}, 422)
    assert sergeant.post(enhanced, {"enhanced": False, "reason": "x"}, 200)["what"] == "standard"
    assert officer.post(enhanced, {"enhanced": True}, 200)["what"] == "enhanced"

    schemes = {i["scheme"] for i in officer.get(here)}
    assert schemes == {"encompass", "child-protection", "matac", "victims"}
    for scheme in schemes:
        assert officer.get(f"/schemes/{scheme}?ended=true")["page"]["total"] >= 1


def test_what_cannot_be_is_refused_by_name(unit: Unit) -> None:
    incident, officer = unit.incident(), Caller(unit.officer)
    here = place(incident)
    case = {"victim_id": 1, "perpetrator_ids": [2], "route": "escalation", "reasons": "x"}
    officer.post(f"{here}/marac", {**case, "perpetrator_ids": [1] * 21}, 422)
    officer.post(f"{here}/marac", {**case, "route": "gossip"}, 422)
    officer.post(f"{here}/marac", {**case, "victim_id": 10**30}, 422)
    officer.post(f"{here}/marac", {**case, "reasons": "x\x00"}, 400)
    officer.post(f"{here}/marac", case, 404)
    officer.post(f"{here}/children/1/told", {"recipient": "x"}, 404)
    officer.post("/schemes/marac/1/listing", {"meeting_id": 1}, 403)
    officer.post("/schemes/notices/1/steps", {"kind": "lapsed"}, 422)
    officer.get("/schemes/gossip", 422)
    assert Client().get(f"{API}/schemes/marac").status_code == 401
