"""The forms of crime recording."""

from __future__ import annotations

from iops.crime.models import RecordingResult
from iops.web.forms import Form, choice, text


class Recording(Form):
    """Whether what the incident reports is recorded as a crime."""

    result = choice("Decision", [(k.value, str(k.label).capitalize()) for k in RecordingResult])
    rationale = text("Rationale")
