"""What recorded crimes put on the page of an incident: that the reporter was told of a decision not to record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iops.control.panels import Action, register
from iops.crime.models import RecordingDecision
from iops.crime.recorded import forms, life
from iops.foundation.errors import NotFoundError

if TYPE_CHECKING:
    from iops.control.models import Incident
    from iops.foundation.models import User


def _told(incident: Incident, typed: dict[str, Any], by: User) -> str:
    decision = RecordingDecision.objects.filter(incident=incident).order_by("-at", "-id").first()
    if decision is None:
        raise NotFoundError("Nothing has been decided of this incident.")
    life.tell_reporter(decision.id, typed["how"], typed["words"], by)
    return "Saved: the reporter was told."


def ready() -> None:
    """Put the action on the page."""
    register(
        Action(
            "reporter-told",
            "Note that the reporter was told that no crime is recorded",
            forms.ReporterTold,
            _told,
            "Save",
            frozenset({"told_at"}),
        )
    )
