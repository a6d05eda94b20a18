"""The facts of the control room: contacts, incidents, the log, grades, units, duties, deployments, officer safety."""

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
    "SilentCall",
    "Pressed",
    "PlaceSource",
    "Outcome",
    "Line",
    "Heard",
    "CallerPlace",
    "CallerNote",
    "CallBackResult",
    "CallBackAttempt",
    "Channel",
    "Contact",
    "CrewMember",
    "Deployment",
    "Duty",
    "EmergencyPress",
    "GradeProposal",
    "Grading",
    "Incident",
    "IncidentAccess",
    "Level",
    "LogEntry",
    "MarkerReceipt",
    "Thrive",
    "Unit",
    "UnitPosition",
    "UnitState",
    "UnitStatus",
    "WelfareCheck",
]
