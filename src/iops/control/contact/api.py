"""The API of contacts: the verbs and questions of the screens, one address each. Verbs answer with the contact."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from iops.control.contact import figures, schemas, selectors, services, typing
from iops.control.contact.schemas import ContactDetailOut, ContactOut, ContactsOut, NoteOut, PersistentOut
from iops.control.contact.selectors import ContactsFilter, State
from iops.control.models import Contact
from iops.foundation.api import Id, Line, Moment, PageNumber, paged, viewer
from iops.rulebook.needs import Needed

router = Router(tags=["contacts"])
ONE = "/contacts/{contact_id}"
Number = Annotated[Line, Field(max_length=60)]


def _row(contact: Contact) -> ContactOut:
    names = set(ContactOut.model_fields) - {"state"}
    return ContactOut(**{n: getattr(contact, n) for n in names}, state=selectors.state(contact))


def shown(request: HttpRequest, contact_id: int) -> ContactDetailOut:
    """One contact as the API shows it; the look is logged."""
    detail = selectors.contact(contact_id, viewer(request))
    return ContactDetailOut(
        **_row(detail.contact).dict(),
        places=[schemas.PlaceOut.from_orm(p) for p in detail.places],
        silences=[schemas.SilenceOut.from_orm(s) for s in detail.silences],
        call_backs=[schemas.CallBackOut.from_orm(c) for c in detail.call_backs],
        incidents=[i.reference for i in detail.incidents],
    )


@router.get("/contacts", response=ContactsOut)
def contacts(
    request: HttpRequest,
    state: State = State.ANY,
    channel: Literal["", "999", "101", "online", "counter", "officer", "partner", "alarm", "imported"] = "",
    number: Number = "",
    page: PageNumber = 1,
) -> ContactsOut:
    """Contacts, the newest first."""
    found = selectors.contacts(viewer(request), ContactsFilter(state, channel, number, page))
    return ContactsOut(page=paged(found), rows=[_row(c) for c in found.rows])


@router.post("/contacts/ring", response={201: ContactDetailOut})
def ring(request: HttpRequest, given: schemas.RingIn) -> Status[ContactDetailOut]:
    """A contact rings; told twice with one call id it is one contact."""
    return Status(201, shown(request, services.ring(by=viewer(request), **given.dict()).id))


@router.post("/contacts", response={201: ContactDetailOut})
def take(request: HttpRequest, given: schemas.TakeIn) -> Status[ContactDetailOut]:
    """Take a contact that did not ring."""
    return Status(201, shown(request, services.take(by=viewer(request), **given.dict()).id))


class PeriodIn(Schema):
    """From when to before when."""

    since: Annotated[Moment, Needed("period-of-question")]
    until: Annotated[Moment, Needed("period-of-question")]


@router.get("/contacts/answer-times", response=list[schemas.AnswerTimesOut])
def answer_times(request: HttpRequest, asked: Query[PeriodIn]) -> list[schemas.AnswerTimesOut]:
    """How fast the contacts that rang in a period were answered, by channel."""
    return [schemas.AnswerTimesOut.from_orm(t) for t in figures.answer_times(asked.since, asked.until)]


@router.get(ONE, response=ContactDetailOut)
def contact(request: HttpRequest, contact_id: Id) -> ContactDetailOut:
    """One contact with all its steps."""
    return shown(request, contact_id)


@router.post(f"{ONE}/answer", response=ContactDetailOut)
def answer(request: HttpRequest, contact_id: Id, given: schemas.AtIn) -> ContactDetailOut:
    """Answer a ringing contact."""
    services.answer(contact_id, viewer(request), at=given.at)
    return shown(request, contact_id)


@router.post(f"{ONE}/end", response=ContactDetailOut)
def end(request: HttpRequest, contact_id: Id, given: schemas.AtIn) -> ContactDetailOut:
    """The call ends."""
    services.end(contact_id, viewer(request), at=given.at)
    return shown(request, contact_id)


@router.post(f"{ONE}/abandon", response=ContactDetailOut)
def abandon(request: HttpRequest, contact_id: Id, given: schemas.AtIn) -> ContactDetailOut:
    """The caller is gone."""
    services.abandon(contact_id, viewer(request), at=given.at)
    return shown(request, contact_id)


@router.post(f"{ONE}/silent", response=ContactDetailOut)
def note_silent(request: HttpRequest, contact_id: Id, given: schemas.SilentIn) -> ContactDetailOut:
    """Keep the steps of a silent call."""
    services.note_silent(contact_id, by=viewer(request), **given.dict())
    return shown(request, contact_id)


@router.post(f"{ONE}/place", response=ContactDetailOut)
def place_caller(request: HttpRequest, contact_id: Id, given: schemas.PlaceIn) -> ContactDetailOut:
    """Keep where the caller is."""
    services.place_caller(contact_id, by=viewer(request), **given.dict())
    return shown(request, contact_id)


@router.post(f"{ONE}/caller", response=ContactDetailOut)
def name_caller(request: HttpRequest, contact_id: Id, given: schemas.CallerIn) -> ContactDetailOut:
    """Say who the caller is."""
    services.name_caller(contact_id, by=viewer(request), **given.dict())
    return shown(request, contact_id)


@router.post(f"{ONE}/promise", response=ContactDetailOut)
def promise_call_back(request: HttpRequest, contact_id: Id, given: schemas.PromiseIn) -> ContactDetailOut:
    """Promise a call back."""
    services.promise_call_back(contact_id, given.call_by, viewer(request))
    return shown(request, contact_id)


@router.post(f"{ONE}/call-back", response=ContactDetailOut)
def call_back(request: HttpRequest, contact_id: Id, given: schemas.CallBackIn) -> ContactDetailOut:
    """Keep one attempt to reach the caller again."""
    services.call_back(contact_id, given.result, viewer(request), note=given.note, at=given.at)
    return shown(request, contact_id)


@router.post(f"{ONE}/link", response=ContactDetailOut)
def link_to_incident(request: HttpRequest, contact_id: Id, given: schemas.LinkIn) -> ContactDetailOut:
    """Link a contact to an open incident."""
    services.link_to_incident(contact_id, given.incident_id, viewer(request))
    return shown(request, contact_id)


@router.post(f"{ONE}/conclude", response=ContactDetailOut)
def conclude(request: HttpRequest, contact_id: Id, given: schemas.ConcludeIn) -> ContactDetailOut:
    """Say what became of a contact that led to no incident."""
    services.conclude(contact_id, given.outcome, given.words, viewer(request))
    return shown(request, contact_id)


@router.post(f"{ONE}/take-back", response=ContactDetailOut)
def take_back_outcome(request: HttpRequest, contact_id: Id, given: schemas.WhyIn) -> ContactDetailOut:
    """Take a wrong outcome back."""
    services.take_back_outcome(contact_id, given.reason, viewer(request))
    return shown(request, contact_id)


@router.get("/same-incidents", response=list[schemas.SameOut])
def same_incidents(
    request: HttpRequest,
    where: Line = "",
    what: Annotated[Line, Field(max_length=2000)] = "",
    call_back: Number = "",
) -> list[schemas.SameOut]:
    """Open incidents that what is typed may be about, the likeliest first, with reasons."""
    found = typing.same_incidents(typing.Typed(where, what, call_back), viewer(request))
    return [
        schemas.SameOut(
            incident_id=c.incident_id, reference=c.label.reference, score=c.score.percent, reasons=list(c.score.reasons)
        )
        for c in found
    ]


@router.get("/persistent-caller", response=PersistentOut)
def persistent(request: HttpRequest, number: Number) -> PersistentOut:
    """How often a line has called, and how to deal with it."""
    found = typing.persistent(number, viewer(request))
    return PersistentOut(
        outcomes=[schemas.CalledOut.from_orm(o) for o in found.outcomes],
        notes=[NoteOut.from_orm(n) for n in found.notes],
    )


@router.get("/caller-notes", response=list[NoteOut])
def caller_notes(request: HttpRequest) -> list[NoteOut]:
    """The standing notes on callers."""
    return [NoteOut.from_orm(n) for n in selectors.caller_notes(viewer(request))]


@router.post("/caller-notes", response={201: NoteOut})
def write_caller_note(request: HttpRequest, given: schemas.NoteIn) -> Status[NoteOut]:
    """Write how to deal with a caller."""
    return Status(201, NoteOut.from_orm(services.write_caller_note(by=viewer(request), **given.dict())))


@router.post("/caller-notes/{note_id}/review", response=NoteOut)
def review_caller_note(request: HttpRequest, note_id: Id, given: schemas.NoteReviewIn) -> NoteOut:
    """Review a note: it stays, or it ends."""
    return NoteOut.from_orm(services.review_caller_note(note_id, by=viewer(request), **given.dict()))
