"""The facts of Operation Encompass: schools and their open days, a child's school, and what the school was told."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from iops.control.models import Incident
from iops.foundation.models import District, Fact, Settles, User
from iops.safeguarding.models.children import IncidentChild

NINE = dt.time(9)


class School(Fact):
    """A school or college that is told of children; `code` is its number in the national register (URN).

    `opens` is when its day begins, local time; `contact` is how its key adult is reached.
    """

    record_kind: ClassVar[str] = "school"

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=200)
    district = models.ForeignKey(District, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    opens = models.TimeField(default=NINE)
    contact = models.CharField(max_length=254, blank=True)
    made_up = models.BooleanField(default=False)

    class Meta:
        """A school has a name and a number."""

        constraints: ClassVar = [models.CheckConstraint(condition=~Q(name="") & ~Q(code=""), name="school_is_named")]

    def __str__(self) -> str:
        return self.name


class SchoolYear(Fact):
    """The days on which one school is open in one school year (August to July, named by the year it begins in).

    A school year without a row follows the force's own calendar of school days.
    """

    record_kind: ClassVar[str] = "school_year"

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="years")
    year = models.PositiveIntegerField()
    open_days = ArrayField(models.DateField())

    class Meta:
        """One calendar of a school for a year."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["school", "year"], name="school_year_once")]


class SchoolStanding(models.TextChoices):
    """What is known of a child's school."""

    KNOWN = "known", "known"
    UNKNOWN = "unknown", "not known"
    NONE = "none", "goes to no school"


class ChildSchool(Fact):
    """Which school a child of an incident goes to, as far as known; the latest word stands."""

    append_only: ClassVar[bool] = True
    settles = (Settles("incident_child", "child_id"),)

    child = models.ForeignKey(IncidentChild, on_delete=models.PROTECT, related_name="schools")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    standing = models.CharField(max_length=8, choices=SchoolStanding)
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """A known school is named."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(standing="known", school__isnull=False)
                | Q(standing__in=["unknown", "none"], school__isnull=True),
                name="child_school_named",
            )
        ]


class EncompassKind(models.TextChoices):
    """What was done about telling a school."""

    TOLD = "told", "school told"
    AGENCIES_TOLD = "agencies_told", "other agencies told, the school being closed"
    EXCEPTION = "exception", "not told, for a coded reason"


class EncompassException(models.TextChoices):
    """The closed list of reasons for which a school is not told (I06)."""

    TOO_YOUNG = "too_young", "too young for school"
    LEFT_SCHOOL = "left_school", "has left school"
    HOME_EDUCATED = "home_educated", "educated at home"
    OUTSIDE = "outside", "school outside England and Wales"
    WOULD_HARM = "would_harm", "telling the school would put the child at risk"
    NOT_A_VICTIM = "not_a_victim", "not a victim of the abuse"


class EncompassStep(Fact):
    """A school was told of a child, other agencies were, or it is said by code why not."""

    append_only: ClassVar[bool] = True
    settles = (Settles("incident_child", "child_id"),)

    child = models.ForeignKey(IncidentChild, on_delete=models.PROTECT, related_name="encompass")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=14, choices=EncompassKind)
    code = models.CharField(max_length=14, choices=EncompassException, blank=True)
    recipient = models.CharField(max_length=300, blank=True)
    note = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """Says who was told, or by code why nobody was."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=EncompassKind.values), name="encompass_kind_known"),
            models.CheckConstraint(
                condition=Q(kind="exception", code__in=EncompassException.values)
                | (Q(code="") & ~Q(recipient="") & Q(kind__in=["told", "agencies_told"])),
                name="encompass_says_whom_or_why_not",
            ),
        ]
