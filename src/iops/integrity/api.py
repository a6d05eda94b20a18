"""The API of the registrar's desk: audits with their results, drawn closures and answers, suspicions and decisions."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from iops.foundation.api import Id, Line, PageNumber, PageOut, Text, paged, viewer
from iops.integrity.audit import selectors, services
from iops.integrity.audit.services import MOST_WANTED, Judged
from iops.integrity.models import AuditFrame, AuditItem, SuspicionDecision
from iops.integrity.suspicion import selectors as suspicion
from iops.integrity.suspicion import services as deciding
from iops.rulebook.needs import Needed
from iops.rulebook.sampling.stratified import Accuracy

router = Router(tags=["integrity"])


class FreezeIn(Schema):
    """The period of an audit in local days, both counted, and how many are drawn."""

    since: Annotated[dt.date, Needed("audit-population")]
    until: Annotated[dt.date, Needed("audit-population")]
    wanted: Annotated[int, Field(ge=1, le=MOST_WANTED), Needed("audit-population")]


class FrameOut(Schema):
    """One audit: its frozen population and the hash of it."""

    id: int
    since: dt.date
    until: dt.date
    wanted: int
    population: int
    fingerprint: str
    words: str
    frozen_at: dt.datetime


class DrawOut(Schema):
    """The draw: the seal of history, its root, the seed that follows, and how many of each stratum."""

    seal: int
    seal_root: str
    seed: str
    sizes: dict[str, int]
    at: dt.datetime


class RateOut(Schema):
    """A rate in tenths of a per cent with its 95 % interval, numbers, population and method; never without them."""

    name: str
    per_mille: int | None
    low: int
    high: int
    population: int
    decided: int
    should: int
    recorded: int
    method: str
    untested: list[str]
    untested_population: int
    says: str


class MeasureOut(Schema):
    """One question: what is counted, the force, and its parts by district and type."""

    code: str
    title: str
    of: str
    whole: RateOut
    parts: dict[str, list[RateOut]]


class ResultOut(Schema):
    """What an audit found, and what it did not test; `verified`: drawn again just now, it is the same."""

    frame: FrameOut
    draw: DrawOut | None
    drawn: int
    decided: int
    complete: bool
    verified: bool
    not_tested: list[str]
    measures: list[MeasureOut]


class JudgedIn(Schema):
    """A judgement, point by point; points that do not arise are left out."""

    should: Annotated[bool, Needed("audit-review")]
    offence: Line = ""
    recorded: Literal["", "right", "wrong_class", "no"] = ""
    in_time: Literal["", "yes", "no", "unknown"] = ""
    victim_told: Literal["", "yes", "no", "unknown"] = ""
    words: Text = ""

    def judged(self) -> Judged:
        """As the service takes it."""
        return Judged(**self.dict())


class ItemOut(Schema):
    """One drawn closure; nothing of what others say of it."""

    id: int
    frame_id: int
    reference: str
    drawn_at: dt.datetime


class ItemsOut(Schema):
    """One page of drawn closures."""

    page: PageOut
    rows: list[ItemOut]


class SignOut(Schema):
    """One reason why a closure looks like a crime; `undone` by a negation it does not count."""

    code: str
    why: str
    found: str
    undone: str


class SuspicionOut(Schema):
    """One closure without a crime that looks like one."""

    closing_id: int
    reference: str
    score: int
    signs: list[SignOut]
    verdict: str | None


class SuspicionsOut(Schema):
    """One page of suspicions."""

    page: PageOut
    rows: list[SuspicionOut]


class Asked(Schema):
    """Which closures, by local day, and which page."""

    since: Annotated[dt.date, Needed("period-of-question")]
    until: Annotated[dt.date, Needed("period-of-question")]
    decided: bool = False
    page: PageNumber = 1


class DecisionIn(Schema):
    """The decision on a suspicion, with its reason."""

    verdict: Annotated[Literal["record", "no_crime"], Needed("step-itself")]
    reason: Annotated[Text, Needed("decision-reason")]


class DecisionOut(Schema):
    """A decision as it was kept."""

    id: int
    verdict: str
    reason: str
    signs: list[SignOut]
    edition: str
    at: dt.datetime


def _rate(name: str, accuracy: Accuracy) -> RateOut:
    known = {n: getattr(accuracy, n) for n in RateOut.model_fields if n not in ("name", "untested")}
    return RateOut(name=name, untested=list(accuracy.untested), **known)


def _frame(frame: AuditFrame) -> FrameOut:
    return FrameOut.from_orm(frame)


def _item(item: AuditItem) -> ItemOut:
    return ItemOut(id=item.id, frame_id=item.frame_id, reference=item.incident.reference, drawn_at=item.drawn_at)


@router.get("/audits", response=list[FrameOut])
def audits(request: HttpRequest) -> list[FrameOut]:
    """The audits, the latest period first."""
    return [_frame(frame) for frame in selectors.frames()]


@router.post("/audits", response={201: FrameOut})
def freeze(request: HttpRequest, given: FreezeIn) -> Status[FrameOut]:
    """Freeze all closures of a period as the population of an audit."""
    return Status(201, _frame(services.freeze(given.since, given.until, given.wanted, viewer(request))))


@router.post("/audits/{frame_id}/draw", response={201: DrawOut})
def draw(request: HttpRequest, frame_id: Id) -> Status[DrawOut]:
    """Draw the sample by the seal that covers the frozen population; 409 while it is not sealed."""
    return Status(201, DrawOut.from_orm(services.draw(frame_id, viewer(request))))


@router.get("/audits/{frame_id}", response=ResultOut)
def audit(request: HttpRequest, frame_id: Id) -> ResultOut:
    """What an audit found so far, each rate with its interval, and what was not tested."""
    found = selectors.result(frame_id, viewer(request))
    return ResultOut(
        frame=_frame(found.frame),
        draw=DrawOut.from_orm(found.draw) if found.draw else None,
        drawn=found.drawn,
        decided=found.decided,
        complete=found.complete,
        verified=found.verified,
        not_tested=list(found.not_tested),
        measures=[
            MeasureOut(
                code=m.code,
                title=m.title,
                of=m.of,
                whole=_rate("Force", m.whole),
                parts={title: [_rate(name, one) for name, one in rows] for title, rows in m.parts},
            )
            for m in found.measures
        ],
    )


@router.get("/audit-items", response=ItemsOut)
def waiting(request: HttpRequest, page: PageNumber = 1) -> ItemsOut:
    """The drawn closures that wait for one's own answer."""
    found = selectors.waiting(viewer(request), page)
    return ItemsOut(page=paged(found), rows=[_item(item) for item in found.rows])


@router.get("/audit-items/disagreed", response=ItemsOut)
def disagreed(request: HttpRequest, page: PageNumber = 1) -> ItemsOut:
    """The drawn closures whose two reviewers do not agree."""
    found = selectors.disagreed(viewer(request), page)
    return ItemsOut(page=paged(found), rows=[_item(item) for item in found.rows])


@router.post("/audit-items/{item_id}/answer", response={201: ItemOut})
def answer(request: HttpRequest, item_id: Id, given: JudgedIn) -> Status[ItemOut]:
    """Judge a drawn closure."""
    return Status(201, _item(services.answer(item_id, given.judged(), viewer(request)).item))


@router.post("/audit-items/{item_id}/adjudicate", response={201: ItemOut})
def adjudicate(request: HttpRequest, item_id: Id, given: JudgedIn) -> Status[ItemOut]:
    """Decide between two reviewers, with the reason in `words`."""
    return Status(201, _item(services.adjudicate(item_id, given.judged(), viewer(request)).item))


@router.get("/suspicions", response=SuspicionsOut)
def suspicions(request: HttpRequest, asked: Query[Asked]) -> SuspicionsOut:
    """Closures without a crime that look like one, the most telling first."""
    found = suspicion.suspicions(viewer(request), asked.since, asked.until, asked.page, decided=asked.decided)
    rows = [
        SuspicionOut(
            closing_id=row.closing.id,
            reference=row.closing.incident.reference,
            score=row.score,
            signs=[SignOut.from_orm(sign) for sign in row.signs],
            verdict=row.decision.verdict if row.decision else None,
        )
        for row in found.rows
    ]
    return SuspicionsOut(page=paged(found), rows=rows)


@router.post("/suspicions/{closing_id}/decision", response={201: DecisionOut})
def decide(request: HttpRequest, closing_id: Id, given: DecisionIn) -> Status[DecisionOut]:
    """Decide on a suspicion; to record writes the recording decision of the incident too."""
    made: SuspicionDecision = deciding.decide(closing_id, given.verdict, given.reason, viewer(request))
    return Status(201, DecisionOut.from_orm(made))
