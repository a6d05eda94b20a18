"""Links between incidents: same as, duplicate of, related to, part of a series. A link closes and drops nothing.

Each incident keeps its duties, its clocks and its number: what is owed on a duplicate stands until a person answers it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from iops.control.finding import find
from iops.control.models import IncidentLink, LinkKind
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotFoundError
from iops.obligations.services import text, writing

if TYPE_CHECKING:
    from iops.foundation.models import User


@verb
def link_incidents(incident_id: int, other_id: int, kind: str, reason: str, by: User) -> IncidentLink:
    """Say that one incident is the same as, a duplicate of, related to, or in a series with another, and why.

    Raises NotFoundError for an incident that is not there for this person, InvalidError for one with itself or an
    unknown kind, ConflictError when that link stands already (of a duplicate: from either end).
    """
    if kind not in LinkKind.values:
        raise InvalidError(f"“{kind}” is not a kind of link.", details={"field": "kind"})
    incident, other, why = find(incident_id), find(other_id), text(reason, "Reason").strip()
    if incident.id == other.id:
        raise InvalidError("An incident is not linked to itself.", details={"field": "other"})
    with writing(by, reason=why):
        if _stands(incident.id, other.id, kind):
            raise ConflictError(f"That link to {other.reference} stands already.")
        try:
            with transaction.atomic():
                return IncidentLink.objects.create(
                    incident=incident, other=other, kind=kind, reason=why, at=clock.now(), by=by
                )
        except IntegrityError as error:  # two people at once
            raise ConflictError(f"That link to {other.reference} stands already.") from error


def _stands(incident_id: int, other_id: int, kind: str) -> bool:
    """Whether the link is there, from this end or, where that says the same (or the contrary), from the other."""
    standing = IncidentLink.objects.filter(kind=kind, withdrawn_at=None)
    return (
        standing.filter(incident_id=incident_id, other_id=other_id).exists()
        or standing.filter(incident_id=other_id, other_id=incident_id).exists()
    )


@verb
def withdraw_link(link_id: int, reason: str, by: User) -> IncidentLink:
    """Withdraw a link that was wrong, with a reason; it stays to be seen. ConflictError when it was withdrawn."""
    link = IncidentLink.objects.filter(id=link_id).first()
    if link is None:
        raise NotFoundError("There is no such link.")
    why = text(reason, "Reason").strip()
    with writing(by, reason=why):
        done = IncidentLink.objects.filter(id=link_id, withdrawn_at=None).update(
            withdrawn_at=clock.now(), withdrawn_by=by, withdrawn_reason=why
        )
        if not done:
            raise ConflictError("That link was withdrawn already.")
    link.refresh_from_db()
    return link
