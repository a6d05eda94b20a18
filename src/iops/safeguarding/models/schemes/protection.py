"""The facts of child protection: harm suspected, strategy discussions, the initial child protection conference."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from iops.control.models import Incident
from iops.foundation.models import Fact, Settles, User
from iops.safeguarding.models.children import IncidentChild


class ChildProtection(Fact):
    """A child is suspected to suffer, or to be likely to suffer, significant harm (Children Act 1989 section 47)."""

    append_only: ClassVar[bool] = True
    settles = (Settles("child_protection", "id"),)
    follows: ClassVar = {"child_protection": ("incident", "incident_id")}

    child = models.OneToOneField(IncidentChild, on_delete=models.PROTECT, related_name="protection")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    suspected_at = models.DateTimeField()
    grounds = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """Says what the suspicion rests on."""

        constraints: ClassVar = [models.CheckConstraint(condition=~Q(grounds=""), name="protection_has_grounds")]


class DiscussionOutcome(models.TextChoices):
    """What a strategy discussion ended with."""

    NO_FURTHER = "no_further", "no further action"
    SINGLE_AGENCY = "single_agency", "enquiry by children's services alone"
    JOINT = "joint", "joint enquiry with police"


class StrategyDiscussion(Fact):
    """One strategy discussion about a child, with whom and with what outcome; `conference`: one must be held."""

    append_only: ClassVar[bool] = True
    settles = (Settles("child_protection", "protection_id"),)

    protection = models.ForeignKey(ChildProtection, on_delete=models.PROTECT, related_name="discussions")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    held_at = models.DateTimeField()
    taking_part = models.TextField(help_text="Who took part: children's services, health, school, others.")
    outcome = models.CharField(max_length=14, choices=DiscussionOutcome)
    conference = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """Says who took part; no conference follows from no further action."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(outcome__in=DiscussionOutcome.values), name="discussion_outcome_known"),
            models.CheckConstraint(condition=~Q(taking_part=""), name="discussion_says_who"),
            models.CheckConstraint(
                condition=Q(conference=False) | ~Q(outcome="no_further"), name="discussion_conference_follows"
            ),
        ]


class ProtectionConference(Fact):
    """The initial child protection conference was held; `plan`: a child protection plan was made."""

    append_only: ClassVar[bool] = True
    settles = (Settles("child_protection", "protection_id"),)

    protection = models.ForeignKey(ChildProtection, on_delete=models.PROTECT, related_name="conferences")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    held_at = models.DateTimeField()
    plan = models.BooleanField()
    note = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """Says what was decided."""

        constraints: ClassVar = [models.CheckConstraint(condition=~Q(note=""), name="conference_says_what")]
