"""The record and handover over the API, and what they refuse."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from iops.control import services as control
from iops.foundation import clock
from iops.foundation.models import District, Membership, Team, User
from iops.foundation.roles import Role
from tests.control.dispatch.test_api import Caller, one

if TYPE_CHECKING:
    from tests.force import Force

pytestmark = pytest.mark.django_db
REPORT = {"exact_location": "Junction 4", "type": "Coach", "casualties": 12}


def test_the_log_is_written_corrected_and_read(force: Force) -> None:
    incident, handler = (
        force.incident(reported_at=clock.now() - dt.timedelta(hours=2)),
        Caller(force.one(Role.SERGEANT)),
    )
    at = (clock.now() - dt.timedelta(hours=1)).replace(microsecond=0)
    handler.post(f"{one(incident)}/log", {"text": "A red van", "at": at.isoformat()})
    (line,) = handler.get(f"{one(incident)}/log/lines")
    assert (line["text"], line["kind"], dt.datetime.fromisoformat(line["at"])) == ("A red van", "typed", at)
    made = handler.post(f"log/{line['id']}/correct", {"text": "A blue van"}, 201)
    assert made["corrects"] == line["id"]
    handler.post(f"{one(incident)}/grade", {"grade": 2})
    lines = handler.get(f"{one(incident)}/log/lines?kind=typed&order=recorded")
    assert {entry["text"]: entry["corrected_by"] for entry in lines} == {"A red van": [made["id"]], "A blue van": []}
    assert [entry["text"] for entry in handler.get(f"{one(incident)}/log/lines?kind=system")] == ["Graded 2."]
    handler.get(f"{one(incident)}/log/lines?kind=other", 422)
    handler.post("log/999999/correct", {"text": "x"}, 404)
    handler.post(f"{one(incident)}/log", {"text": "x", "at": "2199-01-01T00:00:00Z"}, 422)


def test_links_transfers_and_major_incidents(force: Force) -> None:
    south = District.objects.create(code="S", name="South (made up)")
    here, other = force.incident(), force.incident()
    dispatcher, inspector = Caller(force.one(Role.DISPATCHER)), Caller(force.one(Role.INSPECTOR))
    told = {"other_id": other.id, "kind": "same_as", "reason": "Same caller"}
    ties = dispatcher.post(f"{one(here)}/links", told, 201)
    dispatcher.post(f"{one(here)}/links", told, 409)
    link = ties["links"][0]
    assert (link["words"], link["other"]) == ("same as", other.reference)
    dispatcher.post(f"incident-links/{link['id']}/withdraw", {"reason": "Two brothers"})
    assert dispatcher.get(f"{one(other)}/ties")["links"][0]["withdrawn_reason"] == "Two brothers"

    dispatcher.post(f"{one(here)}/transfers", {"reason": "x"}, 422)
    dispatcher.post(f"{one(here)}/transfers", {"reason": "x", "district_id": south.id, "force": "B"}, 422)
    offer = dispatcher.post(f"{one(here)}/transfers", {"reason": "River", "district_id": south.id}, 201)
    dispatcher.post(f"transfers/{offer['id']}/accept", {}, 403)
    dispatcher.post(f"transfers/{offer['id']}/withdraw", {"reason": "Wrong street"})
    offer = dispatcher.post(f"{one(here)}/transfers", {"reason": "River", "district_id": south.id}, 201)
    inspector.post(f"transfers/{offer['id']}/refuse", {"reason": "North"})
    offer = dispatcher.post(f"{one(here)}/transfers", {"reason": "Border", "force": "Borderland"}, 201)
    taken = dispatcher.post(f"transfers/{offer['id']}/accept", {"accepted_name": "PC B", "reference": "B1"})
    assert (taken["to"], taken["accepted"], taken["reference"]) == ("Borderland", True, "B1")

    dispatcher.post(f"{one(here)}/major-incident", {"name": "J4", **REPORT}, 403)
    made = inspector.post(f"{one(here)}/major-incident", {"name": "J4", **REPORT}, 201)
    place = f"major-incidents/{made['id']}"
    dispatcher.post(f"{place}/incidents/{other.id}", {}, 201)
    seen = dispatcher.post(f"{place}/reports", REPORT | {"casualties": 14}, 201)
    assert [r["casualties"] for r in seen["reports"]] == [14, 12]
    assert seen["incidents"] == [here.reference, other.reference]
    assert {line["incident"] for line in seen["lines"]} == {here.reference, other.reference}
    assert dispatcher.get(f"{one(here)}/ties")["major_incidents"] == [made["id"]]
    left = dispatcher.post(f"{place}/incidents/{other.id}/take-off", {"reason": "Another road"})
    assert left["incidents"] == [here.reference]
    dispatcher.post(f"{place}/incidents/{other.id}/take-off", {"reason": "Again"}, 404)
    inspector.post(f"{place}/stand-down", {"reason": "Road open"})
    assert dispatcher.get("major-incidents")[0]["stand_down_reason"] == "Road open"
    dispatcher.get("major-incidents/999999", 404)


def test_a_desk_is_handed_over(force: Force) -> None:
    team = Team.objects.create(name="Control room (made up)")
    people = [User.objects.create(username=name, name=name) for name in ("anna", "ben")]
    for person in people:
        Membership.objects.create(user=person, team=team, role=Role.SERGEANT)
    anna, ben = (Caller(person) for person in people)
    incident, desk = force.incident(), f"desks/{team.id}"
    control.grade(incident.id, 1, "", force.one(Role.CALL_HANDLER))
    on = anna.post(f"{desk}/on", {"role": "sergeant"}, 201)
    anna.post(f"{desk}/on", {"role": "inspector"}, 403)
    message = anna.post(f"{desk}/messages", {"text": "The lift key"}, 201)
    given = anna.post(f"{desk}/handovers", {"role": "sergeant", "note": "Quiet"}, 201)
    assert given["snapshot"]["counts"]["incidents"] == 1
    taken = ben.post(f"handovers/{given['id']}/accept")
    assert (taken["accepted_by_id"], taken["handed_by_id"]) == (people[1].id, people[0].id)
    assert ben.post(f"desk-messages/{message['id']}/take")["taken_by_id"] == people[1].id
    anna.post(f"desk-duties/{on['id']}/off", {}, 409)
    assert ben.get(f"{desk}/outstanding?hours=4")["counts"]["messages"] == 0
    assert ben.get("escalations?since=2026-01-01T00:00:00Z") == []
    ben.get("desks/999999/outstanding", 404)
    ben.get(f"{desk}/outstanding?hours=1000", 422)
