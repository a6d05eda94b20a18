"""What the API takes and says about contacts. All times are UTC, ISO 8601; a day is a local day."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from ninja import Schema
from pydantic import Field

from iops.foundation.api import Id, Line, Moment, PageOut, Text
from iops.rulebook.needs import Needed

Metres = Annotated[int, Field(ge=0, lt=1_300_000)]


class RingIn(Schema):
    """A contact that rings. `call_id` is the exchange's own name of the call: told twice it is one contact."""

    channel: Line = "999"
    number: Annotated[Line, Field(max_length=40)] = ""
    district_id: Id | None = None
    at: Moment | None = None
    call_id: Annotated[Line, Field(max_length=120)] = ""


class TakeIn(Schema):
    """A contact that did not ring."""

    channel: Annotated[Line, Needed("contact-channel")]
    call_back: Annotated[Line, Field(max_length=120)] = ""
    caller_name: Annotated[Line, Field(max_length=200)] = ""
    district_id: Id | None = None
    at: Moment | None = None


class AtIn(Schema):
    """When it happened; now, unless it is told afterwards."""

    at: Moment | None = None


class SilentIn(Schema):
    """The steps of a call in which nobody speaks."""

    line: Line = "unknown"
    heard: Line = "nothing"
    responded: bool | None = None
    pressed: Line = "not_offered"
    note: Text = ""


class PlaceIn(Schema):
    """Where the caller is; metres on the national grid."""

    said: Line = ""
    easting: Metres | None = None
    northing: Metres | None = None
    accuracy: Metres | None = None
    source: Line = "caller"


class CallerIn(Schema):
    """Who the caller is; what is empty stays as it was."""

    caller_name: Annotated[Line, Field(max_length=200)] = ""
    call_back: Annotated[Line, Field(max_length=120)] = ""
    person_id: Id | None = None


class PromiseIn(Schema):
    """By when the caller is called back."""

    call_by: Annotated[Moment, Needed("contact-call-back")]


class CallBackIn(Schema):
    """One attempt to reach the caller again."""

    result: Annotated[Line, Needed("contact-call-back")]
    note: Text = ""
    at: Moment | None = None


class LinkIn(Schema):
    """The open incident that the contact is about."""

    incident_id: Annotated[Id, Needed("which-record")]


class ConcludeIn(Schema):
    """What became of the contact, when no incident did."""

    outcome: Annotated[Line, Needed("contact-outcome")]
    words: Annotated[Text, Needed("contact-outcome")]


class WhyIn(Schema):
    """Why."""

    reason: Annotated[Text, Needed("change-reason")]


class ContactOut(Schema):
    """One contact in a list. `state` says in words where it stands."""

    id: int
    channel: str
    at: dt.datetime
    rang_at: dt.datetime | None
    answered_at: dt.datetime | None
    ended_at: dt.datetime | None
    abandoned_at: dt.datetime | None
    number: str | None
    call_back: str
    caller_name: str
    person_id: int | None
    district_id: int | None
    call_back_by: dt.datetime | None
    incident_id: int | None
    outcome: str | None
    concluded_at: dt.datetime | None
    conclusion: str | None
    state: str


class ContactsOut(Schema):
    """A page of contacts, the newest first."""

    page: PageOut
    rows: list[ContactOut]


class PlaceOut(Schema):
    """Where the caller was said to be."""

    at: dt.datetime
    source: str
    said: str
    easting: int | None
    northing: int | None
    accuracy: int | None


class SilenceOut(Schema):
    """The steps of a silent call."""

    at: dt.datetime
    line: str
    heard: str
    responded: bool | None
    pressed: str
    note: str


class CallBackOut(Schema):
    """One attempt to reach the caller again."""

    at: dt.datetime
    result: str
    note: str


class ContactDetailOut(ContactOut):
    """One contact with all its steps; `incidents` are the references of those it led to."""

    places: list[PlaceOut]
    silences: list[SilenceOut]
    call_backs: list[CallBackOut]
    incidents: list[str]


class AnswerTimesOut(Schema):
    """How contacts of one channel were answered; waiting in milliseconds, null when none was."""

    channel: str
    rang: int
    answered: int
    gone: int
    mean: int | None
    median: int | None
    nine_in_ten: int | None
    in_target: int


class SameOut(Schema):
    """An open incident that what is typed may be about; `score` is out of 100."""

    incident_id: int
    reference: str
    score: int
    reasons: list[str]


class NoteIn(Schema):
    """How to deal with somebody who contacts the force again and again: on a number, or on a nominal."""

    number: Annotated[Line, Field(max_length=40)] = ""
    person_id: Id | None = None
    grounds: Annotated[Text, Needed("caller-note")]
    handling: Annotated[Text, Needed("caller-note")]
    review_on: Annotated[dt.date, Needed("caller-note")]


class NoteReviewIn(Schema):
    """What the review of a note found."""

    keep: Annotated[bool, Needed("caller-note-review")]
    words: Annotated[Text, Needed("caller-note-review")]
    next_review: dt.date | None = None


class NoteOut(Schema):
    """A note on a caller."""

    id: int
    number: str
    person_id: int | None
    grounds: str
    handling: str
    written_at: dt.datetime
    review_on: dt.date
    ended_at: dt.datetime | None


class CalledOut(Schema):
    """How many contacts came to one outcome within 30, 90 and 365 days; "" is no outcome yet."""

    outcome: str
    month: int
    quarter: int
    year: int


class PersistentOut(Schema):
    """How often a line has called, and the standing notes. Each contact is still judged by what it is about."""

    outcomes: list[CalledOut]
    notes: list[NoteOut]
