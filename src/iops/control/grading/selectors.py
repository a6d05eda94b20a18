"""The questions of grading: what is suggested and why, what was assessed, what waits for a second person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.control.finding import find
from iops.control.grading import advice
from iops.control.grading.schemes import Scheme, scheme_on
from iops.control.grading.services import latest_thrive
from iops.control.models import GradeProposal, Incident, Thrive
from iops.foundation import clock
from iops.foundation.consultation import consults, shows_no_record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iops.control.grading.advice import GradeSuggestion
    from iops.foundation.models import User


def _incident_ids(rows: Sequence[Thrive] | Sequence[GradeProposal]) -> list[int]:
    return [row.incident_id for row in rows]


@shows_no_record("the force's own configuration")
def present_scheme() -> Scheme:
    """The scheme of grades in force today."""
    return scheme_on(clock.today())


@consults("incident", ids=lambda _: [])
def suggested_grade(incident_id: int, viewer: User) -> GradeSuggestion | None:  # noqa: ARG001 - read by `consults`
    """The grade that the scheme in force advises for an incident, with every reason. Raises NotFoundError."""
    found = find(incident_id)
    return advice.suggest(scheme_on(clock.today()), facts_of(found, latest_thrive(found)))


@shows_no_record("reads what somebody else has found, and logged")
def facts_of(incident: Incident, thrive: Thrive | None) -> dict[str, str | None]:
    """What advice is given on: the levels of THRIVE, the domestic mark, the category."""
    levels = {part: getattr(thrive, f"{part}_level") if thrive else None for part in Thrive.PARTS}
    return levels | {"domestic": "yes" if incident.domestic else "no", "category": incident.category or None}


@consults("incident", ids=_incident_ids)
def thrives(incident_id: int, viewer: User) -> list[Thrive]:  # noqa: ARG001 - read by `consults`
    """Every THRIVE assessment of an incident, the latest first. Raises NotFoundError."""
    return list(find(incident_id).thrives.select_related("by").order_by("-at", "-id"))


@consults("incident", ids=_incident_ids)
def proposals(incident_id: int, viewer: User) -> list[GradeProposal]:  # noqa: ARG001 - read by `consults`
    """Every proposal of a slower grade of an incident, the latest first. Raises NotFoundError."""
    found = find(incident_id).grade_proposals.select_related("by", "decided_by")
    return list(found.order_by("-at", "-id"))
