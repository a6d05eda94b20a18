"""The API of property: what was seized, where it is, every movement, why it is kept, the count of a store."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from iops.crime.exhibits import counting, selectors, services
from iops.crime.exhibits.services import Going, Seized
from iops.crime.recorded.selectors import by_reference as crime_by_reference
from iops.foundation.api import Id, Line, Text, viewer
from iops.foundation.errors import NotFoundError
from iops.rulebook.needs import Needed

router = Router(tags=["property"])
EXHIBIT = "/exhibits/{reference}"
Kind = Literal[
    "phone", "digital", "recording", "drugs", "cash", "weapon", "clothing", "sample", "document", "vehicle", "other"
]
Right = Literal["pace_19", "pace_18", "pace_32", "pace_8", "pace_1", "drugs_23", "handed_in", "found", "other"]
Moved = Literal["stored", "handed", "sent", "released", "destroyed"]
Reason = Literal["investigation", "proceedings", "appeal", "sentence", "court_order", "owner_unknown", "disputed"]
Codes = Annotated[list[Line], Field(max_length=counting.MOST_SCANNED)]


class SeizeIn(Schema):
    """A thing that was seized; `pence` for cash alone, people by the ids of nominals and users."""

    mark: Annotated[Line, Needed("property-seized")]
    kind: Annotated[Kind, Needed("property-seized")]
    description: Annotated[Text, Needed("property-seized")]
    power: Annotated[Right, Needed("property-seized")]
    where: Annotated[Line, Needed("property-seized")]
    seal: Line = ""
    pence: Annotated[int, Field(ge=0, lt=services.MOST_PENCE)] | None = None
    seized_at: dt.datetime | None = None
    seized_by_id: Id | None = None
    seized_from_id: Id | None = None
    owner_id: Id | None = None


class MoveIn(Schema):
    """A movement; `after` is the step it follows, so that two who move it at once do not overrun each other."""

    movement: Annotated[Moved, Needed("property-moved")]
    reason: Annotated[Line, Needed("property-moved")]
    to_user_id: Id | None = None
    to_store_id: Id | None = None
    to_body: Line = ""
    shelf: Line = ""
    seal_whole: bool = True
    authority_id: Id | None = None
    witness_id: Id | None = None
    moved_at: dt.datetime | None = None
    after: Id | None = None


class SealIn(Schema):
    """A new bag or tag, and why the one before was broken."""

    seal: Annotated[Line, Needed("property-moved")]
    reason: Line = ""


class KeepIn(Schema):
    """A reason to keep it, and the local day on which that is looked at again."""

    reason: Annotated[Reason, Needed("property-kept")]
    review_on: Annotated[dt.date, Needed("property-kept")]
    note: Text = ""


class ReviewIn(Schema):
    """A retention looked at again; it ends when `keep_until` is left out."""

    reason: Annotated[Text, Needed("property-kept")]
    keep_until: dt.date | None = None


class CountIn(Schema):
    """Every code scanned in a store."""

    codes: Annotated[Codes, Needed("property-counted")]


class AnswerIn(Schema):
    """What became of a difference."""

    words: Annotated[Text, Needed("stock-difference-answer")]


class MoveOut(Schema):
    """One link of the chain of custody."""

    step: int
    movement: str
    at: dt.datetime
    to: str
    reason: str
    seal_whole: bool
    by: str
    authority: str
    witness: str


class RetentionOut(Schema):
    """One reason for which it is kept; `reviewed_at` once that ended."""

    id: int
    reason: str
    review_on: dt.date
    reviewed_at: dt.datetime | None


class ExhibitOut(Schema):
    """One exhibit with its chain from the seizure on."""

    reference: str
    crime: str
    incident: str
    mark: str
    kind: str
    description: str
    pence: int | None
    power: str
    seized_at: dt.datetime
    seized_where: str
    seized_by: str
    seals: list[str]
    where: str
    gone: bool
    chain: list[MoveOut]
    retentions: list[RetentionOut]
    made_up: bool


class BriefOut(Schema):
    """One exhibit of a list."""

    reference: str
    mark: str
    kind: str
    description: str
    where: str
    seal: str


class DifferenceOut(Schema):
    """One difference between a store and its records."""

    id: int
    code: str
    exhibit: str
    difference: str


class CountOut(Schema):
    """A count of a store and what differs."""

    store: str
    at: dt.datetime
    expected: int
    scanned: int
    differences: list[DifferenceOut]


def _shown(request: HttpRequest, reference: str) -> ExhibitOut:
    found = selectors.one(selectors.by_reference(reference).id, viewer(request))
    e = found.exhibit
    return ExhibitOut(
        reference=e.reference,
        crime=e.crime.reference if e.crime else "",
        incident=e.incident.reference,
        mark=e.mark,
        kind=e.kind,
        description=e.description,
        pence=e.pence,
        power=e.power,
        seized_at=e.seized_at,
        seized_where=e.seized_where,
        seized_by=e.seized_by.name,
        seals=[s.seal for s in found.seals],
        where=selectors.whereabouts(found.now),
        gone=found.gone,
        chain=_chain(found),
        retentions=_retentions(found),
        made_up=e.made_up,
    )


def _chain(found: selectors.One) -> list[MoveOut]:
    return [
        MoveOut(
            step=m.step,
            movement=m.movement,
            at=m.at,
            to=selectors.whereabouts(m),
            reason=m.reason,
            seal_whole=m.seal_whole,
            by=m.by.name,
            authority=m.authority.name if m.authority else "",
            witness=m.witness.name if m.witness else "",
        )
        for m in found.chain
    ]


def _retentions(found: selectors.One) -> list[RetentionOut]:
    reviewed = {r.retention_id: r.at for r in found.reviews}
    return [
        RetentionOut(id=r.id, reason=r.reason, review_on=r.review_on, reviewed_at=reviewed.get(r.id))
        for r in found.retentions
    ]


@router.get("/crimes/{reference}/exhibits", response=list[BriefOut])
def exhibits(request: HttpRequest, reference: str) -> list[BriefOut]:
    """The exhibits of a crime."""
    return [
        BriefOut(
            reference=r.exhibit.reference,
            mark=r.exhibit.mark,
            kind=r.exhibit.kind,
            description=r.exhibit.description,
            where=selectors.whereabouts(r.now),
            seal=r.seal,
        )
        for r in selectors.of_crime(crime_by_reference(reference))
    ]


@router.post("/crimes/{reference}/exhibits", response={201: ExhibitOut})
def seize(request: HttpRequest, reference: str, given: SeizeIn) -> Status[ExhibitOut]:
    """Put a seized thing on record; its chain of custody begins."""
    made = services.seize(Seized(**given.dict()), viewer(request), crime_id=crime_by_reference(reference).id)
    return Status(201, _shown(request, made.reference))


@router.get(EXHIBIT, response=ExhibitOut)
def exhibit(request: HttpRequest, reference: str) -> ExhibitOut:
    """One exhibit; its number is written PR-12-2026 in an address."""
    return _shown(request, reference)


@router.post(f"{EXHIBIT}/moves", response={201: ExhibitOut})
def move(request: HttpRequest, reference: str, given: MoveIn) -> Status[ExhibitOut]:
    """Move it from where it is; 409 when it is not there any more, has gone for good, or is kept."""
    services.move(selectors.by_reference(reference).id, Going(**given.dict()), viewer(request))
    return Status(201, _shown(request, reference))


@router.post(f"{EXHIBIT}/seals", response={201: ExhibitOut})
def seal(request: HttpRequest, reference: str, given: SealIn) -> Status[ExhibitOut]:
    """Put it into a new bag."""
    services.seal(selectors.by_reference(reference).id, given.seal, given.reason, viewer(request))
    return Status(201, _shown(request, reference))


@router.post(f"{EXHIBIT}/retentions", response={201: ExhibitOut})
def keep(request: HttpRequest, reference: str, given: KeepIn) -> Status[ExhibitOut]:
    """Keep it for a reason."""
    found = selectors.by_reference(reference)
    services.keep(found.id, given.reason, given.review_on, viewer(request), note=given.note)
    return Status(201, _shown(request, reference))


@router.post(f"{EXHIBIT}/retentions/{{retention_id}}/review", response=ExhibitOut)
def review(request: HttpRequest, reference: str, retention_id: Id, given: ReviewIn) -> ExhibitOut:
    """Look at a retention of it again."""
    found = selectors.by_reference(reference)
    if not found.retentions.filter(id=retention_id).exists():
        raise NotFoundError("There is no such retention of this exhibit.")
    services.review_retention(retention_id, given.reason, viewer(request), keep_until=given.keep_until)
    return _shown(request, reference)


@router.post("/property-stores/{code}/counts", response={201: CountOut})
def count(request: HttpRequest, code: str, given: CountIn) -> Status[CountOut]:
    """Count a store: the codes of all that lies in it; every difference owes an answer."""
    found = selectors.store(code, viewer(request)).row.store
    made = counting.count_store(found.id, given.codes, viewer(request))
    told = [
        DifferenceOut(id=d.id, code=d.code, exhibit=d.exhibit.reference if d.exhibit else "", difference=d.difference)
        for d in made.differences.select_related("exhibit").order_by("id")
    ]
    return Status(
        201, CountOut(store=found.code, at=made.at, expected=made.expected, scanned=made.scanned, differences=told)
    )


@router.post("/property-stores/{code}/differences/{difference_id}/answer", response={201: None})
def answer(request: HttpRequest, code: str, difference_id: Id, given: AnswerIn) -> Status[None]:
    """Say what became of a difference."""
    found = selectors.store(code, viewer(request))
    if difference_id not in {d.id for d in found.differences}:
        raise NotFoundError("There is no such difference that waits for an answer in this store.")
    counting.answer_difference(difference_id, given.words, viewer(request))
    return Status(201, None)
