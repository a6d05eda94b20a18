"""The recording rules over the API: good reports, bad ones and hostile ones."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from iops.foundation.roles import Role
from tests.force import Force

pytestmark = pytest.mark.django_db

REFUSAL = {"code", "message", "mend", "details", "request_id"}
ASSAULT: dict[str, Any] = {
    "reported": "2026-05-01T09:30:00",
    "facts": {"reporter": "victim"},
    "victims": [{"id": "v", "count": 2}],
    "suspects": [{"id": "s"}],
    "offences": [{"act": "assault", "details": {"injury": "injury"}}],
}


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(Force().one(Role.RESPONSE))
    return client


def post(client: Client, given: object) -> tuple[int, dict[str, Any]]:
    sent = given if isinstance(given, (str, bytes)) else json.dumps(given)
    response = client.post("/api/v1/recording/decide", sent, content_type="application/json")
    return response.status_code, json.loads(response.content)


def test_a_report_is_decided_with_its_reasons(client: Client) -> None:
    status, said = post(client, {"report": ASSAULT})
    assert (status, said["kind"], said["number"]) == (200, "crime", 2)
    assert said["crimes"][0]["crime_class"] == "8N"
    assert said["time_limit"] == {"hours": 24, "due": "2026-05-02T09:30:00"}
    assert all(step["rule"] and step["says"] for step in said["steps"])


def test_the_rules_of_another_day_are_asked_for_by_name(client: Client) -> None:
    status, said = post(client, {"report": ASSAULT, "as_at": "2014-01-01"})
    assert (status, said["report_date"], said["time_limit"]) == (200, "2014-01-01", {"hours": 72})


def test_a_report_that_lacks_facts_is_answered_with_questions(client: Client) -> None:
    told = ASSAULT | {"offences": [{"act": "assault"}]}
    status, said = post(client, {"report": told})
    assert (status, said["kind"]) == (200, "undecided")
    assert [need["fact"] for need in said["needs"]] == ["injury"]


def test_ten_thousand_victims_alike_are_one_entry(client: Client) -> None:
    status, said = post(client, {"report": ASSAULT | {"victims": [{"id": "v", "count": 10_000}]}})
    assert (status, said["number"]) == (200, 10_000)


DEEP: Any = "x"
for _ in range(500):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    "given",
    [
        "", "{", "[]", "null", b"\xff\xfe", {}, {"report": []}, {"report": {}}, {"report": None},
        {"report": ASSAULT, "as_at": "2026-02-31"}, {"report": ASSAULT, "as_at": "1066-10-14"},
        {"report": {"offences": ["8N"]}}, {"report": {"reported": "yesterday", "offences": ["8N"]}},
        {"report": ASSAULT | {"offences": ["9Z"]}}, {"report": ASSAULT | {"offences": [{"act": "flying"}]}},
        {"report": ASSAULT | {"offences": 10**30}}, {"report": ASSAULT | {"victims": -1}},
        {"report": ASSAULT | {"victims": [{"id": "v"}, {"id": "v"}]}},
        {"report": ASSAULT | {"happened": "2030-01-01"}}, {"report": ASSAULT | {"facts": {"__class__": "x"}}},
        {"report": ASSAULT | {"facts": {"reporter": {"$ne": 1}}}}, {"report": ASSAULT | {"surprise": "yes"}},
        {"report": ASSAULT | {"offences": DEEP}}, {"report": ASSAULT | {"victims": DEEP}},
        {"report": ASSAULT | {"offences": ["8N"] * 101}}, {"report": ASSAULT | {"relation": "x" * 300_000}},
        '{"report": {"reported": "2026-05-01", "force": "a\\u0000b"}}',
        '{"report": {"reported": "2026-05-01", "force": "\\ud800"}}', '{"report": ' + "[" * 100_000,
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused_in_one_shape(client: Client, given: object) -> None:
    status, said = post(client, given)
    assert status in {400, 413, 422}
    assert set(said) == REFUSAL
    assert said["message"]


def test_a_refusal_says_how_to_mend_it(client: Client) -> None:
    status, said = post(client, {"report": ASSAULT | {"offences": ["8N"] * 101}})
    assert (status, said["code"]) == (413, "too-large")
    assert "count" in said["mend"]


def test_the_schema_describes_what_is_taken(client: Client) -> None:
    said = json.loads(client.get("/api/v1/recording/schema").content)
    assert said["$schema"].startswith("http")
    for example in said["examples"]:
        assert post(client, {"report": example})[0] == 200


def test_what_changed_between_two_days_is_told_in_words(client: Client) -> None:
    said = json.loads(client.get("/api/v1/recording/diff?from=2023-04-30&to=2023-05-01").content)
    assert said["count"] == len(said["differences"]) > 0
    assert all(one["cite"] for one in said["differences"])
    same = json.loads(client.get("/api/v1/recording/diff?from=2023-05-01&to=2023-05-01").content)
    assert same == {"count": 0, "differences": []}


@pytest.mark.parametrize("query", ["", "from=2023-01-01", "from=x&to=y", "from=0001-01-01&to=9999-12-31", "from=&to="])
def test_days_that_are_none_are_refused(client: Client, query: str) -> None:
    response = client.get(f"/api/v1/recording/diff?{query}")
    assert response.status_code == 422
    assert set(json.loads(response.content)) == REFUSAL


@pytest.mark.parametrize("place", ["recording/schema", "recording/diff?from=2023-01-01&to=2023-02-01"])
def test_a_program_that_has_not_signed_in_is_told_nothing(place: str) -> None:
    assert Client().get(f"/api/v1/{place}").status_code == 401


def test_deciding_needs_the_token_of_the_session() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(Force().one(Role.RESPONSE))
    response = client.post("/api/v1/recording/decide", "{}", content_type="application/json")
    assert response.status_code == 403
