"""The questions of reviews: whose work may be reviewed, the reviews of an incident, and who has feedback to read."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import F

from iops.foundation.consultation import consults, shows_no_record
from iops.foundation.models import User
from iops.foundation.paging import PAGE_SIZE, Page
from iops.foundation.roles import LADDER
from iops.safeguarding.models import FirstLineReview, ReviewFeedback
from iops.safeguarding.reviews.points import FAILED, NOT_APPLICABLE, PASSED, review_form

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

OFFICERS = """
    select a.by_id from safeguarding_riskassessment a where a.incident_id = %(incident)s and a.by_id is not null
    union
    select c.linked_by_id from safeguarding_incidentchild c
    where c.incident_id = %(incident)s and c.linked_by_id is not null
    union
    select m.user_id from control_deployment d join control_crewmember m on m.duty_id = d.duty_id
    where d.incident_id = %(incident)s and m.joined_at <= coalesce(d.stood_down_at, iops.now())
      and (m.left_at is null or m.left_at >= d.assigned_at)
"""
"""Who dealt with an incident: assessed the risk, linked a child, or was in the crew of a unit while it was sent."""


@dataclass(frozen=True)
class Told:
    """One feedback with the point it is about, in the words of its form."""

    feedback: ReviewFeedback
    asks: str


@dataclass(frozen=True)
class Reviewed:
    """One review with how its points went, and the feedback it gave."""

    review: FirstLineReview
    passed: int
    failed: int
    not_applicable: int
    feedback: tuple[Told, ...]


@dataclass(frozen=True)
class Reviews:
    """The reviews of one incident that the viewer may see, the latest first."""

    incident_id: int
    reviews: tuple[Reviewed, ...]

    def shown_ids(self) -> Iterable[int]:
        """The incident."""
        return [self.incident_id]


@dataclass(frozen=True)
class Feedback(Page[Told]):
    """One page of feedback."""

    def shown_ids(self) -> Iterable[int]:
        """The incidents it is about."""
        return {told.feedback.incident_id for told in self.rows}


@shows_no_record("names of colleagues")
def officers_of(incident_id: int) -> list[User]:
    """The officers who dealt with an incident, by name."""
    with connection.cursor() as cursor:
        cursor.execute(OFFICERS, {"incident": incident_id})
        ids = [row[0] for row in cursor.fetchall()]
    return list(User.objects.filter(id__in=ids).order_by("name", "id"))


@consults("incident")
def on_incident(incident_id: int, viewer: User) -> Reviews:  # noqa: ARG001 - row security asks in the viewer's name
    """The reviews of one incident, the latest first: all for supervisors, their own for officers."""
    asked = FirstLineReview.objects.filter(incident_id=incident_id).select_related("officer", "by")
    found = asked.prefetch_related("feedback").order_by("-at", "-id")
    return Reviews(incident_id, tuple(_reviewed(review) for review in found))


@consults("incident")
def feedback_for(viewer: User, page: int = 1) -> Feedback:
    """One page of the feedback addressed to the viewer: what waits first, then the latest."""
    return _page(ReviewFeedback.objects.filter(officer=viewer), page)


@consults("incident")
def not_read(viewer: User, page: int = 1) -> Feedback:
    """One page of the feedback that nobody acknowledged yet, the oldest first; for supervisors, empty for others."""
    asked = ReviewFeedback.objects.filter(acknowledged_at=None)
    return _page(asked if viewer.holds(LADDER) else asked.none(), page, "given_at")


def _page(asked: QuerySet[ReviewFeedback], page: int, *order: str) -> Feedback:
    waiting_first = (F("acknowledged_at").desc(nulls_first=True), "-given_at")
    ordered = asked.order_by(*(order or waiting_first), "id")
    start = (page - 1) * PAGE_SIZE
    rows = ordered.select_related("review", "incident", "officer", "by")[start : start + PAGE_SIZE]
    return Feedback(tuple(_told(f) for f in rows), asked.count(), page)


def _reviewed(review: FirstLineReview) -> Reviewed:
    said = Counter(review.answers.values())
    feedback = sorted(review.feedback.all(), key=lambda f: f.id)
    told = tuple(Told(f, _asks(review, f.point)) for f in feedback)
    return Reviewed(review, said[PASSED], said[FAILED], said[NOT_APPLICABLE], told)


def _told(feedback: ReviewFeedback) -> Told:
    return Told(feedback, _asks(feedback.review, feedback.point))


def _asks(review: FirstLineReview, point: str) -> str:
    form = review_form(review.form)
    return form.words(point) if form else point
