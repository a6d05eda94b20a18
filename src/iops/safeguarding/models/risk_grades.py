"""The facts of risk grades: who graded, as what, and proposals to lower a grade until a more senior person decides."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from iops.foundation.models import Fact, Settles, User
from iops.safeguarding.models.assessments import RiskAssessment, RiskGrade


class GradedAs(models.TextChoices):
    """In which part somebody grades the risk (safeguarding.md A3)."""

    OFFICER = "officer", "officer"
    SUPERVISOR = "supervisor", "supervisor"
    SPECIALIST = "specialist", "specialist"
    MULTI_AGENCY = "multi_agency", "agencies together"


class RiskDowngrade(Fact):
    """A proposal that a risk is lower than it was graded, until somebody more senior decides on it (invariant I18).

    Until it is confirmed the grade stands as it was. The database holds that who decides is more senior.
    """

    settles = (Settles("risk_assessment", "assessment_id"),)

    assessment = models.ForeignKey(RiskAssessment, on_delete=models.PROTECT, related_name="downgrades")
    was = models.CharField(max_length=10, choices=RiskGrade)
    grade = models.CharField(max_length=10, choices=RiskGrade)
    graded_as = models.CharField(max_length=12, choices=GradedAs)
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed = models.BooleanField(null=True, blank=True)
    decision_note = models.TextField(blank=True)

    class Meta:
        """One open proposal an assessment; lower, with a reason; decided whole, later, and by somebody else."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["assessment"], condition=Q(decided_at=None), name="downgrade_one_open"),
            models.CheckConstraint(
                condition=Q(was="high", grade__in=["medium", "standard"]) | Q(was="medium", grade="standard"),
                name="downgrade_is_lower",
            ),
            models.CheckConstraint(condition=Q(graded_as__in=GradedAs.values), name="downgrade_as_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="downgrade_says_why"),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, confirmed=None)
                | Q(decided_at__gte=F("at"), decided_by__isnull=False, confirmed__isnull=False),
                name="downgrade_decided_whole",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("by")), name="downgrade_second_person"
            ),
        ]


class RiskGrading(Fact):
    """One grade given to an assessed risk after the first; the latest stands, and none is ever changed.

    `proposal` is the confirmed proposal behind a grade lower than the one that stood.
    """

    append_only: ClassVar[bool] = True
    settles = (Settles("risk_assessment", "assessment_id"),)

    assessment = models.ForeignKey(RiskAssessment, on_delete=models.PROTECT, related_name="gradings")
    graded_as = models.CharField(max_length=12, choices=GradedAs)
    grade = models.CharField(max_length=10, choices=RiskGrade)
    rationale = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposal = models.OneToOneField(RiskDowngrade, on_delete=models.PROTECT, null=True, blank=True)

    class Meta:
        """A known grade, in a known part, with a rationale."""

        indexes: ClassVar = [models.Index(fields=["assessment", "id"], name="risk_grading_in_order")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(grade__in=RiskGrade.values, graded_as__in=GradedAs.values), name="risk_grading_known"
            ),
            models.CheckConstraint(condition=~Q(rationale=""), name="risk_grading_says_why"),
        ]
