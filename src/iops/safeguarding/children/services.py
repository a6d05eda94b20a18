"""The verbs of decisions on children: decide, replace by name, and propose and confirm that none is referred."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.roles import Role
from iops.obligations.services import text, writing
from iops.pole.services import add_birth
from iops.safeguarding.models import ChildDecision, ChildDecisionKind, IncidentChild, NoReferralProposal, SchoolKnown

if TYPE_CHECKING:
    from datetime import date

    from iops.foundation.models import User
    from iops.safeguarding.children.about import AboutChild

MAY_CONFIRM = (Role.SERGEANT, Role.INSPECTOR, Role.SAFEGUARDING)
"""Who may be the second person for "no referral"; a default of ours."""


@verb
def decide_on_child(
    child_id: int, decision: str, reason: str, by: User, instead_of: int | None = None
) -> ChildDecision | NoReferralProposal:
    """Decide what follows for a child (invariant I05): refer now, refer routinely, early help, or no referral.

    "No referral" is only proposed by one person, with a reason: the child stands as before until a second person
    confirms it. `instead_of` is the decision that whoever decides has seen and means to replace; None when they saw
    none. Raises ConflictError when somebody has decided meanwhile, InvalidError.
    """
    if decision not in ChildDecisionKind.values:
        raise InvalidError("That is not one of the decisions.", details={"field": "decision"})
    refused = decision == ChildDecisionKind.NO_REFERRAL
    said = text(reason, "Reason", needed=refused).strip()
    with writing(by, reason="no referral proposed" if refused else "decision on a child"):
        child = _locked(child_id)
        stands = _as_seen(child, instead_of)
        if refused:
            return _propose(child, said, by)
        return ChildDecision.objects.create(
            child=child, decision=decision, reason=said, at=clock.now(), by=by, replaces=stands
        )


@verb
def answer_no_referral(proposal_id: int, confirmed: bool, note: str, by: User) -> NoReferralProposal:
    """Confirm, as the second person, that a child need not be referred, or refuse it with a note.

    Raises NotAllowedError for whoever proposed it and whoever may not decide, ConflictError when it is decided already.
    """
    proposal = NoReferralProposal.objects.filter(id=proposal_id).first()
    if proposal is None:
        raise NotFoundError("There is no such proposal.")
    _may_confirm(proposal, by)
    with writing(by, reason="no referral confirmed" if confirmed else "no referral refused"):
        child = _locked(proposal.child_id)
        proposal.refresh_from_db()
        if proposal.decided_at is not None:
            raise ConflictError("This proposal has been decided already.")
        proposal.decided_at, proposal.decided_by, proposal.confirmed = clock.now(), by, confirmed
        proposal.decision_note = text(note, "Note", needed=not confirmed).strip()
        proposal.save(update_fields=["decided_at", "decided_by", "confirmed", "decision_note"])
        if confirmed:
            _take_effect(child, proposal, by)
    return proposal


@verb
def tell_of_child(child_id: int, about: AboutChild, by: User, born: date | None = None) -> IncidentChild:
    """Say what has become known of a child on an incident; `born` when the date of birth has.

    Raises InvalidError when it does not fit together, or the date lies ahead.
    """
    fields = about.checked()
    if born is not None and born > clock.today():
        raise InvalidError("The date of birth lies ahead.", details={"field": "born"})
    with writing(by, reason="told of a child"):
        child = _locked(child_id)
        if born is not None and child.person.born is None:
            add_birth(child.person_id, born.isoformat(), by)
            child.person.refresh_from_db()
        for name, value in fields.items():
            setattr(child, name, value)
        if child.known_at is None and child.person.born is not None and child.school_known != SchoolKnown.UNKNOWN:
            child.known_at = clock.now()
        child.save(update_fields=[*fields, "known_at"])
    return child


def standing(child_id: int) -> ChildDecision | None:
    """The decision on a child that stands: the one that none replaces. None while there is none."""
    return ChildDecision.objects.filter(child_id=child_id, replaced_by=None).first()


def _propose(child: IncidentChild, reason: str, by: User) -> NoReferralProposal:
    if child.no_referral_proposals.filter(decided_at=None).exists():
        raise ConflictError("“No referral” is proposed already.", mend="Have it decided by a second person.")
    return NoReferralProposal.objects.create(child=child, reason=reason, at=clock.now(), by=by)


def _take_effect(child: IncidentChild, proposal: NoReferralProposal, by: User) -> None:
    ChildDecision.objects.create(
        child=child,
        decision=ChildDecisionKind.NO_REFERRAL,
        reason=proposal.reason,
        at=clock.now(),
        by=by,
        replaces=standing(child.id),
        proposal=proposal,
    )


def _as_seen(child: IncidentChild, seen: int | None) -> ChildDecision | None:
    stands = standing(child.id)
    if (stands.id if stands else None) != seen:
        what = f"“{stands.get_decision_display()}” stands" if stands else "There is no decision"
        raise ConflictError(f"{what} on this child: somebody has decided meanwhile.", mend="Look again, then decide.")
    return stands


def _may_confirm(proposal: NoReferralProposal, by: User) -> None:
    if proposal.by_id == by.id:
        raise NotAllowedError("Nobody confirms their own proposal.", mend="Ask a second person.")
    if not by.holds(MAY_CONFIRM):
        raise NotAllowedError("“No referral” is confirmed by a sergeant, an inspector or safeguarding.")


def _locked(child_id: int) -> IncidentChild:
    """The child's link, decided on by nobody else until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('iops.child_decision', %s))", [child_id])
    child = IncidentChild.objects.filter(id=child_id).first()
    if child is None:
        raise NotFoundError("There is no such child on an incident.")
    return child
