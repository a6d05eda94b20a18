"""The facts of the control room: contacts, incidents, the log, grades, units, duties, deployments, officer safety."""

from iops.control.models.classing import Classing, DomesticDecision
from iops.control.models.closings import CheckVerdict, Closing, ClosureCheck, RecordingAdvice
from iops.control.models.deployments import Deployment, MarkerReceipt
from iops.control.models.gradings import GradeProposal, Grading, Level, Thrive
from iops.control.models.incidents import Channel, Contact, Incident, IncidentAccess, LogEntry
from iops.control.models.safety import EmergencyPress, WelfareCheck
from iops.control.models.units import CrewMember, Duty, Unit, UnitPosition, UnitState, UnitStatus

__all__ = [
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
    "Incident",
    "IncidentAccess",
    "Level",
    "LogEntry",
    "MarkerReceipt",
    "RecordingAdvice",
    "Thrive",
    "Unit",
    "UnitPosition",
    "UnitState",
    "UnitStatus",
    "WelfareCheck",
]
