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
    CrimeVictim,
    EnhancedRemoval,
    EntitlementOffer,
    NeedsAssessment,
    NotStated,
    OfficerTie,
    OpenCrime,
    RecordingDecision,
    Reopening,
    ReportedIncident,
    ReporterTold,
    ReviewAnswer,
    ReviewRequest,
    Screening,
    ScreeningReview,
    SolvabilityAssessment,
    VictimLetter,
    VictimNews,
    VictimNewsTold,
    VictimTold,
)
from iops.foundation.policy import AllOf, AnyOf, Holds, Own, Policy, ThroughParent
from iops.foundation.roles import LADDER, Role
from iops.pole.models import Person

OF_THE_INCIDENT = ThroughParent(Incident, "incident_id")
OF_THE_CRIME = ThroughParent(Crime, "crime_id")

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
        )
    ),
    # Either crime restricted hides that there is a link between them.
    Policy(CrimeLinked, sees=AllOf(OF_THE_CRIME, ThroughParent(Crime, "other_id"))),
    # Whose relative somebody is, is known to themselves and to whoever allocates; its person may be restricted.
    Policy(
        OfficerTie,
        sees=AllOf(AnyOf(Own(), Holds((*LADDER, Role.REGISTRAR))), ThroughParent(Person, "person_id")),
    ),
)
