"""Drafting a referral: who, to whom, why, on what ground, and what it will show."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Max

from iops.control.services import find
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.roles import Role
from iops.obligations.services import text, writing
from iops.pole.models import Person
from iops.safeguarding.models import Agency, IncidentChild, Referral, ReferralStep, Strand, Urgency
from iops.safeguarding.referrals.sharing import sharing
from iops.safeguarding.referrals.states import ENDED, hold, state_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.control.models import Incident
    from iops.foundation.models import User

SENDERS = (Role.RESPONSE, Role.SERGEANT, Role.INSPECTOR, Role.SAFEGUARDING, Role.DETECTIVE)
"""Who refers people: whoever meets them, supervises that, or works on their safety."""
LINE = 200


@dataclass(frozen=True)
class Draft:
    """What a referral is drafted with. `added` names blocks beyond the agency's default, each with its why."""

    person_id: int
    agency_id: int
    strand: str
    urgency: str
    summary: str
    basis: str
    grounds: str = ""
    voice: str = ""
    attention: str = ""
    child_id: int | None = None
    after_rejection_id: int | None = None
    added: Mapping[str, str] = field(default_factory=dict)


@verb
def draft(incident_id: int, told: Draft, by: User) -> Referral:
    """Draft a referral out of an incident. It is owed to be sent from now on (T08).

    Raises NotFoundError for a person or agency that is not there, InvalidError for what is missing or on no list,
    ConflictError when the same person has an open referral out of this incident to that agency.
    """
    may_refer(by)
    incident = find(incident_id)
    person = Person.objects.filter(id=told.person_id).first()
    agency = Agency.objects.filter(id=told.agency_id, active=True).first()
    if person is None or agency is None:
        raise NotFoundError("There is no such person." if person is None else "There is no such agency.")
    _check(told)
    sections = sharing().sections(agency.kind, told.added)
    with writing(by, reason="referral drafted"):
        _must_be_the_first(incident, person, agency)
        made = Referral.objects.create(
            incident=incident,
            person=person,
            child=_child(incident, person, told),
            agency=agency,
            after_rejection_id=told.after_rejection_id,
            district_id=incident.district_id,
            sections=sections,
            drafted_at=clock.now(),
            drafted_by=by,
            **_words(told),
        )
        step(made, "drafted", by)
        return made


def may_refer(by: User) -> None:
    """Refuse somebody whose roles do not refer people. Raises NotAllowedError."""
    if not by.holds(SENDERS):
        raise NotAllowedError(
            "People are referred by response, safeguarding, detectives and supervisors.",
            mend="Ask somebody in one of these roles.",
        )


def step(referral: Referral, state: str, by: User | None, *, reason: str = "", said_by: str = "") -> ReferralStep:
    """Write one step; the database refuses one that may not follow (ConflictError under `writing`).

    Who waited for their turn began before the step they follow: theirs is no earlier than that one all the same.
    """
    before = ReferralStep.objects.filter(referral=referral).aggregate(latest=Max("at"))["latest"]
    now = clock.now()
    return ReferralStep.objects.create(
        referral=referral,
        incident_id=referral.incident_id,
        state=state,
        at=max(now, before or now),
        by=by,
        reason=reason,
        said_by=said_by,
    )


def _check(told: Draft) -> None:
    if told.strand not in Strand.values:
        raise InvalidError("That is not one of the strands.", details={"field": "strand"})
    if told.urgency not in Urgency.values:
        raise InvalidError("The urgency is immediate or routine.", details={"field": "urgency"})
    text(told.grounds, "Grounds", needed=False)
    sharing().check_basis(told.basis, told.grounds)
    for why in told.added.values():
        text(why, "Why", needed=False)


def _words(told: Draft) -> dict[str, str]:
    attention = text(told.attention, "Attention", needed=False).strip()
    if len(attention) > LINE:
        raise InvalidError(f"A name has at most {LINE} characters.", details={"field": "attention"})
    return {
        "strand": told.strand,
        "urgency": told.urgency,
        "summary": text(told.summary, "Summary").strip(),
        "voice": text(told.voice, "Voice", needed=False).strip(),
        "basis": told.basis,
        "grounds": told.grounds.strip(),
        "attention": attention,
    }


def _child(incident: Incident, person: Person, told: Draft) -> IncidentChild | None:
    """The child's link: the one named, or the one there is when the person is linked as a child."""
    linked = IncidentChild.objects.filter(incident=incident, person=person).first()
    if told.child_id is not None and (linked is None or linked.id != told.child_id):
        raise InvalidError("That child is not linked to this incident.", details={"field": "child"})
    return linked


def _must_be_the_first(incident: Incident, person: Person, agency: Agency) -> None:
    """One open referral of a person to an agency out of an incident: a double press must not refer twice."""
    hold("draft", incident.id)
    for other in Referral.objects.filter(incident=incident, person=person, agency=agency):
        if state_of(other.id) not in ENDED:
            raise ConflictError(
                "This person has an open referral to this agency already.", mend="Go on with that one, or revoke it."
            )
