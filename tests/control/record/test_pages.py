"""The record on the page of an incident and on that of a major incident, asked over HTTP."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from iops.control import services as control
from iops.control.models import Incident, IncidentLink, LogEntry, MajorIncident, MajorIncidentPart, Transfer
from iops.control.selectors import address
from iops.foundation import clock
from iops.foundation.models import District
from iops.foundation.roles import Role

if TYPE_CHECKING:
    from tests.force import Force

pytestmark = pytest.mark.django_db


def signed_in(force: Force, role: Role) -> Client:
    client = Client()
    client.force_login(force.one(role))
    return client


def page(client: Client, found: Incident, query: str = "") -> str:
    return client.get(address(found) + query).content.decode()


def test_typed_and_system_lines_are_chosen_on_the_page(force: Force) -> None:
    incident, client = force.incident(), signed_in(force, Role.CALL_HANDLER)
    client.post(f"{address(incident)}log/", {"text": "A red van"})
    client.post(f"{address(incident)}grade/", {"grade": "3"})
    both, typed, system = (page(client, incident, q) for q in ("", "?log=typed", "?log=system&order=recorded"))
    assert ("A red van" in both, "Graded 3." in both) == (True, True)
    assert ("A red van" in typed, "Graded 3." in typed) == (True, False)
    assert ("A red van" in system, "Graded 3." in system) == (False, True)
    assert "Typed (1)" in both


def test_a_line_is_corrected_on_the_page(force: Force) -> None:
    incident, client = force.incident(), signed_in(force, Role.CALL_HANDLER)
    line = control.add_log_entry(incident.id, "A red van", force.one(Role.CALL_HANDLER))
    assert f'name="target" value="{line.id}"' in page(client, incident, f"?correct={line.id}")
    client.post(f"{address(incident)}correct/", {"target": line.id, "text": "A <blue> van"})
    shown = page(client, incident)
    assert "A red van" in shown
    assert "A &lt;blue&gt; van" in shown
    assert "corrected" in shown
    assert LogEntry.objects.get(corrects=line).text == "A <blue> van"


@pytest.mark.parametrize("asked", ["x", "0", "-1", "99999999999999", "'"])
def test_a_line_to_correct_that_makes_no_sense_is_passed_over(force: Force, asked: str) -> None:
    incident = force.incident()
    assert signed_in(force, Role.CALL_HANDLER).get(address(incident), {"correct": asked}).status_code == 200


def test_a_line_of_another_incident_is_not_reached(force: Force) -> None:
    handler = force.one(Role.CALL_HANDLER)
    line = control.add_log_entry(force.incident().id, "theirs", handler)
    answer = signed_in(force, Role.CALL_HANDLER).post(
        f"{address(force.incident())}correct/", {"target": line.id, "text": "mine"}
    )
    assert answer.status_code == 404
    assert LogEntry.objects.count() == 1


@pytest.mark.usefixtures("own_clock")
def test_the_time_of_the_event_is_told_in_local_time(force: Force) -> None:
    with clock.at(dt.datetime(2026, 7, 5, 20, 0, tzinfo=dt.UTC)):
        incident, client = force.incident(), signed_in(force, Role.CALL_HANDLER)
        client.post(f"{address(incident)}log/", {"text": "He left", "time": "20:30"})
        yesterday = {"time-ignored": "", "day-day": "4", "day-month": "7", "day-year": "2026", "time": "9:05"}
        client.post(f"{address(incident)}log/", {"text": "He came", **yesterday})
        refused = client.post(f"{address(incident)}log/", {"text": "He will come", "time": "23:59"})
        no_time = client.post(f"{address(incident)}log/", {"text": "x", "time": "noon"})
    assert (refused.status_code, no_time.status_code) == (422, 422)
    assert dict(incident.log.values_list("text", "at")) == {
        "He left": dt.datetime(2026, 7, 5, 19, 30, tzinfo=dt.UTC),
        "He came": dt.datetime(2026, 7, 4, 8, 5, tzinfo=dt.UTC),
    }


def test_linking_is_done_on_the_page_and_seen_from_both(force: Force) -> None:
    one, other, client = force.incident(), force.incident(), signed_in(force, Role.DISPATCHER)
    told = {"kind": "duplicate_of", "other": other.reference, "reason": "Same caller"}
    assert client.post(f"{address(one)}link/", told).status_code == 302
    assert "has the duplicate" in page(client, other).lower()
    for wrong in ({"other": "no number"}, {"other": "999/01012000"}, {"kind": "twin"}, {"reason": ""}):
        assert client.post(f"{address(one)}link/", told | wrong).status_code == 422
    link = IncidentLink.objects.get()
    third = force.incident()
    for at, status in ((third, 404), (other, 302)):
        sent = client.post(f"{address(at)}withdraw-link/", {"target": link.id, "reason": "Two brothers"})
        assert sent.status_code == status
    assert "Two brothers" in page(client, one)


def test_a_transfer_is_offered_and_answered_on_the_page(force: Force) -> None:
    south = District.objects.create(code="S", name="South (made up)")
    incident, client = force.incident(), signed_in(force, Role.DISPATCHER)
    here = address(incident)
    for wrong in ({}, {"district": south.id, "to_force": "Borderland"}, {"district": "0"}):
        assert client.post(f"{here}transfer/", {"reason": "Over there", **wrong}).status_code == 422
    client.post(f"{here}transfer/", {"district": south.id, "reason": "Over there"})
    assert "Offered to South (made up)" in page(client, incident)
    offer = Transfer.objects.get()
    assert client.post(f"{here}accept-transfer/", {"target": offer.id}).status_code == 403
    signed_in(force, Role.SERGEANT).post(f"{here}refuse-transfer/", {"target": offer.id, "reason": "North"})
    client.post(f"{here}transfer/", {"to_force": "Borderland Police", "reason": "Over there"})
    offer = Transfer.objects.latest("id")
    assert client.post(f"{here}accept-transfer/", {"target": offer.id}).status_code == 422
    told = {"target": offer.id, "accepted_name": "PC Border", "reference": "B1"}
    assert client.post(f"{here}accept-transfer/", told).status_code == 302
    assert "their number B1" in page(client, incident)


def test_a_major_incident_from_declaring_to_standing_down(force: Force) -> None:
    one, two, client = force.incident(), force.incident(), signed_in(force, Role.INSPECTOR)
    report = {"declared": "on", "exact_location": "Junction 4", "type": "Coach", "casualties": "12"}
    assert client.post(f"{address(one)}declare-major/", {"name": "J4", **report, "type": ""}).status_code == 422
    assert client.post(f"{address(one)}declare-major/", {"name": "J4", **report}).status_code == 302
    made = MajorIncident.objects.get()
    client.post(f"{address(two)}add-to-major/", {"major": made.id})
    control.add_log_entry(two.id, "Fire is out", force.one(Role.INSPECTOR))
    here = f"/major-incidents/{made.id}/"
    shown = client.get(here).content.decode()
    for words in ("Junction 4", "12", one.reference, two.reference, "Fire is out"):
        assert words in shown
    assert "Major incident" in page(client, two)
    assert client.post(f"{here}report/", report | {"casualties": "-1"}).status_code == 422
    assert client.post(f"{here}report/", report | {"casualties": ""}).status_code == 302
    assert client.post(f"{here}stand-down/", {"reason": ""}).status_code == 422
    assert signed_in(force, Role.SERGEANT).post(f"{here}stand-down/", {"reason": "x"}).status_code == 403
    part = MajorIncidentPart.objects.get(incident=two)
    client.post(f"{address(two)}leave-major/", {"target": part.id, "reason": "Another road"})
    assert client.post(f"{here}stand-down/", {"reason": "Road open"}).status_code == 302
    assert "stood down" in client.get("/major-incidents/").content.decode()
    assert client.post(f"{here}dance/", {}).status_code == 404
    assert client.get("/major-incidents/0/").status_code == 404
