"""The actions and the panel of safeguarding on the page of an incident."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iops.control.panels import Action, Panel, register
from iops.foundation.errors import NotFoundError
from iops.safeguarding import forms, selectors, services

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.control.models import Incident
    from iops.foundation.models import User

Typed = dict[str, Any]


def _assess(incident: Incident, typed: Typed, by: User) -> str:
    services.assess_risk(incident.id, typed["answers"], typed["grade"], typed["rationale"], by)
    return f"Risk assessed: {typed['grade']}."


def _review(incident: Incident, typed: Typed, by: User) -> str:
    if not incident.risk_assessments.filter(id=typed["target"]).exists():
        raise NotFoundError("There is no such risk assessment on this incident.")
    services.review_assessment(typed["target"], typed["agreed"] == "yes", typed["note"], by)
    return "Reviewed."


def _child(incident: Incident, typed: Typed, by: User) -> str:
    services.link_child(incident.id, typed["name"], typed["born"], by)
    return "Child linked. A decision on referral is now owed."


def _decide(incident: Incident, typed: Typed, by: User) -> str:
    if not incident.children.filter(id=typed["target"]).exists():
        raise NotFoundError("There is no such child on this incident.")
    services.decide_on_child(typed["target"], typed["decision"], typed["reason"], by)
    return "Decision on the child saved."


def _panel(incident: Incident, viewer: User) -> Mapping[str, object]:
    return {"risk": selectors.on_incident(incident.id, viewer), "actions": ("assess", "child")}


def ready() -> None:
    """Put the actions and the panel of safeguarding on the page."""
    register(
        Action(
            "assess", "Assess the risk to the victim", forms.Assessment, _assess, "Save", frozenset({"assessed_at"})
        ),
        Action("review", "Review", forms.Review, _review, "Save the review", frozenset({"reviewed_at"})),
        Action("child", "Add a child", forms.Child, _child, "Add the child"),
        Action(
            "child-decision", "Decide", forms.ChildDecision, _decide, "Save the decision", frozenset({"decided_at"})
        ),
        panels=(Panel(10, "safeguarding/panel.html", (("risk", "Risk"), ("children", "Children")), _panel),),
    )
