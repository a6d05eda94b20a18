"""The court file of a crime: made of what is on record, with unused material on two schedules, kept by its hash."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from iops.crime.courtfile import services
from iops.crime.courtfile.packing import check_package
from iops.crime.courtfile.services import Item
from iops.crime.justice import services as justice
from iops.crime.justice.services import ChargeTerms
from iops.crime.models import CourtFile, UnusedMaterial
from iops.crime.recorded import life
from iops.crime.recorded.selectors import address
from iops.foundation.errors import ConflictError, InvalidError
from iops.foundation.roles import Role
from iops.pole.models import Link
from tests.crime.exhibits.scene import KNIFE
from tests.crime.recorded.scene import recorded
from tests.force import Force

pytestmark = pytest.mark.django_db
CCTV = Item("Footage of the car park, no one seen", "Server, file 12", sensitive=False, may_assist=True)
TIP = Item("Name of who called", "Safe", sensitive=True, may_assist=False, because="They fear for their safety")


@pytest.fixture
def force() -> Force:
    return Force()


def charged(force: Force) -> Any:
    """A crime whose suspect is charged, with a log, an exhibit and unused material."""
    from iops.crime.exhibits import services as property_services

    crime, officer = recorded(force), force.one(Role.DETECTIVE)
    suspect = Link.objects.get(to_kind="crime", to_id=crime.id, role="suspect").from_id
    justice.charge(crime.id, suspect, ChargeTerms("Theft from a shop", "prosecutor", "A. P. (made up)"), officer)
    property_services.seize(KNIFE, officer, crime_id=crime.id)
    life.add_log_entry(crime.id, "Seen the till <roll>", officer)
    services.schedule(crime.id, CCTV, officer)
    services.schedule(crime.id, TIP, officer)
    return crime


def test_a_file_is_made_of_what_is_on_record_and_passes_its_own_check(force: Force) -> None:
    crime = charged(force)
    kept, made = services.export(crime.id, force.one(Role.DETECTIVE))
    checked = check_package(made)
    parts = checked.parts
    assert checked.manifest["marking"] == "OFFICIAL-SENSITIVE"
    assert parts["case.json"]["crime"] == crime.reference
    assert parts["case.json"]["made_up"] is crime.made_up
    assert parts["forms/charges.json"][0]["offences"] == "Theft from a shop"
    assert [e["mark"] for e in parts["forms/exhibits.json"]] == ["JS/1"]
    assert {p["role"] for p in parts["forms/witnesses.json"]} == {"victim"}
    assert [i["description"] for i in parts["disclosure/non_sensitive.json"]] == [CCTV.description]
    assert [i["sensitive_because"] for i in parts["disclosure/sensitive.json"]] == [TIP.because]
    assert parts["investigation/log.json"][0]["text"] == "Seen the till <roll>"
    assert (kept.sha256, kept.size) == (hashlib.sha256(made).hexdigest(), len(made))


def test_no_address_of_anybody_is_in_a_file(force: Force) -> None:
    _, made = services.export(charged(force).id, force.one(Role.DETECTIVE))
    assert all("address" not in json.dumps(part) for part in check_package(made).parts.values())


def test_without_a_charge_there_is_no_file(force: Force) -> None:
    with pytest.raises(ConflictError, match="Nobody is charged"):
        services.export(recorded(force).id, force.one(Role.DETECTIVE))
    assert not CourtFile.objects.exists()


@pytest.mark.parametrize("item", [
    Item(" ", "x", sensitive=False, may_assist=False), Item("x", "", sensitive=False, may_assist=False),
    Item("x", "x", sensitive=True, may_assist=False), Item("x", "x", sensitive=False, may_assist=False, because="y"),
])  # fmt: skip
def test_an_item_that_says_too_little_or_too_much_is_refused(force: Force, item: Item) -> None:
    with pytest.raises(InvalidError):
        services.schedule(recorded(force).id, item, force.one(Role.DETECTIVE))
    assert not UnusedMaterial.objects.exists()


def test_what_was_scheduled_and_exported_is_never_changed(force: Force) -> None:
    services.export(charged(force).id, force.one(Role.DETECTIVE))
    for sent in ("update crime_unusedmaterial set sensitive = false", "delete from crime_courtfile"):
        with pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute(sent)


def signed_in(force: Force, role: Role = Role.DETECTIVE) -> Client:
    client = Client()
    client.force_login(force.one(role))
    return client


def test_material_is_scheduled_and_the_file_exported_on_the_page(force: Force) -> None:
    crime, client = charged(force), signed_in(force)
    typed = {
        "description": "Notes <i>of</i> a neighbour",
        "where_kept": "Folder",
        "may_assist": "no",
        "sensitive": "no",
    }
    assert client.post(f"{address(crime)}unused/", typed).status_code == 302
    refused = client.post(f"{address(crime)}unused/", typed | {"sensitive": "yes"})
    assert refused.status_code == 422
    assert "Notes &lt;i&gt;of" in refused.content.decode()
    sent = client.post(f"{address(crime)}court-file.zip")
    assert (sent.status_code, sent["Content-Type"]) == (200, "application/zip")
    assert len(check_package(sent.content).parts["disclosure/non_sensitive.json"]) == 2
    assert CourtFile.objects.get().sha256 in html.unescape(client.get(address(crime)).content.decode())
    assert client.get(f"{address(crime)}court-file.zip").status_code == 405
    other = recorded(force)
    assert client.post(f"{address(other)}court-file.zip").status_code == 302
    assert "Nobody is charged" in client.get(address(other)).content.decode()


def call(client: Client, path: str, given: object | None = None) -> tuple[int, Any]:
    """One call of the API: status and answer."""
    sent = client.get(path) if given is None else client.post(path, json.dumps(given), content_type="application/json")
    return sent.status_code, json.loads(sent.content) if sent.content else None


def test_the_api_schedules_and_exports(force: Force) -> None:
    crime, client = charged(force), signed_in(force)
    of = f"/api/v1/crimes/CR-{crime.number}-{crime.year:%Y}"
    told = {"description": "x", "where_kept": "y", "sensitive": False, "may_assist": True}
    assert call(client, f"{of}/unused-material", told)[0] == 201
    assert len(call(client, f"{of}/unused-material")[1]) == 3
    status, kept = call(client, f"{of}/court-files", {})
    assert status == 201
    assert check_package(base64.b64decode(kept["package"])).manifest["crime"] == crime.reference
    for path, given, wanted in (
        ("unused-material", {}, 422),
        ("unused-material", told | {"sensitive": True}, 422),
        ("unused-material", told | {"where_kept": "w" * 999}, 422),
    ):
        assert call(client, f"{of}/{path}", given)[0] == wanted
    assert call(client, "/api/v1/crimes/CR-99-2026/court-files", {})[0] == 404
    assert call(Client(), f"{of}/unused-material")[0] == 401
    other = recorded(force)
    assert call(client, f"/api/v1/crimes/CR-{other.number}-{other.year:%Y}/court-files", {})[0] == 409
