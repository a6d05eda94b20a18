"""The section of the crime's page and the API of what an outcome rests on."""

from __future__ import annotations

import html
from typing import Any

import pytest
from django.test import Client

from iops.crime.models import EvidenceLed, VictimWish
from iops.crime.recorded.finding import ending_of
from iops.crime.recorded.selectors import address
from iops.foundation.roles import Role
from tests.crime.outcomes.scene import abuse
from tests.crime.recorded.scene import recorded
from tests.force import Force

pytestmark = pytest.mark.django_db
WISH = {"wish": "does_not_support", "taken_how": "video", "recording": "BWV-1 (made up)"}
CONSIDERED = {"evidence": "None; asked the neighbours", "reason": "Nothing else shows it"}
SAFE = {"victim_safety": "She lives elsewhere", "child_safety": "None in the house"}


@pytest.fixture
def force() -> Force:
    return Force()


def signed_in(force: Force, role: Role) -> Client:
    client = Client()
    client.force_login(force.one(role))
    return client


def body(response: Any) -> str:
    return html.unescape(response.content.decode())


def test_every_act_of_the_section_works_and_is_shown(force: Force) -> None:
    crime, client = abuse(force), signed_in(force, Role.DETECTIVE)
    page = body(client.get(address(crime)))
    assert "What outcome 16 still needs" in page
    assert "nothing is on record" in page
    for what, typed in (("wish", WISH), ("evidence-led", CONSIDERED | {"goes_on": "no"}), ("safeguarding-check", SAFE)):
        assert client.post(f"{address(crime)}{what}/", typed).status_code == 302, what
    page = body(client.get(address(crime)))
    for words in ("BWV-1 (made up)", "asked the neighbours", "She lives elsewhere", "authorised by an inspector"):
        assert words in page
    inspector = signed_in(force, Role.INSPECTOR)
    given = {"code": "16", "reason": "Her wish", "f.rape_or_high_risk_abuse": "no"}
    assert client.post(f"{address(crime)}outcome/", given).status_code == 409
    assert inspector.post(f"{address(crime)}outcome/", given).status_code == 302
    other = Client()
    other.force_login(force.another(Role.SERGEANT))
    answer = other.post(f"{address(crime)}audit-outcome/", {"verdict": "not_upheld", "reason": "Ask the school"})
    assert answer.status_code == 302
    assert ending_of(crime) is None
    assert "Ask the school" in body(other.get(address(crime)))


@pytest.mark.parametrize("victim", ["person-99", "person", "x-1", "person--1", "person-" + "9" * 30])
def test_a_victim_that_is_none_is_refused(force: Force, victim: str) -> None:
    crime = recorded(force)
    answer = signed_in(force, Role.DETECTIVE).post(f"{address(crime)}wish/", WISH | {"victim": victim})
    assert answer.status_code in (409, 422)
    assert not VictimWish.objects.exists()


def test_a_form_that_says_nothing_comes_back(force: Force) -> None:
    crime, client = recorded(force), signed_in(force, Role.DETECTIVE)
    for what in ("wish", "evidence-led", "safeguarding-check", "audit-outcome"):
        assert client.post(f"{address(crime)}{what}/", {}).status_code == 422, what


def test_the_interface_takes_and_tells_all_of_it(force: Force) -> None:
    crime, client = recorded(force), signed_in(force, Role.SERGEANT)
    base = f"/api/v1{address(crime)}"

    def post(what: str, typed: dict[str, Any]) -> Any:
        return client.post(f"{base}{what}", typed, content_type="application/json")

    assert set(client.get(f"{base}outcome-ground").json()["lacks"]["16"])
    assert post("wishes", WISH).status_code == 201
    assert post("evidence-led", CONSIDERED | {"goes_on": False}).status_code == 201
    told = post("safeguarding-checks", SAFE).json()
    assert told["lacks"]["16"] == []
    assert told["wishes"][0]["recording"] == "BWV-1 (made up)"
    assert EvidenceLed.objects.get().goes_on is False
    assert post("outcome-audit", {"verdict": "upheld", "reason": "x"}).status_code == 409
    assert post("wishes", WISH | {"wish": "perhaps"}).status_code == 422
