"""The verbs of safeguarding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.control.services import find
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import InvalidError, NotAllowedError, NotFoundError
from iops.foundation.roles import Role
from iops.obligations.services import text, writing
from iops.pole.services import register_person
from iops.safeguarding.assess.told import Told, checked
from iops.safeguarding.children.about import AboutChild
from iops.safeguarding.children.services import answer_no_referral, decide_on_child, tell_of_child
from iops.safeguarding.models import AssessmentReview, IncidentChild, RiskAssessment, RiskGrade, SchoolKnown
from iops.safeguarding.questions import SHORT_FORM, check_answers

if TYPE_CHECKING:
    from datetime import date

    from iops.foundation.models import User

__all__ = [
    "AboutChild",
    "answer_no_referral",
    "assess_risk",
    "decide_on_child",
    "link_child",
    "review_assessment",
    "tell_of_child",
]

NAME_LENGTH = 300
ADULT_AT = 18


@verb
def link_child(
    incident_id: int, name: str, born: date | None, by: User, about: AboutChild | None = None
) -> IncidentChild:
    """Link a child to an incident (invariant I05). The date of birth may be unknown; it is never guessed.

    Raises InvalidError when the date lies ahead or makes the person 18 or over, or what is said of the child does not
    fit together.
    """
    incident = find(incident_id)
    name = text(name, "Name of the child").strip()
    if len(name) > NAME_LENGTH:
        raise InvalidError(f"A name has at most {NAME_LENGTH} characters.", details={"field": "name"})
    today = clock.today()
    if born is not None and born > today:
        raise InvalidError("The date of birth lies ahead.", details={"field": "born"})
    if born is not None and _age(born, today) >= ADULT_AT:
        raise InvalidError("Somebody of 18 or over is not linked as a child.", details={"field": "born"})
    fields = (about or AboutChild()).checked()
    with writing(by, reason="child linked"):
        said = born.isoformat() if born else ""
        person = register_person(name, by, born=said, own_right=False)
        now = clock.now()
        known = now if born is not None and fields["school_known"] != SchoolKnown.UNKNOWN else None
        return IncidentChild.objects.create(
            incident=incident, person=person, linked_at=now, linked_by=by, known_at=known, **fields
        )


def _age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


@verb
def assess_risk(
    incident_id: int,
    answers: dict[str, str],
    grade: str,
    rationale: str,
    by: User,
    form: str = SHORT_FORM,
    told: Told | None = None,
) -> RiskAssessment:
    """Assess the risk to the victim. The grade is a judgement; the answers are kept as given beside it.

    Raises InvalidError for an answer that the form does not know, a grade other than standard, medium or high, an
    empty rationale, or many ticks below high without a written judgement (I19).
    """
    incident = find(incident_id)
    if grade not in RiskGrade.values:
        raise InvalidError("The grade of risk is standard, medium or high.", details={"field": "grade"})
    kept = check_answers(form, answers)
    beside = checked(told or Told(), form, kept, grade)
    with writing(by, reason="risk assessed"):
        return RiskAssessment.objects.create(
            incident=incident,
            form=form,
            answers=kept,
            grade=grade,
            rationale=text(rationale, "Rationale"),
            at=clock.now(),
            by=by,
            **beside,
        )


@verb
def review_assessment(assessment_id: int, agreed: bool, note: str, by: User) -> AssessmentReview:
    """A supervisor reviews a risk assessment; to disagree needs a note. Nobody reviews their own."""
    assessment = RiskAssessment.objects.filter(id=assessment_id).first()
    if assessment is None:
        raise NotFoundError("There is no such risk assessment.")
    if not by.holds((Role.SERGEANT, Role.INSPECTOR)):
        raise NotAllowedError("A risk assessment is reviewed by a sergeant or above.")
    if assessment.by_id == by.id:
        raise NotAllowedError("Nobody reviews their own assessment.", mend="Ask another supervisor.")
    with writing(by, reason="assessment reviewed"):
        return AssessmentReview.objects.create(
            assessment=assessment, at=clock.now(), by=by, agreed=agreed, note=text(note, "Note", needed=not agreed)
        )
