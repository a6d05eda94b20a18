"""What was done about a suspect: wanted, arrested, interviewed, bailed, released, charged, dealt with out of court.

Each row is of one crime and one person who is linked to it as suspect or offender. Where a suspect stands now is
nowhere written: it is the view `iops.suspect_now`, and who is wanted the view `iops.wanted` (sql/64_justice.sql).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from iops.crime.models.crimes import Crime
from iops.foundation.models import Fact, Settles, User
from iops.pole.models import Person


class OfSuspect(Fact):
    """One step with one suspect of one crime; `at` is when it happened, UTC."""

    append_only: ClassVar[bool] = True
    settles: ClassVar[tuple[Settles, ...]] = (Settles("crime", "crime_id"),)

    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Abstract."""

        abstract = True


class SuspectWanted(OfSuspect):
    """From `at` a suspect is to be found and arrested, and why."""

    reason = models.TextField()

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


class Arrest(OfSuspect):
    """A suspect was arrested for a crime: when, where, by whom, and why that was necessary (PACE s.24(5), Code G).

    `recorded_at` is when it was written down, which never takes the place of `at`.
    """

    how = models.CharField(max_length=12, choices=CameHow)
    place = models.CharField(max_length=200)
    necessity = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        """Says how, where and why it was necessary; is not written before it happens."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(how__in=CameHow.values) & ~Q(place="") & ~Q(necessity=""), name="arrest_says"
            ),
            models.CheckConstraint(condition=Q(recorded_at__gte=F("at")), name="arrest_written_afterwards"),
        ]


class VoluntaryInterview(OfSuspect):
    """A suspect came of their own will and was interviewed under caution (PACE Code C 3.21).

    `reason` says why no arrest was needed.
    """

    place = models.CharField(max_length=200)
    reason = models.TextField()

    class Meta:
        """Says where and why no arrest was needed."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(place="") & ~Q(reason=""), name="voluntary_interview_says")
        ]


class BailAuthority(models.TextChoices):
    """Who may grant or extend bail before charge, each for longer (PACE s.47ZB to 47ZG, from 28 October 2022)."""

    CUSTODY_OFFICER = "custody_officer", "custody officer"
    INSPECTOR = "inspector", "inspector"
    SUPERINTENDENT = "superintendent", "superintendent"
    COURT = "court", "magistrates' court"


class Bail(OfSuspect):
    """A suspect is on bail before charge until a moment, with conditions or without.

    `before` is the bail that this one extends or varies. How far `until` may lie is counted in months from the arrest
    and depends on `authority`; of a superintendent or a court `authority_words` says which, and when. `views` is what
    the victim said of the conditions, or how it was sought (PACE s.47ZZA).
    """

    settles = (Settles("bail", "id"), Settles("crime", "crime_id"))
    follows: ClassVar = {"bail": ("crime", "crime_id")}

    arrest = models.ForeignKey(Arrest, on_delete=models.PROTECT, related_name="bails")
    before = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="after")
    until = models.DateTimeField()
    conditions = models.TextField(blank=True)
    authority = models.CharField(max_length=15, choices=BailAuthority)
    authority_words = models.CharField(max_length=200, blank=True)
    views = models.TextField()
    reason = models.TextField()

    class Meta:
        """Runs forward, says why, by whose authority and what the victim said."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until__gt=F("at")), name="bail_runs_forward"),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(views=""), name="bail_says_why"),
            models.CheckConstraint(
                condition=Q(authority__in=["custody_officer", "inspector"])
                | Q(authority__in=["superintendent", "court"]) & ~Q(authority_words=""),
                name="bail_authority_named",
            ),
        ]


class BailEnd(models.TextChoices):
    """How bail ended, short of a charge or another release, which end it by themselves."""

    ANSWERED = "answered", "they came back as they had to"
    CANCELLED = "cancelled", "it was cancelled"
    BROKEN = "broken", "they broke it"


class BailEnded(Fact):
    """That a bail ended, how and why."""

    append_only: ClassVar[bool] = True
    settles = (Settles("bail", "bail_id"),)

    bail = models.OneToOneField(Bail, on_delete=models.PROTECT, related_name="ended")
    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=9, choices=BailEnd)
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Says how and why."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(how__in=BailEnd.values) & ~Q(reason=""), name="bail_ended_says")
        ]


class ReleasedUnderInvestigation(OfSuspect):
    """A suspect was released without bail while the investigation goes on, with the reason.

    It carries no conditions and no clock in law, so that this system has one of its own. For domestic abuse the
    database takes it only from an inspector.
    """

    settles = (Settles("suspect_release", "id"), Settles("crime", "crime_id"))
    follows: ClassVar = {"suspect_release": ("crime", "crime_id")}

    arrest = models.OneToOneField(Arrest, on_delete=models.PROTECT, related_name="released")
    reason = models.TextField()

    class Meta:
        """Says why."""

        constraints: ClassVar = [models.CheckConstraint(condition=~Q(reason=""), name="released_says_why")]


class ReleaseReview(Fact):
    """A supervisor looked at a release under investigation: what is still to do, and whether it should be bail."""

    append_only: ClassVar[bool] = True
    settles = (Settles("suspect_release", "release_id"),)

    release = models.ForeignKey(ReleasedUnderInvestigation, on_delete=models.PROTECT, related_name="reviews")
    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="+")
    findings = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Says what was found."""

        constraints: ClassVar = [models.CheckConstraint(condition=~Q(findings=""), name="release_review_says")]


class NoFurtherAction(OfSuspect):
    """No further action is taken against a suspect, and why; the crime itself may go on."""

    reason = models.TextField()

    class Meta:
        """Says why."""

        constraints: ClassVar = [models.CheckConstraint(condition=~Q(reason=""), name="no_further_action_says_why")]


class ChargedBy(models.TextChoices):
    """Who decided to charge (Director's Guidance on Charging)."""

    PROSECUTOR = "prosecutor", "Crown Prosecution Service"
    POLICE = "police", "police"


class Charge(OfSuspect):
    """A suspect was charged or summonsed: with what, who decided, and whether they were kept in custody."""

    offences = models.TextField()
    decided_by = models.CharField(max_length=10, choices=ChargedBy)
    authority_words = models.CharField(max_length=200)
    remanded = models.BooleanField(default=False)

    class Meta:
        """Says with what, and names the decision."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(decided_by__in=ChargedBy.values) & ~Q(offences="") & ~Q(authority_words=""),
                name="charge_says",
            )
        ]


class Hearing(Fact):
    """A hearing of a charge: at which court, on which local day; another row when that changes."""

    append_only: ClassVar[bool] = True

    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="hearings")
    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="+")
    court = models.CharField(max_length=100)
    held_on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Names the court."""

        constraints: ClassVar = [models.CheckConstraint(condition=~Q(court=""), name="hearing_names_court")]


class DisposalKind(models.TextChoices):
    """What ends a case against a suspect out of court."""

    SIMPLE_CAUTION = "simple_caution", "simple caution"
    CONDITIONAL_CAUTION = "conditional_caution", "conditional caution"
    COMMUNITY_RESOLUTION = "community_resolution", "community resolution"
    YOUTH_CAUTION = "youth_caution", "youth caution"


class OutOfCourtDisposal(OfSuspect):
    """A caution or a community resolution: the suspect admits it and agrees; what the victim said is written down."""

    kind = models.CharField(max_length=20, choices=DisposalKind)
    admitted = models.BooleanField()
    conditions = models.TextField(blank=True)
    views = models.TextField()
    reason = models.TextField()

    class Meta:
        """No disposal without an admission; what is conditional has conditions."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=DisposalKind.values, admitted=True) & ~Q(views="") & ~Q(reason=""),
                name="disposal_admitted",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["conditional_caution", "community_resolution"]) | ~Q(conditions=""),
                name="disposal_conditions_said",
            ),
        ]
