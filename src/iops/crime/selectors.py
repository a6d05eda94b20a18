"""The questions asked of crime recording: the decisions on one incident."""

from __future__ import annotations

from iops.crime.models import RecordingDecision


def recording_on(incident_id: int) -> list[RecordingDecision]:
    """The recording decisions on an incident, the latest first."""
    return list(RecordingDecision.objects.filter(incident_id=incident_id).select_related("by").order_by("-at", "-id"))
