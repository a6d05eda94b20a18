"""The facts of allocation and screening: skills and ties of officers, what was suggested, what may solve a crime.

`OpenCrime` is no fact: triggers (sql/63_allocation.sql) derive it from facts, in the transaction that changes them.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from iops.control.models import Incident
from iops.crime.models.crimes import Crime, CrimeOwner
from iops.foundation.models import Fact, Settles, User
from iops.pole.models import Person


class OfficerSkill(Fact):
    """What somebody is trained or accredited for (a code of allocation/data/skills.yaml); local days, both included.

    It ends on `until`; while that is empty it holds. It is ended by setting the day, never taken away.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="crime_skills")
    skill = models.CharField(max_length=40)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    shown_by = models.CharField(max_length=200, help_text="Certificate or course that shows it.")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    unsearched: ClassVar[dict[str, str]] = {"skill": "a word from a list", "shown_by": "about an account, not a record"}

    class Meta:
        """Named, shown by something, and running forward; held once at a time."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(skill="") & ~Q(shown_by=""), name="officer_skill_shown"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="officer_skill_forward"),
            models.UniqueConstraint(fields=["user", "skill"], condition=Q(until=None), name="officer_skill_once"),
        ]


class TieKind(models.TextChoices):
    """What somebody who works here is to a nominal."""

    ONESELF = "oneself", "is this person"
    FAMILY = "family", "family or household"
    PARTNER = "partner", "partner or former partner"
    KNOWS = "knows", "friend or other close tie"


class OfficerTie(Fact):
    """That somebody who works here is, or is close to, a nominal: who owns what this person is in is decided with that.

    A tie holds until it is withdrawn, with a reason. Oneself, family and partner are refused as owner by the database.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    tie = models.CharField(max_length=8, choices=TieKind)
    source = models.TextField(help_text="Who said so, and when.")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_reason = models.TextField(blank=True)

    unsearched: ClassVar[dict[str, str]] = {
        "tie": "a word from a fixed list",
        "source": "private to whoever allocates",
        "withdrawn_reason": "private to whoever allocates",
    }

    class Meta:
        """Of a known kind, from a source; withdrawn with a reason."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(tie__in=TieKind.values) & ~Q(source=""), name="officer_tie_known"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | ~Q(withdrawn_reason=""), name="officer_tie_withdrawn_why"
            ),
            models.UniqueConstraint(
                fields=["user", "person", "tie"], condition=Q(withdrawn_at=None), name="officer_tie_once"
            ),
        ]


class AllocationChoice(Fact):
    """What was suggested when a crime was allocated, and whether the suggestion was followed; if not, why not.

    `suggested` is the list of the first officers as they stood then: {"user", "reasons"}; `edition` the day of the
    rules they were ordered by. `place` is that of the owner in the list, from 1; empty where the owner was not in it.
    """

    append_only: ClassVar[bool] = True

    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="allocation_choices")
    owner = models.OneToOneField(CrimeOwner, on_delete=models.PROTECT, related_name="choice")
    suggested = models.JSONField()
    place = models.PositiveSmallIntegerField(null=True, blank=True)
    followed = models.BooleanField()
    against_reason = models.TextField(blank=True)
    edition = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """Against the suggestion only with a reason; followed is the first of the list, or there was no list."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(followed=True) | ~Q(against_reason=""), name="allocation_against_why"),
            models.CheckConstraint(
                condition=Q(followed=False) | Q(place=1, place__isnull=False) | Q(suggested=[]),
                name="allocation_followed_is_first",
            ),
        ]


class SolvabilityAssessment(Fact):
    """What there is to go on: an answer (yes, no, unknown) to each factor of allocation/data/screening.yaml.

    `points` is the sum over the factors answered yes, by the edition of the rules in force then; the latest stands.
    """

    append_only: ClassVar[bool] = True

    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="solvability")
    answers = models.JSONField()
    points = models.PositiveSmallIntegerField()
    edition = models.DateField()
    note = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")


class Screened(models.TextChoices):
    """What a screening decides."""

    IN = "in", "screened in: it is investigated"
    OUT = "out", "screened out: no further investigation for now"


class Screening(Fact):
    """Whether a crime is investigated further, on an assessment of what may solve it, with reasons; the latest stands.

    Screening out counts once a supervisor other than `by` has agreed (`ScreeningReview`); until then it is in. What may
    not be screened out, the database refuses (`iops.crime_screen_bar`).
    """

    append_only: ClassVar[bool] = True
    settles = (Settles("crime", "crime_id"),)

    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="screenings")
    assessment = models.ForeignKey(SolvabilityAssessment, on_delete=models.PROTECT, related_name="screenings")
    decision = models.CharField(max_length=3, choices=Screened)
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """One of two decisions, with reasons; asked by crime, the latest first."""

        indexes: ClassVar = [models.Index(fields=["crime", "-id"], name="screening_latest")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(decision__in=Screened.values) & ~Q(reason=""), name="screening_says_why")
        ]


class ScreeningReview(Fact):
    """What a supervisor, who did not take it, says of a decision to screen out: it takes effect or it falls."""

    append_only: ClassVar[bool] = True
    settles = (Settles("crime", "crime_id"),)

    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="screening_reviews")
    screening = models.OneToOneField(Screening, on_delete=models.PROTECT, related_name="review")
    agreed = models.BooleanField()
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """With reasons."""

        constraints: ClassVar = [models.CheckConstraint(condition=~Q(reason=""), name="screening_review_says_why")]


class OpenCrime(models.Model):
    """One open crime as it stands for allocation: who holds it, how serious its class is, which floors it is under.

    `waits` says that it has no owner and is not screened out. `floors` are codes of allocation/data/screening.yaml;
    `floored` how many there are. Nobody types it.
    """

    crime = models.OneToOneField(
        Crime, on_delete=models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="as_open"
    )
    incident = models.ForeignKey(Incident, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    district_id = models.BigIntegerField()
    holder_id = models.BigIntegerField(null=True)
    waits = models.BooleanField()
    crime_class = models.CharField(max_length=20)
    seriousness = models.SmallIntegerField()
    floors = models.JSONField()
    floored = models.SmallIntegerField()
    critical = models.BooleanField(help_text="Serious, and with a vulnerable victim.")
    recorded_at = models.DateTimeField()

    class Meta:
        """Read in the order in which crimes that wait are looked at, and by who holds them."""

        indexes: ClassVar = [
            models.Index(
                fields=["-floored", "-seriousness", "recorded_at", "crime"], condition=Q(waits=True), name="open_waits"
            ),
            models.Index(
                fields=["district_id", "-floored", "-seriousness", "recorded_at", "crime"],
                condition=Q(waits=True),
                name="open_waits_district",
            ),
            models.Index(
                fields=["recorded_at", "crime"], condition=Q(waits=True, critical=True), name="open_waits_critical"
            ),
            models.Index(fields=["holder_id"], condition=Q(holder_id__isnull=False), name="open_by_holder"),
        ]
