"""Who sees what of the control room: a restricted incident, with all that hangs on it, is there for its list alone."""

from __future__ import annotations

from iops.control.models import (
    Contact,
    Deployment,
    Escalation,
    GradeProposal,
    Grading,
    Incident,
    IncidentAccess,
    IncidentLink,
    LogEntry,
    MajorIncidentPart,
    MarkerReceipt,
    Thrive,
    Transfer,
)
from iops.foundation.policy import (
    AllOf,
    AnyOf,
    Column,
    NoneHidden,
    Not,
    OnList,
    Policy,
    ThroughParent,
    ThroughRecord,
)
from iops.pole.models import WarningMarker

OF_THE_INCIDENT = ThroughParent(Incident, "incident_id")

POLICIES = (
    Policy(Incident, sees=AnyOf(Not(Column("restricted")), OnList(IncidentAccess, "incident_id"))),
    Policy(IncidentAccess, sees=OF_THE_INCIDENT),
    Policy(LogEntry, sees=OF_THE_INCIDENT),
    Policy(Grading, sees=OF_THE_INCIDENT),
    Policy(Thrive, sees=OF_THE_INCIDENT),
    Policy(GradeProposal, sees=OF_THE_INCIDENT),
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
    Policy(Contact, sees=NoneHidden(Incident, "contact_id")),
)
