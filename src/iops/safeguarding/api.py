"""The API of safeguarding: children, their decisions, risk assessments and reviews, on one incident."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from iops.control.api import ONE, Named
from iops.foundation.api import Id, Line, Text, viewer
from iops.safeguarding import actions, selectors, services
from iops.safeguarding.questions import SHORT_FORM

router = Router(tags=["safeguarding"])
MOST_TOPICS = 100
Answer = Literal["yes", "no", "unknown", "not_asked", "refused"]


class ChildIn(Schema):
    """A child; the date of birth is null when it is not known."""

    name: Line
    born: dt.date | None = None


class DecisionIn(Schema):
    """What follows for a child; "no_referral" needs a reason."""

    decision: Literal["refer_now", "refer_routine", "early_help", "no_referral"]
    reason: Text = ""


class AssessmentIn(Schema):
    """Answers by topic (topics left out are "not_asked"), the grade as a judgement, and why."""

    answers: Annotated[dict[str, Answer], Field(max_length=MOST_TOPICS)]
    grade: Literal["standard", "medium", "high"]
    rationale: Text
    form: Line = SHORT_FORM


class ReviewIn(Schema):
    """A supervisor's view; to disagree needs a note."""

    agreed: bool
    note: Text = ""


class DecisionOut(Schema):
    """One decision on a child."""

    decision: str
    reason: str
    at: dt.datetime


class ChildOut(Schema):
    """One child with the decisions on it, the first one first."""

    id: int
    name: str
    born: dt.date | None
    decisions: list[DecisionOut]


class ReviewOut(Schema):
    """One review."""

    agreed: bool
    note: str
    at: dt.datetime


class AssessmentOut(Schema):
    """One risk assessment with its reviews."""

    id: int
    form: str
    answers: dict[str, str]
    grade: str
    rationale: str
    at: dt.datetime
    reviews: list[ReviewOut]


class SafeguardingOut(Schema):
    """All that safeguarding holds on one incident; assessments with the latest first."""

    assessments: list[AssessmentOut]
    children: list[ChildOut]


def _shown(request: HttpRequest, incident_id: int) -> SafeguardingOut:
    found = selectors.on_incident(incident_id, viewer(request))
    names = ("id", "form", "answers", "grade", "rationale", "at")
    return SafeguardingOut.model_validate(
        {
            "assessments": [
                {n: getattr(a.assessment, n) for n in names} | {"reviews": [ReviewOut.from_orm(r) for r in a.reviews]}
                for a in found.assessments
            ],
            "children": [
                {"id": c.child.id, "name": c.child.person.name, "born": c.child.person.born}
                | {"decisions": [DecisionOut.from_orm(d) for d in c.decisions]}
                for c in found.children
            ],
        }
    )


@router.get(f"{ONE}/safeguarding", response=SafeguardingOut)
def on_incident(request: HttpRequest, named: Named) -> SafeguardingOut:
    """The assessments and children of one incident."""
    return _shown(request, named.find().id)


@router.post(f"{ONE}/children", response={201: SafeguardingOut})
def link_child(request: HttpRequest, named: Named, given: ChildIn) -> Status[SafeguardingOut]:
    """Link a child to the incident."""
    found = named.find()
    services.link_child(found.id, given.name, given.born, viewer(request))
    return Status(201, _shown(request, found.id))


@router.post(f"{ONE}/children/{{child_id}}/decisions", response={201: SafeguardingOut})
def decide_on_child(request: HttpRequest, named: Named, child_id: Id, given: DecisionIn) -> Status[SafeguardingOut]:
    """Decide what follows for a child of the incident."""
    found = named.find()
    services.decide_on_child(actions.own_child(found, child_id), given.decision, given.reason, viewer(request))
    return Status(201, _shown(request, found.id))


@router.post(f"{ONE}/assessments", response={201: SafeguardingOut})
def assess_risk(request: HttpRequest, named: Named, given: AssessmentIn) -> Status[SafeguardingOut]:
    """Assess the risk to the victim."""
    found = named.find()
    answers = {str(topic): str(answer) for topic, answer in given.answers.items()}
    services.assess_risk(found.id, answers, given.grade, given.rationale, viewer(request), given.form)
    return Status(201, _shown(request, found.id))


@router.post(f"{ONE}/assessments/{{assessment_id}}/reviews", response={201: SafeguardingOut})
def review(request: HttpRequest, named: Named, assessment_id: Id, given: ReviewIn) -> Status[SafeguardingOut]:
    """Review a risk assessment of the incident."""
    found = named.find()
    assessment = actions.own_assessment(found, assessment_id)
    services.review_assessment(assessment, given.agreed, given.note, viewer(request))
    return Status(201, _shown(request, found.id))
