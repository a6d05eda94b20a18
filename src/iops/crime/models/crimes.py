"""The facts of a recorded crime: the record itself, its flags, its later classes, whose it is, what it is linked to.

Who is its victim, suspect or witness is not here: a person is linked to the crime as to an incident (`pole.Link`), so
that nothing about anybody is typed twice. Nor is its state: a crime is open unless an outcome or removal of it stands.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from iops.control.models import Incident
from iops.crime.models.recording import RecordingDecision
from iops.crime.models.reported import ReportedIncident
from iops.foundation.models import Fact, Settles, Team, User


class Crime(Fact):
    """One recorded crime: "CR/412/2026", the 412th that the force recorded in 2026.

    `crime_class` and `code` (Home Office code, empty while it is not known) are those it was recorded under; a later
    class stands in `CrimeClassing`. `committed_from` and `committed_to` are local days, both included, equal when it
    was done on one day. `reported_at` is when the force was first told, from which the time limit runs.
    """

    append_only: ClassVar[bool] = True
    settles = (Settles("crime", "id"),)
    follows: ClassVar = {"crime": ("incident", "incident_id")}
    numbered = ("crime", "year", "number")
    number_said: ClassVar[str] = "'CR/' || n.number || '/' || to_char(n.year, 'YYYY')"

    year = models.DateField(help_text="1 January of the year the number belongs to.")
    number = models.PositiveIntegerField()
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="crimes")
    decision = models.ForeignKey(RecordingDecision, on_delete=models.PROTECT, related_name="crimes")
    upgraded_from = models.ForeignKey(
        ReportedIncident, on_delete=models.PROTECT, null=True, blank=True, related_name="upgraded_to"
    )
    crime_class = models.CharField(max_length=20)
    code = models.CharField(max_length=6, blank=True)
    attempted = models.BooleanField(default=False)
    committed_from = models.DateField()
    committed_to = models.DateField()
    reported_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    made_up = models.BooleanField(default=False)

    class Meta:
        """A number is borne once; a crime has a class, and was done before it was recorded."""

        indexes: ClassVar = [
            models.Index(fields=["-recorded_at", "-id"], name="crime_newest"),
            models.Index(fields=["crime_class", "-recorded_at"], name="crime_by_class"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "number"], name="crime_number_once"),
            models.CheckConstraint(condition=~Q(crime_class=""), name="crime_has_class"),
            models.CheckConstraint(condition=Q(year__month=1, year__day=1), name="crime_year_is_first_day"),
            models.CheckConstraint(condition=Q(committed_to__gte=F("committed_from")), name="crime_dates_forward"),
            models.CheckConstraint(condition=Q(recorded_at__gte=F("reported_at")), name="crime_recorded_after_report"),
        ]

    @property
    def reference(self) -> str:
        """The number people say: "CR/412/2026"."""
        return f"CR/{self.number}/{self.year:%Y}"

    def __str__(self) -> str:
        return self.reference


class CrimeFlag(Fact):
    """A national flag on a crime (CRR2026 pp26-31), with its detail where the flag has one; taken off with a reason."""

    settles = (Settles("crime", "crime_id"),)

    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="flags")
    flag = models.CharField(max_length=40)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    removed_reason = models.TextField(blank=True)

    class Meta:
        """A flag stands once, and is taken off with a reason."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(flag=""), name="crime_flag_named"),
            models.UniqueConstraint(fields=["crime", "flag"], condition=Q(removed_at=None), name="crime_flag_once"),
            models.CheckConstraint(
                condition=Q(removed_at=None) | ~Q(removed_reason=""), name="crime_flag_removed_with_reason"
            ),
        ]


class ClassingGround(models.TextChoices):
    """Why a class is changed; a lesser or different charge is no reason (CRR2026 p13)."""

    NEW_INFORMATION = "new_information", "substantive new information"
    ERROR = "error_in_first_class", "an error in the first class"


class CrimeClassing(Fact):
    """A later class of a crime, decided by the registrar or a designated decision maker (CRR2026 p13).

    `decider` is what `by` was at that moment; the database says it, not whoever writes.
    """

    append_only: ClassVar[bool] = True
    settles = (Settles("crime", "crime_id"),)

    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="classings")
    crime_class = models.CharField(max_length=20)
    code = models.CharField(max_length=6, blank=True)
    ground = models.CharField(max_length=24, choices=ClassingGround)
    reason = models.TextField()
    decider = models.CharField(max_length=32, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    unsearched: ClassVar[dict[str, str]] = {"decider": "a word from a fixed list"}

    class Meta:
        """On one of two grounds, with reasons."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ground__in=ClassingGround.values) & ~Q(reason="") & ~Q(crime_class=""),
                name="crime_classing_says_why",
            )
        ]


class CrimeOwner(Fact):
    """To whom a crime is allocated, a person or a team, and why to them; the latest stands."""

    append_only: ClassVar[bool] = True
    settles = (Settles("crime", "crime_id"),)

    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="owners")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """One owner, with the reason for the choice; asked by crime, the latest first."""

        indexes: ClassVar = [models.Index(fields=["crime", "-id"], name="crime_owner_latest")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(user=None, team__isnull=False) | Q(user__isnull=False, team=None),
                name="crime_owner_is_one",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="crime_owner_says_why"),
        ]


class Linkage(models.TextChoices):
    """How two crimes belong together."""

    SERIES = "series", "one series"
    LINKED = "linked", "linked"


class CrimeLinked(Fact):
    """Two crimes that belong together, and why; `crime` is the one recorded first. Withdrawn with a reason."""

    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="linked")
    other = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="linked_from")
    linkage = models.CharField(max_length=8, choices=Linkage)
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_reason = models.TextField(blank=True)

    class Meta:
        """Each pair once at a time, and never a crime with itself; withdrawn with a reason."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(crime__lt=F("other")), name="crime_linked_in_order"),
            models.CheckConstraint(
                condition=Q(linkage__in=Linkage.values) & ~Q(reason=""), name="crime_linked_says_why"
            ),
            models.UniqueConstraint(
                fields=["crime", "other", "linkage"], condition=Q(withdrawn_at=None), name="crime_linked_once"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | ~Q(withdrawn_reason=""), name="crime_unlinked_with_reason"
            ),
        ]
