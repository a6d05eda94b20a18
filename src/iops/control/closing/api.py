"""The API of closing: the closings of an incident, closures that wait for a check, the check, and the counts."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field

from iops.control.api import ONE, Named
from iops.control.closing import schemas, selectors, services
from iops.control.closing.schemas import ClosureOut, ClosuresOut, StratumOut
from iops.control.closing.selectors import Closure
from iops.control.models import Closing
from iops.foundation.api import Id, PageNumber, paged, viewer

router = Router(tags=["closing"])


@router.get(f"{ONE}/closings", response=list[ClosureOut])
def closings(request: HttpRequest, named: Named) -> list[ClosureOut]:
    """Every closing of an incident, the latest first."""
    return [_shown(c) for c in selectors.closures(named.find().id, viewer(request))]


@router.get("/closures", response=ClosuresOut)
def closures(request: HttpRequest, page: PageNumber = 1) -> ClosuresOut:
    """Closures drawn for a check that nobody has checked, the earliest first."""
    found = selectors.waiting(viewer(request), page)
    return ClosuresOut(page=paged(found), rows=[_shown(c) for c in found.rows])


@router.get("/closures/counts", response=list[StratumOut])
def counts(request: HttpRequest, days: Annotated[int, Field(ge=1, le=3660)] = selectors.DAYS) -> list[StratumOut]:
    """Of each kind of closure: how many, drawn, checked, and with nothing found."""
    return [
        StratumOut(
            code=c.code,
            title=c.title,
            closed=c.closed,
            drawn=c.drawn,
            checked=c.checked,
            agreed=c.agreed.met,
            per_mille=c.agreed.per_mille,
            low=c.agreed.low,
            high=c.agreed.high,
        )
        for c in selectors.closure_counts(viewer(request), days)
    ]


@router.post("/closures/{closing_id}/check", response={201: ClosureOut})
def check(request: HttpRequest, closing_id: Id, given: schemas.CheckIn) -> Status[ClosureOut]:
    """Check how an incident was closed."""
    by = viewer(request)
    made = services.check_closure(closing_id, given.verdict, by, findings=given.findings, note=given.note)
    closing = Closing.objects.select_related("incident", "by").get(id=made.closing_id)
    return Status(201, _shown(Closure(closing, made)))


def _shown(closure: Closure) -> ClosureOut:
    closing, made = closure.closing, closure.check
    return ClosureOut(
        id=closing.id,
        reference=closing.incident.reference,
        at=closing.at,
        by=closing.by.name if closing.by else None,
        code=closing.code,
        title=closure.title,
        qualifiers=closing.qualifiers,
        results=closing.results,
        text=closing.text,
        strata=closing.strata,
        sampled=closing.sampled,
        check=schemas.CheckOut(
            at=made.at, by=made.by.name, verdict=made.verdict, findings=made.findings, note=made.note
        )
        if made
        else None,
    )
