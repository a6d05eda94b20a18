"""What was done about a suspect: wanted, arrested or surrendered, no longer wanted, released under investigation.

Each row is of one crime and one person who is linked to it as suspect or offender. Nobody writes who is wanted now: that
is the view `iops.wanted` (sql/64_justice.sql).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from iops.crime.models.crimes import Crime
from iops.foundation.models import Fact, User
from iops.pole.models import Person


class SuspectWanted(Fact):
    """From `at` a suspect is to be found and arrested, and why."""

    append_only: ClassVar[bool] = True

    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="wanted")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Says why."""

        constraints: ClassVar = [models.CheckConstraint(condition=~Q(reason=""), name="suspect_wanted_says_why")]


class WantedCancelled(Fact):
    """That somebody is no longer wanted, though nobody arrested them: an inspector says so, and why."""

    append_only: ClassVar[bool] = True

    wanted = models.OneToOneField(SuspectWanted, on_delete=models.PROTECT, related_name="cancelled")
    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Says why."""

        constraints: ClassVar = [models.CheckConstraint(condition=~Q(reason=""), name="wanted_cancelled_says_why")]


class CameHow(models.TextChoices):
    """How a suspect came into the hands of the police."""

    ARRESTED = "arrested", "arrested"
    SURRENDERED = "surrendered", "surrendered, and was arrested at the station"


class Arrest(Fact):
    """A suspect was arrested for a crime: when, where, by whom, and why that was necessary (PACE s.24(5), Code G).

    `at` is the moment of the arrest, in UTC; `recorded_at` when it was written down, which never takes its place.
    """

    append_only: ClassVar[bool] = True

    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="arrests")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=12, choices=CameHow)
    place = models.CharField(max_length=200)
    necessity = models.TextField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Says how, where and why it was necessary; is not written before it happens."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(how__in=CameHow.values) & ~Q(place="") & ~Q(necessity=""), name="arrest_says"
            ),
            models.CheckConstraint(condition=Q(recorded_at__gte=models.F("at")), name="arrest_written_afterwards"),
        ]


class ReleasedUnderInvestigation(Fact):
    """A suspect was released without bail while the investigation goes on, with the reason.

    It carries no conditions and no clock in law. For domestic abuse the database takes it only from an inspector.
    """

    append_only: ClassVar[bool] = True

    arrest = models.OneToOneField(Arrest, on_delete=models.PROTECT, related_name="released")
    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Says why."""

        constraints: ClassVar = [models.CheckConstraint(condition=~Q(reason=""), name="released_says_why")]
