"""The API of recording: the same verbs as the pages, and one shape for what is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from iops.foundation.roles import Role
from iops.pole import services
from iops.pole.models import Link, Name, Person
from tests.force import Force

if TYPE_CHECKING:
    from iops.foundation.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def force() -> Force:
    return Force()


@pytest.fixture
def officer(force: Force) -> User:
    return force.one(Role.RESPONSE)


class Program:
    """A program that has signed in as somebody."""

    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user)

    def post(self, place: str, **given: object) -> tuple[int, dict[str, Any]]:
        answer = self.client.post(f"/api/v1/{place}", json.dumps(given, default=str), content_type="application/json")
        return answer.status_code, json.loads(answer.content)

    def get(self, place: str) -> tuple[int, dict[str, Any]]:
        answer = self.client.get(f"/api/v1/{place}")
        return answer.status_code, json.loads(answer.content)


@pytest.fixture
def program(officer: User) -> Program:
    return Program(officer)


def test_a_nominal_and_all_about_them_is_recorded(program: Program) -> None:
    status, person = program.post("people", name="Stephen Greene", born="12/3/1985", address="1 Mill Lane")
    assert (status, person["born"]) == (201, "1985-03-12")
    at = f"people/{person['id']}"
    for place, given in {
        "names": {"full": "Steve Green", "kind": "alias", "source": "caller", "since": "2019-01-01"},
        "births": {"born": "1985"},
        "details": {"kind": "language", "value": "Polish"},
        "identifiers": {"kind": "pnc", "value": "85/1A"},
    }.items():
        status, kept = program.post(f"{at}/{place}", **given)
        assert status == 201
        assert kept["id"] > 0
    assert Name.objects.get(kind="alias").source == "caller"


def test_things_are_recorded_and_linked(program: Program, officer: User) -> None:
    person = services.register_person("A", officer)
    made = {
        "places": {"where": "1 Mill Lane"},
        "vehicles": {"registration": "AB12 CDE"},
        "phones": {"number": "0161 496 0123"},
        "emails": {"address": "a@example.org"},
        "organisations": {"name": "Acme (made up)"},
        "items": {"kind": "knife"},
    }
    for place, given in made.items():
        status, record = program.post(place, **given)
        assert status == 201
        status, _ = program.post(
            "links", from_kind="person", from_id=person.id, role="other", note="seen with it",
            to_kind=record["kind"], to_id=record["id"],
        )  # fmt: skip
        assert status == 201
    assert Link.objects.count() == len(made)


def test_a_strong_match_is_told_and_a_reason_overcomes_it(program: Program, officer: User) -> None:
    stands = services.register_person("Stephen Greene", officer, born="12/3/1985")
    status, refused = program.post("people", name="Stephen Greene", born="12/3/1985")
    assert (status, refused["code"], refused["details"]["matches"]) == (422, "invalid", [stands.id])
    status, _ = program.post(
        "people", name="Stephen Greene", born="12/3/1985", despite="His father, same day of the year"
    )
    assert status == 201


def test_the_same_key_records_once(program: Program) -> None:
    key = "0b3a1a6e-6a52-4f0b-8f6e-0a4a6f2f7c11"
    first, again = program.post("people", name="A B", key=key), program.post("people", name="A B", key=key)
    assert (first[0], again[0], first[1]["id"]) == (201, 200, again[1]["id"])
    assert Person.objects.count() == 1


def test_a_warning_goes_its_way(program: Program, officer: User, force: Force) -> None:
    person = services.register_person("A", officer)
    status, made = program.post("warnings", person_id=person.id, kind="dog", severity="grave", grounds="Bites")
    assert (status, made["confirmed"]) == (201, None)
    at = f"warnings/{made['id']}"
    assert program.post(f"{at}/decision", confirmed=True)[0] == 403
    sergeant = Program(force.one(Role.SERGEANT))
    assert sergeant.post(f"{at}/decision", confirmed=True)[1]["confirmed"] is True
    assert sergeant.post(f"{at}/review", kept=False, note="Dog died")[1]["ended_at"] is not None
    assert program.get(at)[1]["ended_at"] is not None


def test_a_wrong_value_is_withdrawn(program: Program, officer: User) -> None:
    name = services.add_name(services.register_person("A", officer).id, "B", officer)
    assert program.post(f"values/name/{name.id}/withdraw", reason="wrong")[0] == 200
    assert program.post(f"values/name/{name.id}/withdraw", reason="wrong")[0] == 409
    assert program.post("values/nothing/1/withdraw", reason="wrong")[0] == 404


@pytest.mark.parametrize(
    ("place", "given", "status"),
    [
        ("people", {"name": ""}, 422),
        ("people", {"name": "x" * 10_000}, 422),
        ("people", {"name": "a\x00b"}, 400),
        ("people", {}, 422),
        ("people", {"name": "A", "born": "1/1/2200"}, 422),
        ("people/99/names", {"full": "A"}, 404),
        ("people/0/names", {"full": "A"}, 422),
        (f"people/{2**70}/names", {"full": "A"}, 422),
        ("links", {"from_kind": "person", "from_id": 1, "role": "friend", "to_kind": "person", "to_id": 1}, 404),
        ("links", {"from_kind": "ghost", "from_id": 1, "role": "x", "to_kind": "person", "to_id": 1}, 422),
        ("places", {"where": "x", "easting": 1}, 422),
        ("places", {"where": "x", "easting": 10**12, "northing": 1}, 422),
        ("vehicles", {}, 422),
        ("warnings", {"kind": "dog", "severity": "grave", "grounds": "x"}, 422),
        ("warnings/99/decision", {"confirmed": True}, 403),
    ],
)
def test_what_cannot_be_is_refused_in_one_shape(
    program: Program, place: str, given: dict[str, object], status: int
) -> None:
    answered, said = program.post(place, **given)
    assert answered == status
    assert {"code", "message", "mend", "details", "request_id"} <= set(said)


def test_the_intake_check_is_one_request(program: Program, officer: User) -> None:
    person = services.register_person("Stephen Greene", officer)
    services.propose_marker(kind="firearms", severity="grave", grounds="Gun", by=officer, person_id=person.id)
    status, found = program.get(
        "intake-check?name=steven%20green&phone=0161&address=nowhere&radius=100&easting=1&northing=1"
    )
    assert (status, found["warnings_known"], found["failed"]) == (200, True, [])
    assert [w["kind"] for w in found["warnings"]] == ["firearms"]
    assert [p["name"] for p in found["parts"]] == ["name", "address", "phone", "nearby"]
    assert program.get("intake-check?radius=999999")[0] == 422
