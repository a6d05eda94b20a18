"""Incidents, who may see a restricted one, and the log."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from iops.control.models.contact import Contact
from iops.foundation.models import District, Fact, Settles, Team, User


class Incident(Fact):
    """One incident on the command and control log, known by its number of the day ("412 of 5 July 2019").

    The grade is not here: it is the latest grading, so that there is one truth about it.
    """

    settles = (
        Settles("incident", "id", closes="closed_at"),
        # A contact that was taken on its own waits for its outcome; one that was taken with its incident does not.
        Settles(
            "contact",
            "contact_id",
            when="exists (select from control_contact c where c.id = r.contact_id and c.outcome is null)",
        ),
    )
    numbered = ("incident", "day", "number")

    day = models.DateField(help_text="The local day the number belongs to.")
    number = models.PositiveIntegerField()
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="incidents")
    reported_at = models.DateTimeField()
    where = models.CharField(max_length=300)
    what = models.TextField()
    district = models.ForeignKey(District, on_delete=models.PROTECT)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True)
    domestic = models.BooleanField(default=False)
    crime_reported = models.BooleanField(default=False, help_text="What is reported would be a crime if true.")
    category = models.CharField(
        max_length=80, blank=True, help_text="What kind of incident, in the source's or NSIR words."
    )
    restricted = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closing_note = models.TextField(blank=True)
    made_up = models.BooleanField(default=False)

    class Meta:
        """What an incident can never be is refused here, whoever writes."""

        indexes: ClassVar = [
            models.Index(fields=["-reported_at"], name="incident_newest"),
            models.Index(fields=["district", "-reported_at"], name="incident_newest_district"),
            models.Index(fields=["district", "-reported_at"], condition=models.Q(closed_at=None), name="incident_open"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "number"], name="incident_number_once"),
            models.CheckConstraint(condition=~models.Q(where=""), name="incident_says_where"),
            models.CheckConstraint(condition=~models.Q(what=""), name="incident_says_what"),
            models.CheckConstraint(
                condition=models.Q(closed_at=None) | models.Q(closed_at__gte=models.F("reported_at")),
                name="incident_closed_after_report",
            ),
        ]

    @property
    def reference(self) -> str:
        """The number people say: "412/05072019"."""
        return f"{self.number}/{self.day:%d%m%Y}"

    def __str__(self) -> str:
        return self.reference


class IncidentAccess(Fact):
    """The list of a restricted incident: a person or a team that may see it."""

    append_only: ClassVar[bool] = True
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="access_list")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True)

    class Meta:
        """One entry names one person or one team."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(user=None, team__isnull=False) | models.Q(user__isnull=False, team=None),
                name="access_one_holder",
            ),
            models.UniqueConstraint(fields=["incident", "user", "team"], nulls_distinct=False, name="access_once"),
        ]


class LineKind(models.TextChoices):
    """Who put a line on the log: a person who typed it, or the system because a step was taken."""

    TYPED = "typed", "typed"
    SYSTEM = "system", "system"


class LogEntry(Fact):
    """One line of an incident's log. Lines are added, never changed; a correction is a new line that names the old one.

    `at` is when the thing happened, as told (UTC); `recorded_at` is when the system took the line, stamped by the
    database whoever writes (null only for lines from before it was kept). A `system` line is written by a trigger in
    the transaction of the step it tells of (`iops.control.record.lines`), and by nobody else.
    """

    append_only: ClassVar[bool] = True
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="log")
    at = models.DateTimeField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True)
    text = models.TextField()
    recorded_at = models.DateTimeField(null=True, blank=True, editable=False)
    kind = models.CharField(max_length=6, choices=LineKind, default=LineKind.TYPED, db_default=LineKind.TYPED)
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections")

    class Meta:
        """A line says something; the log is read in order."""

        indexes: ClassVar = [models.Index(fields=["incident", "at"], name="log_in_order")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(text=""), name="log_says_something"),
            models.CheckConstraint(condition=models.Q(kind__in=LineKind.values), name="log_kind_known"),
        ]
