"""The way from the page of an incident to the review of how it was handled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from iops.control.panels import Panel, register

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.control.models import Incident
    from iops.foundation.models import User


def _panel(incident: Incident, viewer: User) -> Mapping[str, object]:  # noqa: ARG001 - the same for everybody
    return {"review": reverse("handling-review", kwargs={"number": incident.number, "day": incident.day})}


def ready() -> None:
    """Put the link on the page of an incident."""
    register(panels=(Panel(16, "safeguarding/reviews_panel.html", (), _panel),))
