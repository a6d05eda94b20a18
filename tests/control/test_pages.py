"""The screens of the control room, asked over HTTP."""

from __future__ import annotations

from typing import Protocol
from uuid import uuid4

import pytest
from django.test import Client

from iops.control import services as control
from iops.control.changes import changes
from iops.control.models import Incident
from iops.control.selectors import address, incident, parse_reference
from iops.foundation.context import acting
from iops.foundation.errors import NotFoundError
from iops.foundation.models import Consultation
from iops.foundation.roles import Role
from iops.obligations.models import Obligation, Waiver
from tests.force import Force

pytestmark = pytest.mark.django_db


@pytest.fixture
def force() -> Force:
    return Force()


def signed_in(force: Force, role: Role) -> Client:
    client = Client()
    client.force_login(force.one(role))
    return client


class Answer(Protocol):
    """What came back."""

    @property
    def content(self) -> bytes: ...


def body(response: Answer) -> str:
    return response.content.decode()


def typed(force: Force, **changed: object) -> dict[str, object]:
    """A new incident as typed."""
    told = {"where": "1 Mill Lane", "what": "Shouting", "district": force.district.id, "channel": "999", "key": uuid4()}
    return told | changed


def test_nobody_sees_a_page_before_signing_in(force: Force) -> None:
    found = force.incident()
    for place in ("/", "/incidents/", "/incidents/new/", address(found), "/rulebook/", "/assurance/"):
        response = Client().get(place)
        assert (response.status_code, response.headers["Location"].split("?")[0]) == (302, "/sign-in/")


def test_a_call_needs_where_and_what_alone_and_the_district_can_follow(force: Force) -> None:
    client = signed_in(force, Role.CALL_HANDLER)
    client.post("/incidents/new/", typed(force) | {"district": ""})
    found = Incident.objects.get()
    assert found.district.name == "District not known yet"
    assert Obligation.objects.get(record_id=found.id).district_id == found.district_id
    client.post(f"{address(found)}district/", {"district": force.district.id})
    found.refresh_from_db()
    assert found.district == force.district
    assert Obligation.objects.get(record_id=found.id).district_id == force.district.id


def test_a_call_that_is_taken_opens_its_page(force: Force) -> None:
    response = signed_in(force, Role.CALL_HANDLER).post("/incidents/new/", typed(force))
    found = Incident.objects.get()
    assert (response.status_code, response.headers["Location"]) == (302, address(found))
    assert (found.where, found.what, found.domestic) == ("1 Mill Lane", "Shouting", False)


def test_a_form_that_is_sent_twice_opens_one_incident(force: Force) -> None:
    client, told = signed_in(force, Role.CALL_HANDLER), typed(force)
    first, second = client.post("/incidents/new/", told), client.post("/incidents/new/", told)
    assert first.headers["Location"] == second.headers["Location"]
    assert Incident.objects.count() == 1


def test_somebody_elses_form_cannot_be_sent_again(force: Force) -> None:
    told = typed(force)
    signed_in(force, Role.CALL_HANDLER).post("/incidents/new/", told)
    response = signed_in(force, Role.DISPATCHER).post("/incidents/new/", told)
    assert response.status_code == 409
    assert Incident.objects.count() == 1


def test_a_grade_given_with_the_call_is_saved_with_it(force: Force) -> None:
    signed_in(force, Role.CALL_HANDLER).post("/incidents/new/", typed(force, grade="2", domestic="on"))
    found = Incident.objects.get()
    assert [g.grade for g in found.gradings.all()] == [2]
    assert found.domestic


@pytest.mark.parametrize(
    "wrong",
    [{"where": ""}, {"what": " "}, {"where": "x" * 301}, {"what": "x" * 20_001}, {"district": "999999"}, {"key": "no"},
     {"district": "x"}, {"channel": "pigeon"}, {"grade": "9"}, {"time": "25:99"}, {"time": "03:12"},
     {"day-day": "1", "day-month": "1", "day-year": "2999", "time": "03:12"}],
)  # fmt: skip
def test_what_cannot_be_taken_comes_back_as_typed(force: Force, wrong: dict[str, str]) -> None:
    told = typed(force, caller_name="A. Caller", **wrong)
    response = signed_in(force, Role.CALL_HANDLER).post("/incidents/new/", told)
    assert response.status_code == 422
    assert "There is a problem" in body(response)
    assert 'value="A. Caller"' in body(response)
    assert not Incident.objects.exists()


def test_a_report_written_up_afterwards_keeps_its_local_time(force: Force) -> None:
    when = {"day-day": "5", "day-month": "7", "day-year": "2019", "time": "0312"}
    signed_in(force, Role.CALL_HANDLER).post("/incidents/new/", typed(force, **when))
    found = Incident.objects.get()
    assert found.reported_at.isoformat() == "2019-07-05T02:12:00+00:00"
    assert found.reference == "1/05072019"


def test_a_restricted_incident_is_not_there_on_any_page(force: Force) -> None:
    secret = force.incident(where="A secret place")
    control.restrict(secret.id, [], [], "A colleague is involved", force.one(Role.SERGEANT))
    client = signed_in(force, Role.RESPONSE)
    assert client.get(address(secret)).status_code == 404
    assert client.post(f"{address(secret)}log/", {"text": "I was here"}).status_code == 404
    for place in ("/", "/incidents/", f"/incidents/?reference={secret.reference}"):
        assert "A secret place" not in body(client.get(place))
    assert "A secret place" in body(signed_in(force, Role.SERGEANT).get(address(secret)))


def test_every_action_that_does_not_exist_is_not_found(force: Force) -> None:
    found = force.incident()
    assert signed_in(force, Role.SERGEANT).post(f"{address(found)}explode/").status_code == 404


def test_an_action_is_never_done_by_following_a_link(force: Force) -> None:
    found = force.incident()
    assert signed_in(force, Role.SERGEANT).get(f"{address(found)}close/").status_code == 405


def test_a_form_from_another_site_is_refused(force: Force) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(force.one(Role.SERGEANT))
    found = force.incident()
    assert client.post(f"{address(found)}log/", {"text": "x"}).status_code == 403
    assert not found.log.exists()


def test_a_refused_close_names_what_is_owed_and_keeps_the_note(force: Force) -> None:
    found = force.incident(crime_reported=True)
    told = {"note": "Nothing more to do", "code": "crime-theft"}
    response = signed_in(force, Role.SERGEANT).post(f"{address(found)}close/", told)
    assert response.status_code == 409
    assert "This incident cannot be closed yet" in body(response)
    assert f'href="#owed-crime-recording-decision-incident-{found.id}"' in body(response)
    assert "Nothing more to do" in body(response)
    found.refresh_from_db()
    assert found.closed_at is None


def test_a_unit_of_another_incident_is_out_of_reach(force: Force) -> None:
    here, there = force.incident(), force.incident()
    unit = control.assign_unit(there.id, "AB1", force.one(Role.DISPATCHER))
    response = signed_in(force, Role.DISPATCHER).post(f"{address(here)}arrived/", {"target": unit.id})
    unit.refresh_from_db()
    assert (response.status_code, unit.arrived_at) == (404, None)


def test_a_duty_is_waived_from_the_page_by_somebody_who_may(force: Force) -> None:
    found = force.incident()
    told = {"subject": "incident", "subject_id": found.id, "rule": "grade-incident", "reason": "Opened by mistake"}
    assert signed_in(force, Role.RESPONSE).post(f"{address(found)}waive/", told).status_code == 403
    assert signed_in(force, Role.SERGEANT).post(f"{address(found)}waive/", told).status_code == 302
    assert Waiver.objects.get().reason == "Opened by mistake"
    assert "Waived by sergeant (made up)" in body(signed_in(force, Role.RESPONSE).get(address(found)))


def test_a_duty_of_another_record_is_out_of_reach(force: Force) -> None:
    here, there = force.incident(), force.incident()
    told = {"subject": "incident", "subject_id": there.id, "rule": "grade-incident", "reason": "Opened by mistake"}
    assert signed_in(force, Role.SERGEANT).post(f"{address(here)}waive/", told).status_code == 404
    assert not Waiver.objects.exists()


def test_people_to_restrict_to_are_named_by_sign_in_and_a_wrong_name_is_told(force: Force) -> None:
    found = force.incident()
    force.one(Role.RESPONSE)
    client = signed_in(force, Role.SERGEANT)
    wrong = client.post(f"{address(found)}restrict/", {"people": "response, stranger", "reason": "A colleague"})
    assert "Nobody signs in as stranger." in body(wrong)
    client.post(f"{address(found)}restrict/", {"people": "RESPONSE", "reason": "A colleague is involved"})
    assert signed_in(force, Role.RESPONSE).get(address(found)).status_code == 200
    assert signed_in(force, Role.CALL_HANDLER).get(address(found)).status_code == 404


@pytest.mark.parametrize(
    "query",
    ["reference=412", "reference=%00", "reference=" + "9" * 500, "page=0", "page=-1", "page=99999999999", "page=x",
     "district=x", "district=9999999999999", "state=odd", "domestic=1&state=open", "reference=31/31022019"],
)  # fmt: skip
def test_odd_questions_to_the_list_are_answered(force: Force, query: str) -> None:
    force.incident()
    assert signed_in(force, Role.SERGEANT).get(f"/incidents/?{query}").status_code in {200, 400}


def test_the_list_finds_by_reference_state_and_domestic_mark(force: Force) -> None:
    plain, domestic = force.incident(where="Plain place"), force.incident(where="Domestic place", domestic=True)
    client = signed_in(force, Role.SERGEANT)
    assert "Plain place" not in body(client.get("/incidents/?domestic=on"))
    assert "Domestic place" not in body(client.get(f"/incidents/?reference={plain.reference}"))
    assert "1 to 2 of 2" in body(client.get("/incidents/?state=open"))
    assert "No incidents" in body(client.get("/incidents/?state=closed"))
    assert domestic.reference in body(client.get("/incidents/"))


@pytest.mark.parametrize(
    "written", ["412/05072019", "412 05/07/2019", "412/05-07-2019", "412 of 05.07.2019", " 412/05072019 "]
)
def test_a_reference_is_read_however_it_is_written(written: str) -> None:
    found = parse_reference(written)
    assert found is not None
    assert (found[0], found[1].isoformat()) == (412, "2019-07-05")


@pytest.mark.parametrize(
    "written",
    [
        "",
        "412",
        "412/31022019",
        "x/05072019",
        "412/05072019; --",
        "\N{ARABIC-INDIC DIGIT FOUR}/05072019",
        "4" * 7 + "/05072019",
    ],
)
def test_what_is_no_reference_is_not_read_as_one(written: str) -> None:
    assert parse_reference(written) is None


def test_looking_at_an_incident_is_logged_in_the_name_of_who_looks(force: Force) -> None:
    found, sergeant = force.incident(), force.one(Role.SERGEANT)
    signed_in(force, Role.SERGEANT).get(address(found))
    with acting(user_id=sergeant.id):
        assert Consultation.objects.filter(user=sergeant, kind="incident", record_ids=[found.id]).count() == 1


def test_the_history_of_an_incident_says_who_changed_what_and_what_stood_there(force: Force) -> None:
    sergeant = force.one(Role.SERGEANT)
    found = force.incident(domestic=True)
    control.mark_domestic(found.id, False, "Neighbours, not family", sergeant)
    with acting(user_id=sergeant.id):
        shown = changes(incident(found.id, sergeant)).shown
    newest, first = next(change for change in shown if change.what == "Incident changed"), shown[-1]
    assert (newest.by, newest.what, newest.reason) == (
        "sergeant (made up)",
        "Incident changed",
        "Neighbours, not family",
    )
    assert newest.fields == (("domestic", "yes"),)
    assert first.what == "Incident added"


def test_the_history_of_a_restricted_incident_is_not_there_either(force: Force) -> None:
    sergeant, stranger = force.one(Role.SERGEANT), force.one(Role.RESPONSE)
    found = force.incident()
    detail = incident(found.id, sergeant)
    control.restrict(found.id, [], [], "A colleague is involved", sergeant)
    with acting(user_id=stranger.id):
        assert changes(detail).shown == ()
        with pytest.raises(NotFoundError):
            incident(found.id, stranger)
