"""The pages of recorded crimes, asked over HTTP."""

from __future__ import annotations

import html
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from iops.control.selectors import address as incident_address
from iops.crime.models import Crime, CrimeOutcome
from iops.crime.recorded.selectors import address
from iops.foundation.roles import Role
from tests.crime.outcomes.scene import grounded
from tests.crime.recorded.scene import SHOPLIFTING, recorded, shoplifting
from tests.force import Force

pytestmark = pytest.mark.django_db


@pytest.fixture
def force() -> Force:
    return Force()


@pytest.fixture
def client(force: Force) -> Client:
    client = Client()
    client.force_login(force.one(Role.SERGEANT))
    return client


def body(response: Any) -> str:
    return html.unescape(response.content.decode())


def test_the_recording_page_of_an_incident_records_the_crime_and_leads_to_it(force: Force, client: Client) -> None:
    incident, _ = shoplifting(force)
    page = f"/recording/{incident.number}/{incident.day:%d%m%Y}/?{urlencode(SHOPLIFTING)}"
    assert "Record the crime" in body(client.get(page))
    answer = client.post(page, {"note": "Seen on camera"}, follow=True)
    crime = Crime.objects.get()
    assert answer.redirect_chain[-1][0] == address(crime)
    shown = body(answer)
    assert crime.reference in shown
    assert "Tom Reed (made up)" in shown
    assert "Kay Shah (made up)" in shown
    assert crime.reference in body(client.get(incident_address(incident)))


def test_the_list_filters_by_class_and_state(force: Force, client: Client) -> None:
    crime = recorded(force)
    for query, there in (("", True), ("class=46", True), ("class=8N", False), ("state=open", True),
                         ("state=outcome", False), ("state=unowned", True), ("mine=on", False)):  # fmt: skip
        assert (crime.reference in body(client.get(f"/crimes/?{query}"))) is there, query


def test_a_class_or_state_that_is_none_is_refused_in_words(client: Client) -> None:
    assert client.get("/crimes/?class=99Z9").status_code == 422
    assert client.get("/crimes/?state=x").status_code == 422


def test_an_outcome_comes_back_with_what_it_asks_and_is_then_saved(force: Force, client: Client) -> None:
    crime = grounded(recorded(force), force.one(Role.RESPONSE))
    where = f"{address(crime)}outcome/"
    answer = client.post(where, {"code": "16", "reason": "The shop does not wish to go on"})
    assert answer.status_code == 422
    assert 'name="f.rape_or_high_risk_abuse"' in body(answer)
    told = {"f.rape_or_high_risk_abuse": "no"}
    answer = client.post(where, {"code": "16", "reason": "The shop does not wish to go on", **told}, follow=True)
    assert answer.status_code == 200
    assert CrimeOutcome.objects.get().code == "16"
    assert "Outcome 16" in body(answer)


def test_what_was_typed_comes_back_when_it_is_refused(force: Force, client: Client) -> None:
    crime = recorded(force)
    answer = client.post(
        f"{address(crime)}reclassify/", {"crime_class": "45", "ground": "error_in_first_class", "reason": "Wrong list"}
    )
    assert answer.status_code == 409
    assert "Wrong list" in body(answer)


def test_every_act_of_the_page_works(force: Force, client: Client) -> None:
    crime = recorded(force)
    officer = force.one(Role.RESPONSE)
    for what, typed in (
        ("allocate", {"owner": f"user-{officer.id}", "reason": "Knows the shop"}),
        ("plan", {"what": "Fetch the footage", "due-day": "1", "due-month": "12", "due-year": "2030"}),
        ("log", {"entry": "Rang the shop"}),
        ("told", {"about": "recorded", "how": "by telephone", "words": "The crime number"}),
        ("review", {"findings": "Footage next"}),
        ("flag", {"flag": "alcohol"}),
    ):
        assert client.post(f"{address(crime)}{what}/", typed).status_code == 302, what
    action = crime.actions.get()
    assert client.post(f"{address(crime)}result/", {"action": action.id, "result": "Clear face"}).status_code == 302
    shown = body(client.get(address(crime)))
    for words in ("Knows the shop", "Fetch the footage", "Rang the shop", "Clear face", "Footage next", "alcohol"):
        assert words in shown


@pytest.mark.parametrize("reference", ["CR-1-1999", "x", "CR-99999999-2026", "CR-0-0000"])
def test_a_number_that_no_crime_has_is_not_found(client: Client, reference: str) -> None:
    assert client.get(f"/crimes/{reference}/").status_code == 404
