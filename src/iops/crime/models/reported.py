"""What is recorded that is no crime: notifiable reported incidents (N100, N300), and that the reporter was told."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from iops.control.models import Incident
from iops.crime.models.recording import RecordingDecision
from iops.foundation.models import Fact, Settles, User


class ReportedIncident(Fact):
    """A notifiable reported incident: a rape report that is no crime yet (N100), an unexplained death (N300).

    `code` is written N100/01. It is upgraded by the crime that names it, and never deleted (recording.md D3, D4).
    """

    append_only: ClassVar[bool] = True
    record_kind: ClassVar[str] = "reported_incident"

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="reported_incidents")
    decision = models.ForeignKey(RecordingDecision, on_delete=models.PROTECT, related_name="reported_incidents")
    code = models.CharField(max_length=8)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    unsearched: ClassVar[dict[str, str]] = {"code": "a code from a fixed list"}

    class Meta:
        """The code is one of the notifiable reported incidents."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(code__regex=r"^N[123]00/[0-9]{2}$"), name="reported_incident_code")
        ]


class ReporterTold(Fact):
    """That whoever reported it was told of a decision not to record a crime, how, and in which words (CRR2026 p10)."""

    append_only: ClassVar[bool] = True
    settles = (Settles("recording_refusal", "decision_id"),)

    decision = models.OneToOneField(RecordingDecision, on_delete=models.PROTECT, related_name="reporter_told")
    at = models.DateTimeField()
    how = models.CharField(max_length=100)
    words = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """Says how, and what was said."""

        constraints: ClassVar = [models.CheckConstraint(condition=~Q(how="") & ~Q(words=""), name="reporter_told_how")]


class DesignationKind(models.TextChoices):
    """What somebody is designated for (CRR2026 pp13, 25-26)."""

    DECISION_MAKER = "designated_decision_maker", "designated decision maker"
    ACCREDITED_REGISTRAR = "accredited_registrar", "registrar on the College of Policing register"
    TRAINED = "trained_staff", "independent, trained staff"


class Designation(Fact):
    """Somebody designated by the registrar to decide on classes and removals; local days, both included."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="crime_designations")
    kind = models.CharField(max_length=32, choices=DesignationKind)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    reason = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        """Runs forward, and says why."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=DesignationKind.values), name="designation_kind_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="designation_says_why"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="designation_forward"),
        ]
