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


PAGE = "/crimes/?state=open"
AUTO = {"reason": "x", drafts.PAGE: PAGE, drafts.TITLE: "Allocate: Crime CR/1/2026"}


def test_a_draft_of_any_form_leads_back_to_its_page_under_its_name(handler: User) -> None:
    drafts.keep(handler, "auto-1", AUTO, 1)
    page = signed_in(handler).get("/drafts/").content.decode()
    assert f'href="{PAGE}"' in page
    assert "Allocate: Crime CR/1/2026" in page


@pytest.mark.parametrize(
    "page",
    [
        "https://example.org/",
        "//example.org/x",
        "/\\example.org",
        "javascript:alert(1)",
        "",
        "/no/such/page/",
        "/" * 3000,
    ],
)
def test_a_draft_leads_to_no_address_that_is_not_a_page_of_ours(page: str, handler: User) -> None:
    drafts.keep(handler, "auto-1", {**AUTO, drafts.PAGE: page}, 1)
    assert [one.address for one in drafts.unsaved(handler)] == [None]


def test_a_page_is_told_what_is_kept_of_its_forms_and_nobody_elses(force: Force, handler: User) -> None:
    drafts.keep(handler, "auto-1", AUTO, 5)
    drafts.keep(handler, "auto-2", {**AUTO, drafts.PAGE: "/other/"}, 6)
    drafts.keep(force.one(Role.SERGEANT), "auto-3", AUTO, 7)
    client = signed_in(handler)
    assert client.get("/drafts/here/", {"page": PAGE}).json() == {"auto-1": {"values": AUTO, "sequence": 5}}
    assert set(client.get("/drafts/here/", {"page": PAGE, "form": ["auto-2", "auto-3"]}).json()) == {"auto-1", "auto-2"}
    assert client.get("/drafts/here/").json() == {}


def test_a_form_that_was_saved_keeps_no_draft_however_late_a_keystroke_arrives(handler: User) -> None:
    drafts.keep(handler, "auto-1", AUTO, 5)
    drafts.saved(handler, "auto-1", 7)
    assert drafts.unsaved(handler) == []
    assert drafts.kept(handler, "auto-1") is None
    assert not drafts.keep(handler, "auto-1", AUTO, 6)
    assert not drafts.keep(handler, "auto-1", AUTO, 7)
    assert [one.values for one in drafts.of_page(handler, "", ["auto-1"])] == [{drafts.MARK: "yes"}]
    assert drafts.keep(handler, "auto-1", AUTO, 9)
    assert len(drafts.unsaved(handler)) == 1


def test_that_a_form_was_saved_is_forgotten_after_a_day(handler: User) -> None:
    drafts.saved(handler, "auto-1", 7)
    with as_user(handler):
        Draft.objects.update(at="2026-01-01T00:00Z")
    drafts.saved(handler, "auto-2", 7)
    with as_user(handler):
        assert [one.form for one in Draft.objects.all()] == ["auto-2"]


def test_a_form_that_is_saved_ends_its_draft_and_one_that_is_refused_keeps_it(force: Force) -> None:
    sergeant = force.one(Role.SERGEANT)
    incident = force.incident()
    place = f"/incidents/{incident.number}/{incident.day:%d%m%Y}/log/"
    client = signed_in(sergeant)
    drafts.keep(sergeant, "auto-1", AUTO, 5)
    told = {"iops-draft": "auto-1", "iops-draft-sequence": "5"}
    assert client.post(place, {"text": "", **told}).status_code == 422
    assert len(drafts.unsaved(sergeant)) == 1
    assert client.post(place, {"text": "Door locked", **told}).status_code == 302
    assert drafts.unsaved(sergeant) == []


@pytest.mark.parametrize("sequence", ["", "-1", "x", "9" * 400, "٣", "0"])
def test_no_count_of_keystrokes_keeps_a_form_from_being_saved(sequence: str, force: Force) -> None:
    sergeant = force.one(Role.SERGEANT)
    incident = force.incident()
    told = {"iops-draft": "auto-1", "iops-draft-sequence": sequence}
    place = f"/incidents/{incident.number}/{incident.day:%d%m%Y}/log/"
    assert signed_in(sergeant).post(place, {"text": "Door locked", **told}).status_code == 302


def test_a_draft_that_was_never_typed_leaves_nothing(force: Force) -> None:
    sergeant = force.one(Role.SERGEANT)
    incident = force.incident()
    place = f"/incidents/{incident.number}/{incident.day:%d%m%Y}/log/"
    told = {"iops-draft": "auto-1", "iops-draft-sequence": "0"}
    signed_in(sergeant).post(place, {"text": "Door locked", **told})
    with as_user(sergeant):
        assert not Draft.objects.exists()
