"""Recording people, places and warnings on the pages: what is typed is kept, what is refused says why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol
from uuid import uuid4

import pytest
from django.test import Client

from iops.foundation.roles import Role
from iops.pole import services
from iops.pole.entry.actions import OF_LOCATION, OF_PERSON
from iops.pole.models import Birth, Detail, Identifier, IdentityDecision, Link, Location, Name, Person, WarningMarker
from tests.force import Force
from tests.foundation.acting_as import as_user

if TYPE_CHECKING:
    from iops.foundation.models import User

pytestmark = pytest.mark.django_db


class Answer(Protocol):
    """What came back."""

    @property
    def content(self) -> bytes: ...
    @property
    def status_code(self) -> int: ...


@pytest.fixture
def force() -> Force:
    return Force()


@pytest.fixture
def officer(force: Force) -> User:
    return force.one(Role.RESPONSE)


@pytest.fixture
def client(officer: User) -> Client:
    signed_in = Client()
    signed_in.force_login(officer)
    return signed_in


@pytest.fixture
def person(officer: User) -> Person:
    return services.register_person("Stephen Greene", officer, born="12/3/1985", made_up=True)


def body(response: Answer) -> str:
    return response.content.decode()


def new(**typed: object) -> dict[str, object]:
    return {"name": "Stephen Greene", "key": uuid4()} | typed


# --- a new person ----------------------------------------------------------------------------------------------------


def test_a_person_is_recorded_with_address_and_number_in_one_form(client: Client) -> None:
    answer = client.post(
        "/people/new/", new(born="12/3/1985", sex="male", address="14 Acacia Road, BL1 2AB", phone="0161 496 0123")
    )
    who = Person.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/people/{who.id}/")
    assert {(link.to_kind, link.role) for link in Link.objects.all()} == {("location", "home"), ("phone", "user")}
    assert Location.objects.get().postcode == "BL1 2AB"


def test_whoever_they_may_be_already_is_shown_before_somebody_is_recorded_anew(client: Client, person: Person) -> None:
    answer = client.post("/people/new/", new(name="Steven Green", born="3/12/1985"))
    assert answer.status_code in (302, 409)
    answer = client.post("/people/new/", new(name="Stephen Greene", born="12/3/1985"))
    shown = body(answer)
    assert answer.status_code == 409
    assert "Is this who you mean?" in shown
    assert f"/people/{person.id}/" in shown
    assert "family name: the same" in shown
    assert 'value="Stephen Greene"' in shown
    assert 'value="12/3/1985"' in shown


def test_in_spite_of_a_strong_match_somebody_is_recorded_with_a_reason_and_it_is_never_asked_again(
    client: Client, person: Person
) -> None:
    typed = new(name="Stephen Greene", born="12/3/1985", despite="His twin cousin of the same name, spoken to both")
    answer = client.post("/people/new/", typed)
    assert answer.status_code == 302
    decision = IdentityDecision.objects.get()
    assert (decision.verdict, decision.one_id) == ("different", person.id)
    assert decision.reason == "His twin cousin of the same name, spoken to both"


def test_a_form_sent_twice_records_once(client: Client) -> None:
    typed = new()
    first, second = client.post("/people/new/", typed), client.post("/people/new/", typed)
    assert Person.objects.count() == 1
    assert first.headers["Location"] in (second.headers.get("Location"), f"/people/{Person.objects.get().id}/")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "Name is empty"),
        ({"name": "x" * 301}, "at most 300"),
        ({"born": "31/2/1985"}, "There is no day 31/2/1985"),
        ({"born": "1/1/2200"}, "lies ahead"),
        ({"born": "1/1/1800"}, "130 years"),
        ({"source": "gossip"}, "not one of the choices"),
        ({"since-day": "1", "since-month": "13", "since-year": "2019"}, "no such day"),
    ],
)
def test_what_cannot_be_taken_says_why_and_loses_nothing(client: Client, typed: dict[str, str], said: str) -> None:
    answer = client.post("/people/new/", new(phone="0161 496 0123", **typed))
    assert answer.status_code == 422
    assert said in body(answer)
    assert 'value="0161 496 0123"' in body(answer)
    assert not Person.objects.exists()


def test_a_description_is_no_name_to_match_by(client: Client, person: Person) -> None:
    answer = client.post("/people/new/", new(name="Unknown male, 30s, red coat", born="30s", described="on"))
    assert answer.status_code == 302
    assert Name.objects.get(kind="description").full == "Unknown male, 30s, red coat"


# --- one thing more --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "typed", "made"),
    [
        ("name", {"full": "Steve Green", "kind": "alias"}, Name),
        ("birth", {"born": "March 1985"}, Birth),
        ("detail", {"kind": "language", "value": "Polish"}, Detail),
        ("identifier", {"kind": "pnc", "value": "85/1A"}, Identifier),
        ("address", {"where": "1 Mill Lane", "role": "home"}, Link),
        ("phone", {"number": "0161 496 0123", "role": "user"}, Link),
        ("email", {"address": "s@example.org", "role": "user"}, Link),
        ("vehicle", {"registration": "AB12 CDE", "role": "keeper"}, Link),
        ("marker", {"kind": "dog", "severity": "grave", "grounds": "Two loose dogs"}, WarningMarker),
    ],
)
def test_each_thing_is_recorded_from_its_own_form(
    client: Client, person: Person, name: str, typed: dict[str, str], made: type
) -> None:
    before = made.objects.count()  # type: ignore[attr-defined]
    assert client.get(f"/people/{person.id}/add/{name}/").status_code == 200
    answer = client.post(f"/people/{person.id}/add/{name}/", typed | {"source": "officer", "confidence": "likely"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/people/{person.id}/")
    assert made.objects.count() == before + 1  # type: ignore[attr-defined]


def test_a_person_is_linked_to_an_incident_by_its_reference(client: Client, person: Person, force: Force) -> None:
    incident = force.incident()
    typed = {"reference": incident.reference, "role": "victim"}
    assert client.post(f"/people/{person.id}/add/incident/", typed).status_code == 302
    assert Link.objects.get().to_id == incident.id
    answer = client.post(f"/people/{person.id}/add/incident/", {"reference": "9/01011999", "role": "victim"})
    assert "There is no such incident" in body(answer)


def test_a_person_is_linked_to_another_by_the_number_on_their_page(
    client: Client, person: Person, officer: User
) -> None:
    other = services.register_person("B", officer)
    typed = {"number": str(other.id), "role": "partner"}
    assert client.post(f"/people/{person.id}/add/person/", typed).status_code == 302
    for wrong in ("abc", "0x1", "9" * 30, "٣", ""):
        answer = client.post(f"/people/{person.id}/add/person/", {"number": wrong, "role": "partner"})
        assert answer.status_code == 422


def test_a_marker_is_refused_by_the_field_that_is_wrong(client: Client, person: Person) -> None:
    typed = {"kind": "dog", "severity": "grave", "grounds": "x", "review_on-day": "1", "review_on-month": "1"}
    answer = client.post(f"/people/{person.id}/add/marker/", typed | {"review_on-year": "2001"})
    assert answer.status_code == 422
    assert "The review date lies ahead" in body(answer)


def test_a_page_that_is_not_there_is_not_found(client: Client, person: Person) -> None:
    for place in (f"/people/{person.id}/add/wings/", "/people/99999/add/name/", "/places/99999/add/access/"):
        assert client.get(place).status_code == 404


def test_every_entry_of_a_person_and_a_place_has_its_page(client: Client, person: Person, officer: User) -> None:
    place = services.register_location("1 Mill Lane", officer)
    shown = body(client.get(f"/people/{person.id}/"))
    for entry in OF_PERSON.values():
        assert f"/people/{person.id}/add/{entry.name}/" in shown
        assert entry.title in body(client.get(f"/people/{person.id}/add/{entry.name}/"))
    for entry in OF_LOCATION.values():
        assert entry.title in body(client.get(f"/places/{place.id}/add/{entry.name}/"))


def test_only_those_who_may_restrict(client: Client, person: Person, force: Force) -> None:
    answer = client.post(f"/people/{person.id}/add/restrict/", {"reason": "Witness"})
    assert answer.status_code == 403
    assert "restricted by a sergeant" in body(answer)
    client.force_login(force.one(Role.SERGEANT))
    assert client.post(f"/people/{person.id}/add/restrict/", {"reason": "Witness"}).status_code == 302
    with as_user(force.one(Role.SERGEANT)):
        assert Person.objects.get(id=person.id).restricted


# --- places, warnings, withdrawing -----------------------------------------------------------------------------------


def test_a_place_is_recorded_and_its_way_in_is_told(client: Client) -> None:
    typed = {"where": "The Old Mill, M1 1AA", "access_notes": "Ring twice", "key": uuid4()}
    answer = client.post("/places/new/", typed)
    place = Location.objects.get()
    assert answer.headers["Location"] == f"/places/{place.id}/"
    client.post(f"/places/{place.id}/add/access/", {"access_notes": "Dog in the yard"})
    assert Location.objects.get().access_notes == "Dog in the yard"
    assert client.post("/places/new/", {"where": "", "key": uuid4()}).status_code == 422


def test_a_warning_is_decided_and_reviewed_on_its_page(client: Client, person: Person, force: Force) -> None:
    client.post(f"/people/{person.id}/add/marker/", {"kind": "dog", "severity": "grave", "grounds": "Bites"})
    marker = WarningMarker.objects.get()
    place = f"/warnings/{marker.id}/"
    assert "Proposed, not confirmed" in body(client.get(place))
    assert client.post(place, {"confirmed": "yes"}).status_code == 403
    client.force_login(force.one(Role.SERGEANT))
    refused = client.post(place, {"confirmed": "no", "reason": ""})
    assert (refused.status_code, "Reason is empty" in body(refused)) == (422, True)
    assert client.post(place, {"confirmed": "yes"}).status_code == 302
    assert client.post(place, {"kept": "yes", "note": "Seen again last week"}).status_code == 302
    assert "Seen again last week" in body(client.get(place))
    assert client.post(place, {"kept": "no", "note": "Dog died"}).status_code == 302
    assert "Dog died" in body(client.get(place))


def test_a_wrong_value_is_withdrawn_with_its_reason(client: Client, person: Person, officer: User) -> None:
    name = services.add_name(person.id, "Not Him", officer)
    place = f"/values/name/{name.id}/withdraw/"
    assert "Not Him" in body(client.get(place))
    assert client.post(place, {"reason": ""}).status_code == 422
    answer = client.post(place, {"reason": "Another man"})
    assert answer.headers["Location"] == f"/people/{person.id}/"
    assert Name.objects.get(id=name.id).withdrawn_reason == "Another man"
    assert client.post(place, {"reason": "again"}).status_code == 409
    assert client.get("/values/user/1/withdraw/").status_code == 404


def test_what_hangs_on_a_hidden_person_cannot_be_reached(client: Client, person: Person, force: Force) -> None:
    sergeant = force.one(Role.SERGEANT)
    name = services.add_name(person.id, "Known As", sergeant)
    marker = services.propose_marker(kind="dog", severity="grave", grounds="x", by=sergeant, person_id=person.id)
    services.restrict_person(person.id, "Witness", sergeant)
    for place in (f"/people/{person.id}/add/name/", f"/values/name/{name.id}/withdraw/", f"/warnings/{marker.id}/"):
        assert client.get(place).status_code == 404
