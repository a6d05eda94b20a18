"""The verbs of reviews: a supervisor reviews how an officer handled an incident; the officer acknowledges feedback."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.control.services import find
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.roles import LADDER
from iops.obligations.services import text, writing
from iops.safeguarding.models import FirstLineReview, ReviewFeedback
from iops.safeguarding.reviews.points import FAILED, ReviewForm, current
from iops.safeguarding.reviews.selectors import officers_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from iops.foundation.models import User


@verb
def review_handling(
    incident_id: int,
    officer_id: int,
    answers: Mapping[str, str],
    notes: Mapping[str, str],
    by: User,
    note: str = "",
) -> FirstLineReview:
    """Review how an officer handled an incident, point by point; every failed point becomes feedback to the officer.

    Each point is answered yes, no or not applicable; a no needs words, for a tick teaches nobody (safeguarding.md D1).
    Raises InvalidError, NotAllowedError for anybody below sergeant and for one's own work.
    """
    incident = find(incident_id)
    if not by.holds(LADDER):
        raise NotAllowedError("How an incident was handled is reviewed by a sergeant or above.")
    if officer_id == by.id:
        raise NotAllowedError("Nobody reviews their own work.", mend="Ask another supervisor.")
    if officer_id not in {officer.id for officer in officers_of(incident.id)}:
        raise InvalidError("That officer did not deal with this incident.", details={"field": "officer"})
    form, now = current(clock.today()), clock.now()
    said, words = form.checked(answers), _words(form, answers, notes)
    with writing(by, reason="handling reviewed"):
        review = FirstLineReview.objects.create(
            incident=incident,
            officer_id=officer_id,
            form=form.code,
            answers=said,
            notes=words,
            note=text(note, "Note", needed=False).strip(),
            at=now,
            by=by,
        )
        _give_feedback(review, now)
    return review


def _words(form: ReviewForm, answers: Mapping[str, str], notes: Mapping[str, str]) -> dict[str, str]:
    """The notes that say something, by point. Raises InvalidError: on no point, or missing on a failed one."""
    known = {point.code for point in form.points}
    if unknown := set(notes) - known:
        raise InvalidError(f"The review has no point “{min(unknown)}”.", details={"field": "notes"})
    kept = {code: text(words, "Note", needed=False).strip() for code, words in notes.items()}
    for point in form.points:
        if answers[point.code] == FAILED and not kept.get(point.code):
            raise InvalidError(
                f"“{point.asks}” has no note.",
                mend="Tell the officer what was missing and what to do next time.",
                details={"field": f"note_{point.code}"},
            )
    return {code: words for code, words in kept.items() if words}


def _give_feedback(review: FirstLineReview, now: datetime) -> None:
    for code, answer in review.answers.items():
        if answer == FAILED:
            ReviewFeedback.objects.create(
                review=review,
                incident_id=review.incident_id,
                officer_id=review.officer_id,
                by_id=review.by_id,
                point=code,
                words=review.notes[code],
                given_at=now,
            )


@verb
def acknowledge(feedback_id: int, reply: str, by: User) -> ReviewFeedback:
    """The officer says that they have read a feedback, with a reply if they like.

    Raises NotAllowedError for anybody else's, ConflictError when it is acknowledged already.
    """
    with writing(by, reason="feedback acknowledged"):
        feedback = ReviewFeedback.objects.filter(id=feedback_id).first()
        if feedback is None:
            raise NotFoundError("There is no such feedback.")
        if feedback.officer_id != by.id:
            raise NotAllowedError("Feedback is acknowledged by whom it is addressed to.")
        now, said = clock.now(), text(reply, "Reply", needed=False).strip()
        # Told once: of two that are sent together the second finds nothing left to acknowledge.
        open_ = ReviewFeedback.objects.filter(id=feedback_id, acknowledged_at=None)
        if not open_.update(acknowledged_at=now, reply=said):
            raise ConflictError("This feedback has been acknowledged already.")
        feedback.refresh_from_db()
    return feedback
