"""The questions of classing: what an incident was classed as, what is suggested, what the definition says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iops.control.classing.definitions import definition_on
from iops.control.classing.domestic import RANK, Answer
from iops.control.classing.editions import Edition, edition_on
from iops.control.classing.people import known_of
from iops.control.classing.services import answer_of, judged, suggestions
from iops.control.finding import find
from iops.foundation import clock
from iops.foundation.consultation import consults, shows_no_record

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from iops.control.classing.domestic import Judgement
    from iops.control.classing.editions import Category
    from iops.control.classing.suggesting import Suggestion
    from iops.control.models import Classing, DomesticDecision, Incident
    from iops.foundation.models import User


@dataclass(frozen=True)
class IncidentClass:
    """What kind of incident it is, and everything that speaks to it.

    `answer` is the database's, of all facts; where it says more than `judgement`, which is made of what the viewer may
    see, somebody hidden is involved.
    """

    incident: Incident
    edition: Edition
    classing: Classing | None
    category: Category | None
    suggested: tuple[Suggestion, ...]
    judgement: Judgement
    answer: Answer
    behaviours: Mapping[str, str]
    decision: DomesticDecision | None
    earlier: tuple[Classing, ...]

    @property
    def hidden(self) -> bool:
        """Whether the answer rests on somebody the viewer may not see."""
        return RANK[self.answer] > RANK[self.judgement.answer]

    @property
    def qualifiers(self) -> tuple[str, ...]:
        """The names of the qualifiers that were given."""
        given = self.classing.qualifiers if self.classing else []
        return tuple(self.edition.qualifiers[c].title if c in self.edition.qualifiers else c for c in given)


def _of_the_incident(found: IncidentClass) -> list[int]:
    return [found.incident.id]


@shows_no_record("reads what somebody else has found, and logged")
def class_on(incident: Incident) -> IncidentClass:
    """What kind of incident it is, for a page that shows it."""
    known = known_of(incident)
    definition = definition_on(known.day)
    earlier = tuple(incident.classings.select_related("by").order_by("-at", "-id"))
    return IncidentClass(
        incident=incident,
        edition=known.edition,
        classing=earlier[0] if earlier else None,
        category=known.category,
        suggested=suggestions(known),
        judgement=judged(known),
        answer=Answer(answer_of(incident.id)),
        behaviours=definition.behaviours if definition else {},
        decision=incident.domestic_decisions.select_related("by").order_by("-at", "-id").first(),
        earlier=earlier[1:],
    )


@consults("incident", ids=_of_the_incident)
def incident_class(incident_id: int, viewer: User) -> IncidentClass:  # noqa: ARG001 - read by `consults`
    """What kind of incident it is, with suggestions and the definition's answer. Raises NotFoundError."""
    return class_on(find(incident_id))


@shows_no_record("the force's own configuration")
def classes_on(day: dt.date | None = None) -> Edition:
    """The classes in force for a report of a local day (today)."""
    return edition_on(day or clock.today())
