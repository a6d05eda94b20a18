"""What is said of a child: every unknown is an answer that leaves work, and the pages and the program say the same."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from iops.control.selectors import address
from iops.foundation.errors import InvalidError
from iops.foundation.roles import Role
from iops.obligations.models import Obligation
from iops.safeguarding import services
from iops.safeguarding.models import ChildDecision, IncidentChild, NoReferralProposal
from iops.safeguarding.services import AboutChild
from tests.force import Force

if TYPE_CHECKING:
    from iops.control.models import Incident
    from iops.foundation.models import User

pytestmark = pytest.mark.django_db
BORN = dt.date(2016, 3, 4)


@pytest.fixture
def force() -> Force:
    return Force()


@pytest.fixture
def incident(force: Force) -> Incident:
    return force.incident(domestic=True)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def school_is(child: IncidentChild) -> str:
    found = Obligation.objects.get(subject="incident_child", subject_id=child.id, rule_id="child-school-known")
    return "met" if found.met_at else "open"


@pytest.mark.parametrize(
    ("born", "about", "expected"),
    [
        (None, None, "open"),
        (BORN, None, "open"),
        (None, AboutChild(school_known="known", school="Hill Primary (made up)"), "open"),
        (BORN, AboutChild(school_known="known", school="Hill Primary (made up)"), "met"),
        (BORN, AboutChild(school_known="none"), "met"),
    ],
)
def test_an_unknown_school_or_birth_leaves_the_work_to_find_out(
    force: Force, incident: Incident, born: dt.date | None, about: AboutChild | None, expected: str
) -> None:
    child = services.link_child(incident.id, "Child (made up)", born, force.one(Role.RESPONSE), about)
    assert school_is(child) == expected


def test_what_is_found_out_later_meets_it(force: Force, incident: Incident) -> None:
    officer = force.one(Role.RESPONSE)
    child = services.link_child(incident.id, "Child (made up)", None, officer)
    services.tell_of_child(child.id, AboutChild(school_known="none", seen="spoken", voice="He shouts"), officer)
    assert school_is(child) == "open"
    told = services.tell_of_child(child.id, AboutChild(school_known="none"), officer, BORN)
    assert school_is(child) == "met"
    assert told.person.born == BORN


@pytest.mark.parametrize(
    ("about", "field"),
    [
        (AboutChild(found_how="flew"), "found_how"),
        (AboutChild(school_known="perhaps"), "school_known"),
        (AboutChild(seen="no"), "seen"),
        (AboutChild(school_known="known"), "School"),
        (AboutChild(school_known="known", school=" "), "School"),
        (AboutChild(school_known="known", school="x" * 201), "school"),
        (AboutChild(school="Hill Primary"), "school"),
        (AboutChild(seen="not_seen"), "Why"),
        (AboutChild(voice="x\x00y"), "Voice of the child"),
    ],
)
def test_what_does_not_fit_together_is_refused_by_name(
    force: Force, incident: Incident, about: AboutChild, field: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        services.link_child(incident.id, "Child (made up)", None, force.one(Role.RESPONSE), about)
    assert str(refused.value.details["field"]).lower() == field.lower()
    assert not IncidentChild.objects.exists()


def test_the_page_proposes_no_referral_and_a_second_person_confirms_it(force: Force, incident: Incident) -> None:
    officer, sergeant = browser(force.one(Role.RESPONSE)), browser(force.one(Role.SERGEANT))
    where = address(incident)
    usual = {"name": "Child (made up)", "found_how": "address", "school_known": "unknown", "seen": "spoken"}
    assert officer.post(f"{where}child/", usual).status_code == 302
    child = IncidentChild.objects.get()
    asked = {"target": child.id, "instead_of": "", "decision": "no_referral", "reason": "She lives elsewhere"}
    assert officer.post(f"{where}child-decision/", asked).status_code == 302
    made = NoReferralProposal.objects.get()
    shown = sergeant.get(where).content.decode()
    assert "It does not count until a second person confirms it." in shown
    assert officer.post(f"{where}no-referral/", {"target": made.id, "confirmed": "yes", "note": ""}).status_code == 403
    assert sergeant.post(f"{where}no-referral/", {"target": made.id, "confirmed": "yes", "note": ""}).status_code == 302
    assert ChildDecision.objects.get().decision == "no_referral"


def test_a_decision_on_a_page_that_is_old_by_now_is_refused_and_keeps_what_was_typed(
    force: Force, incident: Incident
) -> None:
    officer = browser(force.one(Role.RESPONSE))
    child = services.link_child(incident.id, "Child (made up)", None, force.one(Role.RESPONSE))
    stands = services.decide_on_child(child.id, "refer_now", "He was hit", force.one(Role.SAFEGUARDING))
    old = {"target": child.id, "instead_of": "", "decision": "early_help", "reason": "They asked for help"}
    answer = officer.post(f"{address(incident)}child-decision/", old)
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "somebody has decided meanwhile" in shown
    assert "They asked for help" in shown
    assert f'name="instead_of" value="{stands.id}"' in shown


class TestApi:
    """The same by program."""

    def sent(self, client: Client, incident: Incident, path: str, told: dict[str, Any]) -> Any:
        where = f"/api/v1/incidents/{incident.number}/{incident.day:%d%m%Y}/{path}"
        return client.post(where, json.dumps(told), content_type="application/json")

    def test_a_child_with_all_that_is_known_and_its_decisions(self, force: Force, incident: Incident) -> None:
        officer, keeper = browser(force.one(Role.RESPONSE)), browser(force.one(Role.SAFEGUARDING))
        about = {"name": "Child (made up)", "school_known": "known", "school": "Hill Primary (made up)"}
        made = self.sent(officer, incident, "children", about).json()["children"][0]
        assert (made["school"], made["seen"], made["decisions"]) == ("Hill Primary (made up)", "unknown", [])
        path = f"children/{made['id']}/decisions"
        asked = self.sent(officer, incident, path, {"decision": "no_referral", "reason": "x"}).json()["children"][0]
        assert asked["decisions"] == []
        answer = f"children/no-referral/{asked['no_referral'][0]['id']}/answer"
        done = self.sent(keeper, incident, answer, {"confirmed": True}).json()["children"][0]
        assert [d["decision"] for d in done["decisions"]] == ["no_referral"]
        stale = self.sent(officer, incident, path, {"decision": "early_help"})
        assert stale.status_code == 409
        again = {"decision": "early_help", "instead_of": done["decisions"][0]["id"]}
        assert self.sent(officer, incident, path, again).status_code == 201

    def test_a_proposal_of_another_incident_is_not_reached(self, force: Force, incident: Incident) -> None:
        other = services.link_child(force.incident().id, "Child (made up)", None, force.one(Role.RESPONSE))
        made = services.decide_on_child(other.id, "no_referral", "x", force.one(Role.RESPONSE))
        answer = f"children/no-referral/{made.id}/answer"
        assert self.sent(browser(force.one(Role.SERGEANT)), incident, answer, {"confirmed": True}).status_code == 404
