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


class AnsweredBy(models.TextChoices):
    """Who answered the questions."""

    VICTIM = "victim", "the victim"
    OFFICER = "officer", "the officer, from what is known"
    THIRD_PARTY = "third_party", "somebody else"


class Medium(models.TextChoices):
    """How the answers were got."""

    IN_PERSON = "in_person", "in person"
    TELEPHONE = "telephone", "by telephone"
    PARTNER = "partner", "supplied by a partner agency"


TICKS_FOR_JUDGEMENT = 14
"""As many topics said to be so, with a grade below high, need a written professional judgement (A4, I19)."""


class RiskAssessment(Fact):
    """One assessment of the risk to the victim, made with a questionnaire of a named form and version.

    `answers` keeps every answer as given: yes, no, unknown, not_asked or refused are five different things.
    `supplements` holds the answers of sets that were opened, by form; `notes` free words by topic. `grade` is the first
    officer's; which grade stands is derived from it and the gradings. `ticks` is null for records older than the count.
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
    supplements = models.JSONField(default=dict)
    notes = models.JSONField(default=dict)
    answered_by = models.CharField(max_length=12, choices=AnsweredBy, blank=True)
    medium = models.CharField(max_length=12, choices=Medium, blank=True)
    judgement = models.TextField(blank=True)
    ticks = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        """A grade is one of three; many ticks below high need a judgement in writing."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(grade__in=RiskGrade.values), name="risk_grade_known"),
            models.CheckConstraint(
                condition=models.Q(answered_by__in=["", *AnsweredBy.values], medium__in=["", *Medium.values]),
                name="risk_answered_known",
            ),
            models.CheckConstraint(
                condition=models.Q(ticks=None)
                | models.Q(ticks__lt=TICKS_FOR_JUDGEMENT)
                | models.Q(grade="high")
                | ~models.Q(judgement=""),
                name="risk_many_ticks_judged",
            ),
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
