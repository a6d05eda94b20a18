"""The API of safeguarding: children, their decisions, risk assessments and reviews, on one incident."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from iops.control.api import ONE, Named
from iops.foundation.api import Id, Line, Text, viewer
from iops.rulebook.needs import Needed
from iops.safeguarding import actions, selectors, services
from iops.safeguarding.assess import services as grades
from iops.safeguarding.assess.questionnaires import questionnaires
from iops.safeguarding.assess.told import Told
from iops.safeguarding.questions import SHORT_FORM

router = Router(tags=["safeguarding"])
MOST_TOPICS, MOST_SETS = 100, 10
Answer = Annotated[str, Field(max_length=20)]
Answers = Annotated[dict[str, Answer], Field(max_length=MOST_TOPICS)]


class ChildIn(Schema):
    """A child; the date of birth is null when it is not known, and every other unknown is said."""

    name: Annotated[Line, Needed("child-decision")]
    born: dt.date | None = None
    found_how: Line = "unknown"
    school_known: Line = "unknown"
    school: Line = ""
    seen: Line = "unknown"
    seen_words: Text = ""
    voice: Text = ""

    def about(self) -> services.AboutChild:
        """What is said of the child."""
        return services.AboutChild(
            self.found_how, self.school_known, self.school, self.seen, self.seen_words, self.voice
        )


class DecisionIn(Schema):
    """What follows for a child, instead of the decision that was seen, if any.

    "no_referral" needs a reason and is only proposed: a second person has to confirm it.
    """

    decision: Annotated[Literal["refer_now", "refer_routine", "early_help", "no_referral"], Needed("child-decision")]
    reason: Text = ""
    instead_of: Id | None = None


class NoReferralIn(Schema):
    """What the second person says to "no referral"; to refuse needs a note."""

    confirmed: Annotated[bool, Needed("child-decision")]
    note: Text = ""


class AssessmentIn(Schema):
    """Answers by topic (topics left out are "not_asked"), the grade as a judgement, and why."""

    answers: Annotated[Answers, Needed("da-risk-assessment")]
    grade: Annotated[Literal["standard", "medium", "high"], Needed("da-risk-assessment")]
    rationale: Annotated[Text, Needed("da-risk-assessment")]
    form: Line = SHORT_FORM
    answered_by: Line = ""
    medium: Line = ""
    supplements: Annotated[dict[str, Answers], Field(max_length=MOST_SETS, default_factory=dict)]
    notes: Annotated[dict[str, Text], Field(max_length=MOST_TOPICS, default_factory=dict)]
    judgement: Text = ""

    def told(self) -> Told:
        """What was told beside the answers."""
        return Told(self.answered_by, self.medium, self.supplements, self.notes, self.judgement)


class ReviewIn(Schema):
    """A supervisor's view; to disagree needs a note."""

    agreed: Annotated[bool, Needed("da-assessment-review")]
    note: Text = ""


class DecisionOut(Schema):
    """One decision on a child; the last one stands."""

    id: int
    decision: str
    reason: str
    at: dt.datetime


class NoReferralOut(Schema):
    """One proposal not to refer a child; it counts when it is confirmed."""

    id: int
    reason: str
    at: dt.datetime
    decided_at: dt.datetime | None
    confirmed: bool | None
    decision_note: str


class ChildOut(Schema):
    """One child with the decisions on it, the first one first; the last one stands."""

    id: int
    name: str
    born: dt.date | None
    found_how: str
    school_known: str
    school: str
    seen: str
    seen_words: str
    voice: str
    decisions: list[DecisionOut]
    no_referral: list[NoReferralOut]


class ReviewOut(Schema):
    """One review."""

    agreed: bool
    note: str
    at: dt.datetime


class GradingOut(Schema):
    """One grade after the first."""

    graded_as: str
    grade: str
    rationale: str
    at: dt.datetime


class LowerOut(Schema):
    """One proposal that the risk is lower."""

    id: int
    was: str
    grade: str
    reason: str
    at: dt.datetime
    decided_at: dt.datetime | None
    confirmed: bool | None
    decision_note: str


class AssessmentOut(Schema):
    """One risk assessment with its reviews; `grade` is the one that stands, `first_grade` the first officer's.

    `answered` of `topics` have an answer that settles them, `ticks` say that it is so; none of them makes the grade.
    """

    id: int
    form: str
    answers: dict[str, str]
    supplements: dict[str, dict[str, str]]
    notes: dict[str, str]
    answered_by: str
    medium: str
    judgement: str
    grade: str
    first_grade: str
    answered: int
    topics: int
    ticks: int
    rationale: str
    at: dt.datetime
    reviews: list[ReviewOut]
    gradings: list[GradingOut]
    lower: list[LowerOut]


class SafeguardingOut(Schema):
    """All that safeguarding holds on one incident; assessments with the latest first."""

    assessments: list[AssessmentOut]
    children: list[ChildOut]


KEPT = ("id", "form", "answers", "supplements", "notes", "answered_by", "medium", "judgement", "rationale", "at")


def _assessed(a: selectors.Assessed) -> dict[str, object]:
    return {name: getattr(a.assessment, name) for name in KEPT} | {
        "grade": a.grade,
        "first_grade": a.assessment.grade,
        "answered": a.tally.answered,
        "topics": a.tally.topics,
        "ticks": a.tally.ticks,
        "reviews": [ReviewOut.from_orm(r) for r in a.reviews],
        "gradings": [GradingOut.from_orm(g) for g in a.gradings],
        "lower": [LowerOut.from_orm(p) for p in a.proposals],
    }


def _shown(request: HttpRequest, incident_id: int) -> SafeguardingOut:
    found = selectors.on_incident(incident_id, viewer(request))
    return SafeguardingOut.model_validate(
        {
            "assessments": [_assessed(a) for a in found.assessments],
            "children": [
                {"id": c.child.id, "name": c.child.person.name, "born": c.child.person.born, **c.told}
                | {"decisions": [DecisionOut.from_orm(d) for d in c.decisions]}
                | {"no_referral": [NoReferralOut.from_orm(p) for p in c.proposals]}
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
    services.link_child(found.id, given.name, given.born, viewer(request), given.about())
    return Status(201, _shown(request, found.id))


@router.post(f"{ONE}/children/{{child_id}}/decisions", response={201: SafeguardingOut})
def decide_on_child(request: HttpRequest, named: Named, child_id: Id, given: DecisionIn) -> Status[SafeguardingOut]:
    """Decide what follows for a child of the incident."""
    found = named.find()
    child = actions.own_child(found, child_id)
    services.decide_on_child(child, given.decision, given.reason, viewer(request), given.instead_of)
    return Status(201, _shown(request, found.id))


@router.post(f"{ONE}/children/no-referral/{{proposal_id}}/answer", response={201: SafeguardingOut})
def answer_no_referral(
    request: HttpRequest, named: Named, proposal_id: Id, given: NoReferralIn
) -> Status[SafeguardingOut]:
    """Confirm or refuse, as the second person, that a child is not referred."""
    found = named.find()
    proposal = actions.own_no_referral(found, proposal_id)
    services.answer_no_referral(proposal, given.confirmed, given.note, viewer(request))
    return Status(201, _shown(request, found.id))


@router.post(f"{ONE}/assessments", response={201: SafeguardingOut})
def assess_risk(request: HttpRequest, named: Named, given: AssessmentIn) -> Status[SafeguardingOut]:
    """Assess the risk to the victim."""
    found = named.find()
    services.assess_risk(
        found.id, given.answers, given.grade, given.rationale, viewer(request), given.form, given.told()
    )
    return Status(201, _shown(request, found.id))


@router.post(f"{ONE}/assessments/{{assessment_id}}/reviews", response={201: SafeguardingOut})
def review(request: HttpRequest, named: Named, assessment_id: Id, given: ReviewIn) -> Status[SafeguardingOut]:
    """Review a risk assessment of the incident."""
    found = named.find()
    assessment = actions.own_assessment(found, assessment_id)
    services.review_assessment(assessment, given.agreed, given.note, viewer(request))
    return Status(201, _shown(request, found.id))


class GradingIn(Schema):
    """A grade as high as it stands, or higher."""

    graded_as: Annotated[Line, Needed("da-risk-assessment")]
    grade: Annotated[Literal["standard", "medium", "high"], Needed("da-risk-assessment")]
    rationale: Annotated[Text, Needed("da-risk-assessment")]


class LowerIn(Schema):
    """A lower grade, with the reason; it takes effect when somebody more senior confirms it."""

    graded_as: Annotated[Line, Needed("da-risk-assessment")]
    grade: Annotated[Literal["standard", "medium"], Needed("da-risk-assessment")]
    reason: Annotated[Text, Needed("risk-lowered")]


class LowerDecisionIn(Schema):
    """What somebody more senior says; to refuse needs a note."""

    confirmed: Annotated[bool, Needed("risk-lowered")]
    note: Text = ""


class TopicOut(Schema):
    """One topic of a form in our words; `opens` is the set that a yes opens."""

    code: str
    asks: str
    concept: str | None
    opens: str | None
    high_risk: bool


class FormOut(Schema):
    """One version of a form; `until` is the first day it is no longer in force."""

    code: str
    title: str
    since: dt.date
    until: dt.date | None
    use: str
    answers: list[str]
    topics: list[TopicOut]


@router.get("/questionnaires", response=list[FormOut])
def forms(request: HttpRequest) -> list[FormOut]:
    """Every form for assessing risk, in force or not."""
    return [FormOut.from_orm(form) for _, form in sorted(questionnaires().items())]


@router.post(f"{ONE}/assessments/{{assessment_id}}/gradings", response={201: SafeguardingOut})
def grade(request: HttpRequest, named: Named, assessment_id: Id, given: GradingIn) -> Status[SafeguardingOut]:
    """Grade an assessed risk."""
    found = named.find()
    of = actions.own_assessment(found, assessment_id)
    grades.grade_risk(of, given.graded_as, given.grade, given.rationale, viewer(request))
    return Status(201, _shown(request, found.id))


@router.post(f"{ONE}/assessments/{{assessment_id}}/lower", response={201: SafeguardingOut})
def propose_lower(request: HttpRequest, named: Named, assessment_id: Id, given: LowerIn) -> Status[SafeguardingOut]:
    """Propose that a risk is lower."""
    found = named.find()
    of = actions.own_assessment(found, assessment_id)
    grades.propose_lower_risk(of, given.graded_as, given.grade, given.reason, viewer(request))
    return Status(201, _shown(request, found.id))


@router.post(f"{ONE}/assessments/lower/{{proposal_id}}/decision", response={201: SafeguardingOut})
def decide_lower(
    request: HttpRequest, named: Named, proposal_id: Id, given: LowerDecisionIn
) -> Status[SafeguardingOut]:
    """Decide on a lower grade, as somebody more senior."""
    found = named.find()
    grades.decide_lower_risk(actions.own_proposal(found, proposal_id), given.confirmed, given.note, viewer(request))
    return Status(201, _shown(request, found.id))
