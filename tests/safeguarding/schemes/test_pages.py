"""The pages of the schemes: lists, the panel of an incident, what is begun there, and what they must refuse."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from iops.control import services as control
from iops.control.selectors import address
from iops.foundation import clock
from iops.safeguarding.models import (
    ChildProtection,
    DisclosureApplication,
    EncompassStep,
    MaracAction,
    MaracCase,
    MaracMeeting,
    MatacNomination,
    ProtectionNotice,
    VictimRights,
)
from iops.safeguarding.schemes import encompass
from iops.safeguarding.schemes.words import SCHEMES
from tests.foundation.consulting import assert_consulted

if TYPE_CHECKING:
    from iops.control.models import Incident
    from iops.foundation.models import User
    from iops.pole.models import Person
    from tests.safeguarding.schemes.conftest import Unit

pytestmark = pytest.mark.django_db


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def people(unit: Unit) -> tuple[Person, Person]:
    return unit.person("Ann Brown"), unit.person("Bob Brown", "1980-01-02")


@pytest.fixture
def incident(unit: Unit, people: tuple[Person, Person]) -> Incident:
    return unit.between(*people)


def begin(client: Client, incident: Incident, what: str, typed: dict[str, Any]) -> int:
    place = f"/schemes/new/{what}/{incident.number}/{incident.day:%d%m%Y}/"
    assert client.get(place).status_code == 200
    status: int = client.post(place, typed).status_code
    return status


def act(client: Client, incident: Incident, name: str, target: int, **typed: Any) -> int:
    status: int = client.post(f"{address(incident)}{name}/", {"target": target, **typed}).status_code
    return status


def test_a_marac_case_from_the_referral_to_the_action_done(
    unit: Unit, people: tuple[Person, Person], incident: Incident
) -> None:
    ann, bob = people
    officer, keeper = browser(unit.officer), browser(unit.keeper)
    told = {"victim": ann.id, "perpetrators": [bob.id], "route": "professional_judgement"}
    assert begin(officer, incident, "marac", {**told, "reasons": ""}) == 422
    assert begin(officer, incident, "marac", {**told, "reasons": "Strangled", "emergency": "on"}) == 302
    case = MaracCase.objects.get()
    yesterday = clock.today() - dt.timedelta(days=1)
    when = {"day-day": yesterday.day, "day-month": yesterday.month, "day-year": yesterday.year, "time": "9.30"}
    meeting = {"district": unit.force.district.id, "chair": "DI (made up)", **when}
    assert keeper.post("/schemes/meetings/", {**meeting, "time": "25:00"}).status_code == 422
    assert officer.post("/schemes/meetings/", meeting).status_code == 403
    assert keeper.post("/schemes/meetings/", meeting).status_code == 302
    assert act(keeper, incident, "marac-hear", case.id, outcome="x") == 409
    assert act(keeper, incident, "marac-list", case.id, meeting=MaracMeeting.objects.get().id) == 302
    day = {"due_on-day": "2", "due_on-month": "12", "due_on-year": "2030"}
    assert act(keeper, incident, "marac-hear", case.id, outcome="Plan agreed", owner="IDVA") == 422
    asked = {"outcome": "Plan agreed", "owner": "IDVA", "what": "Call her", **day}
    assert act(keeper, incident, "marac-hear", case.id, **asked) == 302
    assert act(keeper, incident, "marac-action", case.id, owner="Housing", what="Locks", **day) == 302
    first = MaracAction.objects.order_by("id")[0]
    assert act(officer, incident, "marac-done", first.id, note="Called") == 302
    page = officer.get(address(incident)).content.decode()
    for words in ("Heard", "Ann Brown (made up) and Bob Brown (made up)", "IDVA: Call her", "Housing: Locks", "Done"):
        assert words in page
    actions = keeper.get("/hub/marac-actions/").content.decode()
    assert ("Housing: Locks" in actions, "IDVA: Call her" in actions) == (True, False)
    assert "IDVA: Call her" in keeper.get("/hub/marac-actions/?ended=on").content.decode()
    assert "DI (made up)" in keeper.get("/hub/marac/").content.decode()


def test_a_notice_and_a_disclosure(unit: Unit, people: tuple[Person, Person], incident: Incident) -> None:
    ann, bob = people
    officer, keeper = browser(unit.officer), browser(unit.keeper)
    told = {"kind": "dapn", "victim": ann.id, "respondent": bob.id, "authoriser": "Inspector 12", "grounds": "Threats"}
    assert begin(officer, incident, "notice", {**told, "kind": "dvpn", "authorised_rank": "inspector"}) == 422
    assert begin(officer, incident, "notice", {**told, "authorised_rank": "inspector"}) == 302
    notice = ProtectionNotice.objects.get()
    assert act(officer, incident, "notice-step", notice.id, kind="listed") == 422
    when = {"day-day": "1", "day-month": "12", "day-year": "2030", "time": "0930"}
    assert act(officer, incident, "notice-step", notice.id, kind="listed", **when) == 302
    assert act(officer, incident, "notice-step", notice.id, kind="order_made") == 302
    assert act(officer, incident, "notice-lapse", notice.id, note="x") == 403
    asked = {"route": "right_to_ask", "at_risk": ann.id, "other": bob.id}
    assert begin(officer, incident, "disclosure", asked) == 422
    assert begin(officer, incident, "disclosure", {**asked, "applicant": "Her sister"}) == 302
    application = DisclosureApplication.objects.get()
    assert act(keeper, incident, "disclosure-step", application.id, kind="to_disclose", note="Convictions") == 302
    step = {"kind": "disclosed", "to_whom": "Ann Brown", "note": "Convictions"}
    assert act(keeper, incident, "disclosure-step", application.id, **step) == 302
    assert act(keeper, incident, "disclosure-step", application.id, **step) == 409
    page = officer.get(address(incident)).content.decode()
    assert "Order made" in page
    assert "Disclosed" in page
    assert "Her sister" in keeper.get("/hub/disclosure/?ended=on").content.decode()


def test_a_child_from_the_school_to_the_conference(unit: Unit, incident: Incident) -> None:
    child = unit.child(incident)
    school = encompass.register_school("100001", "Mill Lane Primary (made up)", unit.keeper)
    officer, keeper = browser(unit.officer), browser(unit.keeper)
    assert act(officer, incident, "child-school", child.id, standing="known", code="999") == 404
    assert act(officer, incident, "child-school", child.id, standing="known", code=school.code) == 302
    assert act(officer, incident, "school-not-told", child.id, code="would_harm", note="x") == 403
    assert act(officer, incident, "school-told", child.id, recipient="Head (made up)") == 302
    assert EncompassStep.objects.get().kind == "told"
    assert act(officer, incident, "suspect-harm", child.id, note="Bruises") == 302
    harm = ChildProtection.objects.get()
    told = {"taking_part": "Children's services", "outcome": "joint", "conference": "on"}
    assert act(officer, incident, "discussion", harm.id, **told) == 302
    assert act(keeper, incident, "conference", harm.id, plan="yes", note="Plan made") == 302
    page = officer.get(address(incident)).content.decode()
    assert "Mill Lane Primary (made up)" in page
    assert "Conference held" in page


def test_a_nomination_and_a_victims_rights(unit: Unit, people: tuple[Person, Person], incident: Incident) -> None:
    officer, sergeant = browser(unit.officer), browser(unit.sergeant)
    told = {"person": people[1].id, "source": "Police", "reasons": "Three victims"}
    assert begin(officer, incident, "matac", told) == 302
    assert begin(officer, incident, "matac", told) == 409
    nomination = MatacNomination.objects.get()
    assert act(sergeant, incident, "matac-decide", nomination.id, decision="adopted", plan="Disrupt") == 302
    rights = VictimRights.objects.get()
    assert act(officer, incident, "victim-step", rights.id, kind="needs_assessed", note="Interpreter") == 302
    assert act(officer, incident, "enhanced-remove", rights.id, reason="x") == 403
    assert act(sergeant, incident, "enhanced-remove", rights.id, reason="Not domestic") == 302
    assert "Enhanced rights removed" in officer.get(address(incident)).content.decode()
    assert act(officer, incident, "enhanced-restore", rights.id) == 302
    assert VictimRights.objects.get().enhanced


def test_an_address_does_not_reach_into_another_incident(
    unit: Unit, people: tuple[Person, Person], incident: Incident
) -> None:
    other = unit.incident()
    rights, child = VictimRights.objects.get(), unit.child(incident)
    officer = browser(unit.officer)
    assert act(officer, other, "victim-step", rights.id, kind="needs_assessed", note="x") == 404
    assert act(officer, other, "school-told", child.id, recipient="x") == 404
    stranger = unit.person("Carl Green")
    assert begin(officer, incident, "matac", {"person": stranger.id, "source": "x", "reasons": "x"}) == 422
    assert officer.get(f"/schemes/new/gossip/{incident.number}/{incident.day:%d%m%Y}/").status_code == 404


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_list_is_there_empty_with_odd_addresses_and_signed_out(unit: Unit, scheme: str) -> None:
    client = browser(unit.keeper)
    assert "No entries" in client.get(f"/hub/{scheme}/").content.decode()
    odd = client.get(f"/hub/{scheme}/?district=%00x&page=-1&ended=perhaps")
    assert odd.status_code in (200, 400)
    assert Client().get(f"/hub/{scheme}/").status_code == 302
    assert client.post(f"/hub/{scheme}/").status_code == 405


def test_a_look_at_a_list_is_a_look_at_the_people(
    unit: Unit, people: tuple[Person, Person], incident: Incident
) -> None:
    ann, bob = people
    told = {"victim": ann.id, "perpetrators": [bob.id], "route": "visible_high_risk", "reasons": ""}
    begin(browser(unit.officer), incident, "marac", told)
    with assert_consulted("person", [ann.id, bob.id], unit.keeper):
        browser(unit.keeper).get("/hub/marac/")


def test_a_restricted_incident_is_on_nobody_elses_list(
    unit: Unit, people: tuple[Person, Person], incident: Incident
) -> None:
    assert "Ann Brown" in browser(unit.keeper).get("/hub/victims/").content.decode()
    control.restrict(incident.id, [unit.inspector.id], [], "Witness protection", unit.inspector)
    assert "Ann Brown" not in browser(unit.keeper).get("/hub/victims/").content.decode()
    assert "Ann Brown" in browser(unit.inspector).get("/hub/victims/").content.decode()


def test_serial_perpetrators_are_named_with_the_reason(unit: Unit) -> None:
    bob = unit.person("Bob Brown")
    unit.between(unit.person("Ann"), bob)
    unit.between(unit.person("Eve"), bob)
    page = browser(unit.keeper).get("/hub/matac/").content.decode()
    assert "Bob Brown" in page
    assert "2 domestic abuse records against 2 victims" in page
