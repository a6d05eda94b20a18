"""The verbs of risk grades: grade an assessed risk, propose that it is lower, and decide on that as the senior."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.roles import LADDER, Role
from iops.obligations.services import text, writing
from iops.safeguarding.models import GradedAs, RiskAssessment, RiskDowngrade, RiskGrade, RiskGrading

if TYPE_CHECKING:
    from iops.foundation.models import User

ORDER = (RiskGrade.STANDARD, RiskGrade.MEDIUM, RiskGrade.HIGH)
"""The grades, lowest first."""
MAY = {
    GradedAs.OFFICER: (Role.RESPONSE, Role.DETECTIVE, Role.SAFEGUARDING, *LADDER),
    GradedAs.SUPERVISOR: LADDER,
    GradedAs.SPECIALIST: (Role.SAFEGUARDING,),
    GradedAs.MULTI_AGENCY: (Role.SAFEGUARDING,),
}
"""Who grades in which part; a default of ours."""


class SeniorPersonError(ConflictError):
    """Nobody lowers a risk alone: it is proposed, and takes effect when somebody more senior confirms it."""

    code = "senior-person"


@verb
def grade_risk(assessment_id: int, graded_as: str, grade: str, rationale: str, by: User) -> RiskGrading:
    """Grade an assessed risk as officer, supervisor, specialist or agencies together: as high as it stands, or higher.

    Raises SeniorPersonError for a lower grade, NotAllowedError for a part that is not theirs, InvalidError.
    """
    as_, grade_ = _part(graded_as, by), _grade(grade)
    said = text(rationale, "Rationale").strip()
    with writing(by, reason=f"risk graded {grade_}"):
        assessment = _locked(assessment_id)
        if ORDER.index(grade_) < ORDER.index(effective(assessment.id)):
            raise SeniorPersonError(
                "A risk is not graded lower by one person alone.",
                mend="Propose the lower grade; it takes effect when somebody more senior confirms it.",
            )
        return RiskGrading.objects.create(
            assessment=assessment, graded_as=as_, grade=grade_, rationale=said, at=clock.now(), by=by
        )


@verb
def propose_lower_risk(assessment_id: int, graded_as: str, grade: str, reason: str, by: User) -> RiskDowngrade:
    """Propose that a risk is lower than it stands, with a reason; it stands until somebody more senior confirms it.

    Raises InvalidError when it is not lower, ConflictError while a proposal is open.
    """
    as_, grade_ = _part(graded_as, by), _grade(grade)
    said = text(reason, "Reason for a lower grade").strip()
    with writing(by, reason=f"risk {grade_} proposed"):
        assessment = _locked(assessment_id)
        stands = effective(assessment.id)
        if ORDER.index(grade_) >= ORDER.index(stands):
            raise InvalidError("That is not a lower grade.", mend="Grade the risk.", details={"field": "grade"})
        if assessment.downgrades.filter(decided_at=None).exists():
            raise ConflictError("A lower grade is proposed already.", mend="Have it decided first.")
        return RiskDowngrade.objects.create(
            assessment=assessment, was=stands, grade=grade_, graded_as=as_, reason=said, at=clock.now(), by=by
        )


@verb
def decide_lower_risk(proposal_id: int, confirmed: bool, note: str, by: User) -> RiskDowngrade:
    """Confirm a lower grade, which takes effect now, or refuse it with a note; by a supervisor senior to the proposer.

    What an inspector proposes another inspector decides: nobody stands above them in the line of supervision here.

    Raises ConflictError when it is decided already or the risk was graded anew since, NotAllowedError.
    """
    proposal = RiskDowngrade.objects.filter(id=proposal_id).first()
    if proposal is None:
        raise NotFoundError("There is no such proposal.")
    _may_decide(proposal, by)
    with writing(by, reason="lower risk confirmed" if confirmed else "lower risk refused"):
        _locked(proposal.assessment_id)
        proposal.refresh_from_db()
        if proposal.decided_at is not None:
            raise ConflictError("This proposal has been decided already.")
        if confirmed and effective(proposal.assessment_id) != proposal.was:
            raise ConflictError("The risk was graded anew since this was proposed.", mend="Refuse it; propose again.")
        proposal.decided_at, proposal.decided_by, proposal.confirmed = clock.now(), by, confirmed
        proposal.decision_note = text(note, "Note", needed=not confirmed).strip()
        proposal.save(update_fields=["decided_at", "decided_by", "confirmed", "decision_note"])
        if confirmed:
            _take_effect(proposal, by)
    return proposal


def effective(assessment_id: int) -> RiskGrade:
    """The grade of an assessment that stands: the latest grading, or the first officer's."""
    with connection.cursor() as cursor:
        cursor.execute("select iops.risk_effective(%s)", [assessment_id])
        return RiskGrade(cursor.fetchone()[0])


def _take_effect(proposal: RiskDowngrade, by: User) -> None:
    RiskGrading.objects.create(
        assessment_id=proposal.assessment_id,
        graded_as=proposal.graded_as,
        grade=proposal.grade,
        rationale=proposal.reason,
        at=clock.now(),
        by=by,
        proposal=proposal,
    )


def _may_decide(proposal: RiskDowngrade, by: User) -> None:
    if proposal.by_id == by.id:
        raise NotAllowedError("Nobody decides on their own proposal.", mend="Ask somebody more senior.")
    if _rank(by) < min(_rank(proposal.by) + 1, len(LADDER)):
        raise NotAllowedError("A lower risk is decided by a supervisor more senior than who proposed it.")


def _rank(user: User) -> int:
    return max((LADDER.index(role) + 1 for role in user.roles if role in LADDER), default=0)


def _locked(assessment_id: int) -> RiskAssessment:
    """The assessment, graded by nobody else until the end of the transaction."""
    with connection.cursor() as cursor:
        # The row itself cannot be locked by whoever may not change it; the triggers take the same lock.
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('iops.risk_grade', %s))", [assessment_id])
    found = RiskAssessment.objects.filter(id=assessment_id).first()
    if found is None:
        raise NotFoundError("There is no such risk assessment.")
    return found


def _part(graded_as: str, by: User) -> GradedAs:
    if graded_as not in GradedAs.values:
        raise InvalidError("That is no part in which a risk is graded.", details={"field": "graded_as"})
    part = GradedAs(graded_as)
    if not by.holds(MAY[part]):
        raise NotAllowedError(f"You do not grade risks as {part.label}.")
    return part


def _grade(grade: str) -> RiskGrade:
    if grade not in RiskGrade.values:
        raise InvalidError("The grade of risk is standard, medium or high.", details={"field": "grade"})
    return RiskGrade(grade)
