"""Transfers: an incident is offered to another district or force, and is ours until the receiver has accepted it.

Owner alone changes hands. The incident keeps its number, its log, its clocks and every duty; nothing is closed by it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.control.finding import open_one
from iops.control.models import Transfer
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.models import District
from iops.foundation.roles import LADDER, Role
from iops.obligations.services import text, writing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.control.models import Incident
    from iops.foundation.models import User

MAY = (Role.CALL_HANDLER, Role.DISPATCHER, *LADDER)
"""Who offers an incident elsewhere, and answers for a district or a force."""
NAME_LENGTH, REFERENCE_LENGTH = 120, 60


@verb
def offer_to_district(incident_id: int, district_id: int, reason: str, by: User) -> Transfer:
    """Offer an incident to another district of the force. Its clocks run on, and it stays where it is until accepted.

    Raises ConflictError while an earlier offer is open; InvalidError for the district it is in, or an unknown one.
    """
    incident = _offered(incident_id, by)
    if not District.objects.filter(id=district_id).exists():
        raise InvalidError("There is no such district.", details={"field": "district"})
    if district_id == incident.district_id:
        raise InvalidError("It is in that district.", details={"field": "district"})
    return _offer(incident, reason, by, {"to_district_id": district_id})


@verb
def offer_to_force(incident_id: int, force: str, reason: str, by: User) -> Transfer:
    """Offer an incident to another force. It stays ours, with all its duties, until they say who accepts it.

    Also afterwards nothing is closed here: what safeguarding owes is answered here by a person (a trigger holds it).
    """
    return _offer(_offered(incident_id, by), reason, by, {"to_force": _name(force, "Force", NAME_LENGTH)})


def _offered(incident_id: int, by: User) -> Incident:
    if not by.holds(MAY):
        raise NotAllowedError("Incidents are transferred by the control room or a supervisor.", mend="Ask one of them.")
    incident = open_one(incident_id)
    if Transfer.objects.filter(incident=incident, answered_at=None, withdrawn_at=None).exists():
        raise ConflictError("It is offered already.", mend="Wait for the answer, or withdraw the offer.")
    return incident


def _offer(incident: Incident, reason: str, by: User, to: Mapping[str, object]) -> Transfer:
    why = text(reason, "Reason").strip()
    with writing(by, reason=why):
        return Transfer.objects.create(
            incident=incident,
            from_district_id=incident.district_id,
            reason=why,
            offered_at=clock.now(),
            offered_by=by,
            **to,
        )


@verb
def accept_transfer(transfer_id: int, by: User, *, accepted_name: str = "", reference: str = "") -> Transfer:
    """Accept an offer: somebody who works in the receiving district does; for another force, whoever was told by them.

    A district owns the incident from now on, and all that is owed on it. For a force `accepted_name` is who there
    accepted and `reference` its number with them, both needed. Raises NotAllowedError for somebody of another district.
    """
    transfer = _waiting(transfer_id)
    _must_answer(transfer, by)
    told: dict[str, object] = {}
    if transfer.to_force:
        told = {
            "accepted_name": _name(accepted_name, "Accepted by", NAME_LENGTH),
            "reference": _name(reference, "Reference", REFERENCE_LENGTH),
        }
    with writing(by, reason=f"transfer accepted by {transfer.to}"):
        _end(transfer, answered_at=clock.now(), answered_by=by, accepted=True, **told)
        if transfer.to_district_id is not None:
            incident = open_one(transfer.incident_id)
            incident.district_id = transfer.to_district_id
            incident.save(update_fields=["district"])
    transfer.refresh_from_db()
    return transfer


@verb
def refuse_transfer(transfer_id: int, reason: str, by: User, *, accepted_name: str = "") -> Transfer:
    """Refuse an offer, with a reason: the incident stays where it is. `accepted_name` is who of a force refused it."""
    transfer = _waiting(transfer_id)
    _must_answer(transfer, by)
    why = text(reason, "Reason").strip()
    who = _name(accepted_name, "Answered by", NAME_LENGTH) if transfer.to_force and accepted_name else ""
    with writing(by, reason=why):
        _end(transfer, answered_at=clock.now(), answered_by=by, accepted=False, answer=why, accepted_name=who)
    transfer.refresh_from_db()
    return transfer


@verb
def withdraw_transfer(transfer_id: int, reason: str, by: User) -> Transfer:
    """Take an offer back before it is answered, with a reason."""
    transfer = _waiting(transfer_id)
    if not by.holds(MAY):
        raise NotAllowedError("An offer is withdrawn by the control room or a supervisor.", mend="Ask one of them.")
    why = text(reason, "Reason").strip()
    with writing(by, reason=why):
        _end(transfer, withdrawn_at=clock.now(), answer=why)
    transfer.refresh_from_db()
    return transfer


def _waiting(transfer_id: int) -> Transfer:
    transfer = Transfer.objects.select_related("to_district").filter(id=transfer_id).first()
    if transfer is None:
        raise NotFoundError("There is no such transfer.")
    if transfer.answered_at is not None or transfer.withdrawn_at is not None:
        raise ConflictError("That transfer has been answered or withdrawn.")
    return transfer


def _end(transfer: Transfer, **told: object) -> None:
    # A conditional update, so that it is answered once whoever answers at the same moment.
    if not Transfer.objects.filter(id=transfer.id, answered_at=None, withdrawn_at=None).update(**told):
        raise ConflictError("That transfer has been answered or withdrawn.")


def _must_answer(transfer: Transfer, by: User) -> None:
    """The receiver answers: nobody pushes an incident into another district and accepts it there themselves."""
    if not by.holds(MAY):
        raise NotAllowedError("A transfer is answered by the control room or a supervisor.", mend="Ask one of them.")
    if transfer.to_district_id is None:
        return
    own = by.district_ids
    if own is not None and transfer.to_district_id not in own:
        raise NotAllowedError(f"{transfer.to} answers this offer.", mend="Ask somebody who works there.")
    if by.id == transfer.offered_by_id:
        raise NotAllowedError("Who offers an incident does not accept or refuse it.", mend="Ask the receiver.")


def _name(said: str, field: str, longest: int) -> str:
    name = text(said, field).strip()
    if len(name) > longest:
        named = {"Force": "force", "Reference": "reference"}.get(field, "accepted_name")
        raise InvalidError(f"{field} has at most {longest} characters.", details={"field": named})
    return name
