"""The API of reviews: the form in force, a review of an incident, the feedback addressed to whoever asks."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from iops.control.api import ONE, Named
from iops.foundation import clock
from iops.foundation.api import Id, PageNumber, PageOut, Text, paged, viewer
from iops.rulebook.needs import Needed
from iops.safeguarding.reviews import selectors, services
from iops.safeguarding.reviews.points import current

router = Router(tags=["reviews"])
MOST_POINTS = 100
Code = Annotated[str, Field(max_length=40)]


class PointOut(Schema):
    """One point of the form; a yes is good."""

    code: str
    asks: str


class FormOut(Schema):
    """The form in force."""

    code: str
    title: str
    since: dt.date
    points: list[PointOut]


class ReviewIn(Schema):
    """An answer to every point; a no needs a note, which becomes feedback to the officer."""

    officer_id: Annotated[Id, Needed("da-assessment-review")]
    answers: Annotated[
        dict[Code, Literal["yes", "no", "not_applicable"]],
        Field(max_length=MOST_POINTS),
        Needed("da-assessment-review"),
    ]
    notes: Annotated[dict[Code, Text], Field(max_length=MOST_POINTS, default_factory=dict)]
    note: Text = ""


class FeedbackOut(Schema):
    """One feedback: the point, what was said on it, and whether the officer has read it."""

    id: int
    incident_id: int
    officer_id: int
    point: str
    asks: str
    words: str
    given_at: dt.datetime
    acknowledged_at: dt.datetime | None
    reply: str


class ReviewOut(Schema):
    """One review with the feedback it gave."""

    id: int
    officer_id: int
    form: str
    answers: dict[str, str]
    notes: dict[str, str]
    note: str
    at: dt.datetime
    feedback: list[FeedbackOut]


class FeedbackPage(Schema):
    """One page of feedback."""

    page: PageOut
    rows: list[FeedbackOut]


class Asked(Schema):
    """Which page."""

    page: PageNumber = 1


class ReadIn(Schema):
    """What the officer replies, if anything."""

    reply: Text = ""


KEPT = ("id", "incident_id", "officer_id", "point", "words", "given_at", "acknowledged_at", "reply")


def _feedback(told: selectors.Told) -> FeedbackOut:
    return FeedbackOut(asks=told.asks, **{name: getattr(told.feedback, name) for name in KEPT})


def _reviews(request: HttpRequest, incident_id: int) -> list[ReviewOut]:
    names = ("id", "officer_id", "form", "answers", "notes", "note", "at")
    return [
        ReviewOut(**{n: getattr(r.review, n) for n in names}, feedback=[_feedback(told) for told in r.feedback])
        for r in selectors.on_incident(incident_id, viewer(request)).reviews
    ]


@router.get("/review-form", response=FormOut)
def form(request: HttpRequest) -> FormOut:
    """The points of the review in force today."""
    return FormOut.from_orm(current(clock.today()))


@router.get(f"{ONE}/reviews", response=list[ReviewOut])
def reviews(request: HttpRequest, named: Named) -> list[ReviewOut]:
    """The reviews of an incident that may be seen, the latest first."""
    return _reviews(request, named.find().id)


@router.post(f"{ONE}/reviews", response={201: list[ReviewOut]})
def review(request: HttpRequest, named: Named, given: ReviewIn) -> Status[list[ReviewOut]]:
    """Review how an officer handled an incident."""
    found = named.find()
    answers: dict[str, str] = {str(code): str(answer) for code, answer in given.answers.items()}
    services.review_handling(found.id, given.officer_id, answers, given.notes, viewer(request), given.note)
    return Status(201, _reviews(request, found.id))


@router.get("/feedback", response=FeedbackPage)
def feedback(request: HttpRequest, asked: Query[Asked]) -> FeedbackPage:
    """The feedback addressed to whoever asks: what waits first."""
    page = selectors.feedback_for(viewer(request), asked.page)
    return FeedbackPage(page=paged(page), rows=[_feedback(told) for told in page.rows])


@router.post("/feedback/{feedback_id}/read", response=FeedbackPage)
def read(request: HttpRequest, feedback_id: Id, given: ReadIn) -> FeedbackPage:
    """Say that one has read a feedback."""
    services.acknowledge(feedback_id, given.reply, viewer(request))
    page = selectors.feedback_for(viewer(request))
    return FeedbackPage(page=paged(page), rows=[_feedback(told) for told in page.rows])
