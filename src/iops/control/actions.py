"""The control room's own actions on the page of an incident: each calls one service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iops.control import forms, services
from iops.control.grading.services import grade_or_propose
from iops.control.models import GradeProposal
from iops.control.panels import Action, register
from iops.control.record.forms import AddLine
from iops.foundation.errors import NotFoundError
from iops.obligations.selectors import owed_on
from iops.obligations.services import waive

if TYPE_CHECKING:
    from iops.control.models import Incident
    from iops.foundation.models import User

Typed = dict[str, Any]


def _log(incident: Incident, typed: Typed, by: User) -> str:
    services.add_log_entry(incident.id, typed["text"], by, at=typed["at"])
    return "Added to the log."


def _grade(incident: Incident, typed: Typed, by: User) -> str:
    done = grade_or_propose(incident.id, typed["grade"], typed["rationale"], by)
    if isinstance(done, GradeProposal):
        return (
            f"Grade {done.grade} is proposed. Grade {done.was} stands until a second person, a supervisor, confirms it."
        )
    return f"Graded {done.grade}."


def _domestic(incident: Incident, typed: Typed, by: User) -> str:
    services.mark_domestic(incident.id, True, typed["reason"], by)
    return "Marked as domestic abuse."


def _not_domestic(incident: Incident, typed: Typed, by: User) -> str:
    services.mark_domestic(incident.id, False, typed["reason"], by)
    return "The domestic mark is taken away."


def _district(incident: Incident, typed: Typed, by: User) -> str:
    return f"In {services.set_district(incident.id, int(typed['district']), by).district.name}."


def _unit(incident: Incident, typed: Typed, by: User) -> str:
    deployment = services.assign_unit(incident.id, typed["unit"], by)
    return f"{deployment.unit} assigned."


def own_deployment(incident: Incident, deployment_id: int) -> int:
    """The deployment, if it is this incident's: an address must not reach into another one."""
    if not incident.deployments.filter(id=deployment_id).exists():
        raise NotFoundError("There is no such unit at this incident.")
    return deployment_id


def _arrived(incident: Incident, typed: Typed, by: User) -> str:
    return f"{services.record_arrival(own_deployment(incident, typed['target']), by).unit} has arrived."


def _stood_down(incident: Incident, typed: Typed, by: User) -> str:
    return f"{services.stand_down(own_deployment(incident, typed['target']), by).unit} is stood down."


def _restrict(incident: Incident, typed: Typed, by: User) -> str:
    services.restrict(incident.id, typed["people"], typed["teams"], typed["reason"], by)
    return "Restricted. To everybody who is not on its list, this incident does not exist."


def _reopen(incident: Incident, typed: Typed, by: User) -> str:
    services.reopen(incident.id, typed["reason"], by)
    return "Reopened."


def _waive(incident: Incident, typed: Typed, by: User) -> str:
    waive_own(incident, typed, by)
    return "Waived."


def waive_own(incident: Incident, typed: Typed, by: User) -> None:
    """Waive a duty that stands on this incident; NotFoundError for one that stands on another record."""
    named = (typed["subject"], typed["subject_id"], typed["rule"])
    if named not in {(d.subject, d.subject_id, d.rule) for d in owed_on("incident", incident.id)}:
        raise NotFoundError("That is not owed on this incident.")
    waive(subject=named[0], subject_id=named[1], rule=named[2], reason=typed["reason"], by=by)


def ready() -> None:
    """Put the control room's actions on the page."""
    register(
        Action("log", "Add to the log", AddLine, _log, "Add to the log"),
        Action("grade", "Grade", forms.Grade, _grade, "Save the grade", frozenset({"grade", "grade_since"})),
        Action("domestic", "Mark as domestic abuse", forms.Mark, _domestic, "Mark as domestic abuse"),
        Action("not-domestic", "Take the domestic mark away", forms.Reason, _not_domestic, "Take the mark away"),
        Action("district", "Set the district", forms.InDistrict, _district, "Save the district"),
        Action("unit", "Assign a unit", forms.Unit, _unit, "Assign", frozenset({"resourced_at", "attended_at"})),
        Action("arrived", "Arrived", forms.Target, _arrived, "Arrived"),
        Action("stand-down", "Stand down", forms.Target, _stood_down, "Stand down"),
        Action("restrict", "Restrict", forms.Restrict, _restrict, "Restrict"),
        Action("reopen", "Reopen the incident", forms.Reason, _reopen, "Reopen the incident"),
        Action("waive", "Waive", forms.Waive, _waive, "Waive"),
    )
