"""The API of classing: the classes in force, what an incident is, what is suggested, and the decision on the mark."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest
from ninja import Router, Status

from iops.control.api import ONE, Named
from iops.control.classing import schemas, selectors, services
from iops.control.classing.schemas import ClassesOut, ClassOut, EntryOut
from iops.control.classing.selectors import IncidentClass
from iops.foundation import clock
from iops.foundation.api import viewer

router = Router(tags=["classing"])


@router.get("/classing/classes", response=ClassesOut)
def classes(request: HttpRequest, day: dt.date | None = None) -> ClassesOut:
    """The categories, qualifiers and results in force for a report of a day (today)."""
    on = day or clock.today()
    found = selectors.classes_on(on)
    return ClassesOut(
        code=found.code,
        title=found.title,
        categories=[
            EntryOut(code=c.code, title=c.title, means=c.means, group=c.group) for c in found.categories.values()
        ],
        qualifiers=[EntryOut(code=q.code, title=q.title, means=q.means) for q in found.qualifiers_on(on).values()],
        results=[EntryOut(code=code, title=title) for code, title in found.results.items()],
    )


@router.get(f"{ONE}/class", response=ClassOut)
def incident_class(request: HttpRequest, named: Named) -> ClassOut:
    """What kind of incident it is, what is suggested and why, and what the definition of domestic abuse says."""
    return _shown(selectors.incident_class(named.find().id, viewer(request)))


@router.post(f"{ONE}/class", response={201: ClassOut})
def classify(request: HttpRequest, named: Named, given: schemas.ClassIn) -> Status[ClassOut]:
    """Say what kind of incident it is."""
    found, by = named.find(), viewer(request)
    services.classify(
        found.id,
        given.category,
        given.qualifiers,
        by,
        behaviours=given.behaviours,
        declined=given.declined,
        reason=given.reason,
    )
    return Status(201, _shown(selectors.incident_class(found.id, by)))


@router.post(f"{ONE}/not-domestic", response=ClassOut)
def not_domestic(request: HttpRequest, named: Named, given: schemas.NotDomesticIn) -> ClassOut:
    """Decide that an incident which may be domestic abuse is not, and say why."""
    found, by = named.find(), viewer(request)
    services.decide_not_domestic(found.id, given.reason, by)
    return _shown(selectors.incident_class(found.id, by))


def _shown(found: IncidentClass) -> ClassOut:
    classing, judged = found.classing, found.judgement
    return ClassOut(
        edition=found.edition.code,
        category=found.category.code if found.category else "",
        title=found.category.title if found.category else "",
        at=classing.at if classing else None,
        qualifiers=classing.qualifiers if classing else [],
        behaviours=classing.behaviours if classing else [],
        suggested=[schemas.SuggestionOut.from_orm(s) for s in found.suggested],
        domestic=schemas.DomesticOut(
            answer=found.answer.value,
            definition=judged.definition,
            basis=judged.basis,
            elements=[
                schemas.ElementOut.model_validate(
                    {"name": e.name, "held": e.held.name.lower(), "says": e.says, "asks": e.asks}
                )
                for e in judged.elements
            ],
            missing=list(judged.missing),
            children=[p.name for p in judged.children],
            hidden=found.hidden,
            decided=found.decision.domestic if found.decision else None,
            decided_at=found.decision.at if found.decision else None,
            reason=found.decision.reason if found.decision else "",
        ),
    )
