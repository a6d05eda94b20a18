"""The API of inbound messages: hand an incident over; and for the control room, what waits."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from iops.control.api import Named
from iops.exchange.inbound import schemas as shape
from iops.exchange.inbound import selectors, services
from iops.exchange.inbound.services import LARGEST, Receipt
from iops.exchange.models import InboundMessage, Outcome
from iops.foundation.access import own_transaction
from iops.foundation.api import Id, PageNumber, PageOut, Text, paged, request_id, viewer
from iops.foundation.context import acting
from iops.foundation.errors import NotFoundError
from iops.rulebook.needs import Needed

router = Router(tags=["inbound"])
STATUS = {Outcome.OPENED: 201, Outcome.ADDED: 200, Outcome.HELD: 202, Outcome.REFUSED: 422}
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "/api/v1/inbound/schemas/1"}}},
    }
}


class ReceiptOut(Schema):
    """What became of a message. `reference` is our number of the incident; null while the message is held."""

    outcome: str
    repeated: bool
    reference: str | None
    their_reference: str
    message_id: int | None

    @classmethod
    def of(cls, receipt: Receipt) -> ReceiptOut:
        """A receipt as the API tells it."""
        kept = receipt.kept
        return cls(
            outcome=kept.outcome,
            repeated=receipt.repeated,
            reference=receipt.reference,
            their_reference=kept.reference,
            message_id=kept.id,
        )


class RefusedOut(Schema):
    """A message that was not taken: `details.problems` says of each field why."""

    code: str
    message: str
    mend: str
    details: dict[str, Any]
    request_id: str


class SharedOut(Schema):
    """An incident handed over, under both references."""

    reference: str
    their_reference: str
    at: dt.datetime
    closed_at: dt.datetime | None


class MessageOut(Schema):
    """A message that waits for somebody."""

    id: int
    partner: str
    received_at: dt.datetime
    their_reference: str
    outcome: str
    problems: list[dict[str, str]]
    body: str


class MessagesOut(Schema):
    """A page of messages that wait, the oldest first; `withheld` belong to incidents this person may not see."""

    page: PageOut
    withheld: int
    rows: list[MessageOut]


class CountOut(Schema):
    """How many messages of a partner became what."""

    partner: str
    opened: int
    added: int
    held: int
    refused: int
    waiting: int


class CorrectedIn(Schema):
    """The message as it should have come."""

    body: Annotated[str, Field(max_length=LARGEST), Needed("interface-contract")]


class NoteIn(Schema):
    """How it was dealt with."""

    note: Annotated[Text, Needed("step-itself")]


class SayIn(Schema):
    """What to tell the partners of an incident; `account_id` names one of them."""

    text: Annotated[Text, Needed("step-itself")]
    account_id: Id | None = None


@router.get(f"/inbound/schemas/{shape.VERSION}", response=dict[str, Any])
def schema(request: HttpRequest) -> dict[str, Any]:
    """The JSON Schema of a message."""
    return shape.published()


@router.post(
    "/inbound/incidents",
    response={200: ReceiptOut, 201: ReceiptOut, 202: ReceiptOut, 422: RefusedOut},
    openapi_extra=BODY,
)
@own_transaction
def receive(request: HttpRequest) -> Status[Any]:
    """Hand an incident over, or update one: 201 opened, 200 added, 202 held until its incident comes, 422 refused.

    A refused message is kept, so that somebody can see and correct it: what is written down is not taken back.
    """
    number = request_id(request)
    with acting(user_id=viewer(request).id, request_id=number):
        receipt = services.receive(request.body, viewer(request))
        told: Schema = _refused(receipt, number) if receipt.kept.outcome == Outcome.REFUSED else ReceiptOut.of(receipt)
    return Status(STATUS[Outcome(receipt.kept.outcome)], told)


@router.get("/inbound/incidents", response=list[SharedOut])
def handed_over(request: HttpRequest, reference: Annotated[str, Field(max_length=80)] = "") -> list[SharedOut]:
    """The incidents that this account handed over, the newest first; one of them by the account's own reference."""
    return [
        SharedOut(reference=s.incident.reference, their_reference=s.reference, at=s.at, closed_at=s.incident.closed_at)
        for s in selectors.shared(viewer(request), reference)
    ]


@router.get("/inbound/messages", response=MessagesOut)
def waiting(request: HttpRequest, page: PageNumber = 1) -> MessagesOut:
    """Messages that were refused or are held, and that nobody has dealt with."""
    found = selectors.waiting(viewer(request), page)
    return MessagesOut(page=paged(found.page), withheld=found.withheld, rows=[_shown(m) for m in found.page.rows])


@router.get("/inbound/counts", response=list[CountOut])
def counts(request: HttpRequest) -> list[CountOut]:
    """How many messages of each partner became what."""
    return [CountOut.from_orm(c) for c in selectors.counts()]


@router.post("/inbound/messages/{message_id}/correct", response=ReceiptOut)
def correct(request: HttpRequest, message_id: Id, given: CorrectedIn) -> ReceiptOut:
    """Take a message as it was corrected."""
    return ReceiptOut.of(services.correct(message_id, given.body, viewer(request)))


@router.post("/inbound/messages/{message_id}/apply", response=ReceiptOut)
def apply_held(request: HttpRequest, message_id: Id) -> ReceiptOut:
    """Write a held update into the log of its incident."""
    return ReceiptOut.of(services.apply_held(message_id, viewer(request)))


@router.post("/inbound/messages/{message_id}/settle", response=MessageOut)
def settle(request: HttpRequest, message_id: Id, given: NoteIn) -> MessageOut:
    """Say how a message was dealt with."""
    return _shown(services.settle(message_id, given.note, viewer(request)))


@router.post("/incidents/{number}/{day}/partners", response=list[SharedOut])
def tell_partner(request: HttpRequest, named: Named, given: SayIn) -> list[SharedOut]:
    """Tell the partners of an incident something about it."""
    incident = named.find()
    if not selectors.partners_of(incident.id):
        raise NotFoundError("No partner has handed this incident over.")
    said = services.tell_partner(incident.id, given.text, viewer(request), given.account_id)
    return [
        SharedOut(
            reference=incident.reference, their_reference=m.shared.reference, at=m.at, closed_at=incident.closed_at
        )
        for m in said
    ]


def _shown(m: InboundMessage) -> MessageOut:
    return MessageOut(
        id=m.id,
        partner=m.account.name,
        received_at=m.received_at,
        their_reference=m.reference,
        outcome=m.outcome,
        problems=m.problems,
        body=m.body,
    )


def _refused(receipt: Receipt, number: str) -> RefusedOut:
    return RefusedOut(
        code="message-refused",
        message="This message was not taken.",
        mend="Mend the fields named below and send it again; the schema is at /api/v1/inbound/schemas/1.",
        details={"problems": receipt.kept.problems, "message_id": receipt.kept.id},
        request_id=number,
    )
