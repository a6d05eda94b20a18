"""The verbs of a victim's rights: needs assessed, support, and the removal of enhanced rights with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, NotFoundError
from iops.obligations.services import text, writing
from iops.safeguarding.models import VictimRights, VictimStep, VictimStepKind
from iops.safeguarding.schemes.common import ACT, DECIDE, may, moment, one_of

if TYPE_CHECKING:
    import datetime as dt

    from iops.foundation.models import User


@verb
def victim_step(rights_id: int, kind: str, note: str, by: User, *, at: dt.datetime | None = None) -> VictimStep:
    """Write down that a victim's needs were assessed, a support service was told, or support was declined."""
    may(by, ACT)
    one_of(kind, VictimStepKind.values, "kind")
    rights = _found(rights_id)
    with writing(by, reason=f"victim: {kind}"):
        return VictimStep.objects.create(
            rights=rights,
            incident_id=rights.incident_id,
            kind=kind,
            at=moment(at),
            note=text(note, "Note").strip(),
            by=by,
        )


@verb
def remove_enhanced(rights_id: int, reason: str, by: User) -> VictimRights:
    """Take the enhanced rights away that every victim of domestic abuse has: a supervisor's step, with a reason."""
    may(by, DECIDE)
    why = text(reason, "Reason").strip()
    with writing(by, reason=why[:200]):
        rights = VictimRights.objects.select_for_update(no_key=True).filter(id=_found(rights_id).id).get()
        if not rights.enhanced:
            raise ConflictError("The victim has no enhanced rights any more.")
        rights.enhanced, rights.removed_at, rights.removed_by, rights.removed_reason = False, clock.now(), by, why
        rights.save()
        return rights


@verb
def restore_enhanced(rights_id: int, by: User) -> VictimRights:
    """Give enhanced rights back; history keeps that and why they were taken away."""
    may(by, ACT)
    with writing(by, reason="enhanced rights restored"):
        rights = VictimRights.objects.select_for_update(no_key=True).filter(id=_found(rights_id).id).get()
        rights.enhanced, rights.removed_at, rights.removed_by, rights.removed_reason = True, None, None, ""
        rights.save()
        return rights


def _found(rights_id: int) -> VictimRights:
    found = VictimRights.objects.filter(id=rights_id).first()
    if found is None:
        raise NotFoundError("There is no such victim of a domestic incident.")
    return found
