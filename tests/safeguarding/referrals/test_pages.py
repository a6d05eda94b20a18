"""The officer's pages and the API of referrals, with what they must refuse."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from iops.control import services as control
from iops.control.selectors import address
from iops.foundation import clock
from iops.safeguarding.models import Agency, Delivery, Referral, SharingBar
from iops.safeguarding.referrals import outbox, selectors, services
from iops.safeguarding.referrals.states import state_of
from tests.foundation.consulting import assert_consulted

if TYPE_CHECKING:
    from iops.control.models import Incident
    from iops.foundation.models import User
    from tests.safeguarding.referrals.conftest import Desk


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def one(incident: Incident) -> str:
    return f"/api/v1/incidents/{incident.number}/{incident.day:%d%m%Y}"


def form(desk: Desk, **changed: Any) -> dict[str, Any]:
    child = desk.child()
    usual = {
        "person": child.person_id,
        "agency": desk.agency().id,
        "strand": "child",
        "urgency": "immediate",
        "summary": "He was in the room",
        "basis": "safeguard_child",
        "grounds": "He is five",
    }
    return usual | changed


def new(incident: Incident) -> str:
    return f"/referrals/new/{incident.number}/{incident.day:%d%m%Y}/"


def test_an_officer_drafts_sends_and_notes_what_the_agency_said(desk: Desk) -> None:
    client = browser(desk.officer)
    drafted = client.post(new(desk.incident), form(desk))
    assert drafted.status_code == 302
    referral = Referral.objects.get()
    assert drafted.headers["Location"] == f"/referrals/{referral.id}/"
    assert client.post(f"/referrals/{referral.id}/send/").status_code == 302
    typed = {"state": "received", "said_by": "Front desk", "reason": ""}
    assert client.post(f"/referrals/{referral.id}/note/", typed).status_code == 302
    page = client.get(f"/referrals/{referral.id}/").content.decode()
    assert "Front desk" in page
    assert state_of(referral.id) == "received"
    panel = client.get(address(desk.incident)).content.decode()
    assert f"R{referral.id:06d}" in panel
    pdf = client.get(f"/referrals/{referral.id}/package.pdf")
    assert pdf.content.startswith(b"%PDF")


@pytest.mark.parametrize(
    "changed",
    [
        {"person": ""},
        {"person": "999999"},
        {"agency": "x"},
        {"grounds": ""},
        {"summary": ""},
        {"basis": "gossip"},
        {"added": ["history"]},
        {"added": ["everything"], "why": "because"},
        {"attention": "x" * 201},
    ],
)
def test_a_refused_draft_comes_back_with_what_was_typed(desk: Desk, changed: dict[str, Any]) -> None:
    answer = browser(desk.officer).post(new(desk.incident), form(desk, **{"voice": "I want to go home"} | changed))
    assert answer.status_code == 422
    assert "I want to go home" in answer.content.decode()
    assert not Referral.objects.exists()


def test_a_refused_step_comes_back_on_the_page(desk: Desk) -> None:
    referral, client = desk.sent(), browser(desk.officer)
    assert client.post(f"/referrals/{referral.id}/send/").status_code == 409
    assert client.post(f"/referrals/{referral.id}/revoke/", {"reason": ""}).status_code == 422
    assert client.post(f"/referrals/{referral.id}/explode/").status_code == 404
    assert client.post(f"/referrals/{referral.id}/again/").status_code == 404
    assert client.get(f"/referrals/{referral.id}/send/").status_code == 405


def test_the_list_says_how_many_of_how_many_and_what_was_not_delivered(desk: Desk) -> None:
    desk.sent()
    desk.draft("health")
    Delivery.objects.update(dead_at=clock.now())
    client = browser(desk.keeper)
    page = client.get("/referrals/").content.decode()
    assert "1 to 2 of 2" in page
    assert "1 not delivered" in page
    assert "1 to 1 of 1" in client.get("/referrals/?dead=on").content.decode()
    assert "1 to 1 of 1" in client.get("/referrals/?state=drafted&kind=health").content.decode()
    assert "No referrals" in client.get("/referrals/?state=done").content.decode()
    assert client.get("/referrals/?state=%00x&kind=y&district=z&page=-1").status_code in (200, 400)
    assert selectors.counts(desk.keeper) == {"children_services": {"sent": 1}, "health": {"drafted": 1}}


def test_a_dead_letter_is_delivered_again_from_its_page(desk: Desk) -> None:
    referral = desk.sent()
    Delivery.objects.update(dead_at=clock.now())
    client = browser(desk.keeper)
    assert client.post(f"/referrals/{referral.id}/again/").status_code == 302
    assert outbox.deliver_due() == 1


def test_whoever_may_not_see_the_incident_sees_none_of_its_referrals(desk: Desk) -> None:
    referral = desk.sent()
    control.restrict(desk.incident.id, [desk.officer.id], [], "A colleague", desk.sergeant)
    client = browser(desk.keeper)
    for place in (
        f"/referrals/{referral.id}/",
        f"/referrals/{referral.id}/package.pdf",
        f"/api/v1/referrals/{referral.id}",
    ):
        assert client.get(place).status_code == 404
    assert client.post(f"/referrals/{referral.id}/revoke/", {"reason": "No"}).status_code == 404
    assert "No referrals" in client.get("/referrals/").content.decode()
    assert sum(row.referrals for row in selectors.counts_by_day(clock.today(), clock.today())) == 2


def test_to_look_at_a_referral_is_logged_as_a_look_at_its_person(desk: Desk) -> None:
    referral = desk.sent()
    for look in (
        lambda: selectors.one(referral.id, desk.keeper),
        lambda: selectors.on_incident(desk.incident.id, desk.keeper),
        lambda: selectors.listed(desk.keeper, selectors.Wanted()),
    ):
        with assert_consulted("person", [desk.victim.id], desk.keeper):
            look()


def test_the_must_not_receive_list_is_kept_on_the_page_of_the_incident(desk: Desk) -> None:
    client, place = browser(desk.officer), address(desk.incident)
    typed = {"kind": "content", "value": "12 Oak Road", "reason": "She hides there"}
    assert client.post(f"{place}sharing-bar/", typed).status_code == 302
    entry = SharingBar.objects.get()
    assert client.post(f"{place}sharing-bar/", typed | {"value": "abc"}).status_code == 422
    other = address(desk.force.incident())
    keeper = browser(desk.keeper)
    assert keeper.post(f"{other}sharing-lift/", {"target": entry.id, "reason": "Moved"}).status_code == 404
    assert keeper.post(f"{place}sharing-lift/", {"target": entry.id, "reason": "Moved"}).status_code == 302


def call(client: Client, place: str, given: object) -> tuple[int, dict[str, Any]]:
    answer = client.post(place, json.dumps(given), content_type="application/json")
    said: dict[str, Any] = json.loads(answer.content)
    return answer.status_code, said


def body(desk: Desk, **changed: Any) -> dict[str, Any]:
    usual = {
        "person_id": desk.victim.id,
        "agency_id": desk.agency().id,
        "strand": "da_adult",
        "urgency": "routine",
        "summary": "She is afraid",
        "basis": "consent",
    }
    return usual | changed


def test_a_program_takes_a_referral_from_draft_to_decision(desk: Desk) -> None:
    client = browser(desk.officer)
    status, said = call(client, f"{one(desk.incident)}/referrals", body(desk, added={"history": "Five calls"}))
    assert (status, said["state"], said["content_hash"]) == (201, "drafted", "")
    place = f"/api/v1/referrals/{said['id']}"
    assert call(client, f"{place}/send", {})[1]["state"] == "sent"
    for state, reason in (("received", ""), ("rejected", "Not ours")):
        status, said = call(client, f"{place}/notes", {"state": state, "said_by": "Jo", "reason": reason})
        assert (status, said["state"]) == (200, state)
    status, said = call(client, f"{place}/rejection", {"follow": "escalate", "reason": "She is afraid"})
    assert status == 200
    assert len(said["content_hash"]) == 64
    assert [s["state"] for s in json.loads(client.get(place).content)["steps"]] == [
        "drafted",
        "sent",
        "received",
        "rejected",
    ]
    listed = json.loads(client.get("/api/v1/referrals?state=rejected").content)
    assert (listed["page"]["total"], listed["counts"]) == (1, {"children_services": {"rejected": 1}})
    today = clock.today().isoformat()
    counted = json.loads(client.get(f"/api/v1/referral-counts?since={today}&until={today}").content)
    assert {c["state"]: c["referrals"] for c in counted} == {"drafted": 1, "sent": 1, "received": 1, "rejected": 1}


@pytest.mark.parametrize(
    "changed",
    [
        {"urgency": "soon"},
        {"summary": ""},
        {"summary": "\x00"},
        {"summary": "x" * 20_001},
        {"basis": "gossip"},
        {"basis": "vital_interests"},
        {"person_id": -1},
        {"person_id": 10**30},
        {"person_id": "1; drop table"},
        {"added": {"history": ""}},
        {"added": {str(n): "x" for n in range(21)}},
        {"added": []},
        {"strand": None},
        {"attention": "x" * 201},
    ],
)
def test_a_program_that_sends_nonsense_is_told_so(desk: Desk, changed: dict[str, Any]) -> None:
    status, said = call(browser(desk.officer), f"{one(desk.incident)}/referrals", body(desk, **changed))
    assert status in (400, 422)
    assert said["message"]
    assert not Referral.objects.exists()


@pytest.mark.parametrize(
    "span",
    [
        "since=2026-01-02&until=2026-01-01",
        "since=0001-01-01&until=9999-12-31",
        "since=x&until=y",
        "",
        "since=9999-12-31&until=9999-12-31",
    ],
)
def test_counts_over_no_days_or_too_many_are_refused(desk: Desk, span: str) -> None:
    assert browser(desk.officer).get(f"/api/v1/referral-counts?{span}").status_code == 422


def test_what_belongs_to_another_is_not_there(desk: Desk) -> None:
    client = browser(desk.officer)
    for place in ("referrals/1/send", "referrals/9223372036854775807/send"):
        assert call(client, f"/api/v1/{place}", {})[0] == 404
    assert call(client, f"{one(desk.incident)}/referrals", body(desk, person_id=2**60))[0] == 404
    Agency.objects.update(active=False)
    assert call(client, f"{one(desk.incident)}/referrals", body(desk))[0] == 404
    entry = services.bar(desk.force.incident().id, "content", "12 Oak Road", "Safe", desk.officer)
    place = f"{one(desk.incident)}/sharing-bars/{entry.id}/lift"
    assert call(browser(desk.keeper), place, {"reason": "Moved"})[0] == 404


def test_whoever_has_not_signed_in_gets_nothing(desk: Desk) -> None:
    referral = desk.sent()
    assert Client().get(f"/referrals/{referral.id}/").status_code == 302
    assert Client().get("/api/v1/referrals").status_code == 401
    assert call(browser(desk.stranger), f"/api/v1/referrals/{referral.id}/revoke", {"reason": "x"})[0] == 403
