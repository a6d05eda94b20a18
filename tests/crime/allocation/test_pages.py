"""The list of crimes without an owner and the section of a crime, asked over HTTP and over the API."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from iops.crime.allocation import services
from iops.crime.models import AllocationChoice, Crime, CrimeOwner, OfficerSkill, Screening
from iops.crime.recorded.selectors import address
from iops.foundation.context import acting
from iops.foundation.models import Consultation
from iops.foundation.roles import Role
from tests.crime.allocation.scene import GRAVE, crime, detective

if TYPE_CHECKING:
    from tests.force import Force

pytestmark = pytest.mark.django_db
LIST = "/crimes/unallocated/"


@pytest.fixture
def client(force: Force) -> Client:
    client = Client()
    client.force_login(force.one(Role.SERGEANT))
    return client


def body(response: Any) -> str:
    return html.unescape(response.content.decode())


def api(one: Crime, rest: str) -> str:
    return f"/api/v1/crimes/CR-{one.number}-{one.year:%Y}/{rest}"


def test_serious_crimes_with_vulnerable_victims_cannot_be_overlooked(force: Force, client: Client) -> None:
    assert "No serious crime with a vulnerable victim is without an owner" in body(client.get(LIST))
    one, other = crime(force, GRAVE, born="2015-02-03"), crime(force)
    for page in (LIST, "/crimes/"):
        shown = body(client.get(page))
        assert "1 serious crime with a vulnerable victim has no owner" in shown
        assert f'href="{LIST}?critical=on"' in shown
    only = body(client.get(f"{LIST}?critical=on"))
    assert one.reference in only
    assert other.reference not in only
    shown = body(client.get(LIST))
    assert "Stands here because: serious, and the victim is vulnerable; the victim is a child; serious class" in shown
    assert shown.index(one.reference) < shown.index(other.reference)


def test_one_step_allocates_from_the_list_to_whoever_is_suggested_first(force: Force, client: Client) -> None:
    ann = detective("Ann", force.district, "pip2", by=force.one(Role.INSPECTOR))
    one = crime(force, GRAVE)
    shown = body(client.get(LIST))
    assert f'value="user-{ann.id}" checked>' in shown
    assert "Ann (made up): PIP2 accredited" in shown
    answer = client.post(f"{LIST}?critical=", {"crime": one.reference, "owner": f"user-{ann.id}"}, follow=True)
    assert answer.redirect_chain == [(f"{LIST}?critical=", 302)]
    assert f"{one.reference} is allocated to Ann" in body(answer)
    assert "No crimes without an owner" in body(answer)
    assert AllocationChoice.objects.get().followed
    with acting(user_id=force.one(Role.SERGEANT).id):
        looked = Consultation.objects.filter(kind="crime", query__queue="unallocated").first()
    assert looked is not None
    assert looked.record_ids == [one.id]


def test_against_the_suggestion_the_list_asks_why_and_keeps_what_was_chosen(force: Force, client: Client) -> None:
    detective("Ann", force.district, "pip2", by=force.one(Role.INSPECTOR))
    bea, one = detective("Bea", force.district), crime(force, GRAVE)
    typed = {"crime": one.reference, "owner": f"user-{bea.id}"}
    answer = client.post(LIST, typed)
    assert answer.status_code == 422
    assert "Say why to them: it is not the suggestion, Ann (made up)." in body(answer)
    assert f'value="user-{bea.id}" checked>' in body(answer)
    assert not CrimeOwner.objects.exists()
    client.post(LIST, typed | {"reason": "Took the statement"})
    assert AllocationChoice.objects.get().against_reason == "Took the statement"


@pytest.mark.parametrize(
    ("typed", "status", "says"),
    [
        ({}, 422, "choose one"),
        ({"crime": "CR/9999/2026", "owner": "user-1"}, 404, "no crime CR/9999/2026"),
        ({"crime": "<script>", "owner": "team-1"}, 404, "no crime <script>"),
        ({"crime": "x" * 99, "owner": "user-99999999999999999999"}, 422, "one of the choices"),
        ({"crime": "CR/1/2026", "owner": "user-1; drop"}, 422, "one of the choices"),
    ],
)
def test_what_cannot_be_allocated_is_refused_in_words(
    client: Client, typed: dict[str, str], status: int, says: str
) -> None:
    answer = client.post(LIST, typed)
    assert answer.status_code == status
    assert says in body(answer)


def test_a_crime_that_somebody_allocated_meanwhile_is_not_taken_from_them(force: Force, client: Client) -> None:
    ann, bea = detective("Ann", force.district), detective("Bea", force.district)
    one = crime(force)
    services.allocate(one.id, force.one(Role.INSPECTOR), "Near", user_id=ann.id)
    answer = client.post(LIST, {"crime": one.reference, "owner": f"user-{bea.id}", "reason": "x"})
    assert answer.status_code == 409
    assert "has an owner by now" in body(answer)
    assert CrimeOwner.objects.get().user == ann


def test_who_is_no_supervisor_allocates_nothing_to_others(force: Force) -> None:
    client, ann, one = Client(), detective("Ann", force.district), crime(force)
    client.force_login(force.one(Role.CALL_HANDLER))
    answer = client.post(LIST, {"crime": one.reference, "owner": f"user-{ann.id}", "reason": "x"})
    assert answer.status_code == 403
    assert not CrimeOwner.objects.exists()


@pytest.mark.parametrize("query", ["after=x", "after=1~2~3~4~5", "before=~&page=2", "after=" + "9" * 300])
def test_a_place_that_is_none_is_refused_in_words(client: Client, query: str) -> None:
    answer = client.get(f"{LIST}?{query}")
    assert answer.status_code == 422
    assert "no place in this list" in body(answer)


def test_the_page_of_a_crime_suggests_assesses_and_screens(force: Force, client: Client) -> None:
    one = crime(force)
    page = address(one)
    shown = body(client.get(page))
    assert "Allocation and screening" in shown
    assert "Allocate as suggested" in shown
    assert client.post(f"{page}screen/", {"decision": "out", "reason": "x"}).status_code == 409
    client.post(f"{page}solvability/", {"f.camera": "yes", "note": "Asked the shop"})
    shown = body(client.get(page))
    assert "3 points" in shown
    assert "Asked the shop" in shown
    client.post(f"{page}screen/", {"decision": "out", "reason": "The picture shows nobody"})
    assert "Waits for a supervisor" in body(client.get(page))
    assert client.post(f"{page}screening-answer/", {"agreed": "yes", "reason": "x"}).status_code == 403
    other = Client()
    other.force_login(force.another(Role.SERGEANT))
    answer = other.post(f"{page}screening-answer/", {"agreed": "yes", "reason": "Seen"}, follow=True)
    assert "The victim is to be told" in body(answer)
    assert "Agreed by" in body(answer)
    assert one.reference not in body(client.get(LIST))


def test_a_crime_that_is_never_screened_out_says_why_on_its_page(force: Force, client: Client) -> None:
    one = crime(force, GRAVE)
    assert "It is not screened out: its class is a serious one." in body(client.get(address(one)))


def test_the_api_tells_suggests_allocates_and_screens(force: Force, client: Client) -> None:
    ann, one = detective("Ann", force.district), crime(force)
    waiting = client.get("/api/v1/crimes/unallocated").json()
    assert [c["reference"] for c in waiting["crimes"]] == [one.reference]
    assert waiting["critical"] == 0
    offered = client.get(api(one, "suggested-owners")).json()
    assert {o["user_id"] for o in offered["officers"]} >= {ann.id}
    assert offered["order"][0] == "the skills asked for"
    first = offered["officers"][0]["user_id"]
    assert client.post(api(one, "owner"), {"user_id": first}, content_type="application/json").status_code == 200
    assert client.get("/api/v1/crimes/unallocated").json()["crimes"] == []

    def post(rest: str, told: dict[str, object]) -> Any:
        return client.post(api(one, rest), told, content_type="application/json")

    assert post("solvability", {"answers": {"luck": "yes"}}).status_code == 422
    assert post("solvability", {"answers": {"witness": "yes"}}).json()["points"] == 3
    assert post("screening", {"decision": "out", "reason": "Nobody found"}).json()["answer"] == "waits"
    assert post("screening/answer", {"agreed": True, "reason": "x"}).status_code == 403
    assert client.get(api(one, "screening")).json()["bar"] == ""
    assert Screening.objects.get().decision == "out"


def test_the_api_keeps_skills_and_ties(force: Force, client: Client) -> None:
    ann, one = detective("Ann", force.district), crime(force)
    told = {"user_id": ann.id, "skill": "pip2", "shown_by": "Certificate", "since": "2026-01-01"}
    made = client.post("/api/v1/crimes/officer-skills", told, content_type="application/json")
    assert made.status_code == 201
    assert [s["skill"] for s in client.get(f"/api/v1/crimes/officer-skills?user_id={ann.id}").json()] == ["pip2"]
    end = f"/api/v1/crimes/officer-skills/{made.json()['id']}/end"
    assert client.post(end, {"until": "2025-01-01"}, content_type="application/json").status_code == 422
    assert client.post(end, {"until": "2026-11-30"}, content_type="application/json").json()["until"] == "2026-11-30"
    victim = one.victims.get().person_id
    tie = {"user_id": ann.id, "person_id": victim, "tie": "family", "source": "Said so"}
    stated = client.post("/api/v1/crimes/officer-ties", tie, content_type="application/json")
    assert stated.status_code == 201
    refused = client.post(api(one, "owner"), {"user_id": ann.id, "reason": "x"}, content_type="application/json")
    assert refused.status_code == 403
    gone = client.post(
        f"/api/v1/crimes/officer-ties/{stated.json()['id']}/withdraw",
        {"reason": "Not so"},
        content_type="application/json",
    )
    assert gone.status_code == 200


def test_whoever_is_suggested_may_stand_beyond_the_end_of_a_long_list_of_names(
    force: Force, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("iops.crime.recorded.forms.MOST_PEOPLE", 1)
    zoe, one = detective("Zoe", force.district, "pip2", by=force.one(Role.INSPECTOR)), crime(force, GRAVE)
    absent = {"crime": one.reference, "owner": "user-999999999", "reason": "x"}
    assert client.post(LIST, absent).status_code == 404
    assert client.post(LIST, {"crime": one.reference, "owner": f"user-{zoe.id}"}).status_code == 302
    assert CrimeOwner.objects.get().user == zoe


def test_skills_are_recorded_and_ended_on_their_page(force: Force, client: Client) -> None:
    ann, page = detective("Ann", force.district), "/crimes/officers/"
    assert "None is recorded." in body(client.get(page))
    told = {"who": ann.username.upper(), "skill": "pip2", "shown_by": "Certificate 12"}
    assert "Saved for Ann" in body(client.post(page, told, follow=True))
    assert "PIP2 accredited, from" in body(client.get(page))
    again = client.post(page, told)
    assert again.status_code == 409
    assert "They have that skill on record" in body(again)
    for wrong in ({"who": "nobody"}, {"skill": "flying"}, {"shown_by": ""}, {"until-day": "5", "until-year": "2019"}):
        assert client.post(page, told | wrong).status_code == 422
    held = OfficerSkill.objects.get()
    for end in ("x", "9" * 30, "0"):
        assert client.post(page, {"end": end}).status_code == 404
    assert "today is the last day" in body(client.post(page, {"end": held.id}, follow=True))
    other = Client()
    other.force_login(ann)
    assert other.post(page, told).status_code == 403


def test_a_tie_is_said_on_the_page_of_the_crime_of_each_person_in_it(force: Force, client: Client) -> None:
    ann, one = detective("Ann", force.district), crime(force)
    person = one.victims.get().person_id
    assert "Say who works here and is close to Kay Shah (made up)" in body(client.get(address(one)))
    typed: dict[str, object] = {"person": person, "who": "nobody", "tie": "family", "source": "Her brother"}
    answer = client.post(f"{address(one)}tie/", typed)
    assert answer.status_code == 422
    assert "goes by that" in body(answer)
    assert client.post(f"{address(one)}tie/", typed | {"who": ann.username}).status_code == 302
    assert "1 left out, tied to somebody in it" in body(client.get(address(one)))
    assert client.post(f"{address(one)}tie/", typed | {"who": ann.username, "person": "x"}).status_code == 422
