"""One row of every table of recorded crimes, for the properties that go over all tables."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from iops.crime.models import (
    AllocationChoice,
    Arrest,
    Bail,
    BailEnded,
    Charge,
    CourtFile,
    Crime,
    CrimeAction,
    CrimeActionResult,
    CrimeCancellation,
    CrimeClassing,
    CrimeContinuation,
    CrimeFlag,
    CrimeLinked,
    CrimeLogEntry,
    CrimeOutcome,
    CrimeOwner,
    CrimeReview,
    Designation,
    Hearing,
    NoFurtherAction,
    NotStated,
    OfficerTie,
    OutOfCourtDisposal,
    RecordingDecision,
    ReleasedUnderInvestigation,
    ReleaseReview,
    Reopening,
    ReportedIncident,
    ReporterTold,
    Screening,
    Series,
    SeriesClosed,
    SeriesCrime,
    SeriesLead,
    SolvabilityAssessment,
    SuspectWanted,
    UnusedMaterial,
    VictimTold,
    VoluntaryInterview,
    WantedCancelled,
)
from iops.crime.recorded.recording import take_numbers, year_of
from iops.foundation import clock
from iops.foundation.models import Membership, Team, User
from iops.pole.models import Link, Person
from tests.crime.outcomes.rows import audit_of, grounds_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iops.control.models import Incident
    from iops.foundation.models import Fact

TWENTY = {"other_agency_acts": "yes", "victim_told": "yes", "transfer": "no"}


def crime_of(incident: Incident, decision: RecordingDecision) -> Crime:
    """A crime that nobody in particular recorded."""
    now = clock.now()
    return Crime.objects.create(
        year=year_of(now), number=take_numbers(now, 1), incident=incident, decision=decision, crime_class="46",
        committed_from="2026-01-02", committed_to="2026-01-02", reported_at=now, recorded_at=now,
    )  # fmt: skip


def decision_maker(who: User) -> User:
    """Somebody who may decide on classes and removals."""
    Designation.objects.get_or_create(
        user=who,
        kind="designated_decision_maker",
        defaults={"since": clock.today(), "reason": "x", "by": who, "at": clock.now()},
    )
    return who


def screener(role: str, team: Team) -> User:
    """Somebody of this role, who may screen (a detective) or answer for it (a sergeant)."""
    who, _ = User.objects.get_or_create(username=f"screens-{role}", defaults={"name": f"{role} (made up)"})
    Membership.objects.get_or_create(user=who, team=team, role=role)
    return who


def _allocation_of(one: Crime, owner: CrimeOwner, team: Team, said: dict[str, Any]) -> Iterator[Fact]:
    edition, at = "2026-01-01", said["at"]
    told: dict[str, Any] = {"suggested": [], "followed": True, "edition": edition}
    yield AllocationChoice.objects.create(crime=one, owner=owner, **told, **said)
    assessed = SolvabilityAssessment.objects.create(crime=one, answers={}, points=0, edition=edition, **said)
    yield assessed
    # A child on the incident forbids to screen it out, so there is nothing to review.
    known: dict[str, Any] = {"crime": one, "assessment": assessed, "decision": "in", "reason": "x", "at": at}
    yield Screening.objects.create(by=screener("detective", team), **known)
    near = Person.objects.create(name="Near (made up)")
    yield near
    yield OfficerTie.objects.create(user=said["by"], person=near, tie="knows", source="x", **said)


def _series_of(crime: Crime, said: dict[str, Any]) -> Iterator[Fact]:
    series = Series.objects.create(title=f"S{crime.id}", common="x", **said)
    yield series
    yield SeriesCrime.objects.create(series=series, crime=crime, reason="x", **said)
    yield SeriesLead.objects.create(series=series, crime=crime, owner=said["by"], reason="x", **said)
    yield SeriesClosed.objects.create(series=series, reason="x", **said)


def life_of(incident: Incident, decision: RecordingDecision, by: User) -> Iterator[Fact]:
    """A decision's crimes with one row of everything that can hang on them."""
    said: dict[str, Any] = {"at": clock.now(), "by": decision_maker(by)}
    one, other = crime_of(incident, decision), crime_of(incident, decision)
    yield from (one, other)
    yield from grounds_of(one, by)
    yield ReportedIncident.objects.create(incident=incident, decision=decision, code="N100/01", **said)
    yield ReporterTold.objects.create(decision=decision, how="x", words="x", **said)
    yield CrimeLinked.objects.create(crime=one, other=other, linkage="series", reason="x", **said)
    yield from _series_of(other, said)
    yield CrimeContinuation.objects.create(
        crime=one, incident=incident, decision=decision, happened_on="2026-01-02", **said
    )
    yield CrimeFlag.objects.create(crime=one, flag="alcohol", **said)
    yield CrimeClassing.objects.create(crime=one, crime_class="49", ground="new_information", reason="x", **said)
    team, _ = Team.objects.get_or_create(name="Desk (made up)")
    owner = CrimeOwner.objects.create(crime=one, team=team, reason="x", **said)
    yield owner
    yield from _allocation_of(one, owner, team, said)
    yield CrimeReview.objects.create(crime=one, findings="x", **said)
    action = CrimeAction.objects.create(crime=one, what="x", **said)
    yield action
    yield CrimeActionResult.objects.create(action=action, crime=one, text="x", **said)
    yield CrimeLogEntry.objects.create(crime=one, text="x", **said)
    yield VictimTold.objects.create(crime=one, about="progress", how="x", words="x", **said)
    yield from suspects_of(one, by)
    told: dict[str, Any] = {"description": "x", "where_kept": "x", "sensitive": False, "may_assist": False}
    yield UnusedMaterial.objects.create(crime=one, **told, **said)
    yield CourtFile.objects.create(crime=one, sha256="0" * 64, size=1, parts=1, **said)
    asked = Person.objects.create(name="Asked (made up)")
    yield NotStated.objects.create(crime=one, person=asked, about="sex", answer="declined", **said)
    outcome = CrimeOutcome.objects.create(crime=one, code="20", facts=TWENTY, reason="x", **said)
    yield outcome
    yield from audit_of(outcome, by)
    yield Reopening.objects.create(crime=one, outcome=outcome, reason="x", **said)
    yield CrimeCancellation.objects.create(crime=other, category="C4", reason="x", **said)


def inspector(who: User) -> User:
    """Somebody who may authorise what an inspector authorises."""
    team, _ = Team.objects.get_or_create(name="Inspectors (made up)")
    Membership.objects.get_or_create(user=who, team=team, role="inspector")
    return who


def suspect_of(crime: Crime) -> Person:
    """A new person linked to the crime as suspect."""
    person = Person.objects.create(name="Tom Reed (made up)")
    told: dict[str, Any] = {"from_kind": "person", "from_id": person.id, "to_kind": "crime", "to_id": crime.id}
    Link.objects.create(role="suspect", recorded_at=clock.now(), **told)
    return person


def suspects_of(crime: Crime, by: User) -> Iterator[Fact]:
    """One row of everything that is done about a suspect."""
    now = clock.now()
    sought = SuspectWanted.objects.create(crime=crime, person=suspect_of(crime), reason="x", at=now, by=by)
    yield sought
    yield WantedCancelled.objects.create(wanted=sought, crime=crime, reason="x", at=now, by=inspector(by))
    of: dict[str, Any] = {"crime": crime, "person": sought.person, "by": by}
    held = Arrest.objects.create(how="arrested", place="x", necessity="x", recorded_at=now, at=now, **of)
    yield held
    yield VoluntaryInterview.objects.create(place="x", reason="x", at=now, **of)
    told: dict[str, Any] = {"arrest": held, "until": now + dt.timedelta(days=9), "views": "x", "reason": "x"}
    bailed = Bail.objects.create(authority="custody_officer", at=clock.now(), **told, **of)
    yield bailed
    yield BailEnded.objects.create(bail=bailed, crime=crime, how="answered", reason="x", at=clock.now(), by=by)
    released = ReleasedUnderInvestigation.objects.create(arrest=held, reason="x", at=clock.now(), **of)
    yield released
    yield ReleaseReview.objects.create(release=released, crime=crime, findings="x", at=clock.now(), by=by)
    yield NoFurtherAction.objects.create(reason="x", at=clock.now(), **of)
    charged = Charge.objects.create(offences="x", decided_by="police", authority_words="x", at=clock.now(), **of)
    yield charged
    yield Hearing.objects.create(charge=charged, crime=crime, court="x", held_on=clock.today(), at=now, by=by)
    yield OutOfCourtDisposal.objects.create(
        kind="simple_caution", admitted=True, views="x", reason="x", at=clock.now(), **of
    )
