"""What an assessment of risk owes: a review, a second look by a specialist, a look in person; and when it is met."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from iops.control import services as control
from iops.foundation.errors import IopsError
from iops.foundation.roles import Role
from iops.obligations.models import Obligation
from iops.safeguarding import services as safeguarding
from iops.safeguarding.assess import services
from iops.safeguarding.assess.questionnaires import questionnaire
from iops.safeguarding.assess.told import Told
from tests.force import Force, owed

if TYPE_CHECKING:
    from iops.control.models import Incident
    from iops.safeguarding.models import RiskAssessment

pytestmark = pytest.mark.django_db


@pytest.fixture
def force() -> Force:
    return Force()


@pytest.fixture
def incident(force: Force) -> Incident:
    return force.incident(domestic=True)


def assessed(force: Force, incident: Incident, grade: str, told: Told | None = None, ticks: int = 0) -> RiskAssessment:
    topics = [t.code for t in questionnaire("long-1").topics][:ticks]
    answers = dict.fromkeys(topics, "yes")
    officer = force.one(Role.RESPONSE)
    return safeguarding.assess_risk(incident.id, answers, grade, "Seen", officer, "long-1", told)


def standing(assessment: RiskAssessment) -> dict[str, str]:
    rows = Obligation.objects.filter(subject="risk_assessment", subject_id=assessment.id)
    return {o.rule_id: "met" if o.met_at else "open" for o in rows}


def test_a_high_risk_owes_a_review_at_once_and_a_specialist_within_a_day(force: Force, incident: Incident) -> None:
    made = assessed(force, incident, "high")
    due = {o.rule_id: o.due_at - made.at for o in Obligation.objects.filter(subject="risk_assessment")}
    hours = {rule: span.total_seconds() / 3600 for rule, span in due.items()}
    assert hours == {
        "da-assessment-review": 8,
        "da-high-risk-review": 2,
        "da-secondary-high": 24,
        "high-risk-referral": 24,
    }


def test_a_specialist_who_grades_it_has_looked_a_second_time(force: Force, incident: Incident) -> None:
    made = assessed(force, incident, "high")
    services.grade_risk(made.id, "supervisor", "high", "Agreed", force.one(Role.SERGEANT))
    assert standing(made)["da-secondary-high"] == "open"
    services.grade_risk(made.id, "specialist", "high", "Pattern", force.one(Role.SAFEGUARDING))
    assert standing(made)["da-secondary-high"] == "met"


def test_a_risk_raised_later_owes_from_then_on(force: Force, incident: Incident) -> None:
    made = assessed(force, incident, "medium")
    assert "da-secondary-high" not in standing(made)
    raised = services.grade_risk(made.id, "supervisor", "high", "He is back", force.one(Role.INSPECTOR))
    owed_since = Obligation.objects.get(rule_id="da-secondary-high").due_at - raised.at
    assert owed_since.total_seconds() == 24 * 3600


@pytest.mark.parametrize(
    ("ticks", "grade", "expected"), [(14, "medium", True), (13, "medium", False), (14, "high", False)]
)
def test_fourteen_ticks_below_high_owe_a_second_look(
    force: Force, incident: Incident, ticks: int, grade: str, expected: bool
) -> None:
    made = assessed(force, incident, grade, Told(judgement="Old matters, all of them"), ticks)
    assert ("da-many-ticks" in standing(made)) is expected


@pytest.mark.parametrize(
    ("told", "grade", "expected"),
    [
        (Told(medium="telephone", answered_by="victim"), "medium", True),
        (Told(medium="in_person", answered_by="third_party"), "high", True),
        (Told(medium="telephone", answered_by="victim"), "standard", False),
        (Told(medium="in_person", answered_by="victim"), "high", False),
        (Told(), "high", False),
    ],
)
def test_by_telephone_or_from_somebody_else_is_not_enough_alone(
    force: Force, incident: Incident, told: Told, grade: str, expected: bool
) -> None:
    assert ("da-assessment-in-person" in standing(assessed(force, incident, grade, told))) is expected


def test_a_supervisor_who_agrees_lets_a_telephone_assessment_stand(force: Force, incident: Incident) -> None:
    made = assessed(force, incident, "medium", Told(medium="telephone", answered_by="victim"))
    safeguarding.review_assessment(made.id, False, "Go and see her", force.one(Role.SERGEANT))
    assert standing(made)["da-assessment-in-person"] == "open"
    safeguarding.review_assessment(made.id, True, "", force.another(Role.SERGEANT))
    assert standing(made)["da-assessment-in-person"] == "met"


def test_an_assessment_in_person_replaces_one_by_telephone(force: Force, incident: Incident) -> None:
    first = assessed(force, incident, "medium", Told(medium="telephone", answered_by="victim"))
    assessed(force, incident, "medium", Told(medium="in_person", answered_by="victim"))
    assert standing(first)["da-assessment-in-person"] == "met"


def test_what_a_partner_supplied_is_not_the_assessment_of_the_police(force: Force, incident: Incident) -> None:
    unit = control.assign_unit(incident.id, "PN10", force.one(Role.RESPONSE))
    control.record_arrival(unit.id, force.one(Role.RESPONSE))
    assessed(force, incident, "medium", Told(medium="partner", answered_by="victim"))
    assert owed(incident)["da-risk-assessment"] == "open"
    assessed(force, incident, "medium", Told(medium="in_person", answered_by="victim"))
    assert owed(incident)["da-risk-assessment"] == "met"


def test_an_incident_whose_only_assessment_was_by_telephone_does_not_close(force: Force, incident: Incident) -> None:
    made = assessed(force, incident, "medium", Told(medium="telephone", answered_by="victim"))
    safeguarding.review_assessment(made.id, False, "Go and see her", force.one(Role.SERGEANT))
    with pytest.raises(IopsError) as refused:
        control.close(incident.id, "All done", force.one(Role.SERGEANT))
    assert "da-assessment-in-person" in str(refused.value.details["obligations"])
