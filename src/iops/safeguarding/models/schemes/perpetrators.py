"""The facts of MATAC: a perpetrator nominated for the four-weekly meeting, and what it decided."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from iops.control.models import Incident
from iops.foundation.models import Fact, Settles, User
from iops.pole.models import Person


class MatacDecision(models.TextChoices):
    """What a meeting decided about somebody nominated."""

    ADOPTED = "adopted", "adopted"
    NOT_ADOPTED = "not_adopted", "not adopted"


class MatacNomination(Fact):
    """One person nominated out of one incident; `source` is who nominates: police, or a named partner."""

    settles = (Settles("matac_nomination", "id"),)
    follows: ClassVar = {"matac_nomination": ("incident", "incident_id")}

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="matac_nominations")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=200)
    reasons = models.TextField()
    nominated_at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    considered_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=12, choices=MatacDecision, blank=True)
    plan = models.TextField(
        blank=True, help_text="Support, prevent, divert, disrupt, enforce: what is planned, or why not."
    )

    class Meta:
        """Says who nominates and why; what is considered is decided, with words; one open nomination of a person."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(source="") & ~Q(reasons=""), name="matac_says_who_and_why"),
            models.CheckConstraint(
                condition=Q(considered_at=None, decision="")
                | (Q(considered_at__isnull=False, decision__in=MatacDecision.values) & ~Q(plan="")),
                name="matac_considered_whole",
            ),
            models.UniqueConstraint(fields=["person"], condition=Q(considered_at=None), name="matac_one_open"),
        ]
