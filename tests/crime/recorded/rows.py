"""One row of every table of recorded crimes, for the properties that go over all tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iops.crime.models import (
    Arrest,
    Crime,
    CrimeAction,
    CrimeActionResult,
    CrimeCancellation,
    CrimeClassing,
    CrimeFlag,
    CrimeLinked,
    CrimeLogEntry,
    CrimeOutcome,
    CrimeOwner,
    CrimeReview,
    Designation,
    NotStated,
    RecordingDecision,
    ReleasedUnderInvestigation,
    Reopening,
    ReportedIncident,
    ReporterTold,
    SuspectWanted,
    VictimTold,
    WantedCancelled,
)
from iops.crime.recorded.recording import take_numbers, year_of
from iops.foundation import clock
from iops.foundation.models import Membership, Team
from iops.pole.models import Link, Person
from tests.crime.outcomes.rows import audit_of, grounds_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iops.control.models import Incident
    from iops.foundation.models import Fact, User

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


def life_of(incident: Incident, decision: RecordingDecision, by: User) -> Iterator[Fact]:
    """A decision's crimes with one row of everything that can hang on them."""
    said: dict[str, Any] = {"at": clock.now(), "by": decision_maker(by)}
    one, other = crime_of(incident, decision), crime_of(incident, decision)
    yield from (one, other)
    yield from grounds_of(one, by)
    yield ReportedIncident.objects.create(incident=incident, decision=decision, code="N100/01", **said)
    yield ReporterTold.objects.create(decision=decision, how="x", words="x", **said)
    yield CrimeLinked.objects.create(crime=one, other=other, linkage="series", reason="x", **said)
    yield CrimeFlag.objects.create(crime=one, flag="alcohol", **said)
    yield CrimeClassing.objects.create(crime=one, crime_class="49", ground="new_information", reason="x", **said)
    team, _ = Team.objects.get_or_create(name="Desk (made up)")
    yield CrimeOwner.objects.create(crime=one, team=team, reason="x", **said)
    yield CrimeReview.objects.create(crime=one, findings="x", **said)
    action = CrimeAction.objects.create(crime=one, what="x", **said)
    yield action
    yield CrimeActionResult.objects.create(action=action, crime=one, text="x", **said)
    yield CrimeLogEntry.objects.create(crime=one, text="x", **said)
    yield VictimTold.objects.create(crime=one, about="progress", how="x", words="x", **said)
    yield from suspects_of(one, by)
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
    Link.objects.create(from_kind="person", from_id=person.id, to_kind="crime", to_id=crime.id, role="suspect")
    return person


def suspects_of(crime: Crime, by: User) -> Iterator[Fact]:
    """One row of everything that is done about a suspect."""
    now = clock.now()
    sought = SuspectWanted.objects.create(crime=crime, person=suspect_of(crime), reason="x", at=now, by=by)
    yield sought
    yield WantedCancelled.objects.create(wanted=sought, crime=crime, reason="x", at=now, by=inspector(by))
    held = Arrest.objects.create(
        crime=crime, person=sought.person, how="arrested", place="x", necessity="x", at=now, recorded_at=now, by=by
    )
    yield held
    yield ReleasedUnderInvestigation.objects.create(arrest=held, crime=crime, reason="x", at=now, by=inspector(by))
