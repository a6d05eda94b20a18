"""The second person on the page of an incident: a slower grade that is proposed, and the decision on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iops.control.grading import services
from iops.control.panels import Action, Panel, register
from iops.foundation.errors import NotFoundError
from iops.foundation.roles import LADDER
from iops.web.forms import Form, choice, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.control.models import GradeProposal, Incident
    from iops.foundation.models import User

NAME = "decide-grade"


class Decision(Form):
    """Whether the second person agrees that the answer may be slower."""

    confirmed = choice(
        "Do you agree to the slower grade?",
        (("yes", "Yes, it takes effect now"), ("no", "No")),
        needs="grade-proposal-decide",
    )
    note = text("Note", required=False, hint="Needed when you do not agree")


def _decide(incident: Incident, typed: dict[str, Any], by: User) -> str:
    waiting = _waiting(incident)
    if waiting is None:
        raise NotFoundError("No slower grade is proposed on this incident.")
    agreed = typed["confirmed"] == "yes"
    services.decide_proposal(waiting.id, agreed, typed["note"], by)
    return f"Graded {waiting.grade}." if agreed else f"Grade {waiting.was} stands."


def _waiting(incident: Incident) -> GradeProposal | None:
    return incident.grade_proposals.select_related("by").filter(decided_at=None).first()


def _panel(incident: Incident, viewer: User) -> Mapping[str, object]:
    waiting = _waiting(incident)
    may = waiting is not None and viewer.id != waiting.by_id and viewer.holds(LADDER)
    return {"proposal": waiting, "actions": (NAME,) if may else ()}


def ready() -> None:
    """Put the decision on the page."""
    register(
        Action(NAME, "Decide on the slower grade", Decision, _decide, "Save the decision"),
        panels=(Panel(5, "control/grade_proposal.html", (), _panel),),
    )
