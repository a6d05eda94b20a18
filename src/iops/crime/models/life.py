"""The facts of a crime's life: its log, plan, reviews, what the victim was told; how it ended, and was opened again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from iops.crime.models.crimes import Crime
from iops.crime.models.reported import ReportedIncident
from iops.foundation.models import Fact, Settles, User
from iops.pole.models import Person


class CrimeLogEntry(Fact):
    """One entry of the investigation log."""

    append_only: ClassVar[bool] = True

    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="log")
    text = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """An entry says something."""

        constraints: ClassVar = [models.CheckConstraint(condition=~Q(text=""), name="crime_log_says_something")]


class CrimeAction(Fact):
    """One action of the plan; `due` is a local day, `owner` who does it (the crime's owner when empty)."""

    append_only: ClassVar[bool] = True

    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="actions")
    what = models.TextField()
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    due = models.DateField(null=True, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """An action says what is to be done."""

        constraints: ClassVar = [models.CheckConstraint(condition=~Q(what=""), name="crime_action_says_what")]


class CrimeActionResult(Fact):
    """What came of an action, once."""

    append_only: ClassVar[bool] = True

    action = models.OneToOneField(CrimeAction, on_delete=models.PROTECT, related_name="result")
    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """A result says what came of it."""

        constraints: ClassVar = [models.CheckConstraint(condition=~Q(text=""), name="crime_action_result_says")]


class CrimeReview(Fact):
    """A supervisor's review of an investigation: what was found, and what is to be done next."""

    append_only: ClassVar[bool] = True
    settles = (Settles("crime", "crime_id"),)

    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="reviews")
    findings = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """A review says what was found."""

        constraints: ClassVar = [models.CheckConstraint(condition=~Q(findings=""), name="crime_review_says")]


class ToldOf(models.TextChoices):
    """What the victim was told of."""

    RECORDED = "recorded", "the crime number"
    PROGRESS = "progress", "how it goes"
    OUTCOME = "outcome", "the outcome"
    REMOVAL = "removal", "the removal of the record"


class VictimTold(Fact):
    """That the victim, or who acts for them, was told of something: of what, how, and in which words."""

    append_only: ClassVar[bool] = True
    settles = (Settles("crime", "crime_id"), Settles("victim_contact", "id"))
    follows: ClassVar = {"victim_contact": ("crime", "crime_id")}

    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="victim_told")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    about = models.CharField(max_length=10, choices=ToldOf)
    how = models.CharField(max_length=100)
    words = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """Says of what, how and in which words."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(about__in=ToldOf.values) & ~Q(how="") & ~Q(words=""), name="victim_told_says"
            )
        ]


class CrimeOutcome(Fact):
    """The outcome of a crime, 1 to 24, with the facts its tests ask for (OUT2026 pp9-25).

    `facts` holds each answer by the name the rulebook gives it; the database refuses an outcome whose facts the
    rulebook does not accept. `has_victim` says whether somebody must be told of it; the database says it.
    """

    append_only: ClassVar[bool] = True
    settles = (Settles("crime", "crime_id"),)

    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="outcomes")
    code = models.CharField(max_length=3)
    facts = models.JSONField(default=dict)
    reason = models.TextField()
    has_victim = models.BooleanField(default=False)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    unsearched: ClassVar[dict[str, str]] = {"code": "a number from a fixed list"}

    class Meta:
        """An outcome has a number and reasons."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^([1-9]|1[0-9]|2[0-4]|[123]A)$") & ~Q(reason=""), name="crime_outcome_known"
            )
        ]


class Removal(models.TextChoices):
    """The categories in which a recorded crime is removed (CRR2026 pp25-26), and rape that is no crime yet (p63)."""

    C1 = "C1", "transferred: committed in another force"
    C2 = "C2", "no crime, by additional verifiable information"
    C3 = "C3", "duplicate, or part of a live crime"
    C4 = "C4", "recorded in error"
    C5 = "C5", "self-defence"
    N100 = "N100", "a rape crime turned into a reported incident of rape"


class CrimeCancellation(Fact):
    """The removal of a recorded crime, C1 to C5 or as N100, with its authority.

    `avi` is the additional verifiable information, in words: when and from where, how it can be checked, what it shows
    (C2). `other_reference` is the number of the other force (C1), `other` the live crime it is part of (C3), `reported`
    the record that a rape crime was turned into (N100). `decider` is what `by` was at that moment; the database says
    it, and refuses whoever may not or had a part in it.
    """

    append_only: ClassVar[bool] = True
    settles = (Settles("crime", "crime_id"),)

    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="cancellations")
    category = models.CharField(max_length=4, choices=Removal)
    facts = models.JSONField(default=dict)
    reason = models.TextField()
    avi = models.TextField(blank=True)
    other_reference = models.CharField(max_length=40, blank=True)
    other = models.ForeignKey(Crime, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reported = models.ForeignKey(
        ReportedIncident, on_delete=models.PROTECT, null=True, blank=True, related_name="turned_from"
    )
    decider = models.CharField(max_length=32, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    unsearched: ClassVar[dict[str, str]] = {"decider": "a word from a fixed list"}

    class Meta:
        """Each category has what it asks for."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(category__in=Removal.values) & ~Q(reason=""), name="crime_removal_known"
            ),
            models.CheckConstraint(condition=~Q(category="C1") | ~Q(other_reference=""), name="crime_c1_has_number"),
            models.CheckConstraint(condition=~Q(category="C2") | ~Q(avi=""), name="crime_c2_has_information"),
            models.CheckConstraint(condition=~Q(category="C3") | Q(other__isnull=False), name="crime_c3_names_other"),
            models.CheckConstraint(
                condition=Q(category="N100", reported__isnull=False) | ~Q(category="N100") & Q(reported=None),
                name="crime_n100_names_record",
            ),
        ]


class Reopening(Fact):
    """An ended crime opened again, with a reason: the outcome or the removal it names stands no more."""

    append_only: ClassVar[bool] = True
    settles = (Settles("crime", "crime_id"),)

    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="reopenings")
    outcome = models.OneToOneField(
        CrimeOutcome, on_delete=models.PROTECT, null=True, blank=True, related_name="reopening"
    )
    cancellation = models.OneToOneField(
        CrimeCancellation, on_delete=models.PROTECT, null=True, blank=True, related_name="reopening"
    )
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Undoes one ending, with a reason."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(outcome=None, cancellation__isnull=False) | Q(outcome__isnull=False, cancellation=None),
                name="crime_reopens_one_ending",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="crime_reopened_with_reason"),
        ]
