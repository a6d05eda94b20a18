"""The facts of a series: crimes thought to be the work of the same people, with one lead crime and one owner.

Source: user problem U16; local decision on lead crime and owner, no national rule fixes them.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from iops.crime.models.crimes import Crime
from iops.foundation.models import Fact, User


class Series(Fact):
    """A named set of crimes; `common` says what they have in common, so that somebody else can check it.

    Whoever may not see a crime that led it does not see the series. The database refuses one without a lead crime.
    """

    append_only: ClassVar[bool] = True
    unsearched: ClassVar[dict[str, str]] = {
        "title": "found in the log of each of its crimes",
        "common": "read on the page of the series",
    }

    title = models.CharField(max_length=120, unique=True)
    common = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """Named, and it says what is common to its crimes."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(title="") & ~Q(common=""), name="series_says_what_is_common")
        ]

    def __str__(self) -> str:
        return self.title


class SeriesCrime(Fact):
    """That a crime belongs to a series, and why; taken out with a reason. No crime stands in two open series.

    `stands` ends when the crime leaves, is removed from the record, or the series is closed; the database keeps it.
    """

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="members")
    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="in_series")
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    stands = models.BooleanField(default=True)
    left_at = models.DateTimeField(null=True, blank=True)
    left_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    left_reason = models.TextField(blank=True)

    unsearched: ClassVar[dict[str, str]] = {
        "reason": "read on the page of the series, and in the log of the crime",
        "left_reason": "read on the page of the series, and in the log of the crime",
    }

    class Meta:
        """In one open series at a time; what left says why and stands no more."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["crime"], condition=Q(stands=True), name="crime_in_one_series"),
            models.CheckConstraint(condition=~Q(reason=""), name="series_crime_says_why"),
            models.CheckConstraint(
                condition=Q(left_at=None, left_reason="") | Q(left_at__isnull=False, stands=False) & ~Q(left_reason=""),
                name="series_crime_left_says_why",
            ),
        ]


class SeriesLead(Fact):
    """Which crime leads the series and who owns all of it, and why; the latest stands."""

    append_only: ClassVar[bool] = True
    unsearched: ClassVar[dict[str, str]] = {"reason": "read on the page of the series"}

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="leads")
    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """Says why; asked by series, the latest first."""

        indexes: ClassVar = [models.Index(fields=["series", "-id"], name="series_lead_latest")]
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(reason=""), name="series_lead_says_why")]


class SeriesClosed(Fact):
    """That a series is closed, and why: its crimes are worked on by themselves again. Once; a new one may be made."""

    append_only: ClassVar[bool] = True
    unsearched: ClassVar[dict[str, str]] = {"reason": "read on the page of the series"}

    series = models.OneToOneField(Series, on_delete=models.PROTECT, related_name="closed")
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """Says why."""

        constraints: ClassVar = [models.CheckConstraint(condition=~Q(reason=""), name="series_closed_says_why")]
