"""The questions asked of safeguarding: what it holds on one incident."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iops.foundation.consultation import consulted, shows_no_record
from iops.safeguarding.assess.questionnaires import questionnaires
from iops.safeguarding.models import AssessmentReview, ChildDecision, IncidentChild, RiskAssessment

if TYPE_CHECKING:
    from iops.foundation.models import User


@dataclass(frozen=True)
class Assessed:
    """One risk assessment with its topics in words, its answers as given, and its reviews."""

    assessment: RiskAssessment
    answers: tuple[tuple[str, str], ...]
    reviews: tuple[AssessmentReview, ...]


@dataclass(frozen=True)
class ChildOnIncident:
    """One child on an incident, with the decisions taken on it, the first one first."""

    child: IncidentChild
    decisions: tuple[ChildDecision, ...]


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
    assessments = found.prefetch_related("reviews__by")
    children = list(linked.prefetch_related("decisions__by"))
    if children:
        consulted("person", [c.person_id for c in children], viewer, {"incident": incident_id})
    return OnIncident(tuple(_assessed(a) for a in assessments), tuple(_child(c) for c in children))


def _assessed(a: RiskAssessment) -> Assessed:
    form = questionnaires().get(a.form)
    topics = {topic.code: topic.asks for topic in form.topics} if form else {}
    answers = tuple((topics.get(topic, topic), str(answer).replace("_", " ")) for topic, answer in a.answers.items())
    return Assessed(a, answers, tuple(sorted(a.reviews.all(), key=lambda r: (r.at, r.id))))


def _child(c: IncidentChild) -> ChildOnIncident:
    return ChildOnIncident(c, tuple(sorted(c.decisions.all(), key=lambda d: (d.at, d.id))))
