"""What the force keeps of crime: one module for each part, all named here."""

from iops.crime.models.completeness import NotStated, StatedFact
from iops.crime.models.crimes import ClassingGround, Crime, CrimeClassing, CrimeFlag, CrimeLinked, CrimeOwner, Linkage
from iops.crime.models.life import (
    CrimeAction,
    CrimeActionResult,
    CrimeCancellation,
    CrimeLogEntry,
    CrimeOutcome,
    CrimeReview,
    Removal,
    Reopening,
    ToldOf,
    VictimTold,
)
from iops.crime.models.recording import RecordingDecision, RecordingResult
from iops.crime.models.reported import Designation, DesignationKind, ReportedIncident, ReporterTold

__all__ = [
    "ClassingGround",
    "Crime",
    "CrimeAction",
    "CrimeActionResult",
    "CrimeCancellation",
    "CrimeClassing",
    "CrimeFlag",
    "CrimeLinked",
    "CrimeLogEntry",
    "CrimeOutcome",
    "CrimeOwner",
    "CrimeReview",
    "Designation",
    "DesignationKind",
    "Linkage",
    "NotStated",
    "RecordingDecision",
    "RecordingResult",
    "Removal",
    "Reopening",
    "ReportedIncident",
    "ReporterTold",
    "StatedFact",
    "ToldOf",
    "VictimTold",
]
