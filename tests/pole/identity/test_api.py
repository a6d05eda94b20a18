"""Identity over HTTP: the same verbs, the same refusals, for whoever is signed in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from iops.foundation.roles import Role
from iops.pole import services as pole
from iops.pole.identity.run import find_duplicates
from iops.pole.models import Name
from tests.force import Force
from tests.foundation.acting_as import as_user

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

    from iops.foundation.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def force() -> Force:
    return Force()


@pytest.fixture
def sergeant(force: Force, client: Client) -> User:
    by = force.one(Role.SERGEANT)
    client.force_login(by)
    return by


@pytest.fixture
def people(sergeant: User) -> list[int]:
    made = [pole.register_person(n, sergeant, born="12/3/1985").id for n in ("Jon Smyth", "John Smith", "Joan Smith")]
    phone = pole.add_phone("0161 496 0001", sergeant)
    for person in made[:2]:
        pole.link(("person", person), "user", ("phone", phone.id), sergeant)
    return made


def post(client: Client, address: str, **body: Any) -> Any:
    return client.post(f"/api/v1/{address}", json.dumps(body), content_type="application/json")


def test_nominals_are_merged_listed_and_taken_apart(client: Client, sergeant: User, people: list[int]) -> None:
    made = post(client, "people/merge", person_ids=people[:2], reason="Fingerprints agree")
    assert (made.status_code, made.json()[0]["verdict"]) == (201, "same")
    told = client.get(f"/api/v1/people/{people[0]}/decisions").json()
    assert told["members"] == people[:2]
    assert told["standing"] == [made.json()[0]["id"]]
    name = pole.add_name(people[0], "Johnny", sergeant)
    restate = [{"kind": "name", "value_id": name.id, "to_id": people[1]}]
    apart = post(client, f"people/{people[0]}/unmerge", reason="Two men", restate=restate)
    assert Name.objects.get(full="Johnny", withdrawn_at=None).person_id == people[1]
    assert [d["verdict"] for d in apart.json()] == ["open"]
    assert client.get(f"/api/v1/people/{people[0]}/decisions").json()["members"] == people[:1]


def test_a_decision_is_taken_back(client: Client, people: list[int]) -> None:
    made = post(client, "people/not-same", one_id=people[0], other_id=people[1], reason="Twins").json()
    assert post(client, "people/merge", person_ids=people[:2], reason="alike").status_code == 409
    assert post(client, f"identity-decisions/{made['id']}/take-back", reason="A slip").status_code == 201
    assert post(client, "people/merge", person_ids=people[:2], reason="alike").status_code == 201


def test_pairs_and_ratio_are_told_and_a_pair_is_decided_as_it_was_seen(client: Client, people: list[int]) -> None:
    with as_user(None):
        find_duplicates()
    row = client.get(f"/api/v1/duplicates?person_id={people[0]}").json()["rows"][0]
    assert (row["one_id"], row["other_id"]) == (people[0], people[1])
    assert {f["field"] for f in row["explanation"]} >= {"given", "phone"}
    ratio = client.get("/api/v1/duplicates/ratio").json()
    assert ratio["nominals"] >= 3
    assert ratio["run_finished_at"]
    post(client, "people/merge", person_ids=people[1:], reason="meanwhile")
    stale = post(client, "people/merge", person_ids=people[:2], reason="alike", seen=row["seen"])
    assert (stale.status_code, stale.json()["code"]) == (409, "conflict")
    assert stale.json()["mend"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"person_ids": [], "reason": "x"},
        {"person_ids": [1], "reason": "x"},
        {"person_ids": ["a", "b"], "reason": "x"},
        {"person_ids": [0, -1], "reason": "x"},
        {"person_ids": [2**63, 1], "reason": "x"},
        {"person_ids": list(range(1, 23)), "reason": "x"},
        {"person_ids": [1, 2], "reason": "a\x00b"},
        {"person_ids": [1, 2], "reason": "x" * 20_001},
    ],
)
def test_what_is_no_merge_is_refused(client: Client, sergeant: User, body: dict[str, object]) -> None:
    refused: HttpResponse = post(client, "people/merge", **body)
    assert refused.status_code in {400, 422}


def test_other_roles_and_nominals_that_are_not_there_are_refused(
    client: Client, force: Force, people: list[int]
) -> None:
    assert post(client, "people/merge", person_ids=[people[0], 2**40], reason="x").status_code == 404
    assert client.get(f"/api/v1/people/{2**40}/decisions").status_code == 404
    client.force_login(force.one(Role.RESPONSE))
    assert post(client, "people/merge", person_ids=people[:2], reason="x").status_code == 403
    client.logout()
    assert client.get("/api/v1/duplicates").status_code == 401
