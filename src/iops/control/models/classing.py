"""What kind of incident it is, as somebody judged it at a time, and the decisions whether it is domestic abuse."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from iops.control.models.incidents import Incident
from iops.foundation.models import Fact, Settles, User


class Classing(Fact):
    """One judgement of what kind of incident it is: category, qualifiers and the behaviours that were told.

    The latest counts; none is changed. `edition` names the classes it was made by. `suggestions` keeps what the system
    suggested at that moment, each with its reasons and whether it was taken, and `declined` why the domestic one was
    not. `reason` says why the judgement changed.
    """

    append_only: ClassVar[bool] = True
    settles = (Settles("incident", "incident_id"),)

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="classings")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    edition = models.CharField(max_length=40)
    category = models.CharField(max_length=40)
    qualifiers = models.JSONField(default=list, blank=True)
    behaviours = models.JSONField(default=list, blank=True)
    suggestions = models.JSONField(default=list, blank=True)
    declined = models.TextField(blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        """It names a category; it is read in the order of time."""

        indexes: ClassVar = [models.Index(fields=["incident", "at", "id"], name="classing_in_order")]
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(category=""), name="classing_has_category")]


class DomesticDecision(Fact):
    """Somebody decided that an incident is domestic abuse, or that it is not, and why.

    `answer` is what the definition said of the facts at that moment: when they come to say more, it is decided anew.
    """

    append_only: ClassVar[bool] = True
    unsearched: ClassVar[dict[str, str]] = {"answer": "one of three words of the definition"}
    settles = (Settles("incident", "incident_id"),)

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="domestic_decisions")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    domestic = models.BooleanField()
    answer = models.CharField(max_length=10)
    reason = models.TextField(blank=True)

    class Meta:
        """That it is not domestic needs a reason; the answer is one of three."""

        indexes: ClassVar = [models.Index(fields=["incident", "at", "id"], name="domestic_decision_order")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(domestic=True) | ~Q(reason=""), name="domestic_decision_says_why"),
            models.CheckConstraint(
                condition=Q(answer__in=["qualifies", "may", "not"]), name="domestic_decision_answer_known"
            ),
        ]
