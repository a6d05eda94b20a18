"""The API of identity: the same verbs and questions as the pages."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Router, Status

from iops.foundation.api import Id, PageNumber, paged, viewer
from iops.pole.identity import schemas, selectors, services
from iops.pole.identity.restating import Restate
from iops.pole.identity.schemas import DecisionOut, DecisionsOut, PairsOut, RatioOut
from iops.pole.identity.selectors import PairsFilter

router = Router(tags=["who is whom"])
Wanted = Annotated[Id, Path()]


@router.get("/people/{person_id}/decisions", response=DecisionsOut)
def decisions(request: HttpRequest, person_id: Wanted) -> DecisionsOut:
    """All that was ever decided about the nominals of one person."""
    found = selectors.decisions(person_id, viewer(request))
    return DecisionsOut(
        members=[m.id for m in found.members],
        decisions=[schemas.decision(d) for d in found.all],
        standing=sorted(found.standing),
    )


@router.post("/people/merge", response={201: list[DecisionOut]})
def merge(request: HttpRequest, given: schemas.MergeIn) -> Status[list[DecisionOut]]:
    """Decide that nominals are one person: each of the others with the first."""
    made = services.merge(given.person_ids, given.reason, viewer(request), seen=given.seen)
    return Status(201, [schemas.decision(d) for d in made])


@router.post("/people/not-same", response={201: DecisionOut})
def not_same(request: HttpRequest, given: schemas.NotSameIn) -> Status[DecisionOut]:
    """Decide that two nominals are not the same person."""
    made = services.not_same(given.one_id, given.other_id, given.reason, viewer(request), seen=given.seen)
    return Status(201, schemas.decision(made))


@router.post("/people/{person_id}/unmerge", response={201: list[DecisionOut]})
def unmerge(request: HttpRequest, person_id: Wanted, given: schemas.UnmergeIn) -> Status[list[DecisionOut]]:
    """Take back every merge of one nominal; it stands alone again."""
    restate = [Restate(r.kind, r.value_id, r.to_id) for r in given.restate]
    made = services.unmerge(person_id, given.reason, viewer(request), seen=given.seen, restate=restate)
    return Status(201, [schemas.decision(d) for d in made])


@router.post("/identity-decisions/{decision_id}/take-back", response={201: DecisionOut})
def take_back(request: HttpRequest, decision_id: Wanted, given: schemas.ReasonIn) -> Status[DecisionOut]:
    """Take one decision back."""
    return Status(201, schemas.decision(services.take_back(decision_id, given.reason, viewer(request))))


@router.get("/duplicates", response=PairsOut)
def duplicates(request: HttpRequest, person_id: Id | None = None, page: PageNumber = 1) -> PairsOut:
    """The pairs that wait for a decision, the weightiest first."""
    found = selectors.pairs_to_decide(viewer(request), PairsFilter(person_id=person_id, page=page))
    return PairsOut(page=paged(found.page), rows=[schemas.pair(row) for row in found.page.rows])


@router.get("/duplicates/ratio", response=RatioOut)
def ratio(request: HttpRequest) -> RatioOut:
    """The duplicate ratio of what the person asking may see."""
    found = selectors.duplicate_ratio()
    told = {name: getattr(found, name) for name in RatioOut.model_fields if name != "run_finished_at"}
    return RatioOut.model_validate(told | {"run_finished_at": found.run.finished_at if found.run else None})
