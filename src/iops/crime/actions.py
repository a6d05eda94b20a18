"""The action and the panel of crime recording on the page of an incident."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iops.control.closing.strata import register as register_stratum
from iops.control.panels import Action, Panel, register
from iops.crime import forms, selectors, services

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.control.models import Incident
    from iops.foundation.models import User


def _record(incident: Incident, typed: dict[str, Any], by: User) -> str:
    services.decide_recording(incident.id, typed["result"], typed["rationale"], by, avi=typed["avi"])
    return "Recording decision saved."


def _panel(incident: Incident, _viewer: User) -> Mapping[str, object]:
    decisions = selectors.recording_on(incident.id)
    return {"decisions": decisions, "reference": incident.reference, "actions": ("recording",)}


def ready() -> None:
    """Put the action and the panel of crime recording on the page of an incident; tell of closures without a crime."""
    register_stratum(
        "no-crime",
        """select d.incident_id from crime_recordingdecision d where d.incident_id = wanted and d.result <> 'crime'
           and not exists (select from crime_recordingdecision e
                           where e.incident_id = wanted and (e.at, e.id) > (d.at, d.id))""",
    )
    register(
        Action(
            "recording",
            "Decide whether it is recorded as a crime",
            forms.Recording,
            _record,
            "Save the decision",
            frozenset({"recording_decided_at"}),
        ),
        panels=(Panel(20, "crime/panel.html", (("recording", "Crime recording"),), _panel),),
    )
