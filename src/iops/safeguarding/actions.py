"""The actions and the panel of safeguarding on the page of an incident."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from iops.control.panels import Action, Panel, register
from iops.foundation.errors import NotFoundError
from iops.safeguarding import forms, selectors, services
from iops.safeguarding.assess import forms as assess_forms
from iops.safeguarding.assess import services as grades
from iops.safeguarding.models import ChildDecision

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.control.models import Incident
    from iops.foundation.models import User

Typed = dict[str, Any]


def _assess(incident: Incident, typed: Typed, by: User) -> str:
    services.assess_risk(incident.id, typed["answers"], typed["grade"], typed["rationale"], by)
    return f"Risk assessed: {typed['grade']}."


def own_assessment(incident: Incident, assessment_id: int) -> int:
    """The risk assessment, if it is this incident's: an address must not reach into another one."""
    if not incident.risk_assessments.filter(id=assessment_id).exists():
        raise NotFoundError("There is no such risk assessment on this incident.")
    return assessment_id


def own_child(incident: Incident, child_id: int) -> int:
    """The child's link, if it is this incident's."""
    if not incident.children.filter(id=child_id).exists():
        raise NotFoundError("There is no such child on this incident.")
    return child_id


def _review(incident: Incident, typed: Typed, by: User) -> str:
    services.review_assessment(own_assessment(incident, typed["target"]), typed["agreed"] == "yes", typed["note"], by)
    return "Reviewed."


def _child(incident: Incident, typed: Typed, by: User) -> str:
    services.link_child(incident.id, typed["name"], typed["born"], by, typed["about"])
    return "Child linked. A decision on referral is now owed."


def _told(incident: Incident, typed: Typed, by: User) -> str:
    services.tell_of_child(own_child(incident, typed["target"]), typed["about"], by, typed["born"])
    return "Saved."


def _decide(incident: Incident, typed: Typed, by: User) -> str:
    child = own_child(incident, typed["target"])
    made = services.decide_on_child(child, typed["decision"], typed["reason"], by, typed["instead_of"])
    if isinstance(made, ChildDecision):
        return "Decision on the child saved."
    return "“No referral” is proposed. It takes effect when a second person confirms it."


def own_no_referral(incident: Incident, proposal_id: int) -> int:
    """The proposal not to refer, if it is of a child of this incident."""
    if not incident.children.filter(no_referral_proposals__id=proposal_id).exists():
        raise NotFoundError("There is no such proposal on this incident.")
    return proposal_id


def _answer(incident: Incident, typed: Typed, by: User) -> str:
    confirmed = typed["confirmed"] == "yes"
    services.answer_no_referral(own_no_referral(incident, typed["target"]), confirmed, typed["note"], by)
    return "Confirmed: no referral." if confirmed else "Refused: the child still needs a decision."


def own_proposal(incident: Incident, proposal_id: int) -> int:
    """The proposal to lower a grade, if it is of an assessment of this incident."""
    if not incident.risk_assessments.filter(downgrades__id=proposal_id).exists():
        raise NotFoundError("There is no such proposal on this incident.")
    return proposal_id


def _grade(incident: Incident, typed: Typed, by: User) -> str:
    of = own_assessment(incident, typed["target"])
    grades.grade_risk(of, typed["graded_as"], typed["grade"], typed["rationale"], by)
    return f"Risk graded {typed['grade']}."


def _lower(incident: Incident, typed: Typed, by: User) -> str:
    of = own_assessment(incident, typed["target"])
    grades.propose_lower_risk(of, typed["graded_as"], typed["grade"], typed["reason"], by)
    return "Proposed. The grade stands until somebody more senior confirms the lower one."


def _decide_lower(incident: Incident, typed: Typed, by: User) -> str:
    confirmed = typed["confirmed"] == "yes"
    grades.decide_lower_risk(own_proposal(incident, typed["target"]), confirmed, typed["note"], by)
    return "The lower grade stands." if confirmed else "Refused: the grade stands as it was."


def _panel(incident: Incident, viewer: User) -> Mapping[str, object]:
    return {
        "risk": selectors.on_incident(incident.id, viewer),
        "forms": reverse("assess", kwargs={"number": incident.number, "day": incident.day}),
        "actions": ("assess", "child"),
    }


def ready() -> None:
    """Put the actions and the panel of safeguarding on the page."""
    register(
        Action(
            "assess", "Assess the risk to the victim", forms.Assessment, _assess, "Save", frozenset({"assessed_at"})
        ),
        Action("review", "Review", forms.Review, _review, "Save the review", frozenset({"reviewed_at"})),
        Action("risk-grade", "Grade this risk", assess_forms.GradeRisk, _grade, "Save", frozenset({"secondary_at"})),
        Action("risk-lower", "Propose a lower grade", assess_forms.LowerRisk, _lower, "Propose it"),
        Action("risk-decide", "Decide on the lower grade", assess_forms.DecideLower, _decide_lower, "Save"),
        Action("child", "Add a child", forms.Child, _child, "Add the child"),
        Action(
            "child-decision", "Decide", forms.ChildDecision, _decide, "Save the decision", frozenset({"decided_at"})
        ),
        Action("child-told", "Say more of the child", forms.ChildTold, _told, "Save", frozenset({"known_at"})),
        Action("no-referral", "Answer as the second person", forms.NoReferral, _answer, "Save"),
        panels=(Panel(10, "safeguarding/panel.html", (("risk", "Risk"), ("children", "Children")), _panel),),
    )
