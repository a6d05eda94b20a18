"""One policy table, two readers: what Python permits is what PostgreSQL shows, for reading and for writing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, models, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from iops.control import services as control
from iops.control.models import (
    CallBackAttempt,
    CallerNote,
    CallerPlace,
    Classing,
    Closing,
    ClosureCheck,
    Contact,
    CrewMember,
    Deployment,
    DomesticDecision,
    Duty,
    Escalation,
    GradeProposal,
    Grading,
    Incident,
    IncidentAccess,
    IncidentLink,
    LogEntry,
    MajorIncident,
    MajorIncidentPart,
    MarkerReceipt,
    RecordingAdvice,
    SilentCall,
    Thrive,
    Transfer,
    Unit,
)
from iops.crime.models import (
    AllocationChoice,
    Arrest,
    Bail,
    BailEnded,
    Charge,
    ContactPlan,
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
    CrimeStanding,
    CrimeVictim,
    EnhancedRemoval,
    EntitlementOffer,
    EvidenceLed,
    Exhibit,
    ExhibitMove,
    ExhibitSeal,
    Hearing,
    NeedsAssessment,
    NoFurtherAction,
    NotStated,
    OfficerTie,
    OpenCrime,
    OutcomeAudit,
    OutcomeDraw,
    OutOfCourtDisposal,
    RecordingDecision,
    ReleasedUnderInvestigation,
    ReleaseReview,
    Reopening,
    ReportedIncident,
    ReporterTold,
    Retention,
    RetentionReview,
    ReviewAnswer,
    ReviewRequest,
    SafeguardingCheck,
    Screening,
    ScreeningReview,
    Series,
    SeriesClosed,
    SeriesCrime,
    SeriesLead,
    SolvabilityAssessment,
    StockAnswer,
    StockDifference,
    SuspectWanted,
    UnusedMaterial,
    VictimLetter,
    VictimNews,
    VictimNewsTold,
    VictimTold,
    VictimWish,
    VoluntaryInterview,
    WantedCancelled,
)
from iops.foundation import clock
from iops.foundation.context import acting
from iops.foundation.models import Consultation, Membership, Team, User
from iops.foundation.policy import (
    Policy,
    Viewer,
    expressions,
    permits,
    policies,
    policy_sql,
    table,
    unprotected,
    viewer_of,
)
from iops.foundation.roles import Role
from iops.obligations.models import Obligation, Waiver
from iops.obligations.services import settle_now
from iops.pole import services as pole
from iops.pole.models import Location, Person, WarningMarker
from iops.safeguarding import services as safeguarding
from iops.safeguarding.models import (
    Agency,
    AssessmentReview,
    ChildDecision,
    ChildProtection,
    ChildSchool,
    Delivery,
    DeliveryAttempt,
    Disclosure,
    DisclosureApplication,
    DisclosureStep,
    EncompassStep,
    FirstLineReview,
    IncidentChild,
    MaracAction,
    MaracCase,
    MaracPerpetrator,
    MatacNomination,
    NoReferralProposal,
    NoticeStep,
    PartnerLink,
    ProtectionConference,
    ProtectionNotice,
    RankedItem,
    RankingWait,
    Referral,
    ReferralStep,
    RejectionDecision,
    ReviewFeedback,
    RiskAssessment,
    RiskDowngrade,
    RiskGrading,
    SharingBar,
    StrategyDiscussion,
    VictimRights,
    VictimStep,
    VulnerabilityDecision,
    VulnerabilityOwner,
    VulnerabilityRecord,
    VulnerabilityStep,
)
from tests.crime.exhibits.rows import property_of
from tests.crime.recorded.rows import life_of
from tests.crime.victims.rows import rights_of
from tests.force import Force
from tests.foundation.acting_as import as_user, visible
from tests.foundation.in_memory import InMemory

pytestmark = pytest.mark.django_db


@pytest.fixture
def force() -> Force:
    return Force()


# --- a world of random incidents, lists and people ------------------------------------------------------------------


@dataclass(frozen=True)
class Drawn:
    """What hypothesis draws: who is in which team, and for each incident its contact, its flag and its list."""

    teams_of: list[list[int]]
    incidents: list[tuple[int, bool, list[int], list[int]]]


PEOPLE, TEAMS, CONTACTS = 3, 2, 3
some = st.lists(st.integers(0, PEOPLE - 1), max_size=2, unique=True)
some_teams = st.lists(st.integers(0, TEAMS - 1), max_size=2, unique=True)
worlds = st.builds(
    Drawn,
    teams_of=st.lists(some_teams, min_size=PEOPLE, max_size=PEOPLE),
    incidents=st.lists(
        st.tuples(st.integers(0, CONTACTS - 1), st.booleans(), some, some_teams), min_size=1, max_size=4
    ),
)


class Built:
    """The drawn world, written to the database by somebody who is on every list, and held in memory beside it."""

    def __init__(self, drawn: Drawn, force: Force) -> None:
        self.memory = InMemory()
        self.author = force.one(Role.RESPONSE)
        self.teams = [Team.objects.create(name=f"Team {n} (made up)") for n in range(TEAMS)]
        self.people = [User.objects.create(username=f"p{n}", name=f"P{n} (made up)") for n in range(PEOPLE)]
        for person, teams in zip(self.people, drawn.teams_of, strict=True):
            for n in teams:
                Membership.objects.create(user=person, team=self.teams[n], role=Role.RESPONSE)
        with as_user(self.author):
            self._write(drawn, force)

    def _write(self, drawn: Drawn, force: Force) -> None:
        now = clock.now()
        contacts = [Contact.objects.create(channel="999", at=now) for _ in range(CONTACTS)]
        child = Person.objects.create(name="Child (made up)", own_right=False)
        self.memory.keep(*contacts)
        self._crew(force)
        self.major = MajorIncident.objects.create(name="Major (made up)", declared_at=now)
        before: Incident | None = None
        for number, (contact, restricted, people, teams) in enumerate(drawn.incidents, start=1):
            incident = Incident.objects.create(
                day=now.date(),
                number=90_000 + number,
                contact=contacts[contact],
                reported_at=now,
                where="x",
                what="y",
                district=force.district,
                domestic=True,
            )
            self.memory.keep(incident)
            self._children(incident, child)
            self._called(incident)
            self._sent(incident)
            self._referred(incident, child)
            self._reviewed(incident)
            self._concern(incident, child)
            self._schemes(incident, child)
            self._closed(incident)
            self._tied(incident, before, force)
            before = incident
            self._list(incident, people, teams)
            incident.restricted = restricted
            incident.save()
        self._lines_of_the_system()
        self._ranked(child)
        settle_now()
        self.memory.keep(*Obligation.objects.all())

    def _called(self, incident: Incident) -> None:
        """A second caller, linked to the incident, with all the steps that a call can have."""
        now = clock.now()
        contact = Contact.objects.create(
            channel="999", at=now, open_since=now, outcome="linked", concluded_at=now, incident=incident
        )
        note = {"grounds": "x", "handling": "y", "written_at": now, "review_on": now.date(), "ended_at": now}
        self.memory.keep(
            contact,
            CallerPlace.objects.create(contact=contact, at=now, source="caller", said="x"),
            SilentCall.objects.create(contact=contact, at=now, line="mobile", heard="nothing", pressed="yes"),
            CallBackAttempt.objects.create(contact=contact, at=now, result="reached"),
            CallerNote.objects.create(number="0161 496 0123", line="1614960123", **note),
        )

    def _lines_of_the_system(self) -> None:
        """What the system wrote on the logs of all this is there too."""
        typed = {line.pk for line in self.memory.held[LogEntry]}
        self.memory.keep(*LogEntry.objects.exclude(pk__in=typed))

    def _ranked(self, person: Person) -> None:
        """What the triggers ranked, and that all of it waits because of one person: the other rank is theirs alone."""
        for incident in self.memory.held[Incident]:
            pole.link(("person", person.id), "victim", ("incident", incident.pk), self.author)
        self.memory.keep(*RankedItem.objects.all(), *RankingWait.objects.all())
        self.memory.keep(*CrimeStanding.objects.all(), *OpenCrime.objects.all())
        # A victim of a domestic incident has rights from the link on.
        known = {rights.pk for rights in self.memory.held[VictimRights]}
        self.memory.keep(*VictimRights.objects.exclude(pk__in=known))

    def _tied(self, incident: Incident, before: Incident | None, force: Force) -> None:
        """Offered elsewhere, part of a major incident, escalated, and linked to the incident before."""
        now = clock.now()
        self.memory.keep(
            Transfer.objects.create(
                incident=incident, from_district=force.district, to_force="Borderland", reason="x", offered_at=now
            ),
            MajorIncidentPart.objects.create(major=self.major, incident=incident, at=now),
            Escalation.objects.create(
                subject="incident",
                subject_id=incident.id,
                rule="r",
                edition=now.date(),
                on_kind="incident",
                on_id=incident.id,
                district=force.district,
                arose_at=now,
                after=timedelta(0),
                to_role="sergeant",
                due_at=now,
                raised_at=now,
            ),
        )
        if before:
            self.memory.keep(
                IncidentLink.objects.create(incident=incident, other=before, kind="related_to", reason="x", at=now)
            )

    def _children(self, incident: Incident, child: Person) -> None:
        now = clock.now()
        assessment = RiskAssessment.objects.create(incident=incident, form="short-1", grade="high", at=now)
        linked = IncidentChild.objects.create(incident=incident, person=child, linked_at=now)
        self.memory.keep(
            assessment,
            linked,
            AssessmentReview.objects.create(assessment=assessment, at=now, agreed=True),
            RiskDowngrade.objects.create(
                assessment=assessment,
                was="high",
                grade="medium",
                graded_as="supervisor",
                reason="x",
                at=now,
                by=self.author,
            ),
            RiskGrading.objects.create(
                assessment=assessment, graded_as="supervisor", grade="high", rationale="x", at=now, by=self.author
            ),
            ChildDecision.objects.create(child=linked, decision="refer_now", at=now),
            NoReferralProposal.objects.create(child=linked, reason="x", at=now, by=self.author),
            LogEntry.objects.create(incident=incident, at=now, text="line"),
            Grading.objects.create(incident=incident, grade=2, at=now),
        )
        decided = RecordingDecision.objects.create(incident=incident, result="crime", rationale="r", at=now)
        life = list(life_of(incident, decided, self.author))
        outcome = next(row for row in life if isinstance(row, CrimeOutcome))
        self.memory.keep(decided, *life, *rights_of(outcome, child, self.author))
        crime = next(row for row in life if isinstance(row, Crime))
        self.memory.keep(*property_of(crime, Exhibit.objects.count() + 1, self.author))

    def _referred(self, incident: Incident, child: Person) -> None:
        """A referral with everything that can hang on it."""
        now = clock.now()
        agency, _ = Agency.objects.get_or_create(
            name="Agency (made up)", defaults={"kind": "other", "channel": "folder", "address": "agency"}
        )
        told = {"strand": "child", "urgency": "routine", "summary": "x", "basis": "consent", "drafted_at": now}
        referral = Referral.objects.create(
            incident=incident, person=child, agency=agency, district=incident.district, **told
        )
        of = {"referral": referral, "incident": incident, "at": now}
        shared = {"recipient": "x", "basis": "consent", "content_hash": "0" * 64, "content": "{}", "pdf": b"x"}
        disclosure = Disclosure.objects.create(**of, **shared, manifest="{}", signature="x")
        delivery = Delivery.objects.create(
            disclosure=disclosure, incident=incident, channel="folder", address="x", queued_at=now, next_at=now
        )
        self.memory.keep(
            referral,
            disclosure,
            delivery,
            ReferralStep.objects.create(**of, state="drafted"),
            RejectionDecision.objects.create(**of, follow="escalate", reason="x"),
            SharingBar.objects.create(incident=incident, kind="content", value="x", reason="x", at=now),
            DeliveryAttempt.objects.create(delivery=delivery, number=1, started_at=now),
            PartnerLink.objects.create(
                referral=referral,
                token_hash=str(referral.pk),
                nonce="x",
                made_at=now,
                expires_at=now + timedelta(days=1),
            ),
        )

    def _reviewed(self, incident: Incident) -> None:
        """A supervisor's review of the first of the people, with feedback."""
        now = clock.now()
        of = {"incident": incident, "officer": self.people[0], "by": self.author}
        review = FirstLineReview.objects.create(**of, form="x", answers={"safer": "no"}, notes={"safer": "x"}, at=now)
        self.memory.keep(
            review, ReviewFeedback.objects.create(**of, review=review, point="safer", words="x", given_at=now)
        )

    def _concern(self, incident: Incident, person: Person) -> None:
        """A vulnerability record with everything that can hang on it."""
        now, other = clock.now(), self.people[0]
        told = {"strand": "da_adult", "concern": "high", "narrative": "x", "consent": "given", "raised_at": now}
        record = VulnerabilityRecord.objects.create(
            incident=incident, person=person, first_owner=self.author, raised_by=self.author, **told
        )
        of = {"record": record, "reason": "x", "at": now, "by": self.author}
        self.memory.keep(
            record,
            VulnerabilityOwner.objects.create(**of, before=self.author, owner=other),
            VulnerabilityDecision.objects.create(**of, decision="police"),
            VulnerabilityStep.objects.create(**of, state="proposed", unassessed="untraced"),
        )

    def _schemes(self, incident: Incident, child: Person) -> None:
        """A row of every scheme, between two people who are as open as anybody."""
        now = clock.now()
        one, other = (Person.objects.create(name="x") for _ in range(2))
        of: dict[str, Any] = {"incident": incident, "at": now}
        linked = IncidentChild.objects.get(incident=incident, person=child)
        notice = ProtectionNotice.objects.create(
            incident=incident, kind="dapn", victim=one, respondent=other, authoriser="x", grounds="x",
            authorised_rank="inspector", authorised_at=now, served_at=now,
        )  # fmt: skip
        application = DisclosureApplication.objects.create(
            incident=incident, route="right_to_know", at_risk=one, other=other, received_at=now
        )
        case = MaracCase.objects.create(incident=incident, victim=one, route="visible_high_risk", referred_at=now)
        asked = {"owner": "x", "what": "x", "agreed_at": now, "due_on": now.date()}
        harm = ChildProtection.objects.create(child=linked, incident=incident, suspected_at=now, grounds="x")
        rights = VictimRights.objects.create(**of, victim=one)
        talked = {"protection": harm, "incident": incident, "held_at": now}
        self.memory.keep(
            one, other, notice, application, case, harm, rights,
            NoticeStep.objects.create(**of, notice=notice, kind="order_made"),
            DisclosureStep.objects.create(**of, application=application, kind="checked"),
            MaracPerpetrator.objects.create(case=case, incident=incident, person=other),
            MaracAction.objects.create(case=case, incident=incident, **asked),
            ChildSchool.objects.create(**of, child=linked, standing="unknown"),
            EncompassStep.objects.create(**of, child=linked, kind="told", recipient="x"),
            StrategyDiscussion.objects.create(**talked, taking_part="x", outcome="joint"),
            ProtectionConference.objects.create(**talked, plan=True, note="x"),
            MatacNomination.objects.create(incident=incident, person=other, source="x", reasons="x", nominated_at=now),
            VictimStep.objects.create(**of, rights=rights, kind="needs_assessed", note="x"),
        )  # fmt: skip

    def _crew(self, force: Force) -> None:
        now = clock.now()
        unit = Unit.objects.create(callsign="N1", kind="response", district=force.district)
        self.duty = Duty.objects.create(unit=unit, since=now, until=now + timedelta(hours=8))
        CrewMember.objects.create(duty=self.duty, user=self.author, joined_at=now)
        place = Location.objects.create(said="1 Mill Lane")
        self.marker = WarningMarker.objects.create(
            location=place, kind="dog", severity="caution", grounds="x", proposed_at=now, review_on=now.date()
        )
        self.memory.keep(place, self.marker)

    def _sent(self, incident: Incident) -> None:
        now = clock.now()
        sent = Deployment.objects.create(incident=incident, unit="N1", assigned_at=now, duty=self.duty)
        levels = {f"{part}_level": "none" for part in Thrive.PARTS}
        self.memory.keep(
            sent,
            MarkerReceipt.objects.create(
                deployment=sent, marker=self.marker, reader=self.author, read=False, at=now, by=self.author
            ),
            Thrive.objects.create(incident=incident, at=now, **levels),
            GradeProposal.objects.create(incident=incident, was=2, grade=3, reason="x", at=now, by=self.author),
        )

    def _closed(self, incident: Incident) -> None:
        now = clock.now()
        closing = Closing.objects.create(incident=incident, at=now, text="x")
        self.memory.keep(
            Classing.objects.create(incident=incident, at=now, edition="nsir-2011", category="hoax"),
            DomesticDecision.objects.create(incident=incident, at=now, domestic=True, answer="not"),
            closing,
            ClosureCheck.objects.create(closing=closing, at=now, by=self.author, verdict="agree"),
            RecordingAdvice.objects.create(
                incident=incident, at=now, rules_of=now.date(), report={}, kind="crime", result="crime", words="x"
            ),
        )

    def _list(self, incident: Incident, people: list[int], teams: list[int]) -> None:
        entries = [IncidentAccess(incident=incident, user=self.author)]
        entries += [IncidentAccess(incident=incident, user=self.people[n]) for n in people]
        entries += [IncidentAccess(incident=incident, team=self.teams[n]) for n in teams]
        for entry in entries:
            entry.save()
        self.memory.keep(*entries)


CHECKED = (
    Incident,
    IncidentAccess,
    IncidentLink,
    Transfer,
    MajorIncidentPart,
    Escalation,
    Contact,
    CallerPlace,
    SilentCall,
    CallBackAttempt,
    CallerNote,
    LogEntry,
    Grading,
    Deployment,
    Thrive,
    GradeProposal,
    MarkerReceipt,
    Classing,
    DomesticDecision,
    Closing,
    ClosureCheck,
    RecordingAdvice,
    RiskAssessment,
    AssessmentReview,
    RiskDowngrade,
    RiskGrading,
    IncidentChild,
    NoReferralProposal,
    ChildDecision,
    Referral,
    ReferralStep,
    RejectionDecision,
    SharingBar,
    Disclosure,
    Delivery,
    DeliveryAttempt,
    PartnerLink,
    FirstLineReview,
    ReviewFeedback,
    VulnerabilityRecord,
    VulnerabilityOwner,
    VulnerabilityDecision,
    VulnerabilityStep,
    ProtectionNotice,
    NoticeStep,
    DisclosureApplication,
    DisclosureStep,
    MaracCase,
    MaracPerpetrator,
    MaracAction,
    ChildSchool,
    EncompassStep,
    ChildProtection,
    StrategyDiscussion,
    ProtectionConference,
    MatacNomination,
    VictimRights,
    VictimStep,
    Bail,
    BailEnded,
    Charge,
    Hearing,
    NoFurtherAction,
    OutOfCourtDisposal,
    ReleaseReview,
    VoluntaryInterview,
    CourtFile,
    UnusedMaterial,
    CrimeContinuation,
    Arrest,
    ReleasedUnderInvestigation,
    SuspectWanted,
    WantedCancelled,
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
    CrimeStanding,
    Exhibit,
    ExhibitMove,
    ExhibitSeal,
    Retention,
    RetentionReview,
    StockAnswer,
    StockDifference,
    EvidenceLed,
    OutcomeAudit,
    OutcomeDraw,
    NotStated,
    RecordingDecision,
    Reopening,
    ReportedIncident,
    ReporterTold,
    SafeguardingCheck,
    VictimTold,
    VictimWish,
    ContactPlan,
    CrimeVictim,
    EnhancedRemoval,
    EntitlementOffer,
    NeedsAssessment,
    ReviewAnswer,
    ReviewRequest,
    VictimLetter,
    VictimNews,
    VictimNewsTold,
    AllocationChoice,
    OfficerTie,
    OpenCrime,
    Screening,
    ScreeningReview,
    Series,
    SeriesClosed,
    SeriesCrime,
    SeriesLead,
    SolvabilityAssessment,
    RankedItem,
    RankingWait,
    Obligation,
)


@given(drawn=worlds)
@settings(max_examples=40)
def test_what_python_permits_is_what_postgresql_shows(force: Force, drawn: Drawn) -> None:
    with transaction.atomic():
        built = Built(drawn, force)
        for who in [None, *built.people, built.author]:
            viewer = viewer_of(who)
            for model in CHECKED:
                rows = built.memory.held.get(model, [])
                expected = {row.pk for row in rows if permits(row, viewer, built.memory)}
                with as_user(who):
                    assert visible(model) == expected, (who, model)
        transaction.set_rollback(True)
    force._people.clear()


def test_the_property_covers_every_table_with_a_policy_that_hangs_on_an_incident() -> None:
    elsewhere = {"Withdrawn", "Waiver", "Consultation", "Draft", "Token", "TokenCall", "TokenUse"}
    of_others = {
        p.model.__name__ for p in policies() if p.model._meta.app_label in {"pole", "exchange", "integrity", "review"}
    }
    assert {p.model.__name__ for p in policies()} == {m.__name__ for m in CHECKED} | elsewhere | of_others


# --- a restricted incident, told one by one -------------------------------------------------------------------------


@dataclass
class Secret:
    """A restricted incident with a listed and an unlisted person."""

    incident: Incident
    listed: User
    unlisted: User


@pytest.fixture
def secret(force: Force) -> Secret:
    listed, unlisted = force.one(Role.SERGEANT), force.one(Role.RESPONSE)
    incident = force.incident(domestic=True, call_back="01632 960001")
    control.grade(incident.id, 1, "", listed)
    control.add_log_entry(incident.id, "first line", listed)
    with as_user(listed):
        control.restrict(incident.id, [], [], "Officer involved", listed)
    return Secret(incident, listed, unlisted)


RESTRICTED = (Incident, IncidentAccess, LogEntry, Grading, Contact, Obligation)


def test_a_restricted_incident_and_all_that_hangs_on_it_is_there_for_its_list(secret: Secret) -> None:
    with as_user(secret.listed):
        assert all(visible(model) for model in RESTRICTED)


@pytest.mark.parametrize("model", RESTRICTED)
def test_a_restricted_incident_is_not_there_for_anybody_else(secret: Secret, model: type[models.Model]) -> None:
    with as_user(secret.unlisted):
        assert not visible(model)


@pytest.mark.parametrize("model", RESTRICTED)
def test_the_system_itself_is_on_no_list(secret: Secret, model: type[models.Model]) -> None:
    with as_user(None):
        assert not visible(model)


def test_a_deactivated_account_is_on_no_list(secret: Secret) -> None:
    User.objects.filter(id=secret.listed.id).update(is_active=False)
    with as_user(secret.listed):
        assert not visible(Incident)
    secret.listed.is_active = False
    assert viewer_of(secret.listed) == Viewer()


def test_the_views_of_facts_do_not_show_it_either(secret: Secret) -> None:
    with as_user(secret.unlisted), connection.cursor() as cursor:
        for view in ("incident", "incident__crime", "incident__safeguarding"):
            cursor.execute(f"select count(*) from facts.{view}")
            assert cursor.fetchone()[0] == 0


@pytest.mark.parametrize(
    "change",
    [
        "update control_incident set what = 'changed' where id = %s",
        "update control_incident set restricted = false where id = %s",
        "update control_deployment set unit = 'changed' where incident_id = %s",
    ],
)
def test_who_is_not_on_the_list_changes_nothing(secret: Secret, change: str) -> None:
    with as_user(secret.listed):
        control.assign_unit(secret.incident.id, "N1", secret.listed)
    with as_user(secret.unlisted), connection.cursor() as cursor:
        cursor.execute(change, [secret.incident.id])
        assert cursor.rowcount == 0
    with as_user(secret.listed), connection.cursor() as cursor:
        cursor.execute(change, [secret.incident.id])
        assert cursor.rowcount == 1


INSERTS = {
    "log": "insert into control_logentry (incident_id, at, text) values (%s, now(), 'x')",
    "grading": "insert into control_grading (incident_id, grade, at, rationale) values (%s, 5, now(), '')",
    "list": "insert into control_incidentaccess (incident_id, user_id) select %s, iops.viewer()",
    "deployment": "insert into control_deployment (incident_id, unit, assigned_at) values (%s, 'N1', now())",
    "assessment": "insert into safeguarding_riskassessment (incident_id, form, answers, grade, rationale, at)"
    " values (%s, 'short-1', '{}', 'standard', '', now())",
    "decision": "insert into crime_recordingdecision (incident_id, result, rationale, at)"
    " values (%s, 'not_a_crime', 'x', now())",
}


@pytest.mark.parametrize("statement", INSERTS.values(), ids=INSERTS)
def test_who_is_not_on_the_list_adds_nothing(secret: Secret, statement: str) -> None:
    with (
        as_user(secret.unlisted),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, [secret.incident.id])


@pytest.mark.parametrize("statement", INSERTS.values(), ids=INSERTS)
def test_an_incident_that_does_not_exist_is_refused_in_the_same_words(force: Force, statement: str) -> None:
    with (
        as_user(force.one(Role.RESPONSE)),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, [999_999])


def test_nobody_can_restrict_an_incident_away_from_themselves(force: Force) -> None:
    incident = force.incident()
    with (
        as_user(force.one(Role.SERGEANT)),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
    ):
        Incident.objects.filter(id=incident.id).update(restricted=True)


def test_a_row_cannot_be_moved_under_an_incident_its_author_does_not_see(secret: Secret, force: Force) -> None:
    other = force.incident()
    deployment = control.assign_unit(other.id, "N7", secret.unlisted)
    with (
        as_user(secret.unlisted),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
    ):
        Deployment.objects.filter(id=deployment.id).update(incident_id=secret.incident.id)


def test_a_member_of_a_listed_team_sees_it_from_the_moment_they_join(secret: Secret) -> None:
    team = Team.objects.create(name="Enquiry (made up)")
    with as_user(secret.listed):
        IncidentAccess.objects.create(incident=secret.incident, team=team)
    with as_user(secret.unlisted):
        assert not visible(Incident)
    Membership.objects.create(user=secret.unlisted, team=team, role=Role.DETECTIVE)
    with as_user(secret.unlisted):
        assert visible(Incident) == {secret.incident.id}


def test_what_is_owed_is_still_settled_when_somebody_else_cannot_see_it(secret: Secret) -> None:
    with as_user(secret.listed):
        control.assign_unit(secret.incident.id, "N1", secret.listed)
        met = Obligation.objects.get(record_id=secret.incident.id, rule_id="resource-grade-1")
        assert met.met_at is not None
        assert met.restricted


def test_a_waiver_cannot_be_given_on_what_is_not_seen(secret: Secret, force: Force) -> None:
    registrar = force.one(Role.REGISTRAR)
    with as_user(registrar), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Waiver.objects.create(
            subject="incident",
            subject_id=secret.incident.id,
            rule_id="crime-recording-decision",
            role="registrar",
            by=registrar,
            at=clock.now(),
            reason="not mine to give",
        )


def test_a_look_cannot_be_written_in_another_name(force: Force) -> None:
    with (
        as_user(force.one(Role.RESPONSE)),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
    ):
        Consultation.objects.create(
            at=clock.now(), user=force.one(Role.SERGEANT), kind="incident", record_ids=[1], shown=1
        )


# --- the wall itself ------------------------------------------------------------------------------------------------


def test_no_table_leads_round_the_wall() -> None:
    assert unprotected() == []


def test_an_installation_with_a_way_round_the_wall_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    fewer = tuple(p for p in policies() if p.model is not LogEntry)
    monkeypatch.setattr(table, "policies", lambda: fewer)
    assert unprotected() == ["LogEntry.incident"]


def test_every_policy_of_the_table_stands_in_the_database_and_no_other() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_policies where schemaname = 'public'")
        standing = sorted(row[0] for row in cursor.fetchall())
    # History has a wall of its own: an entry is read by whoever may see its row.
    assert standing == sorted(["foundation_history", *(p.model._meta.db_table for p in policies())])


def test_policies_read_the_setting_once_a_statement() -> None:
    sql = "\n".join(policy_sql())
    walls = sql[sql.index("create policy") :]
    assert "current_setting" not in walls
    assert walls.count("iops.viewer()") == walls.count("(select iops.viewer())")


def test_the_application_can_neither_drop_a_policy_nor_step_round_it() -> None:
    for attempt in (
        "drop policy iops_access on control_incident",
        "alter table control_incident disable row level security",
        "set role iops_owner",
        "create policy open on control_incident for all using (true)",
    ):
        with (
            pytest.raises(DatabaseError, match=r"must be owner|permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(attempt)


@pytest.mark.parametrize("hostile", ["1 or 1=1", "x'; drop table control_incident; --", "9" * 40])
def test_a_viewer_that_is_no_number_sees_an_error_and_no_rows(secret: Secret, hostile: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select set_config('iops.user_id', %s, true)", [hostile])
        with pytest.raises(DatabaseError, match=r"invalid input syntax|out of range"), transaction.atomic():
            cursor.execute("select * from control_incident")


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("select * from control_incident where id = 5", "control_incident_pkey"),
        ("select * from control_incident order by reported_at desc limit 50", "incident_newest"),
        ("select * from control_incident where reported_at > now() order by reported_at desc", "incident_newest"),
        ("select * from control_logentry where incident_id = 5 order by at", "log_in_order"),
        (
            "select * from obligations_obligation where record_kind = 'incident' and record_id = 5",
            "obligation_of_record",
        ),
    ],
)
def test_row_level_security_leaves_the_usual_questions_their_index(query: str, index: str) -> None:
    with as_user(None), connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute("set local enable_sort = off")
        cursor.execute(f"explain {query}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert index in plan


def test_a_policy_that_permits_by_a_role_asks_for_the_role() -> None:
    holds = expressions.Holds((Role.ADMINISTRATOR,))
    assert holds.permits(object(), Viewer(1, roles=frozenset({Role.ADMINISTRATOR})), InMemory())
    assert not holds.permits(object(), Viewer(1, roles=frozenset({Role.PANEL})), InMemory())


def test_a_condition_in_a_function_of_the_owner_spells_the_parent_out() -> None:
    spelt = expressions.ThroughParent(Incident, "incident_id").sql("x", walled=False)
    assert "not x_p.restricted" in spelt
    assert "restricted" not in expressions.ThroughParent(Incident, "incident_id").sql("x")


def test_a_table_has_one_policy_only() -> None:
    assert len({p.model for p in policies()}) == len(policies())
    assert all(isinstance(p, Policy) for p in policies())


def test_a_child_known_only_through_it_is_there_for_the_listed_alone(secret: Secret) -> None:
    child = safeguarding.link_child(secret.incident.id, "Child (made up)", None, secret.listed)
    with acting(user_id=secret.listed.id):
        assert Person.objects.filter(id=child.person_id).exists()
    with acting(user_id=secret.unlisted.id):
        assert not Person.objects.filter(id=child.person_id).exists()
