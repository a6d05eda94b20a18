"""The verbs of crime. So far: the recording decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.control.services import find
from iops.crime.models import RecordingDecision, RecordingResult
from iops.foundation import clock
from iops.foundation.errors import InvalidError
from iops.obligations.services import text, writing

if TYPE_CHECKING:
    from iops.foundation.models import User


def decide_recording(incident_id: int, result: str, rationale: str, by: User) -> RecordingDecision:
    """Decide whether what the incident reports is recorded as a crime (NCRS), and say why.

    A later decision may change the result; the first one met the duty to decide. Raises InvalidError.
    """
    incident = find(incident_id)
    if result not in RecordingResult.values:
        raise InvalidError("That is not a recording decision.", details={"field": "result"})
    with writing(by, reason="recording decision"):
        return RecordingDecision.objects.create(
            incident=incident, result=result, rationale=text(rationale, "Rationale"), at=clock.now(), by=by
        )
