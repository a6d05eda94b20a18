"""Who sees what of the control room: a restricted incident, with all that hangs on it, is there for its list alone."""

from __future__ import annotations

from iops.control.models import (
    CallBackAttempt,
    CallerNote,
    CallerPlace,
    Classing,
    Closing,
    ClosureCheck,
    Contact,
    Deployment,
    DomesticDecision,
    Escalation,
    GradeProposal,
    Grading,
    Incident,
    IncidentAccess,
    IncidentLink,
    LogEntry,
    MajorIncidentPart,
    MarkerReceipt,
    RecordingAdvice,
    SilentCall,
    Thrive,
    Transfer,
)
from iops.foundation.policy import (
    AllOf,
    AnyOf,
    Column,
    Missing,
    NoneHidden,
    Not,
    OnList,
    Policy,
    ThroughParent,
    ThroughRecord,
)
from iops.pole.models import Person, WarningMarker

OF_THE_INCIDENT = ThroughParent(Incident, "incident_id")
OF_THE_CONTACT = ThroughParent(Contact, "contact_id")

POLICIES = (
    Policy(Incident, sees=AnyOf(Not(Column("restricted")), OnList(IncidentAccess, "incident_id"))),
    Policy(IncidentAccess, sees=OF_THE_INCIDENT),
    Policy(LogEntry, sees=OF_THE_INCIDENT),
    Policy(Grading, sees=OF_THE_INCIDENT),
    Policy(Thrive, sees=OF_THE_INCIDENT),
    Policy(GradeProposal, sees=OF_THE_INCIDENT),
    Policy(Classing, sees=OF_THE_INCIDENT),
    Policy(DomesticDecision, sees=OF_THE_INCIDENT),
    Policy(Closing, sees=OF_THE_INCIDENT),
    Policy(ClosureCheck, sees=ThroughParent(Closing, "closing_id")),
    Policy(RecordingAdvice, sees=OF_THE_INCIDENT),
    Policy(Deployment, sees=OF_THE_INCIDENT),
    Policy(
        MarkerReceipt,
        sees=AllOf(ThroughParent(Deployment, "deployment_id"), ThroughParent(WarningMarker, "marker_id")),
    ),
    # A link tells of both incidents: whoever sees it sees both.
    Policy(IncidentLink, sees=AllOf(OF_THE_INCIDENT, ThroughParent(Incident, "other_id"))),
    Policy(Transfer, sees=OF_THE_INCIDENT),
    Policy(MajorIncidentPart, sees=OF_THE_INCIDENT),
    Policy(Escalation, sees=ThroughRecord("on_kind", "on_id")),
    # The caller of a restricted incident is as secret as the incident.
    Policy(
        Contact,
        sees=AllOf(AnyOf(Missing("incident_id"), OF_THE_INCIDENT), NoneHidden(Incident, "contact_id")),
    ),
    Policy(CallerPlace, sees=OF_THE_CONTACT),
    Policy(SilentCall, sees=OF_THE_CONTACT),
    Policy(CallBackAttempt, sees=OF_THE_CONTACT),
    Policy(CallerNote, sees=AnyOf(Missing("person_id"), ThroughParent(Person, "person_id"))),
)
