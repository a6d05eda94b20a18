"""The facts of the control room: contacts, incidents, the log, grades, units, duties, deployments, officer safety."""

from iops.control.models.classing import Classing, DomesticDecision
from iops.control.models.closings import CheckVerdict, Closing, ClosureCheck, RecordingAdvice
from iops.control.models.contact import (
    CallBackAttempt,
    CallBackResult,
    CallerNote,
    CallerPlace,
    Channel,
    Contact,
    Heard,
    Line,
    Outcome,
    PlaceSource,
    Pressed,
    SilentCall,
)
from iops.control.models.deployments import Deployment, MarkerReceipt
from iops.control.models.gradings import GradeProposal, Grading, Level, Thrive
from iops.control.models.handover import DeskDuty, DeskMessage, Escalation, Handover
from iops.control.models.incidents import Incident, IncidentAccess, LineKind, LogEntry
from iops.control.models.record import (
    INVERSE,
    IncidentLink,
    LinkKind,
    MajorIncident,
    MajorIncidentPart,
    Methane,
    Transfer,
)
from iops.control.models.safety import EmergencyPress, WelfareCheck
from iops.control.models.units import CrewMember, Duty, Unit, UnitPosition, UnitState, UnitStatus

__all__ = [
    "INVERSE",
    "CallBackAttempt",
    "CallBackResult",
    "CallerNote",
    "CallerPlace",
    "Channel",
    "CheckVerdict",
    "Classing",
    "Closing",
    "ClosureCheck",
    "Contact",
    "CrewMember",
    "Deployment",
    "DeskDuty",
    "DeskMessage",
    "DomesticDecision",
    "Duty",
    "EmergencyPress",
    "Escalation",
    "GradeProposal",
    "Grading",
    "Handover",
    "Heard",
    "Incident",
    "IncidentAccess",
    "IncidentLink",
    "Level",
    "Line",
    "LineKind",
    "LinkKind",
    "LogEntry",
    "MajorIncident",
    "MajorIncidentPart",
    "MarkerReceipt",
    "Methane",
    "Outcome",
    "PlaceSource",
    "Pressed",
    "RecordingAdvice",
    "SilentCall",
    "Thrive",
    "Transfer",
    "Unit",
    "UnitPosition",
    "UnitState",
    "UnitStatus",
    "WelfareCheck",
]
