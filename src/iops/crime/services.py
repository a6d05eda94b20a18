"""The verbs of crime. So far: the recording decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.control.services import find
from iops.crime.models import RecordingDecision, RecordingResult
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import InvalidError
from iops.obligations.services import text, writing

if TYPE_CHECKING:
    from iops.foundation.models import User


@verb
def decide_recording(incident_id: int, result: str, rationale: str, by: User, *, avi: str = "") -> RecordingDecision:
    """Decide whether what the incident reports is recorded as a crime (NCRS), and say why.

    A later decision may change the result; the first one met the duty to decide. What was decided to be a crime is
    taken back only by `avi`: additional verifiable information that shows no crime happened, said in words (when and
    from where it came, how it can be checked, what it shows; OUT2026 p28). Raises InvalidError.
    """
    incident = find(incident_id)
    if result not in RecordingResult.values:
        raise InvalidError("That is not a recording decision.", details={"field": "result"})
    stood = incident.recording_decisions.order_by("-at", "-id").first()
    if stood is not None and stood.result == RecordingResult.CRIME and result != RecordingResult.CRIME:
        shown = text(avi, "Additional verifiable information").strip()
        rationale = f"{text(rationale, 'Rationale')}\n\nAdditional verifiable information: {shown}"
    with writing(by, reason="recording decision"):
        return RecordingDecision.objects.create(
            incident=incident, result=result, rationale=text(rationale, "Rationale"), at=clock.now(), by=by
        )
