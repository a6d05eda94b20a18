"""The verbs of contacts: from the ring of the telephone to what became of the call. None of them loses a contact."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from iops.control.contact import common
from iops.control.contact.common import line, locked, not_before, one_of, without_outcome
from iops.control.contact.notes import review_caller_note, write_caller_note
from iops.control.dispatch.common import moment
from iops.control.finding import open_one
from iops.control.models import (
    CallBackAttempt,
    CallBackResult,
    CallerPlace,
    Channel,
    Contact,
    Heard,
    Line,
    LogEntry,
    Outcome,
    PlaceSource,
    Pressed,
    SilentCall,
)
from iops.control.models.units import EAST, NORTH
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotFoundError
from iops.foundation.models import District
from iops.obligations.services import text, writing
from iops.pole.models import Person
from iops.web.words import moment as in_words

if TYPE_CHECKING:
    from datetime import datetime

    from iops.foundation.models import User

__all__ = [
    "abandon",
    "answer",
    "call_back",
    "conclude",
    "end",
    "link_call",
    "link_to_incident",
    "name_caller",
    "note_silent",
    "place_caller",
    "promise_call_back",
    "review_caller_note",
    "ring",
    "take",
    "take_back_outcome",
    "write_caller_note",
]

EXCHANGE = "exchange"
"""The source of contacts that the telephone exchange tells of; its own id of the call is the key."""
TAKEN = frozenset(Channel.values) - {Channel.IMPORTED}
FURTHEST_PROMISE = timedelta(days=28)
WITHOUT_INCIDENT = (Outcome.ADVICE, Outcome.REFERRED, Outcome.NO_TRACE)


@verb
def ring(
    *,
    channel: str,
    by: User,
    number: str = "",
    district_id: int | None = None,
    at: datetime | None = None,
    call_id: str = "",
    made_up: bool = False,
) -> Contact:
    """A contact reaches the force and waits to be answered; from now on its outcome is owed.

    `call_id` is the exchange's own name of the call: told twice, it is one contact. Raises InvalidError for an unknown
    channel or district, or a time that lies ahead.
    """
    key = line(call_id, "Call", 120)
    known = Contact.objects.filter(source=EXCHANGE, source_key=key).first() if key else None
    if known is not None:
        return known
    rang = moment(at)
    with writing(by, reason="contact rang"):
        return Contact.objects.create(
            channel=one_of(channel, TAKEN, "channel"),
            at=rang,
            rang_at=rang,
            open_since=rang,
            number=common.number(number) or None,
            district_id=_district(district_id),
            source=EXCHANGE if key else "",
            source_key=key,
            made_up=made_up,
        )


@verb
def take(
    *,
    channel: str,
    by: User,
    call_back: str = "",
    caller_name: str = "",
    district_id: int | None = None,
    at: datetime | None = None,
) -> Contact:
    """Take a contact that did not ring: at a counter, online, from an officer. Its outcome is owed from then on.

    Raises InvalidError for an unknown channel or district, text that is too long, or a time that lies ahead.
    """
    taken = moment(at)
    with writing(by, reason="contact taken"):
        return Contact.objects.create(
            channel=one_of(channel, TAKEN, "channel"),
            at=taken,
            open_since=taken,
            answered_at=taken,
            taken_by=by,
            call_back=line(call_back, "Call back", common.LONGEST_CALL_BACK),
            caller_name=line(caller_name, "Caller", common.LONGEST_NAME),
            district_id=_district(district_id),
        )


def _district(district_id: int | None) -> int | None:
    if district_id is not None and not District.objects.filter(id=district_id).exists():
        raise InvalidError("There is no such district.", details={"field": "district"})
    return district_id


@verb
def answer(contact_id: int, by: User, *, at: datetime | None = None) -> Contact:
    """Answer a ringing contact: it is now this person's. Answered twice by the same person is once.

    Raises ConflictError when somebody else has answered it, or the caller is gone.
    """
    answered = moment(at)
    with writing(by, reason="contact answered"):
        contact = locked(contact_id)
        if contact.answered_at is not None:
            if contact.taken_by_id == by.id:
                return contact
            raise ConflictError(f"{contact.taken_by or 'Somebody else'} has answered this contact.")
        if contact.abandoned_at is not None or contact.ended_at is not None:
            raise ConflictError("The caller is gone.", mend="Call back.")
        not_before(contact.rang_at, answered)
        contact.answered_at = contact.at = answered
        contact.taken_by = by
        contact.save()
    return contact


@verb
def end(contact_id: int, by: User, *, at: datetime | None = None) -> Contact:
    """The call ends; what became of it stays owed. Raises ConflictError for one that never began."""
    ended = moment(at)
    with writing(by, reason="contact ended"):
        contact = locked(contact_id)
        if contact.ended_at is not None:
            raise ConflictError("This contact has ended already.")
        if contact.answered_at is None and contact.rang_at is not None:
            raise ConflictError("Nobody has answered this contact.", mend="Say that the caller is gone.")
        not_before(contact.answered_at or contact.at, ended)
        contact.ended_at = ended
        contact.save()
    return contact


@verb
def abandon(contact_id: int, by: User, *, at: datetime | None = None) -> Contact:
    """The caller is gone before it was clear what they needed, answered or not. A 999 caller must be called back.

    Raises ConflictError when that was said already, or when the contact has an outcome.
    """
    gone = moment(at)
    with writing(by, reason="caller gone"):
        contact = without_outcome(contact_id)
        if contact.abandoned_at is not None:
            raise ConflictError("It was said already that the caller is gone.")
        not_before(contact.answered_at or contact.rang_at, gone)
        contact.abandoned_at = gone
        contact.ended_at = contact.ended_at or gone
        contact.save()
    return contact


@verb
def note_silent(
    contact_id: int,
    *,
    by: User,
    line: str = Line.UNKNOWN,
    heard: str = Heard.NOTHING,
    responded: bool | None = None,
    pressed: str = Pressed.NOT_OFFERED,
    note: str = "",
) -> SilentCall:
    """Keep the steps of a call in which nobody speaks. Pressing 55 does not tell where the caller is.

    Raises InvalidError for a word that is not in its list, or for 55 on a landline.
    """
    if line == Line.LANDLINE and pressed != Pressed.NOT_OFFERED:
        raise InvalidError("55 is asked for on mobiles only.", details={"field": "pressed"})
    with writing(by, reason="silent call"):
        return SilentCall.objects.create(
            contact=locked(contact_id),
            at=clock.now(),
            by=by,
            line=one_of(line, Line.values, "line"),
            heard=one_of(heard, Heard.values, "heard"),
            responded=responded,
            pressed=one_of(pressed, Pressed.values, "pressed"),
            note=text(note, "Note", needed=False),
        )


@verb
def place_caller(
    contact_id: int,
    *,
    by: User,
    said: str = "",
    easting: int | None = None,
    northing: int | None = None,
    accuracy: int | None = None,
    source: str = PlaceSource.CALLER,
) -> CallerPlace:
    """Keep where the caller is, in words, as a point, or both; earlier places stay. Metres on the national grid.

    Raises InvalidError when neither is given, or a point is not whole or off the grid.
    """
    where = line(said, "Where the caller is", common.LONGEST_PLACE)
    if not where and easting is None:
        raise InvalidError("Say where the caller is, or give a point.", details={"field": "said"})
    _on_the_grid(easting, northing, accuracy)
    with writing(by, reason="caller placed"):
        return CallerPlace.objects.create(
            contact=locked(contact_id),
            at=clock.now(),
            by=by,
            source=one_of(source, PlaceSource.values, "source"),
            said=where,
            easting=easting,
            northing=northing,
            accuracy=accuracy,
        )


def _on_the_grid(easting: int | None, northing: int | None, accuracy: int | None) -> None:
    if (easting is None) != (northing is None) or (easting is None and accuracy is not None):
        raise InvalidError("A point needs an easting and a northing.", details={"field": "easting"})
    if easting is None or northing is None:
        return
    if not (0 <= easting < EAST and 0 <= northing < NORTH and 0 <= (accuracy or 0) < EAST):
        raise InvalidError("That point is not on the national grid.", details={"field": "easting"})


@verb
def name_caller(
    contact_id: int, *, by: User, caller_name: str = "", call_back: str = "", person_id: int | None = None
) -> Contact:
    """Say who the caller is: name, number, and the nominal when it is known. What is empty stays as it was."""
    if person_id is not None and not Person.objects.filter(id=person_id).exists():
        raise NotFoundError("There is no such nominal.")
    with writing(by, reason="caller named"):
        contact = locked(contact_id)
        contact.caller_name = line(caller_name, "Caller", common.LONGEST_NAME) or contact.caller_name
        contact.call_back = line(call_back, "Call back", common.LONGEST_CALL_BACK) or contact.call_back
        contact.person_id = person_id or contact.person_id
        contact.save()
    return contact


@verb
def promise_call_back(contact_id: int, call_by: datetime, by: User) -> Contact:
    """Promise the caller a call back by a moment, which is then owed. A new promise takes the place of the one before.

    Raises InvalidError for a moment that has passed or lies more than 28 days ahead.
    """
    now = clock.now()
    if call_by.tzinfo is None or not now < call_by <= now + FURTHEST_PROMISE:
        raise InvalidError(
            f"A call back is promised for a time to come, at most {FURTHEST_PROMISE.days} days ahead.",
            details={"field": "call_by"},
        )
    with writing(by, reason="call back promised"):
        contact = locked(contact_id)
        contact.call_back_by, contact.promised_at = call_by, now
        contact.incident = contact.incident or contact.incidents.order_by("id").first()
        contact.save()
    return contact


@verb
def call_back(contact_id: int, result: str, by: User, *, note: str = "", at: datetime | None = None) -> CallBackAttempt:
    """Keep one attempt to reach the caller again, or the decision that none is made.

    Not to ring because it could put the caller in danger needs words. Raises InvalidError.
    """
    words = text(note, "Note", needed=result == CallBackResult.UNSAFE)
    tried = moment(at)
    with writing(by, reason="call back"):
        return CallBackAttempt.objects.create(
            contact=locked(contact_id),
            at=tried,
            by=by,
            result=one_of(result, CallBackResult.values, "result"),
            note=words,
        )


@verb
def link_to_incident(contact_id: int, incident_id: int, by: User) -> Contact:
    """Link a contact to an open incident that it is about: a line of the log says so, and nothing is closed or dropped.

    Raises ConflictError when the contact has an outcome or the incident is closed.
    """
    incident = open_one(incident_id)
    with writing(by, reason="contact linked"):
        contact = without_outcome(contact_id)
        common.led_to(contact, incident, Outcome.LINKED, by)
        LogEntry.objects.create(incident=incident, at=clock.now(), author=by, text=_linked(contact))
    return contact


@verb
def link_call(
    incident_id: int,
    *,
    by: User,
    contact_id: int | None = None,
    channel: str = Channel.EMERGENCY,
    caller_name: str = "",
    call_back: str = "",
    where: str = "",
    what: str = "",
) -> Contact:
    """Link the call that is being taken to an open incident, with whatever was typed of it: none of it is lost.

    Without a contact the call becomes one. Raises ConflictError as `link_to_incident`, and InvalidError as `take`.
    """
    said = [text(part, field, needed=False).strip() for part, field in ((where, "Where"), (what, "What"))]
    open_one(incident_id)
    with writing(by, reason="call linked"):
        if contact_id is None:
            contact_id = take(channel=channel, by=by, call_back=call_back, caller_name=caller_name).id
        else:
            name_caller(contact_id, by=by, caller_name=caller_name, call_back=call_back)
        linked = link_to_incident(contact_id, incident_id, by)
        told = ". ".join(part.rstrip(".") for part in said if part)
        if told:
            now = clock.now()
            LogEntry.objects.create(
                incident_id=incident_id, at=now, author=by, text=f"Contact {linked.id} says: {told}."
            )
    return linked


def _linked(contact: Contact) -> str:
    """What the log of the incident says of a contact that is linked to it."""
    told = [
        f"Another contact about this: {Channel(contact.channel).label}, {in_words(contact.at)}, contact {contact.id}."
    ]
    told += [f"Caller: {contact.caller_name}."] if contact.caller_name else []
    told += [f"Call back: {reach}."] if (reach := contact.call_back or contact.number) else []
    place = contact.places.order_by("-id").first()
    told += [f"Where the caller is: {place.said}."] if place and place.said else []
    return " ".join(told)


@verb
def conclude(contact_id: int, outcome: str, words: str, by: User) -> Contact:
    """Say what became of a contact that led to no incident: advice, another service, or no trace; with words.

    Raises InvalidError for another outcome (incidents are opened and linked by verbs of their own), ConflictError when
    it has one.
    """
    if outcome not in WITHOUT_INCIDENT:
        raise InvalidError(
            "Advice given, referred, or no trace.",
            mend="To open an incident or to link to one, do that.",
            details={"field": "outcome"},
        )
    said = text(words, "What was said")
    with writing(by, reason="contact concluded"):
        contact = without_outcome(contact_id)
        common.conclude_as(contact, Outcome(outcome), by, said)
    return contact


@verb
def take_back_outcome(contact_id: int, reason: str, by: User) -> Contact:
    """Take a wrong outcome back, with a reason; its outcome is owed again. What was said stays in history.

    Raises ConflictError when there is none, or when an incident was opened from it: that is closed, not unsaid.
    """
    text(reason, "Reason")
    with writing(by, reason=reason):
        contact = locked(contact_id)
        if contact.outcome is None or contact.outcome == Outcome.INCIDENT:
            raise ConflictError(
                "There is no outcome to take back." if contact.outcome is None else "An incident was opened from it."
            )
        if contact.incident_id is not None:
            told = f"Contact {contact.id} is no longer linked: {reason}"
            LogEntry.objects.create(incident_id=contact.incident_id, at=clock.now(), author=by, text=told)
        contact.outcome = contact.concluded_at = contact.concluded_by = contact.conclusion = contact.incident = None
        contact.save()
    return contact
