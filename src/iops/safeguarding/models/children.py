"""The facts of children on incidents: who is linked, and what is decided for each."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from iops.control.models import Incident
from iops.foundation.models import Fact, Settles, User
from iops.pole.models import Person


class IncidentChild(Fact):
    """A child linked to an incident: at the address, in the relationship, or named (invariant I05)."""

    settles = (Settles("incident_child", "id"), Settles("incident", "incident_id"))
    follows: ClassVar = {"incident_child": ("incident", "incident_id")}

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="children")
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    linked_at = models.DateTimeField()
    linked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True)

    class Meta:
        """A child is linked to an incident once."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["incident", "person"], name="child_linked_once")]


class ChildDecisionKind(models.TextChoices):
    """What is decided for a child (invariant I05)."""

    REFER_NOW = "refer_now", "refer now"
    REFER_ROUTINE = "refer_routine", "refer, routine"
    EARLY_HELP = "early_help", "early help"
    NO_REFERRAL = "no_referral", "no referral"


class ChildDecision(Fact):
    """The decision on one child in one incident; "no referral" needs a reason."""

    append_only: ClassVar[bool] = True
    settles = (Settles("incident_child", "child_id"),)

    child = models.ForeignKey(IncidentChild, on_delete=models.PROTECT, related_name="decisions")
    decision = models.CharField(max_length=16, choices=ChildDecisionKind)
    reason = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True)

    class Meta:
        """A child who is not referred has a reason on record."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(decision__in=ChildDecisionKind.values), name="child_decision_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(decision="no_referral") | ~models.Q(reason=""), name="no_referral_has_reason"
            ),
        ]
