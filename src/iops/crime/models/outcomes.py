"""What an outcome 14, 15 or 16 rests on, and the random re-audit of outcomes.

The victim's wish, whether the case can go on without the victim, the look at everybody's safety: the database refuses
the outcome without them (sql/62_outcomes.sql; OUT2026 pp17-19).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from iops.crime.models.crimes import Crime
from iops.crime.models.life import CrimeOutcome
from iops.foundation.models import Fact, Settles, User
from iops.pole.models import Organisation, Person


class Wish(models.TextChoices):
    """What a victim wants."""

    SUPPORTS = "supports", "supports action"
    DOES_NOT_SUPPORT = "does_not_support", "does not support action"
    LOST_CONTACT = "lost_contact", "contact was lost"
    NOT_ASKED = "not_asked", "not asked"


class WishTaken(models.TextChoices):
    """How a wish was taken."""

    IN_PERSON = "in_person", "in person"
    VIDEO = "video", "on body-worn or interview video"
    TELEPHONE = "telephone", "by telephone"
    WRITTEN = "written", "in writing"
    THROUGH = "through", "through somebody who acts for them"
    NO_CONTACT = "no_contact", "there was no contact"


class VictimWish(Fact):
    """What one victim of a crime wants, when and how it was taken, by whom; the latest of each victim stands.

    `words` are the victim's own, `recording` the reference of a recording; one of the two is there. Where contact was
    lost or nobody asked, `words` say what was tried. `taken_at` is when the victim said it, `at` when it was written.
    """

    append_only: ClassVar[bool] = True

    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="wishes")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    wish = models.CharField(max_length=16, choices=Wish)
    taken_how = models.CharField(max_length=12, choices=WishTaken)
    words = models.TextField(blank=True)
    recording = models.CharField(max_length=100, blank=True)
    taken_at = models.DateTimeField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Of one victim, in words or on a recording, and not of a time to come; a wish needs contact."""

        indexes: ClassVar = [models.Index(fields=["crime", "-taken_at", "-id"], name="crime_wish_latest")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(person=None, organisation__isnull=False) | Q(person__isnull=False, organisation=None),
                name="crime_wish_of_one",
            ),
            models.CheckConstraint(
                condition=Q(wish__in=Wish.values) & Q(taken_how__in=WishTaken.values), name="crime_wish_known"
            ),
            models.CheckConstraint(condition=~Q(words="") | ~Q(recording=""), name="crime_wish_says"),
            models.CheckConstraint(condition=Q(taken_at__lte=F("at")), name="crime_wish_not_ahead"),
            models.CheckConstraint(
                condition=Q(wish__in=["lost_contact", "not_asked"]) | ~Q(taken_how="no_contact"),
                name="crime_wish_needs_contact",
            ),
        ]


class EvidenceLed(Fact):
    """The consideration whether a case can go on without the victim: the other evidence, the decision, the reasons."""

    append_only: ClassVar[bool] = True

    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="evidence_led")
    evidence = models.TextField(help_text="The other evidence, or that there is none and what was looked for.")
    goes_on = models.BooleanField(help_text="Whether the case goes on without the victim.")
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Names the evidence and the reasons."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(evidence="") & ~Q(reason=""), name="crime_evidence_led_says")
        ]


class SafeguardingCheck(Fact):
    """That the safety of victim and children was looked at before a crime was closed: what was found and done."""

    append_only: ClassVar[bool] = True

    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="safeguarding_checks")
    victim_safety = models.TextField()
    child_safety = models.TextField(help_text="Or that there are no children, and how that is known.")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Both were looked at."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(victim_safety="") & ~Q(child_safety=""), name="crime_safeguarding_check_says"
            )
        ]


class OutcomeDraw(Fact):
    """The draw of one outcome: its number below 1000, the share of that outcome, and whether it is audited again.

    The database draws when an outcome is given, under a key the application cannot read; what is written into `draw`,
    `share` and `sampled` by any route is written over.
    """

    append_only: ClassVar[bool] = True
    settles = (Settles("outcome_audit", "id"),)
    follows: ClassVar = {"outcome_audit": ("crime", "crime_id")}

    outcome = models.OneToOneField(CrimeOutcome, on_delete=models.PROTECT, related_name="drawn")
    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="+")
    draw = models.PositiveSmallIntegerField(default=0, editable=False)
    share = models.PositiveSmallIntegerField(default=0, editable=False)
    sampled = models.BooleanField(default=False, editable=False)
    at = models.DateTimeField()

    class Meta:
        """So many in a thousand."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(draw__lt=1000, share__lte=1000), name="crime_outcome_per_thousand")
        ]


class AuditVerdict(models.TextChoices):
    """What a re-audit finds."""

    UPHELD = "upheld", "upheld"
    NOT_UPHELD = "not_upheld", "not upheld: the crime is opened again"


class OutcomeAudit(Fact):
    """The answer of a supervisor without a part in the crime on an outcome that was drawn."""

    append_only: ClassVar[bool] = True
    settles = (Settles("outcome_audit", "drawn_id"),)

    drawn = models.OneToOneField(OutcomeDraw, on_delete=models.PROTECT, related_name="audit")
    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=10, choices=AuditVerdict)
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """An answer with reasons."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(verdict__in=AuditVerdict.values) & ~Q(reason=""), name="crime_outcome_audit_says"
            )
        ]
