"""Who sees what of crime: whoever sees the incident it comes out of."""

from __future__ import annotations

from iops.control.models import Incident
from iops.crime.models import (
    AllocationChoice,
    ContactPlan,
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
    CrimeVictim,
    EnhancedRemoval,
    EntitlementOffer,
    EvidenceLed,
    Exhibit,
    ExhibitMove,
    ExhibitSeal,
    NeedsAssessment,
    NotStated,
    OfficerTie,
    OpenCrime,
    OutcomeAudit,
    OutcomeDraw,
    RecordingDecision,
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
    SolvabilityAssessment,
    StockAnswer,
    StockDifference,
    VictimLetter,
    VictimNews,
    VictimNewsTold,
    VictimTold,
    VictimWish,
)
from iops.foundation.policy import AllOf, AnyOf, Holds, Missing, Own, Policy, ThroughParent
from iops.foundation.roles import LADDER, Role
from iops.pole.models import Person

OF_THE_INCIDENT = ThroughParent(Incident, "incident_id")
OF_THE_CRIME = ThroughParent(Crime, "crime_id")
OF_THE_EXHIBIT = ThroughParent(Exhibit, "exhibit_id")

POLICIES = (
    Policy(RecordingDecision, sees=OF_THE_INCIDENT),
    Policy(Crime, sees=OF_THE_INCIDENT),
    Policy(ReportedIncident, sees=OF_THE_INCIDENT),
    Policy(ReporterTold, sees=ThroughParent(RecordingDecision, "decision_id")),
    *(
        Policy(model, sees=OF_THE_CRIME)
        for model in (
            AllocationChoice,
            ContactPlan,
            CrimeAction,
            CrimeActionResult,
            CrimeCancellation,
            CrimeClassing,
            CrimeFlag,
            CrimeLogEntry,
            CrimeOutcome,
            CrimeOwner,
            CrimeReview,
            EvidenceLed,
            OutcomeAudit,
            OutcomeDraw,
            SafeguardingCheck,
            CrimeVictim,
            EnhancedRemoval,
            EntitlementOffer,
            NeedsAssessment,
            NotStated,
            OpenCrime,
            Reopening,
            ReviewAnswer,
            ReviewRequest,
            Screening,
            ScreeningReview,
            SolvabilityAssessment,
            VictimLetter,
            VictimNews,
            VictimNewsTold,
            VictimTold,
            VictimWish,
        )
    ),
    Policy(Exhibit, sees=OF_THE_INCIDENT),
    *(Policy(model, sees=OF_THE_EXHIBIT) for model in (ExhibitMove, ExhibitSeal, Retention, RetentionReview)),
    # What is on no record at all hides nobody.
    Policy(StockDifference, sees=AnyOf(Missing("exhibit_id"), OF_THE_EXHIBIT)),
    Policy(StockAnswer, sees=ThroughParent(StockDifference, "difference_id")),
    # The incident itself rather than the crime: one look less for each row of a list.
    Policy(CrimeStanding, sees=ThroughParent(Incident, "incident_id")),
    # Either crime restricted hides that there is a link between them.
    Policy(CrimeLinked, sees=AllOf(OF_THE_CRIME, ThroughParent(Crime, "other_id"))),
    # Whose relative somebody is, is known to themselves and to whoever allocates; its person may be restricted.
    Policy(
        OfficerTie,
        sees=AllOf(AnyOf(Own(), Holds((*LADDER, Role.REGISTRAR))), ThroughParent(Person, "person_id")),
    ),
)
