"""Finds an incident for a verb: there for whoever may see it, open when the verb needs it open."""

from __future__ import annotations

from iops.control.models import Incident
from iops.foundation.errors import ConflictError, NotFoundError


def find(incident_id: int) -> Incident:
    """The incident, or NotFoundError: one that is restricted looks the same as one that does not exist."""
    incident = Incident.objects.filter(id=incident_id).first()
    if incident is None:
        raise NotFoundError("There is no such incident.", mend="Check the number and the day.")
    return incident


def open_one(incident_id: int) -> Incident:
    """The incident if it is open; ConflictError when it is closed."""
    incident = find(incident_id)
    if incident.closed_at is not None:
        raise ConflictError(f"Incident {incident.reference} is closed.", mend="Reopen it first, with a reason.")
    return incident
