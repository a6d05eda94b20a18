"""What the force keeps of crime: one module for each part, all named here."""

from iops.crime.models.recording import RecordingDecision

__all__ = ["RecordingDecision"]
