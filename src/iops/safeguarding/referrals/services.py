"""The verbs of referrals: send, note what the partner did, revoke, decide on a rejection, bar, register an agency."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from iops.control.services import find
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.models import District
from iops.foundation.roles import Role
from iops.obligations.services import text, writing
from iops.safeguarding.models import (
    Agency,
    AgencyKind,
    BarKind,
    Channel,
    Delivery,
    Disclosure,
    Follow,
    Referral,
    ReferralState,
    ReferralStep,
    RejectionDecision,
    SharingBar,
)
from iops.safeguarding.referrals import links
from iops.safeguarding.referrals.content import render
from iops.safeguarding.referrals.drafting import Draft, draft, may_refer, step
from iops.safeguarding.referrals.guard import forms
from iops.safeguarding.referrals.states import found, hold, state_of

if TYPE_CHECKING:
    from iops.foundation.models import User

__all__ = [
    "Draft",
    "bar",
    "decide_rejection",
    "draft",
    "lift",
    "note",
    "register_agency",
    "revoke",
    "send",
    "settle_dead",
]

LINE = 200
VALUE = 300
KEEPERS = (Role.SAFEGUARDING, Role.ADMINISTRATOR)
LIFTERS = (Role.SERGEANT, Role.INSPECTOR, Role.SAFEGUARDING)
FOLDER = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")
BY_OFFICER = (ReferralState.RECEIVED, ReferralState.ACCEPTED, ReferralState.REJECTED, ReferralState.DONE)


@verb
def send(referral_id: int, by: User) -> Disclosure:
    """Send a drafted referral: the package is made and written down as a disclosure, and waits in the outbox.

    Raises BarredError when the recipient must not receive or the content cannot be freed of what must not be told,
    ConflictError when it is not a draft any more.
    """
    may_refer(by)
    referral = found(referral_id)
    with writing(by, reason="referral sent"):
        hold("referral", referral.id)
        if state_of(referral.id) != ReferralState.DRAFTED:
            raise ConflictError("The referral is not a draft any more.", mend="Look at it again.")
        disclosure = _disclosed(referral, by)
        links.make(referral)
        _queue(disclosure, referral.agency)
        step(referral, ReferralState.SENT, by)
        return disclosure


def _disclosed(referral: Referral, by: User) -> Disclosure:
    package = render(referral)
    agency = referral.agency
    return Disclosure.objects.create(
        referral=referral,
        incident_id=referral.incident_id,
        recipient=f"{agency.name} ({agency.address}){f', {referral.attention}' if referral.attention else ''}"[:500],
        basis=referral.basis,
        grounds=referral.grounds,
        content=package.content,
        content_hash=package.content_hash,
        pdf=package.document,
        manifest=package.manifest,
        signature=package.signature,
        at=clock.now(),
        by=by,
    )


def _queue(disclosure: Disclosure, agency: Agency) -> Delivery:
    at = clock.now()
    return Delivery.objects.create(
        disclosure=disclosure,
        incident_id=disclosure.incident_id,
        channel=agency.channel,
        address=agency.address,
        queued_at=at,
        next_at=at,
    )


@verb
def note(referral_id: int, state: str, said_by: str, by: User, *, reason: str = "") -> ReferralStep:
    """Note what the partner said by another way than its page: received, accepted, rejected (with a reason), done.

    `said_by` is who said it. Raises ConflictError when that does not follow on where the referral stands.
    """
    may_refer(by)
    referral = found(referral_id)
    if state not in BY_OFFICER:
        raise InvalidError("Received, accepted, rejected or done can be noted.", details={"field": "state"})
    reason = text(reason, "Reason", needed=state == ReferralState.REJECTED).strip()
    with writing(by, reason=f"referral {state}"):
        hold("referral", referral.id)
        return step(referral, state, by, reason=reason, said_by=line(said_by, "Who said so"))


@verb
def revoke(referral_id: int, reason: str, by: User) -> ReferralStep:
    """Take a referral back, with a reason (I11): its links end, and what has not been delivered is not delivered."""
    may_refer(by)
    referral = found(referral_id)
    reason = text(reason, "Reason").strip()
    with writing(by, reason="referral revoked"):
        hold("referral", referral.id)
        made = step(referral, ReferralState.REVOKED, by, reason=reason)
        links.end(referral)
        of = Delivery.objects.filter(disclosure__referral=referral, delivered_at=None, stopped_at=None)
        of.filter(dead_at=None).update(stopped_at=made.at)
        of.filter(dead_at__isnull=False, settled_at=None).update(settled_at=made.at, settled_by=by)
        return made


@verb
def decide_rejection(referral_id: int, follow: str, reason: str, by: User) -> RejectionDecision:
    """Decide what follows a rejected referral: refer elsewhere, escalate, or nothing further; always with a reason.

    "Nothing further" is decided by a sergeant or above, or by safeguarding.
    """
    may_refer(by)
    referral = found(referral_id)
    if follow not in Follow.values:
        raise InvalidError("That is not one of the decisions.", details={"field": "follow"})
    if follow == Follow.NOTHING and not by.holds(LIFTERS):
        raise NotAllowedError("“Nothing further” is decided by a sergeant or above, or by safeguarding.")
    reason = text(reason, "Reason").strip()
    with writing(by, reason="rejection decided"):
        hold("referral", referral.id)
        if state_of(referral.id) != ReferralState.REJECTED:
            raise ConflictError("The referral was not rejected.")
        if RejectionDecision.objects.filter(referral=referral).exists():
            raise ConflictError("It is decided already what follows.")
        return RejectionDecision.objects.create(
            referral=referral, incident_id=referral.incident_id, follow=follow, reason=reason, at=clock.now(), by=by
        )


@verb
def bar(incident_id: int, kind: str, value: str, reason: str, by: User) -> SharingBar:
    """Put a name, an e-mail address, a domain or words on the must-not-receive list of an incident.

    Raises InvalidError for words so short that they would blank out everything.
    """
    may_refer(by)
    incident = find(incident_id)
    value = line(value, "Value", VALUE)
    if kind not in BarKind.values:
        raise InvalidError("It must not receive, or must not be told.", details={"field": "kind"})
    if not forms(value):
        raise InvalidError(
            "That is too short to be kept out.",
            mend="Give at least four letters or digits.",
            details={"field": "value"},
        )
    reason = text(reason, "Reason").strip()
    with writing(by, reason="must-not-receive list"):
        return SharingBar.objects.create(
            incident=incident, kind=kind, value=value, reason=reason, at=clock.now(), by=by
        )


@verb
def lift(bar_id: int, reason: str, by: User) -> SharingBar:
    """Lift an entry of the must-not-receive list: a sergeant or above, or safeguarding, and never who made it."""
    entry = SharingBar.objects.filter(id=bar_id).first()
    if entry is None:
        raise NotFoundError("There is no such entry.")
    if not by.holds(LIFTERS) or entry.by_id == by.id:
        raise NotAllowedError("An entry is lifted by a second person: a sergeant or above, or safeguarding.")
    reason = text(reason, "Reason").strip()
    with writing(by, reason="must-not-receive entry lifted"):
        lifted = SharingBar.objects.filter(id=bar_id, lifted_at=None)
        if not lifted.update(lifted_at=clock.now(), lifted_by=by, lifted_reason=reason):
            raise ConflictError("The entry is lifted already.")
        entry.refresh_from_db()
        return entry


@verb
def settle_dead(delivery_id: int, by: User, *, again: bool) -> Delivery:
    """Deal with a dead letter: try it `again` at the agency's address of today, or note that it went another way."""
    may_refer(by)
    dead = Delivery.objects.select_related("disclosure__referral__agency").filter(id=delivery_id).first()
    if dead is None:
        raise NotFoundError("There is no such delivery.")
    with writing(by, reason="dead letter settled"):
        hold("referral", dead.disclosure.referral_id)
        at = clock.now()
        open_ones = Delivery.objects.filter(id=delivery_id, dead_at__isnull=False, settled_at=None)
        if not open_ones.update(settled_at=at, settled_by=by):
            raise ConflictError("This delivery is not a dead letter, or somebody has dealt with it.")
        if again:
            referral = dead.disclosure.referral
            links.end(referral)
            links.make(referral)
            return _queue(dead.disclosure, referral.agency)
        dead.refresh_from_db()
        return dead


@verb
def register_agency(
    name: str, kind: str, channel: str, address: str, by: User, *, district_id: int | None = None, made_up: bool = False
) -> Agency:
    """Register a partner: its kind, the district it serves (none: the whole force) and where packages go."""
    if not by.holds(KEEPERS):
        raise NotAllowedError("Agencies are registered by safeguarding or an administrator.")
    name, address = line(name, "Name"), line(address, "Address")
    if kind not in AgencyKind.values:
        raise InvalidError("That is not a kind of agency.", details={"field": "kind"})
    if channel not in Channel.values:
        raise InvalidError("A package goes to a folder or by e-mail.", details={"field": "channel"})
    if not (FOLDER if channel == Channel.FOLDER else EMAIL).fullmatch(address):
        raise InvalidError(
            "That is not an address of this channel.",
            mend="A folder is small letters, digits and hyphens; e-mail is name@example.org.",
            details={"field": "address"},
        )
    if district_id is not None and not District.objects.filter(id=district_id).exists():
        raise NotFoundError("There is no such district.")
    with writing(by, reason="agency registered"):
        hold("agency", 0)
        if Agency.objects.filter(name__iexact=name).exists():
            raise ConflictError("There is an agency of this name.", mend="Use that one.")
        return Agency.objects.create(
            name=name, kind=kind, channel=channel, address=address, district_id=district_id, made_up=made_up
        )


def line(value: str, field: str, longest: int = LINE) -> str:
    """One line of text, needed, without blanks around it. Raises InvalidError."""
    value = text(value, field).strip()
    if len(value) > longest:
        raise InvalidError(f"{field} has at most {longest} characters.", details={"field": field})
    return value
