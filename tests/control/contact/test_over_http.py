"""Contacts over the API and on their pages: every verb once, refusals in the one shape, the call carried over."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.test import Client

from iops.control.contact import services
from iops.control.models import Contact, Incident, LogEntry
from iops.control.selectors import address
from iops.foundation import clock
from iops.foundation.roles import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.foundation.models import User
    from tests.force import Force

pytestmark = pytest.mark.django_db


class Caller:
    """A program, or a browser without scripts, that has signed in as somebody."""

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

    def page(self, place: str, status: int = 200) -> str:
        answer = self.client.get(place)
        assert answer.status_code == status, answer.content[:300]
        return answer.content.decode()

    def press(self, place: str, typed: Mapping[str, object] | None = None, status: int = 302) -> str:
        answer = self.client.post(place, typed or {})
        assert answer.status_code == status, answer.content[:2000]
        return answer.headers["Location"] if status == 302 else answer.content.decode()


@pytest.fixture
def desk(handler: User) -> Caller:
    return Caller(handler)


def test_a_call_lives_over_the_api_from_ring_to_outcome(desk: Caller, force: Force) -> None:
    rang = desk.post("contacts/ring", {"channel": "999", "number": "07700 900123", "call_id": "X1"}, 201)
    assert desk.post("contacts/ring", {"call_id": "X1"}, 201)["id"] == rang["id"]
    one = f"contacts/{rang['id']}"
    assert rang["state"] == "ringing"
    assert desk.post(f"{one}/answer")["state"] == "answered, no outcome yet"
    assert desk.post(f"{one}/silent", {"line": "mobile", "pressed": "yes"})["silences"][0]["pressed"] == "yes"
    assert desk.post(f"{one}/place", {"easting": 1, "northing": 2, "source": "network"})["places"][0]["easting"] == 1
    assert desk.post(f"{one}/caller", {"caller_name": "Ann"})["caller_name"] == "Ann"
    assert desk.post(f"{one}/abandon")["abandoned_at"] is not None
    assert desk.post(f"{one}/call-back", {"result": "no_answer"})["call_backs"][0]["result"] == "no_answer"
    promised = clock.now() + timedelta(hours=1)
    assert desk.post(f"{one}/promise", {"call_by": promised.isoformat()})["call_back_by"] is not None
    assert [r["id"] for r in desk.get("contacts?state=call_back")["rows"]] == [rang["id"]]
    incident = force.incident()
    linked = desk.post(f"{one}/link", {"incident_id": incident.id})
    assert (linked["outcome"], linked["incidents"]) == ("linked", [incident.reference])
    assert desk.post(f"{one}/take-back", {"reason": "wrong street"})["outcome"] is None
    assert desk.post(f"{one}/conclude", {"outcome": "referred", "words": "Ambulance"})["conclusion"] == "Ambulance"
    refused = desk.post(f"{one}/conclude", {"outcome": "advice", "words": "x"}, 409)
    assert refused["code"] == "conflict"
    assert desk.get("contacts/999999", 404)["code"] == "not-found"


def test_an_incident_is_opened_from_a_contact_over_the_api(desk: Caller) -> None:
    taken = desk.post("contacts", {"channel": "counter", "caller_name": "Ann"}, 201)
    opened = desk.post("incidents", {"where": "1 Mill Lane", "what": "Lost child", "contact_id": taken["id"]}, 201)
    assert (opened["caller_name"], opened["channel"]) == ("Ann", "counter")
    assert desk.get(f"contacts/{taken['id']}")["outcome"] == "incident"


def test_the_figures_and_the_questions_of_a_call_are_there(desk: Caller, force: Force) -> None:
    rang = desk.post("contacts/ring", {"number": "07700 900123"}, 201)
    desk.post(f"contacts/{rang['id']}/end", {}, 409)
    desk.post(f"contacts/{rang['id']}/answer")
    desk.post(f"contacts/{rang['id']}/end")
    since = (clock.now() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    until = (clock.now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    (times,) = desk.get(f"contacts/answer-times?since={since}&until={until}")
    assert (times["channel"], times["answered"], times["in_target"]) == ("999", 1, 1)
    incident = force.incident(where="14 Acacia Road", what="Bin on fire")
    (same,) = desk.get("same-incidents?where=14+acacia+rd&what=fire+in+a+bin")
    assert same["incident_id"] == incident.id
    assert same["score"] > 60
    (called,) = desk.get("persistent-caller?number=07700900123")["outcomes"]
    assert (called["outcome"], called["month"], called["year"]) == ("", 1, 1)


def test_notes_on_callers_over_the_api(desk: Caller, force: Force) -> None:
    told = {"number": "07700 900123", "grounds": "x", "handling": "y", "review_on": clock.today() + timedelta(days=9)}
    desk.post("caller-notes", told, 403)
    sergeant = Caller(force.one(Role.SERGEANT))
    note = sergeant.post("caller-notes", told, 201)
    assert [n["id"] for n in desk.get("caller-notes")] == [note["id"]]
    assert desk.get("persistent-caller?number=%2B447700900123")["notes"][0]["handling"] == "y"
    ended = sergeant.post(f"caller-notes/{note['id']}/review", {"keep": False, "words": "stopped"})
    assert ended["ended_at"] is not None


def test_a_ringing_call_is_answered_on_its_page_and_carried_into_the_new_incident(desk: Caller, handler: User) -> None:
    contact = services.ring(channel="999", by=handler, number="07700 900123")
    assert f"Answer contact {contact.id}" in desk.page("/contacts/")
    carried = desk.press(f"/contacts/{contact.id}/answer/")
    assert carried == f"/incidents/new/?contact={contact.id}"
    page = desk.page(carried)
    assert 'value="07700 900123"' in page
    assert f'name="contact" value="{contact.id}"' in page
    typed = {"where": "1 Mill Lane", "what": "Help", "call_back": "07700 900123", "channel": "999", "key": uuid4()}
    there = desk.press("/incidents/new/", typed | {"contact": contact.id})
    incident = Incident.objects.get()
    assert there == address(incident)
    assert incident.contact == contact
    assert desk.press("/incidents/new/", typed | {"contact": contact.id}) == there
    assert Incident.objects.count() == Contact.objects.count() == 1


@pytest.mark.parametrize(
    ("step", "typed", "said"),
    [
        ("gone", {}, "The caller is gone"),
        ("end", {}, "ended"),
        ("silent", {"heard": "distress", "responded": "no", "line": "mobile", "pressed": "yes"}, "pressed 55"),
        ("place", {"said": "By the canal", "source": "caller"}, "By the canal"),
        ("caller", {"caller_name": "Ann"}, "Ann"),
        ("promise", {"within": "30"}, "Call back as promised"),
        ("call-back", {"result": "voicemail"}, "voicemail"),
        ("conclude", {"outcome": "advice", "words": "Told to lock it"}, "Told to lock it"),
    ],
)
def test_each_step_is_taken_on_the_page_of_the_contact(
    step: str, typed: dict[str, object], said: str, desk: Caller, handler: User
) -> None:
    contact = services.ring(channel="999", by=handler)
    services.answer(contact.id, handler)
    place = desk.press(f"/contacts/{contact.id}/{step}/", typed)
    assert place == f"/contacts/{contact.id}/"
    assert said in desk.page(place)


@pytest.mark.parametrize(
    ("step", "typed", "status"),
    [
        ("conclude", {"outcome": "advice", "words": ""}, 422),
        ("conclude", {"outcome": "incident", "words": "x"}, 422),
        ("link", {"reference": "nonsense"}, 422),
        ("link", {"reference": "999999/01012020"}, 404),
        ("caller", {"person_id": "999999"}, 404),
        ("place", {"source": "caller"}, 422),
        ("silent", {"heard": "nothing", "line": "landline", "pressed": "yes"}, 422),
        ("call-back", {"result": "unsafe"}, 422),
    ],
)
def test_a_refused_step_comes_back_with_the_page_and_what_is_wrong(
    step: str, typed: dict[str, object], status: int, desk: Caller, handler: User
) -> None:
    contact = services.take(channel="counter", by=handler)
    assert "There is a problem" in desk.press(f"/contacts/{contact.id}/{step}/", typed, status)
    desk.press(f"/contacts/{contact.id}/dance/", {}, 404)


def test_a_contact_is_taken_at_a_counter_and_linked_on_its_page(desk: Caller, force: Force) -> None:
    incident = force.incident()
    place = desk.press("/contacts/take/", {"channel": "counter", "caller_name": "Ann"})
    desk.press(f"{place}link/", {"reference": incident.reference})
    assert f"incident {incident.reference}" in desk.page(place)
    assert "There is a problem" in desk.press("/contacts/take/", {"channel": "pigeon"}, 422)


def test_a_note_is_written_and_reviewed_on_its_page(desk: Caller, force: Force) -> None:
    sergeant = Caller(force.one(Role.SERGEANT))
    day = clock.today() + timedelta(days=30)
    when = {"review_on-day": day.day, "review_on-month": day.month, "review_on-year": day.year}
    typed = {"number": "07700 900123", "grounds": "Forty calls", "handling": "Ask for her daughter"} | when
    sergeant.press("/contacts/notes/", typed)
    assert "Ask for her daughter" in desk.page("/contacts/notes/")
    assert "Write a note" not in desk.page("/contacts/notes/")
    assert "There is a problem" in sergeant.press("/contacts/notes/", typed, 409)
    note = f"/contacts/notes/{sergeant.get('caller-notes')[0]['id']}/"
    assert "There is a problem" in sergeant.press(note, {"keep": "yes", "words": "same"}, 422)
    sergeant.press(note, {"keep": "no", "words": "stopped"})
    assert "No note stands" in desk.page("/contacts/notes/")


def test_the_parts_of_the_screen_answer_each_for_itself(desk: Caller, force: Force) -> None:
    incident = force.incident(where="14 Acacia Road", what="Bin on fire", call_back="07700 900123")
    parts = "/incidents/intake/{}/?where=14+acacia+rd&what=bin+fire&call_back=07700900123&caller_name=Ann"
    same = desk.page(parts.format("same"))
    assert f"Link this call to {incident.reference}" in same
    assert "the same street and number" in same
    assert "Judge this call by what it is about" in desk.page(parts.format("persistent"))
    assert incident.reference in desk.page(parts.format("phone"))
    for part in ("warnings", "name", "address", "nearby"):
        assert "Asked" in desk.page(parts.format(part))
        assert "Nothing asked yet" in desk.page(f"/incidents/intake/{part}/?where=a")
    desk.page("/incidents/intake/weather/", 404)


def test_a_call_is_linked_from_the_screen_with_all_that_was_typed_and_pressed_twice_is_once(
    desk: Caller, force: Force
) -> None:
    incident = force.incident(where="14 Acacia Road", what="Bin on fire")
    typed = {"where": "Acacia Rd", "what": "There is smoke.", "call_back": "07700 900456", "key": str(uuid4())}
    for _ in range(2):
        assert desk.press("/contacts/link/", typed | {"incident": incident.id, "channel": "101"}) == address(incident)
    linked = Contact.objects.get(outcome="linked")
    assert (linked.channel, linked.call_back, linked.incident) == ("101", "07700 900456", incident)
    lines = list(LogEntry.objects.filter(incident=incident).order_by("id").values_list("text", flat=True))
    assert lines[1:] == [f"Contact {linked.id} says: Acacia Rd. There is smoke."]
    desk.press("/contacts/link/", {"incident": "x", "key": "y"}, 422)


def test_a_ringing_contact_that_is_answered_is_the_one_that_is_linked(
    desk: Caller, force: Force, handler: User
) -> None:
    incident = force.incident()
    contact = services.ring(channel="999", by=handler, number="07700 900123")
    services.answer(contact.id, handler)
    desk.press("/contacts/link/", {"incident": incident.id, "key": str(uuid4()), "contact": contact.id, "what": "More"})
    contact.refresh_from_db()
    assert (contact.outcome, contact.incident) == ("linked", incident)
    assert Contact.objects.count() == 2


@pytest.mark.parametrize("asked", ["0", "x", "9" * 30, "-1", "\u0663"])
def test_a_contact_that_is_none_leaves_the_new_incident_as_it_is(asked: str, desk: Caller) -> None:
    assert "New incident" in desk.page(f"/incidents/new/?contact={asked}")
