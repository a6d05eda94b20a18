"""The questions asked of safeguarding: what it holds on one incident."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iops.foundation.consultation import consulted, shows_no_record
from iops.safeguarding.assess.questionnaires import Tally, questionnaires, tally
from iops.safeguarding.children.about import AboutChild
from iops.safeguarding.models import (
    AssessmentReview,
    ChildDecision,
    IncidentChild,
    NoReferralProposal,
    RiskAssessment,
    RiskDowngrade,
    RiskGrading,
)

if TYPE_CHECKING:
    from iops.foundation.models import User


@dataclass(frozen=True)
class Assessed:
    """One risk assessment with its topics in words, its answers as given, its reviews, and its grades.

    `grade` is the one that stands; `tally` says how much was answered, beside it (I20).
    """

    assessment: RiskAssessment
    title: str
    answers: tuple[tuple[str, str], ...]
    reviews: tuple[AssessmentReview, ...]
    gradings: tuple[RiskGrading, ...]
    proposals: tuple[RiskDowngrade, ...]
    tally: Tally

    @property
    def grade(self) -> str:
        """The grade that stands: the latest given, or the first officer's."""
        return self.gradings[-1].grade if self.gradings else self.assessment.grade

    @property
    def open_proposal(self) -> RiskDowngrade | None:
        """The lower grade that is proposed and not decided."""
        return next((p for p in self.proposals if p.decided_at is None), None)


@dataclass(frozen=True)
class ChildOnIncident:
    """One child on an incident, with the decisions taken on it, the first one first: the last one stands.

    `proposals` are those not to refer it, with what the second person said.
    """

    child: IncidentChild
    decisions: tuple[ChildDecision, ...]
    proposals: tuple[NoReferralProposal, ...]

    @property
    def told(self) -> dict[str, str]:
        """What is said of the child, for the form that says more."""
        return {name: getattr(self.child, name) for name in AboutChild.__dataclass_fields__}

    @property
    def standing(self) -> ChildDecision | None:
        """The decision that stands."""
        return self.decisions[-1] if self.decisions else None

    @property
    def open_proposal(self) -> NoReferralProposal | None:
        """The proposal not to refer that waits for a second person."""
        return next((p for p in self.proposals if p.decided_at is None), None)


@dataclass(frozen=True)
class OnIncident:
    """All that safeguarding holds on one incident; assessments with the latest first."""

    assessments: tuple[Assessed, ...]
    children: tuple[ChildOnIncident, ...]


@shows_no_record("logs its looks at children itself: an incident without any is no look at a person")
def on_incident(incident_id: int, viewer: User) -> OnIncident:
    """The assessments and children of one incident. Writes the consultation log for the children's records."""
    found = RiskAssessment.objects.filter(incident_id=incident_id).select_related("by").order_by("-at", "-id")
    linked = IncidentChild.objects.filter(incident_id=incident_id).select_related("person").order_by("linked_at", "id")
    assessments = found.prefetch_related("reviews__by", "gradings__by", "downgrades__by", "downgrades__decided_by")
    children = list(
        linked.prefetch_related("decisions__by", "no_referral_proposals__by", "no_referral_proposals__decided_by")
    )
    if children:
        consulted("person", [c.person_id for c in children], viewer, {"incident": incident_id})
    return OnIncident(tuple(_assessed(a) for a in assessments), tuple(_child(c) for c in children))


def _assessed(a: RiskAssessment) -> Assessed:
    form = questionnaires().get(a.form)
    known = {code: questionnaires()[code] for code in (a.form, *a.supplements) if code in questionnaires()}
    topics = {topic.code: topic.asks for one in known.values() for topic in one.topics}
    given = {**a.answers, **{t: answer for answers in a.supplements.values() for t, answer in answers.items()}}
    in_words = [(topics.get(t, t), _in_words(str(answer), a.notes.get(t))) for t, answer in given.items()]
    return Assessed(
        a,
        form.title if form else a.form,
        tuple(in_words),
        tuple(sorted(a.reviews.all(), key=lambda r: (r.at, r.id))),
        tuple(sorted(a.gradings.all(), key=lambda g: g.id)),
        tuple(sorted(a.downgrades.all(), key=lambda d: d.id)),
        tally(form, a.answers) if form else Tally(0, 0, 0, len(a.answers)),
    )


def _in_words(answer: str, note: str | None) -> str:
    said = answer.replace("_", " ")
    return f"{said}: “{note}”" if note else said


def _child(c: IncidentChild) -> ChildOnIncident:
    proposals = sorted(c.no_referral_proposals.all(), key=lambda p: p.id)
    return ChildOnIncident(c, tuple(sorted(c.decisions.all(), key=lambda d: d.id)), tuple(proposals))
