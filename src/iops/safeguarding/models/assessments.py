"""The facts of risk assessment: the assessment of the risk to a victim, and its review by a supervisor."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from iops.control.models import Incident
from iops.foundation.models import Fact, Settles, User


class RiskGrade(models.TextChoices):
    """The grade of risk to a victim of domestic abuse (safeguarding.md A3). A judgement, never a sum of ticks."""

    STANDARD = "standard", "standard"
    MEDIUM = "medium", "medium"
    HIGH = "high", "high"


class RiskAssessment(Fact):
    """One assessment of the risk to the victim, made with a questionnaire of a named form and version.

    `answers` keeps every answer as given: yes, no, unknown, not_asked or refused are five different things.
    """

    append_only: ClassVar[bool] = True
    settles = (Settles("incident", "incident_id"), Settles("risk_assessment", "id"))
    follows: ClassVar = {"risk_assessment": ("incident", "incident_id")}

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="risk_assessments")
    form = models.CharField(max_length=40)
    answers = models.JSONField(default=dict)
    grade = models.CharField(max_length=10, choices=RiskGrade)
    rationale = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True)

    class Meta:
        """A grade is one of three."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(grade__in=RiskGrade.values), name="risk_grade_known")
        ]


class AssessmentReview(Fact):
    """A supervisor's review of one risk assessment."""

    append_only: ClassVar[bool] = True
    settles = (Settles("risk_assessment", "assessment_id"),)

    assessment = models.ForeignKey(RiskAssessment, on_delete=models.PROTECT, related_name="reviews")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True)
    agreed = models.BooleanField()
    note = models.TextField(blank=True)
