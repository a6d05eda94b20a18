"""The facts of crime. So far: the recording decision on an incident."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from iops.control.models import Incident
from iops.foundation.models import Fact, Settles, User


class RecordingResult(models.TextChoices):
    """What was decided about recording (NCRS; recording.md A2)."""

    CRIME = "crime", "crime"
    CRI = "crime_related_incident", "crime-related incident"
    NO_CRIME = "not_a_crime", "not a crime"
    TRANSFERRED = "transferred", "transferred to another force"


class RecordingDecision(Fact):
    """The decision whether what an incident reports is recorded as a crime, with its rationale."""

    append_only: ClassVar[bool] = True
    settles = (Settles("incident", "incident_id"), Settles("recording_refusal", "id"))
    follows: ClassVar = {"recording_refusal": ("incident", "incident_id")}

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="recording_decisions")
    result = models.CharField(max_length=24, choices=RecordingResult)
    rationale = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True)

    class Meta:
        """A decision is one of four and says why."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(result__in=RecordingResult.values), name="recording_result_known"
            ),
            models.CheckConstraint(condition=~models.Q(rationale=""), name="recording_says_why"),
        ]
