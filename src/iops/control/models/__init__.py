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
from iops.control.models.incidents import Incident, IncidentAccess, LogEntry
from iops.control.models.safety import EmergencyPress, WelfareCheck
from iops.control.models.units import CrewMember, Duty, Unit, UnitPosition, UnitState, UnitStatus

__all__ = [
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
    "DomesticDecision",
    "Duty",
    "EmergencyPress",
    "GradeProposal",
    "Grading",
    "Heard",
    "Incident",
    "IncidentAccess",
    "Level",
    "Line",
    "LogEntry",
    "MarkerReceipt",
    "Outcome",
    "PlaceSource",
    "Pressed",
    "RecordingAdvice",
    "SilentCall",
    "Thrive",
    "Unit",
    "UnitPosition",
    "UnitState",
    "UnitStatus",
    "WelfareCheck",
]
