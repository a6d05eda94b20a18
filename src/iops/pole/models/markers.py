"""Warning markers: what somebody must know before they knock at a door."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from iops.foundation.models import Fact, Settles, Team, User
from iops.pole.models.people import Person
from iops.pole.models.places import Location


class MarkerKind(models.TextChoices):
    """What the marker warns of (the national warning signals, in our words)."""

    FIREARMS = "firearms", "firearms"
    WEAPONS = "weapons", "weapons"
    VIOLENT = "violent", "violent"
    EXPLOSIVES = "explosives", "explosives"
    SUICIDAL = "suicidal", "suicide or self-harm"
    MENTAL_HEALTH = "mental_health", "mental ill-health"
    AILMENT = "ailment", "medical condition"
    DRUGS = "drugs", "drugs"
    ESCAPER = "escaper", "escapes"
    ALLEGES = "alleges", "makes allegations against officers"
    SEXUAL = "sexual", "risk of sexual harm"
    DOMESTIC = "domestic", "victim or perpetrator of domestic abuse at risk"
    CHILD = "child", "child at risk"
    DOG = "dog", "dangerous dog"
    STRUCTURE = "structure", "dangerous building or site"
    TREAT_AS_URGENT = "urgent", "treat every call as urgent"
    OTHER = "other", "other"


class Severity(models.TextChoices):
    """How grave the danger is."""

    GRAVE = "grave", "grave"
    SERIOUS = "serious", "serious"
    CAUTION = "caution", "caution"


class WarningMarker(Fact):
    """A warning on a person or a place, never on an incident, so that it is there at every later one (U20, U21).

    Anybody may propose one, and it is shown from that moment as proposed; a sergeant or above confirms or refuses it.
    It has grounds, an author, a review date, an owner, and at most one expiry date. It ends only by a decision or at
    its expiry; an ended one stays on record. Dates are local days.
    """

    record_kind: ClassVar[str] = "warning_marker"
    settles = (Settles("warning_marker", "id"),)

    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="markers")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, blank=True, related_name="markers")
    kind = models.CharField(max_length=20, choices=MarkerKind)
    severity = models.CharField(max_length=10, choices=Severity)
    grounds = models.TextField()
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    confirmed = models.BooleanField(null=True, blank=True)
    owner = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    review_on = models.DateField()
    expires_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    ended_reason = models.TextField(blank=True)
    made_up = models.BooleanField(default=False)

    class Meta:
        """On one person or one place; decided whole; ended with a reason."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(person=None, location__isnull=False) | models.Q(person__isnull=False, location=None),
                name="marker_on_one",
            ),
            models.CheckConstraint(condition=~models.Q(grounds=""), name="marker_has_grounds"),
            models.CheckConstraint(condition=models.Q(kind__in=MarkerKind.values), name="marker_kind_known"),
            models.CheckConstraint(condition=models.Q(severity__in=Severity.values), name="marker_severity_known"),
            models.CheckConstraint(
                condition=models.Q(decided_at=None, confirmed=None)
                | models.Q(decided_at__isnull=False, confirmed__isnull=False),
                name="marker_decided_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | ~models.Q(ended_reason=""), name="marker_ended_with_reason"
            ),
            models.CheckConstraint(
                condition=~models.Q(confirmed=False) | models.Q(ended_at__isnull=False), name="marker_refused_is_ended"
            ),
        ]

    def __str__(self) -> str:
        return MarkerKind(self.kind).label


class MarkerReview(Fact):
    """One review of a warning marker: kept until a new date, or ended."""

    append_only: ClassVar[bool] = True
    settles = (Settles("warning_marker", "marker_id"),)

    marker = models.ForeignKey(WarningMarker, on_delete=models.PROTECT, related_name="reviews")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    was_due = models.DateField()
    kept = models.BooleanField()
    next_review = models.DateField(null=True, blank=True)
    note = models.TextField()

    class Meta:
        """A marker that is kept has its next date."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(kept=False) | models.Q(next_review__isnull=False), name="marker_review_next"
            ),
            models.CheckConstraint(condition=~models.Q(note=""), name="marker_review_says_why"),
        ]
