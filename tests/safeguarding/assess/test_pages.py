"""The officer's form and the API of assessments: what is typed is kept, what is wrong is said, twice is once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.test import Client

from iops.control.selectors import address
from iops.foundation.roles import Role
from iops.safeguarding import services as safeguarding
from iops.safeguarding.assess import services
from iops.safeguarding.assess.questionnaires import questionnaire
from iops.safeguarding.assess.views import draft_name
from iops.safeguarding.models import RiskAssessment
from iops.web import drafts
from tests.force import Force

if TYPE_CHECKING:
    from iops.control.models import Incident
    from iops.foundation.models import User

pytestmark = pytest.mark.django_db


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


def page(incident: Incident, form: str = "long-1") -> str:
    return f"/assess/{incident.number}/{incident.day:%d%m%Y}/{form}/"


def api(incident: Incident) -> str:
    return f"/api/v1/incidents/{incident.number}/{incident.day:%d%m%Y}"


def typed(**changed: Any) -> dict[str, Any]:
    usual = {
        "key": uuid4(),
        "topic_injury_now": "yes",
        "note_topic_injury_now": "A cut lip",
        "topic_stalk_harass": "yes",
        "topic_money": "refused",
        "answered_by": "victim",
        "medium": "in_person",
        "grade": "high",
        "rationale": "He was outside when she left",
    }
    return usual | changed


def test_the_page_offers_the_forms_that_stand_on_their_own(force: Force, incident: Incident) -> None:
    shown = browser(force.one(Role.RESPONSE)).get(f"/assess/{incident.number}/{incident.day:%d%m%Y}/").content.decode()
    assert questionnaire("long-1").title in shown
    assert questionnaire("frequency-1").title in shown
    assert "stalking-1" not in shown


def test_answers_are_kept_as_given_and_the_rest_was_not_asked(force: Force, incident: Incident) -> None:
    sent = browser(force.one(Role.RESPONSE)).post(page(incident), typed())
    assert sent.status_code == 302
    made = RiskAssessment.objects.get()
    assert (made.answers["injury_now"], made.answers["money"], made.answers["weapon"]) == (
        "yes",
        "refused",
        "not_asked",
    )
    assert (made.notes, made.ticks, made.answered_by) == ({"injury_now": "A cut lip"}, 2, "victim")


def test_a_set_that_was_answered_is_kept_beside_the_form(force: Force, incident: Incident) -> None:
    topic = questionnaire("stalking-1").topics[0].code
    given = {f"set_stalking-1__{topic}": "yes", f"note_set_stalking-1__{topic}": "Every night"}
    browser(force.one(Role.RESPONSE)).post(page(incident), typed(**given))
    made = RiskAssessment.objects.get()
    assert made.supplements["stalking-1"][topic] == "yes"
    assert made.notes[topic] == "Every night"
    assert "honour-1" not in made.supplements


def test_sent_twice_it_is_saved_once(force: Force, incident: Incident) -> None:
    client, what = browser(force.one(Role.RESPONSE)), typed()
    assert [client.post(page(incident), what).status_code for _ in range(2)] == [302, 302]
    assert RiskAssessment.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"grade": ""}, "Grade of risk, your judgement: choose one"),
        ({"grade": "severe"}, "not one of the choices"),
        ({"rationale": "  "}, "Rationale is empty"),
        ({"topic_injury_now": "perhaps"}, "not one of the choices"),
        ({"answered_by": ""}, "Who answered?: choose one"),
        ({"note_topic_injury_now": "x" * 501}, "at most 500"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_comes_back(
    force: Force, incident: Incident, changed: dict[str, Any], said: str
) -> None:
    answer = browser(force.one(Role.RESPONSE)).post(page(incident), typed(**changed))
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert said in shown
    assert ("A cut lip" in shown) or ("note_topic_injury_now" in changed)
    assert not RiskAssessment.objects.exists()


def test_many_ticks_below_high_ask_for_the_judgement_and_lose_nothing(force: Force, incident: Incident) -> None:
    yes = {f"topic_{t.code}": "yes" for t in questionnaire("long-1").topics[:14]}
    answer = browser(force.one(Role.RESPONSE)).post(page(incident), typed(**yes, grade="medium"))
    assert answer.status_code == 422
    assert "Professional judgement" in answer.content.decode()
    done = browser(force.one(Role.RESPONSE)).post(
        page(incident), typed(**yes, grade="medium", judgement="All long ago")
    )
    assert done.status_code == 302


@pytest.mark.parametrize("form", ["stalking-1", "nothing-1", "short-1'"])
def test_a_form_that_does_not_stand_alone_or_does_not_exist_has_no_page(
    force: Force, incident: Incident, form: str
) -> None:
    assert browser(force.one(Role.RESPONSE)).get(page(incident, form)).status_code == 404


def test_the_draft_comes_back_and_goes_when_it_is_saved(force: Force, incident: Incident) -> None:
    officer = force.one(Role.RESPONSE)
    name = draft_name(incident, officer, questionnaire("long-1"))
    client = browser(officer)
    kept = {"values": {"topic_weapon": "yes", "rationale": "Half a thought"}, "sequence": 3}
    assert client.post(f"/drafts/{name}/", json.dumps(kept), content_type="application/json").json() == {"kept": True}
    assert "Half a thought" in client.get(page(incident)).content.decode()
    assert page(incident) in client.get("/drafts/").content.decode()
    client.post(page(incident), typed())
    assert drafts.kept(officer, name) is None


def test_completeness_and_the_grade_that_stands_are_shown_on_the_incident(force: Force, incident: Incident) -> None:
    officer, sergeant = force.one(Role.RESPONSE), force.one(Role.SERGEANT)
    made = safeguarding.assess_risk(
        incident.id, {"injury_now": "yes", "money": "unknown"}, "medium", "x", officer, "long-1"
    )
    services.grade_risk(made.id, "supervisor", "high", "He is back", sergeant)
    shown = browser(sergeant).get(address(incident)).content.decode()
    assert "1 of 27 topics answered, 1 so" in shown
    assert "High risk" in shown
    assert "First graded medium" in shown


def test_a_lower_grade_is_proposed_and_decided_on_the_page(force: Force, incident: Incident) -> None:
    sergeant, inspector = force.one(Role.SERGEANT), force.one(Role.INSPECTOR)
    made = safeguarding.assess_risk(incident.id, {}, "high", "x", force.one(Role.RESPONSE))
    where = address(incident)
    asked = {"target": made.id, "graded_as": "supervisor", "grade": "medium", "reason": "He is in prison"}
    assert browser(sergeant).post(f"{where}risk-lower/", asked).status_code == 302
    proposal = made.downgrades.get()
    assert browser(sergeant).post(
        f"{where}risk-decide/", {"target": proposal.id, "confirmed": "yes", "note": ""}
    ).status_code in {403, 422}
    assert services.effective(made.id) == "high"
    assert (
        browser(inspector)
        .post(f"{where}risk-decide/", {"target": proposal.id, "confirmed": "yes", "note": ""})
        .status_code
        == 302
    )
    assert services.effective(made.id) == "medium"


def test_an_action_does_not_reach_into_another_incident(force: Force, incident: Incident) -> None:
    other = safeguarding.assess_risk(force.incident(domestic=True).id, {}, "high", "x", force.one(Role.RESPONSE))
    asked = {"target": other.id, "graded_as": "supervisor", "grade": "high", "rationale": "x"}
    assert browser(force.one(Role.SERGEANT)).post(f"{address(incident)}risk-grade/", asked).status_code == 404


class TestApi:
    """The same by program."""

    def test_any_form_with_all_that_was_told(self, force: Force, incident: Incident) -> None:
        told = {
            "form": "frequency-1",
            "answers": {"weapon": "often", "money": "never"},
            "grade": "medium",
            "rationale": "x",
            "medium": "telephone",
            "answered_by": "victim",
            "notes": {"weapon": "A bottle"},
        }
        client = browser(force.one(Role.RESPONSE))
        answer = client.post(f"{api(incident)}/assessments", json.dumps(told), content_type="application/json")
        assert answer.status_code == 201
        shown = answer.json()["assessments"][0]
        assert (shown["answered"], shown["topics"], shown["ticks"]) == (2, 17, 1)
        assert (shown["medium"], shown["notes"]) == ("telephone", {"weapon": "A bottle"})

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"answers": {"weapon": "yes"}, "form": "frequency-1"}, "weapon"),
            ({"answers": {"nothing": "yes"}}, "answers"),
            ({"form": "nothing-1"}, "form"),
            ({"medium": "pigeon"}, "medium"),
            ({"answered_by": "nobody"}, "answered_by"),
            ({"supplements": {"stalking-1": {}}}, "supplements"),
            ({"notes": {"nothing": "x"}}, "notes"),
        ],
    )
    def test_what_the_form_does_not_know_is_refused(
        self, force: Force, incident: Incident, changed: dict[str, Any], field: str
    ) -> None:
        told = {"answers": {}, "grade": "medium", "rationale": "x"} | changed
        client = browser(force.one(Role.RESPONSE))
        answer = client.post(f"{api(incident)}/assessments", json.dumps(told), content_type="application/json")
        assert answer.status_code == 422
        assert answer.json()["details"]["field"] == field
        assert not RiskAssessment.objects.exists()

    def test_grades_are_given_proposed_lower_and_decided(self, force: Force, incident: Incident) -> None:
        made = safeguarding.assess_risk(incident.id, {}, "medium", "x", force.one(Role.RESPONSE))
        sergeant, inspector = browser(force.one(Role.SERGEANT)), browser(force.one(Role.INSPECTOR))
        json_ = "application/json"
        up = {"graded_as": "supervisor", "grade": "high", "rationale": "x"}
        at = f"{api(incident)}/assessments"
        raised = sergeant.post(f"{at}/{made.id}/gradings", json.dumps(up), content_type=json_)
        assert raised.json()["assessments"][0]["grade"] == "high"
        down = {"graded_as": "supervisor", "grade": "medium", "reason": "Moved away"}
        alone = sergeant.post(f"{at}/{made.id}/gradings", json.dumps(up | {"grade": "medium"}), content_type=json_)
        assert (alone.status_code, alone.json()["code"]) == (409, "senior-person")
        asked = sergeant.post(f"{at}/{made.id}/lower", json.dumps(down), content_type=json_).json()
        proposal = asked["assessments"][0]["lower"][0]["id"]
        done = inspector.post(f"{at}/lower/{proposal}/decision", json.dumps({"confirmed": True}), content_type=json_)
        shown = done.json()["assessments"][0]
        assert (shown["grade"], shown["first_grade"]) == ("medium", "medium")

    def test_every_form_is_listed_with_its_topics(self, force: Force) -> None:
        listed = browser(force.one(Role.RESPONSE)).get("/api/v1/questionnaires").json()
        assert {form["code"]: len(form["topics"]) for form in listed}["long-1"] == 27
