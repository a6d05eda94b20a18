"""Who sees what of crime recording: whoever sees the incident it belongs to."""

from __future__ import annotations

from iops.control.models import Incident
from iops.crime.models import RecordingDecision
from iops.foundation.policy import Policy, ThroughParent

POLICIES = (Policy(RecordingDecision, sees=ThroughParent(Incident, "incident_id")),)
