"""The page and the API of the absence alarm: what rang, its chart in numbers, and the answer that is owed."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from iops.foundation import clock
from iops.foundation.roles import Role
from iops.safeguarding.hub import services

if TYPE_CHECKING:
    from iops.foundation.models import User
    from iops.safeguarding.models import AbsenceAlarm
    from tests.safeguarding.hub.conftest import Desks


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def rung(desks: Desks) -> AbsenceAlarm:
    """A district of which nothing has come for a day."""
    today = clock.today()
    desks.sent("Westley", "Westley children's services", today - dt.timedelta(days=70), 69, 18)
    noon = dt.datetime.combine(today, dt.time(18), tzinfo=dt.UTC)
    with clock.at(noon):
        return services.raise_alarms()[0]


def test_the_page_names_district_and_agency_and_shows_the_numbers(desks: Desks, rung: AbsenceAlarm) -> None:
    shown = browser(desks.keeper).get("/hub/alarms/").content.decode()
    assert str(rung).replace("'", "&#39;") in shown
    assert "Numbers" in shown
    assert 'class="iops-control-cross"' in shown


def test_an_answer_is_saved_with_words_and_kept_when_it_is_refused(desks: Desks, rung: AbsenceAlarm) -> None:
    keeper, stranger = browser(desks.keeper), browser(desks.force.one(Role.ANALYST))
    where = f"/hub/alarms/{rung.id}/"
    assert keeper.post(where, {"answer": " "}).status_code == 422
    refused = stranger.post(where, {"answer": "The gateway was down"})
    assert refused.status_code == 403
    assert "The gateway was down" in refused.content.decode()
    assert keeper.post(where, {"answer": "The gateway was down"}).status_code == 302
    again = keeper.post(where, {"answer": "Once more"})
    assert again.status_code == 409
    assert "The gateway was down" in keeper.get("/hub/alarms/").content.decode()


def test_an_alarm_that_does_not_exist_is_not_found(desks: Desks) -> None:
    assert browser(desks.keeper).post("/hub/alarms/99/", {"answer": "x"}).status_code == 404


def test_a_force_without_referrals_has_an_empty_page(desks: Desks) -> None:
    shown = browser(desks.keeper).get("/hub/alarms/").content.decode()
    assert "No alarm was raised." in shown
    assert "No referral was sent in the last weeks." in shown


def test_programs_read_and_answer_alarms(desks: Desks, rung: AbsenceAlarm) -> None:
    keeper = browser(desks.keeper)
    listed = keeper.get("/api/v1/absence-alarms").json()
    assert [(a["district"], a["seen"], a["answered_at"]) for a in listed if a["agency"]] == [
        ("Westley (made up)", rung.seen, None)
    ]
    said = json.dumps({"answer": "Found"})
    done = keeper.post(f"/api/v1/absence-alarms/{rung.id}/answer", said, content_type="application/json")
    assert done.json()["answer"] == "Found"
    empty = keeper.post(f"/api/v1/absence-alarms/{rung.id}/answer", "{}", content_type="application/json")
    assert empty.status_code == 422
