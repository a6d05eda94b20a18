"""The facts of a supervisor's structured review: how an officer handled an incident, and the feedback it yields."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from iops.control.models import Incident
from iops.foundation.models import Fact, User

ABOUT_AN_OFFICER = "about the work of an officer, for them and their supervisors"


class FirstLineReview(Fact):
    """One supervisor's review of how one officer handled one incident, point by point (safeguarding.md D1).

    `answers` holds yes, no or not_applicable for every point of the form; `notes` words by point. It is for the officer
    and for supervisors, whoever else sees the incident, and is followed by another review rather than changed.
    """

    append_only: ClassVar[bool] = True
    unsearched: ClassVar = {
        "form": ABOUT_AN_OFFICER,
        "note": ABOUT_AN_OFFICER,
    }

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="first_line_reviews")
    officer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    form = models.CharField(max_length=40)
    answers = models.JSONField()
    notes = models.JSONField(default=dict)
    note = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Nobody reviews their own work."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(officer=F("by")), name="first_line_review_of_another"),
        ]


class ReviewFeedback(Fact):
    """What an officer is told about one failed point of a review, and when they said that they have read it.

    The database holds that nobody but the officer acknowledges it, once, and that nothing else of it changes.
    """

    unsearched: ClassVar = {
        "point": ABOUT_AN_OFFICER,
        "words": ABOUT_AN_OFFICER,
        "reply": ABOUT_AN_OFFICER,
    }

    review = models.ForeignKey(FirstLineReview, on_delete=models.PROTECT, related_name="feedback")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    point = models.CharField(max_length=40)
    words = models.TextField()
    given_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    reply = models.TextField(blank=True)

    class Meta:
        """One feedback a failed point, in words; read after it was given."""

        indexes: ClassVar = [
            models.Index(fields=["officer"], condition=Q(acknowledged_at=None), name="feedback_not_read"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "point"], name="feedback_once_a_point"),
            models.CheckConstraint(condition=~Q(words=""), name="feedback_says_what"),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None) | Q(acknowledged_at__gte=F("given_at")), name="feedback_read_later"
            ),
        ]
