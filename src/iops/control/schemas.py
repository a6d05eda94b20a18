"""What the API takes and says about incidents. All times are UTC, ISO 8601; a day in an address is DDMMYYYY."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from iops.foundation.api import Answer, Id, Line, Moment, PageOut, Text
from iops.obligations.schemas import DutyOut
from iops.rulebook.needs import Needed

MOST_NAMES = 500


class IncidentIn(Schema):
    """A contact taken: where and what are enough.

    `key` is made by the sender for each form: sent twice with one key, an incident is opened once. `contact_id` is the
    contact it is opened from, when that was taken on its own before.
    """

    where: Annotated[Line, Needed("incident-minimum")]
    what: Annotated[Text, Needed("incident-minimum")]
    district_id: Id | None = None
    call_back: Annotated[Line, Field(max_length=120)] = ""
    caller_name: Annotated[Line, Field(max_length=200)] = ""
    channel: Annotated[Line, Field(max_length=12)] = "999"
    reported_at: Moment | None = None
    domestic: bool = False
    crime_reported: bool = False
    category: Annotated[Line, Field(max_length=80)] = ""
    contact_id: Id | None = None
    key: UUID | None = None


class IncidentOut(Answer):
    """One incident in a list. `grade` is null before it is graded."""

    id: int
    reference: str
    number: int
    day: dt.date
    reported_at: dt.datetime
    where: str
    what: str
    district_id: int
    grade: int | None
    domestic: bool
    crime_reported: bool
    category: str
    restricted: bool
    closed_at: dt.datetime | None
    closing_note: str


class GradingOut(Answer):
    """One grading."""

    grade: int
    at: dt.datetime
    by: str | None
    rationale: str


class LogOut(Answer):
    """One line of the log."""

    id: int
    at: dt.datetime
    author: str | None
    text: str


class UnitOut(Answer):
    """One unit sent to the incident."""

    id: int
    unit: str
    assigned_at: dt.datetime
    arrived_at: dt.datetime | None
    stood_down_at: dt.datetime | None


class IncidentDetailOut(IncidentOut):
    """One incident with all that the control room holds on it, and what is owed on it."""

    call_back: str
    caller_name: str
    channel: str
    access: list[str]
    gradings: list[GradingOut]
    units: list[UnitOut]
    log: list[LogOut]
    owed: list[DutyOut]


class IncidentsOut(Answer):
    """A page of incidents, the newest first."""

    page: PageOut
    rows: list[IncidentOut]


class LogIn(Schema):
    """A line for the log; `at` is when it happened, if that was not now."""

    text: Annotated[Text, Needed("incident-log")]
    at: Moment | None = None


class GradeIn(Schema):
    """A grading: 1 is the most urgent."""

    grade: Annotated[Literal[1, 2, 3, 4, 5], Needed("grade-itself")]
    rationale: Text = ""


class DistrictIn(Schema):
    """The district an incident is in."""

    district_id: Annotated[Id, Needed("district-of-incident")]


class DomesticIn(Schema):
    """The domestic mark, set or taken away."""

    domestic: Annotated[bool, Needed("da-mark-decide")]
    reason: Text = ""


class UnitIn(Schema):
    """A unit by its call sign."""

    unit: Annotated[Line, Field(max_length=20), Needed("unit-itself")]


class RestrictIn(Schema):
    """Who may see the incident from now on, beside whoever restricts it."""

    user_ids: Annotated[list[Id], Field(max_length=MOST_NAMES)] = []
    team_ids: Annotated[list[Id], Field(max_length=MOST_NAMES)] = []
    reason: Annotated[Text, Needed("restriction-reason")]


class WaiverIn(Schema):
    """One duty and why it need not be met."""

    subject: Annotated[Line, Needed("which-record")]
    subject_id: Annotated[Id, Needed("which-record")]
    rule: Annotated[Line, Needed("which-record")]
    reason: Annotated[Text, Needed("waiver-reason")]


class ReasonIn(Schema):
    """Why."""

    reason: Annotated[Text, Needed("decision-reason")]
