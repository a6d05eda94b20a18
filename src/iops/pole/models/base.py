"""What every value in POLE bears: where it came from, how sure we are, when it held, and whether it was found wrong."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from iops.foundation.models import Fact, Team, User


class Source(models.TextChoices):
    """Who or what a value came from."""

    SUBJECT = "subject", "the person themselves"
    CALLER = "caller", "a caller"
    OFFICER = "officer", "an officer"
    DOCUMENT = "document", "a document seen"
    PARTNER = "partner", "a partner agency"
    NATIONAL = "national", "a national system"
    IMPORTED = "imported", "an older system"
    UNKNOWN = "unknown", "not said"


class Confidence(models.TextChoices):
    """How sure we are of a value."""

    CONFIRMED = "confirmed", "confirmed"
    LIKELY = "likely", "likely"
    UNCONFIRMED = "unconfirmed", "unconfirmed"


class Sourced(Fact):
    """A value with its provenance (U8): who recorded it and when, from what source, how sure, for what period.

    A value is never edited: it is withdrawn with a reason when it was wrong, or its period ends when it held no more.
    `since` and `until` are local days, both included; null means not known or still so.
    """

    source = models.CharField(max_length=12, choices=Source, default=Source.UNKNOWN)
    source_detail = models.CharField(max_length=200, blank=True, help_text="Which document, whose words, which system.")
    confidence = models.CharField(max_length=12, choices=Confidence, default=Confidence.UNCONFIRMED)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    withdrawn_reason = models.TextField(blank=True)

    class Meta:
        """Abstract; its constraints are repeated by name in each table (see `sourced`)."""

        abstract = True


def sourced(name: str) -> list[models.BaseConstraint]:
    """The constraints of provenance for the table `name`: periods run forward, a withdrawal has its reason."""
    return [
        models.CheckConstraint(
            condition=models.Q(since=None) | models.Q(until=None) | models.Q(until__gte=models.F("since")),
            name=f"{name}_period_forward",
        ),
        models.CheckConstraint(
            condition=models.Q(withdrawn_at=None) | ~models.Q(withdrawn_reason=""),
            name=f"{name}_withdrawn_with_reason",
        ),
        models.CheckConstraint(condition=models.Q(source__in=Source.values), name=f"{name}_source_known"),
        models.CheckConstraint(condition=models.Q(confidence__in=Confidence.values), name=f"{name}_confidence_known"),
    ]


class Restrictable(Fact):
    """A record that may be restricted to a list of people and teams.

    A restricted record is read by those on its list alone. When it is `hinted`, a search by anybody else says that
    one record was withheld, and whom to ask; otherwise the search is silent about it.
    """

    restricted = models.BooleanField(default=False)
    hinted = models.BooleanField(default=False)
    made_up = models.BooleanField(default=False)

    class Meta:
        """Abstract."""

        abstract = True


class AccessList(Fact):
    """One entry of the list of a restricted record: a person or a team that may see it."""

    append_only: ClassVar[bool] = True
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """Abstract."""

        abstract = True


def access_list(name: str, record: str) -> list[models.BaseConstraint]:
    """The constraints of an access list: one holder an entry, no entry twice."""
    return [
        models.CheckConstraint(
            condition=models.Q(user=None, team__isnull=False) | models.Q(user__isnull=False, team=None),
            name=f"{name}_one_holder",
        ),
        models.UniqueConstraint(fields=[record, "user", "team"], nulls_distinct=False, name=f"{name}_once"),
    ]
