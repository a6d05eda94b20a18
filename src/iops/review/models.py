"""The facts of a review programme: its frozen population, every item with its band, and what left by a decision."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from iops.control.models import Incident
from iops.foundation.models import Fact, User


class Programme(Fact):
    """The review of all incidents that a screen frames, reported on the local days `since` to `until`, both counted."""

    append_only: ClassVar[bool] = True
    unsearched: ClassVar[dict[str, str]] = {
        "title": "shown on the list of programmes, which is short",
        "purpose": "shown on the list of programmes, which is short",
        "screen": "the code of a set of rules",
    }

    title = models.CharField(max_length=200, unique=True)
    purpose = models.TextField()
    screen = models.CharField(max_length=40)
    since = models.DateField()
    until = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Named, with a purpose, and forward in time."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="programme_period_runs_forward"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(purpose=""), name="programme_says_what_for"),
        ]

    def __str__(self) -> str:
        return self.title


class Frozen(Fact):
    """The population as it was frozen, written by the database alone.

    `fingerprint` is SHA-256 over the ids of the incidents in order, parted by commas. Control totals: `in_period`
    counts all incidents of the control room in the period, `outside` those that the frame does not hold, `recorded`
    those of the population that have a record of domestic abuse. The database checks that they add up.
    """

    append_only: ClassVar[bool] = True
    unsearched: ClassVar[dict[str, str]] = {"fingerprint": "a hash, compared and never looked for"}

    programme = models.OneToOneField(Programme, on_delete=models.PROTECT, related_name="frozen")
    population = models.PositiveIntegerField()
    in_period = models.PositiveIntegerField()
    outside = models.PositiveIntegerField()
    recorded = models.PositiveIntegerField()
    fingerprint = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        """Its totals add up."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(in_period=F("population") + F("outside"), recorded__lte=F("population"), population__gt=0),
                name="frozen_totals_add_up",
            )
        ]


class ProgrammeItem(Fact):
    """One incident of a programme with what the screen said of it, written by the database alone.

    `late` says that it was found after the freezing, `found_at` when. `reasons` are codes of the screen's rules;
    `floor` says that no statistics may leave it out. It stays in the population whatever becomes of the incident.
    """

    append_only: ClassVar[bool] = True
    unsearched: ClassVar[dict[str, str]] = {"band": "a letter from a fixed list"}

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="items")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField()
    late = models.BooleanField()
    band = models.CharField(max_length=1)
    rank = models.PositiveIntegerField()
    floor = models.BooleanField()
    reasons = ArrayField(models.CharField(max_length=60))

    class Meta:
        """Once in its programme, in a band that says why; only what is presumed sound has no reason."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["programme", "incident"], name="programme_item_once"),
            models.CheckConstraint(
                condition=Q(band__in=["A", "B", "C"]) & ~Q(reasons=[]) | Q(band="D", reasons=[], floor=False),
                name="programme_item_says_why",
            ),
        ]


class ItemLeft(Fact):
    """The decision by which an item needs no review: the only way out, kept with its reason; never for a floor."""

    append_only: ClassVar[bool] = True
    unsearched: ClassVar[dict[str, str]] = {"reason": "read beside its item"}

    item = models.OneToOneField(ProgrammeItem, on_delete=models.PROTECT, related_name="left")
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Says why."""

        constraints: ClassVar = [models.CheckConstraint(condition=~Q(reason=""), name="item_left_says_why")]
