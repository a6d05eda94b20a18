"""Drafts on the server: one a person and form, theirs alone, gone once saved or thrown away, no incident twice."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.test import Client

from iops.control.models import Incident
from iops.foundation.errors import InvalidError
from iops.foundation.roles import Role
from iops.web import drafts
from iops.web.models import Draft
from tests.force import Force
from tests.foundation.acting_as import as_user

if TYPE_CHECKING:
    from iops.foundation.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def force() -> Force:
    return Force()


@pytest.fixture
def handler(force: Force) -> User:
    return force.one(Role.CALL_HANDLER)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def form_of(user: User) -> str:
    return f"incident-new-{user.id}"


def test_the_newest_of_what_was_typed_is_kept_whatever_arrives_last(handler: User) -> None:
    assert drafts.keep(handler, "f", {"where": "1 Mill"}, 2)
    assert not drafts.keep(handler, "f", {"where": "1"}, 1)
    assert drafts.keep(handler, "f", {"where": "1 Mill Lane"}, 3)
    found = drafts.kept(handler, "f")
    assert found is not None
    assert found.values == {"where": "1 Mill Lane"}
    with as_user(handler):
        assert Draft.objects.count() == 1


def test_a_draft_is_there_for_its_owner_alone_whatever_their_role(force: Force, handler: User) -> None:
    drafts.keep(handler, "f", {"where": "1 Mill Lane"}, 1)
    for role in (Role.DISPATCHER, Role.INSPECTOR, Role.ADMINISTRATOR):
        other = force.one(role)
        assert drafts.unsaved(other) == []
        drafts.forget(other, "f")
        with as_user(other):
            assert not Draft.objects.exists()
    assert drafts.kept(handler, "f") is not None


def test_throwing_away_is_explicit_and_whole(handler: User) -> None:
    drafts.keep(handler, "f", {"where": "1 Mill Lane"}, 1)
    for _ in range(2):
        drafts.forget(handler, "f")
    assert drafts.kept(handler, "f") is None


def test_a_draft_that_arrives_after_its_form_was_saved_is_not_kept(force: Force, handler: User) -> None:
    client, key = signed_in(handler), str(uuid4())
    place = f"/drafts/{form_of(handler)}/"
    body = {"values": {"where": "1 Mill Lane", "idempotency": key}, "sequence": 1}
    assert client.post(place, json.dumps(body), content_type="application/json").json() == {"kept": True}
    typed = {"where": "1 Mill Lane", "what": "Shouting", "channel": "999", "key": key}
    assert client.post("/incidents/new/", typed).status_code == 302
    assert drafts.unsaved(handler) == []
    body["sequence"] = 2
    assert client.post(place, json.dumps(body), content_type="application/json").json() == {"kept": False}
    assert client.post("/incidents/new/", typed).status_code == 302
    assert Incident.objects.count() == 1


def test_drafts_are_listed_with_a_way_back_and_thrown_away_from_the_list(handler: User) -> None:
    client = signed_in(handler)
    drafts.keep(handler, form_of(handler), {"where": "1 Mill Lane", "what": "Shouting"}, 1)
    drafts.keep(handler, f"{form_of(handler)}-17", {}, 1)
    drafts.keep(handler, "log-1", {"text": "x"}, 1)
    page = client.get("/drafts/").content.decode()
    assert "1 Mill Lane, Shouting" in page
    assert 'href="/incidents/new/?contact=17"' in page
    assert "Drafts not saved: 2" in client.get("/incidents/new/").content.decode()
    assert client.post(f"/drafts/{form_of(handler)}/discard/").status_code == 302
    assert "1 Mill Lane" not in client.get("/drafts/").content.decode()


def test_the_draft_of_the_server_comes_back_on_another_terminal(handler: User) -> None:
    drafts.keep(handler, form_of(handler), {"where": 'The "Old" Mill'}, 5)
    page = signed_in(handler).get("/incidents/new/").content.decode()
    assert "data-draft-kept=" in page
    assert "The \\&#34;Old\\&#34; Mill" in page


@pytest.mark.parametrize(
    ("values", "sequence"),
    [
        ({"where": 1}, 1),
        ({"where": None}, 1),
        ({str(n): "x" for n in range(201)}, 1),
        ({"what": "x" * 60_001}, 1),
        ({"what": "a\x00b"}, 1),
        ({"what": "x"}, -1),
        ({"what": "x"}, 2**62),
    ],
)
def test_what_is_no_draft_is_refused(values: dict[str, object], sequence: int, handler: User) -> None:
    with pytest.raises(InvalidError):
        drafts.keep(handler, "f", values, sequence)


@pytest.mark.parametrize("body", ["", "[]", "{}", "nonsense", '{"values": 3, "sequence": 1}', "[" * 100_000])
def test_a_body_that_is_no_draft_is_told_so(body: str, handler: User) -> None:
    answer = signed_in(handler).post(
        "/drafts/f/", body, content_type="application/json", headers={"Accept": "application/json"}
    )
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid"


def test_nobody_keeps_a_draft_without_signing_in(force: Force) -> None:
    answer = Client().post("/drafts/f/", "{}", content_type="application/json", headers={"Accept": "application/json"})
    assert answer.status_code == 401
