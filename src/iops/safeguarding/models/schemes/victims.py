"""The facts of a victim's rights in a domestic incident: enhanced rights by default, and the first clocks."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from iops.control.models import Incident
from iops.foundation.models import Fact, Settles, User
from iops.pole.models import Person


class VictimRights(Fact):
    """One victim of one domestic incident, with enhanced rights until somebody says with a reason why not.

    The system makes the row when the victim is linked to the incident, by whatever route. Victims of domestic abuse are
    among the victims of the most serious crime (Code of Practice for Victims of Crime 2021).
    """

    settles = (Settles("victim_rights", "id"),)
    follows: ClassVar = {"victim_rights": ("incident", "incident_id")}

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="victim_rights")
    victim = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    enhanced = models.BooleanField(default=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    removed_reason = models.TextField(blank=True)

    class Meta:
        """Once a victim and incident; without enhanced rights only with a moment and a reason."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["incident", "victim"], name="victim_rights_once"),
            models.CheckConstraint(
                condition=Q(enhanced=True, removed_at=None)
                | (Q(enhanced=False, removed_at__isnull=False) & ~Q(removed_reason="")),
                name="victim_rights_removed_with_reason",
            ),
        ]


class VictimStepKind(models.TextChoices):
    """What was done with and for a victim at the beginning."""

    NEEDS_ASSESSED = "needs_assessed", "needs assessed"
    SUPPORT_CONTACT = "support_contact", "victims' service told or in contact"
    SUPPORT_DECLINED = "support_declined", "support declined"


class VictimStep(Fact):
    """One step: when, what came of it, and who says so."""

    append_only: ClassVar[bool] = True
    settles = (Settles("victim_rights", "rights_id"),)

    rights = models.ForeignKey(VictimRights, on_delete=models.PROTECT, related_name="steps")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=VictimStepKind)
    at = models.DateTimeField()
    note = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """Says what came of it."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=VictimStepKind.values), name="victim_step_known"),
            models.CheckConstraint(condition=~Q(note=""), name="victim_step_says_what"),
        ]
