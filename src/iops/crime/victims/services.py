"""The verbs of a victim's rights: needs, enhanced rights, contact, entitlements, right to review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.crime.models import (
    ContactPlan,
    CrimeOutcome,
    EnhancedRemoval,
    Entitlement,
    EntitlementOffer,
    NeedsAssessment,
    OfferAnswer,
    ReviewAnswer,
    ReviewRequest,
    ReviewResult,
    TellChannel,
    ToldOf,
    VictimTold,
)
from iops.crime.recorded.finding import asked_of_database
from iops.crime.victims.events import NOT_PROSECUTED
from iops.crime.victims.finding import find_victim, standing_of, standing_victim
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.models import User
from iops.foundation.roles import LADDER
from iops.obligations.services import text, writing

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

GROUPS = ("most_serious", "persistently_targeted", "vulnerable", "intimidated")
MOST_DAYS = 92


def one_of(value: str, allowed: Collection[str], field: str) -> str:
    """The word if it is one of those allowed; InvalidError names the field."""
    if value not in allowed:
        raise InvalidError("That is not one of the choices.", details={"field": field})
    return value


@verb
def assess_needs(
    victim_id: int,
    grounds: str,
    by: User,
    *,
    groups: Sequence[str] = (),
    needs: str = "",
    special_measures: str = "",
) -> NeedsAssessment:
    """Assess a victim's needs: the groups with enhanced rights they are in (of `GROUPS`), needs, special measures.

    An assessment can give enhanced rights; it never takes them away (see `ask_removal`).
    """
    victim = standing_victim(victim_id)
    named = {one_of(group, GROUPS, "groups"): True for group in groups}
    with writing(by, reason="victim's needs assessed"):
        return NeedsAssessment.objects.create(
            victim=victim,
            crime=victim.crime,
            needs=text(needs, "Needs", needed=False),
            special_measures=text(special_measures, "Special measures", needed=False),
            grounds=text(grounds, "Grounds"),
            at=clock.now(),
            by=by,
            **named,
        )


@verb
def ask_removal(victim_id: int, reason: str, by: User) -> EnhancedRemoval:
    """Ask that a victim should not have enhanced rights, with a reason; they stand until a supervisor agrees."""
    victim = standing_victim(victim_id)
    if not standing_of(victim).enhanced:
        raise ConflictError("The victim has no enhanced rights.")
    if victim.removals.filter(decided_at=None).exists():
        raise ConflictError("That was asked already.", mend="A supervisor has to decide it.")
    with writing(by, reason="end of enhanced rights asked"):
        return EnhancedRemoval.objects.create(
            victim=victim, crime=victim.crime, reason=text(reason, "Reason"), asked_at=clock.now(), asked_by=by
        )


@verb
def decide_removal(removal_id: int, agreed: bool, words: str, by: User) -> EnhancedRemoval:
    """Decide, as a supervisor who did not ask, whether a victim's enhanced rights end. Says why in `words`."""
    asked = EnhancedRemoval.objects.select_for_update(no_key=True).filter(id=removal_id).first()
    if asked is None:
        raise NotFoundError("Nothing of the kind was asked.")
    if not by.holds(LADDER):
        raise NotAllowedError("A sergeant or above decides that enhanced rights end.")
    if asked.asked_by_id == by.id:
        raise NotAllowedError("Whoever asked does not decide.", mend="Ask another supervisor.")
    if asked.decided_at is not None:
        raise ConflictError("That is decided.")
    with writing(by, reason="enhanced rights decided"):
        asked.agreed, asked.decided_at, asked.decided_by = agreed, clock.now(), by
        asked.words = text(words, "Reason")
        asked.save(update_fields=["agreed", "decided_at", "decided_by", "words"])
    return asked


@verb
def agree_contact(
    victim_id: int,
    channel: str,
    every_days: int,
    by: User,
    *,
    details: str = "",
    safe_times: str = "",
    never: Sequence[str] = (),
    not_safe: str = "",
    discreet: bool = False,
    officer_id: int | None = None,
) -> ContactPlan:
    """Keep what was agreed with a victim about staying in touch: how, how often at the least, when it is safe, by whom.

    `never` are the channels that are not safe. Agreeing it is a contact: the next one counts from it.
    """
    victim = standing_victim(victim_id)
    one_of(channel, TellChannel.values, "channel")
    banned = [one_of(one, TellChannel.values, "never") for one in never]
    if channel in banned:
        raise InvalidError("A channel that is not safe cannot be the one agreed.", details={"field": "channel"})
    if not 1 <= every_days <= MOST_DAYS:
        raise InvalidError(f"How often: every 1 to {MOST_DAYS} days.", details={"field": "every_days"})
    if officer_id is not None and not User.objects.filter(id=officer_id, is_active=True).exists():
        raise NotFoundError("There is no such person.", details={"field": "officer"})
    now = clock.now()
    with writing(by, reason="contact agreed with the victim"):
        made = ContactPlan.objects.create(
            victim=victim,
            crime=victim.crime,
            channel=channel,
            details=text(details, "Number or address", needed=False),
            every_days=every_days,
            safe_times=text(safe_times, "Safe times", needed=False),
            never=sorted(set(banned)),
            not_safe=text(not_safe, "What is not safe", needed=False),
            discreet=discreet,
            officer_id=officer_id,
            at=now,
            by=by,
        )
        VictimTold.objects.create(
            crime=victim.crime,
            person=victim.person,
            about=ToldOf.PROGRESS,
            how="when contact was agreed",
            words=f"Agreed to be in touch by {TellChannel(channel).label}, at least every {every_days} days.",
            at=now,
            by=by,
        )
    return made


@verb
def offer(victim_id: int, what: str, answer: str, by: User, *, note: str = "") -> EntitlementOffer:
    """Keep that an entitlement was offered to a victim or that they were told of it, and what they said."""
    victim = standing_victim(victim_id)
    with writing(by, reason=f"victim offered: {what[:20]}"):
        return EntitlementOffer.objects.create(
            victim=victim,
            crime=victim.crime,
            what=one_of(what, Entitlement.values, "what"),
            answer=one_of(answer, OfferAnswer.values, "answer"),
            note=text(note, "Note", needed=False),
            at=clock.now(),
            by=by,
        )


@verb
def ask_review(victim_id: int, words: str, by: User) -> ReviewRequest:
    """Keep, in the victim's words, that they ask for a review of the decision not to prosecute; its clock starts now.

    Raises ConflictError where the crime has no such decision, or it was asked already.
    """
    victim = find_victim(victim_id)
    decided = CrimeOutcome.objects.filter(crime=victim.crime, reopening=None).order_by("-id").first()
    if decided is None or decided.code.rstrip("A") not in NOT_PROSECUTED:
        raise ConflictError("There is no decision not to prosecute that could be reviewed.")
    if ReviewRequest.objects.filter(victim=victim, outcome=decided).exists():
        raise ConflictError("The victim has asked for that review already.")
    with writing(by, reason="victim asks for review"):
        return ReviewRequest.objects.create(
            victim=victim, crime=victim.crime, outcome=decided, words=text(words, "Words"), asked_at=clock.now(), by=by
        )


@verb
def answer_review(request_id: int, result: str, reasons: str, by: User) -> ReviewAnswer:
    """Answer a request for review, as a supervisor who had no part in the case.

    Whoever finds the decision wrong opens the crime again beside (`deciding.reopen`). Raises NotAllowedError.
    """
    asked = ReviewRequest.objects.select_related("crime").filter(id=request_id).first()
    if asked is None:
        raise NotFoundError("There is no such request for review.")
    if not by.holds(LADDER):
        raise NotAllowedError("A sergeant or above answers a request for review.")
    if asked_of_database("review_had_part", asked.id, by.id):
        raise NotAllowedError("Whoever had a part in the case does not review it.", mend="Ask somebody who had none.")
    if ReviewAnswer.objects.filter(request=asked).exists():
        raise ConflictError("That request is answered.")
    with writing(by, reason="victim's review answered"):
        return ReviewAnswer.objects.create(
            request=asked,
            crime=asked.crime,
            result=one_of(result, ReviewResult.values, "result"),
            reasons=text(reasons, "Reasons"),
            at=clock.now(),
            by=by,
        )
