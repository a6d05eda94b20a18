"""How fast an incident must be answered: THRIVE assessments, gradings, and proposals to slow an answer down."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from iops.control.models.incidents import Incident
from iops.foundation.models import Fact, Settles, User


class Level(models.TextChoices):
    """How much of a thing there is, as judged by whoever assesses."""

    NONE = "none", "none"
    LOW = "low", "low"
    MEDIUM = "medium", "medium"
    HIGH = "high", "high"


def _level() -> models.CharField[str, str]:
    return models.CharField(max_length=6, choices=Level)


class Thrive(Fact):
    """One THRIVE assessment: threat, harm, risk, investigation, vulnerability, engagement, each a level and its words.

    It is made at the first contact and again whenever things change; the latest counts for advice, none is changed.
    `investigation` is the need of evidence and lines of enquiry, `engagement` the need to meet the caller and keep
    their trust; the other four are levels of danger (safeguarding.md A7).
    """

    append_only: ClassVar[bool] = True
    PARTS: ClassVar[tuple[str, ...]] = ("threat", "harm", "risk", "investigation", "vulnerability", "engagement")

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="thrives")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    threat_level = _level()
    threat = models.TextField(blank=True)
    harm_level = _level()
    harm = models.TextField(blank=True)
    risk_level = _level()
    risk = models.TextField(blank=True)
    investigation_level = _level()
    investigation = models.TextField(blank=True)
    vulnerability_level = _level()
    vulnerability = models.TextField(blank=True)
    engagement_level = _level()
    engagement = models.TextField(blank=True)

    class Meta:
        """Every part has one of four levels; what is medium or high is said in words."""

        indexes: ClassVar = [models.Index(fields=["incident", "at", "id"], name="thrive_in_order")]
        constraints: ClassVar = [
            *(
                models.CheckConstraint(condition=Q(**{f"{part}_level__in": Level.values}), name=f"thrive_{part}_level")
                for part in ("threat", "harm", "risk", "investigation", "vulnerability", "engagement")
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{part}_level__in": [Level.NONE, Level.LOW]}) | ~Q(**{part: ""}),
                    name=f"thrive_{part}_said",
                )
                for part in ("threat", "harm", "risk", "investigation", "vulnerability", "engagement")
            ),
        ]


class GradeProposal(Fact):
    """A proposal to answer a domestic, child or vulnerable incident more slowly, until a second person decides on it.

    Until it is confirmed the grade stands as it was, and so do its clocks. Nobody decides on their own proposal.
    """

    settles = (Settles("grade_proposal", "id"),)
    follows: ClassVar = {"grade_proposal": ("incident", "incident_id")}

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="grade_proposals")
    was = models.PositiveSmallIntegerField(help_text="The grade that stood when it was proposed.")
    grade = models.PositiveSmallIntegerField(help_text="The slower grade that is proposed.")
    reason = models.TextField()
    thrive = models.ForeignKey(Thrive, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed = models.BooleanField(null=True, blank=True)
    decision_note = models.TextField(blank=True)

    class Meta:
        """One open proposal an incident; decided whole, later, and by somebody else."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["incident"], condition=Q(decided_at=None), name="grade_proposal_one_open"),
            models.CheckConstraint(condition=Q(was__gte=1, grade__lte=5), name="grade_proposal_1_to_5"),
            models.CheckConstraint(condition=Q(grade__gt=F("was")), name="grade_proposal_is_slower"),
            models.CheckConstraint(condition=~Q(reason=""), name="grade_proposal_says_why"),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, confirmed=None)
                | Q(decided_at__gte=F("at"), decided_by__isnull=False, confirmed__isnull=False),
                name="grade_proposal_decided_whole",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("by")), name="grade_proposal_second_person"
            ),
        ]


class Grading(Fact):
    """One decision on how fast an incident must be answered. 1 is the most urgent; the latest grading counts.

    `scheme` is the force's scheme of grades it was given under, `thrive` the assessment it rests on, `proposal` the
    confirmed proposal behind a slower grade of a protected incident; each is null when it is not known or not needed.
    """

    append_only: ClassVar[bool] = True
    settles = (Settles("incident", "incident_id"),)

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="gradings")
    grade = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True)
    rationale = models.TextField(blank=True)
    scheme = models.CharField(max_length=40, null=True, blank=True)
    thrive = models.ForeignKey(Thrive, on_delete=models.PROTECT, null=True, blank=True, related_name="gradings")
    proposal = models.OneToOneField(GradeProposal, on_delete=models.PROTECT, null=True, blank=True)

    class Meta:
        """Grades run from 1 to 5."""

        indexes: ClassVar = [models.Index(fields=["incident", "at", "id"], name="grading_in_order")]
        constraints: ClassVar = [models.CheckConstraint(condition=Q(grade__gte=1, grade__lte=5), name="grade_1_to_5")]
