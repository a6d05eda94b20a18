"""Closing on the page of an incident: what stops it, how it was closed, and the check of the closure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iops.control.closing import selectors, services
from iops.control.closing.forms import Check, Close
from iops.control.panels import Action, Panel, register
from iops.foundation.errors import NotFoundError
from iops.foundation.roles import LADDER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.control.models import Incident
    from iops.foundation.models import User

CHECK = "check-closure"


def _close(incident: Incident, typed: dict[str, Any], by: User) -> str:
    services.close_incident(
        incident.id, typed["note"], by, code=typed["code"], results=typed["results"], declined=typed["declined"]
    )
    return "Closed."


def _check(incident: Incident, typed: dict[str, Any], by: User) -> str:
    if not incident.closings.filter(id=typed["target"]).exists():
        raise NotFoundError("There is no such closure of this incident.")
    services.check_closure(typed["target"], typed["verdict"], by, findings=typed["findings"], note=typed["note"])
    return "The check is saved."


def _panel(incident: Incident, viewer: User) -> Mapping[str, object]:
    found = selectors.closures_on(incident)
    last = found[0] if found and incident.closed_at else None
    may = last is not None and last.check is None and viewer.holds(LADDER) and last.closing.by_id != viewer.id
    return {"closures": found, "to_check": last.closing.id if last and may else None}


def ready() -> None:
    """Put closing on the page."""
    register(
        Action("close", "Close the incident", Close, _close, "Close the incident", frozenset({"closed_at"})),
        Action(CHECK, "Check how it was closed", Check, _check, "Save the check", frozenset({"checked_at"})),
        panels=(Panel(90, "control/closing.html", (("closing", "Closing"),), _panel),),
    )
