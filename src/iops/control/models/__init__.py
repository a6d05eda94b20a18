"""The facts of the control room: contacts, incidents, the log, grades, units, duties, deployments, officer safety."""

from iops.control.models.deployments import Deployment, MarkerReceipt
from iops.control.models.gradings import GradeProposal, Grading, Level, Thrive
from iops.control.models.handover import DeskDuty, DeskMessage, Escalation, Handover
from iops.control.models.incidents import Channel, Contact, Incident, IncidentAccess, LineKind, LogEntry
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
    "Channel",
    "Contact",
    "CrewMember",
    "Deployment",
    "DeskDuty",
    "DeskMessage",
    "Duty",
    "EmergencyPress",
    "Escalation",
    "GradeProposal",
    "Grading",
    "Handover",
    "Incident",
    "IncidentAccess",
    "IncidentLink",
    "Level",
    "LineKind",
    "LinkKind",
    "LogEntry",
    "MajorIncident",
    "MajorIncidentPart",
    "MarkerReceipt",
    "Methane",
    "Thrive",
    "Transfer",
    "Unit",
    "UnitPosition",
    "UnitState",
    "UnitStatus",
    "WelfareCheck",
]
