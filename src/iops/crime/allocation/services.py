"""The verbs of allocation and screening: allocate by or against the suggestion, skills and ties, screen, review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.crime.allocation.candidates import suggestions
from iops.crime.allocation.rules import rules_on
from iops.crime.models import (
    AllocationChoice,
    CrimeOwner,
    OfficerSkill,
    OfficerTie,
    Screened,
    Screening,
    ScreeningReview,
    SolvabilityAssessment,
    TieKind,
)
from iops.crime.recorded import life
from iops.crime.recorded.finding import find, open_crime
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.models import User
from iops.foundation.roles import LADDER, Role
from iops.obligations.services import text, writing
from iops.pole.models import Person

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from iops.crime.allocation.suggesting import Suggestion

KEPT = 5
"""How many of the suggested officers are kept with the choice."""
LONGEST_SHOWN_BY = 200
SKILLS_BY = (*LADDER, Role.ADMINISTRATOR)
TIES_BY = (*LADDER, Role.REGISTRAR)


@verb
def allocate(
    crime_id: int,
    by: User,
    reason: str = "",
    *,
    user_id: int | None = None,
    team_id: int | None = None,
    waiting_only: bool = False,
) -> CrimeOwner:
    """Allocate a crime, and keep what was suggested at that moment and whether it was followed.

    Who follows the suggestion need give no reason: it is that of the suggestion. Against it (another officer or a team)
    the reason is kept with the choice. Raises InvalidError, NotAllowedError (a party, or somebody close to one, is
    refused by the database too), NotFoundError, ConflictError for a crime that has ended or, with `waiting_only`, that
    somebody has given an owner meanwhile.
    """
    crime = open_crime(crime_id)
    suggestion = suggestions([crime.id])[crime.id]
    found = suggestion.of(user_id)
    followed = (found is not None and found.place == 1) or not suggestion.officers
    given = _reason(reason, suggestion, followed=followed and found is not None)
    with writing(by, reason="crime allocated"):
        owner = life.allocate(crime.id, by, given, user_id=user_id, team_id=team_id)
        # The crime is locked since then: of two at once the second sees the first.
        if waiting_only and CrimeOwner.objects.filter(crime=crime, id__lt=owner.id).exists():
            raise ConflictError(f"{crime.reference} has an owner by now.", mend="Look at the list again.")
        AllocationChoice.objects.create(
            crime=crime,
            owner=owner,
            suggested=[{"user": s.officer.id, "reasons": s.said} for s in suggestion.officers[:KEPT]],
            place=found.place if found else None,
            followed=followed,
            against_reason="" if followed else given,
            edition=rules_on(clock.today()).since,
            at=clock.now(),
            by=by,
        )
    return owner


def _reason(reason: str, suggestion: Suggestion, *, followed: bool) -> str:
    if reason.strip():
        return text(reason, "Reason")
    if followed:
        return f"Suggested first: {suggestion.officers[0].said}."
    first = f" it is not the suggestion, {suggestion.officers[0].officer.name}." if suggestion.officers else ""
    raise InvalidError(
        f"Say why to them{':' if first else '.'}{first}",
        mend="Give a reason, or allocate it as suggested.",
        details={"field": "reason"},
    )


# --- officers --------------------------------------------------------------------------------------------------------


@verb
def give_skill(
    user_id: int, skill: str, shown_by: str, by: User, *, since: dt.date | None = None, until: dt.date | None = None
) -> OfficerSkill:
    """Record what somebody is trained for, from a local day (today unless given) until a day, or on.

    Raises NotAllowedError, NotFoundError, InvalidError, ConflictError when they have it already.
    """
    if not by.holds(SKILLS_BY):
        raise NotAllowedError("Skills are recorded by a supervisor or an administrator.")
    begins = since or clock.today()
    if skill not in rules_on(clock.today()).skills:
        raise InvalidError(f'"{skill[:40]}" is no skill of the list.', details={"field": "skill"})
    if until is not None and until < begins:
        raise InvalidError("A skill ends after it begins.", details={"field": "until"})
    if OfficerSkill.objects.filter(user_id=user_id, skill=skill, until=None).exists():
        raise ConflictError("They have that skill on record.", mend="End it first, if it is to begin anew.")
    shown = text(shown_by, "Shown by").strip()
    if len(shown) > LONGEST_SHOWN_BY:
        raise InvalidError(f"Shown by: at most {LONGEST_SHOWN_BY} characters.", details={"field": "shown_by"})
    with writing(by, reason="skill recorded"):
        return OfficerSkill.objects.create(
            user=_person_here(user_id), skill=skill, since=begins, until=until, shown_by=shown, at=clock.now(), by=by
        )


@verb
def end_skill(skill_id: int, until: dt.date, by: User) -> OfficerSkill:
    """Say until which local day, included, somebody had a skill."""
    if not by.holds(SKILLS_BY):
        raise NotAllowedError("Skills are recorded by a supervisor or an administrator.")
    with writing(by, reason="skill ended"):
        held = OfficerSkill.objects.select_for_update().filter(id=skill_id).first()
        if held is None:
            raise NotFoundError("There is no such skill.")
        if until < held.since:
            raise InvalidError("A skill ends after it begins.", details={"field": "until"})
        held.until = until
        held.save(update_fields=["until"])
    return held


@verb
def state_tie(user_id: int, person_id: int, tie: str, source: str, by: User) -> OfficerTie:
    """Record that somebody who works here is, or is close to, a nominal: said by themselves or by a supervisor.

    Saying it again gives what stands. Raises NotAllowedError, NotFoundError, InvalidError.
    """
    if user_id != by.id and not by.holds(TIES_BY):
        raise NotAllowedError("A tie is stated by whoever has it, or by a supervisor.")
    if tie not in TieKind.values:
        raise InvalidError(
            "That is no tie.", mend=f"Use one of: {', '.join(TieKind.values)}.", details={"field": "tie"}
        )
    if not Person.objects.filter(id=person_id).exists():
        raise NotFoundError("There is no such person.")
    standing = OfficerTie.objects.filter(user_id=user_id, person_id=person_id, tie=tie, withdrawn_at=None).first()
    if standing is not None:
        return standing
    with writing(by, reason="tie stated"):
        return OfficerTie.objects.create(
            user=_person_here(user_id),
            person_id=person_id,
            tie=tie,
            source=text(source, "Source"),
            at=clock.now(),
            by=by,
        )


@verb
def withdraw_tie(tie_id: int, reason: str, by: User) -> OfficerTie:
    """Take back a tie that was wrong, with a reason; never one's own."""
    with writing(by, reason="tie withdrawn"):
        standing = OfficerTie.objects.select_for_update().filter(id=tie_id).first()
        if standing is None:
            raise NotFoundError("There is no such tie.")
        if standing.user_id == by.id or not by.holds(TIES_BY):
            raise NotAllowedError("A tie is withdrawn by a supervisor, never by whoever has it.")
        if standing.withdrawn_at is not None:
            raise ConflictError("That tie was withdrawn already.")
        standing.withdrawn_at, standing.withdrawn_by = clock.now(), by
        standing.withdrawn_reason = text(reason, "Reason")
        standing.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    return standing


def _person_here(user_id: int) -> User:
    found = User.objects.filter(id=user_id, is_active=True, kind="person").first()
    if found is None:
        raise NotFoundError("There is no such person.")
    return found


# --- screening -------------------------------------------------------------------------------------------------------


@verb
def assess_solvability(crime_id: int, answers: Mapping[str, str], by: User, *, note: str = "") -> SolvabilityAssessment:
    """Keep what there is to go on: yes, no or unknown to the factors of the rules. What is not answered is unknown.

    Raises InvalidError for what is no factor or answer, ConflictError for a crime that has ended.
    """
    crime = open_crime(crime_id)
    rules = rules_on(clock.today())
    said = {code: answers.get(code) or "unknown" for code in (*rules.factors, *answers)}
    points = rules.solvability(said)
    with writing(by, reason="solvability assessed"):
        return SolvabilityAssessment.objects.create(
            crime=crime,
            answers=said,
            points=points,
            edition=rules.since,
            note=text(note, "Note", needed=False),
            at=clock.now(),
            by=by,
        )


@verb
def screen(crime_id: int, decision: str, reason: str, by: User) -> Screening:
    """Screen a crime in or out, on the latest assessment of what may solve it, with reasons.

    Out takes effect when a supervisor agrees (`review_screening`). Raises ConflictError without an assessment and, by
    the database, for what is never screened out, with the ground named; NotAllowedError; InvalidError.
    """
    crime = open_crime(crime_id)
    if decision not in Screened.values:
        raise InvalidError("That is not a screening decision.", details={"field": "decision"})
    assessment = crime.solvability.order_by("-id").first()
    if assessment is None:
        raise ConflictError("Nobody has assessed what may solve it.", mend="Assess that first.")
    with writing(by, reason="crime screened"):
        return Screening.objects.create(
            crime=crime, assessment=assessment, decision=decision, reason=text(reason, "Reasons"), at=clock.now(), by=by
        )


@verb
def review_screening(crime_id: int, agreed: bool, reason: str, by: User) -> ScreeningReview:
    """Agree to a decision to screen out, or not, as a supervisor who did not take it. Agreed, the victim is to be told.

    Raises ConflictError when nothing waits for an answer, NotAllowedError.
    """
    crime = find(crime_id)
    last = crime.screenings.order_by("-id").first()
    if last is None or last.decision != Screened.OUT or ScreeningReview.objects.filter(screening=last).exists():
        raise ConflictError("No decision to screen out waits for an answer.")
    with writing(by, reason="screening reviewed"):
        return ScreeningReview.objects.create(
            crime=crime, screening=last, agreed=agreed, reason=text(reason, "Reasons"), at=clock.now(), by=by
        )
