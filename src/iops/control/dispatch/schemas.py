"""What the API takes and says about units and dispatch. Times are UTC; metres are on the national grid."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from ninja import Schema
from pydantic import Field

from iops.control.models.units import EAST, NORTH
from iops.foundation.api import Id, Line, Moment, Text
from iops.rulebook.needs import Needed

Callsign = Annotated[Line, Field(min_length=1, max_length=20)]
Some = Annotated[list[Id], Field(min_length=1, max_length=50)]


class UnitIn(Schema):
    """A unit to register."""

    callsign: Annotated[Callsign, Needed("unit-itself")]
    kind: Annotated[Line, Field(max_length=40), Needed("unit-itself")]
    district_id: Annotated[Id, Needed("unit-itself")]


class ActiveIn(Schema):
    """A unit brought into use or retired, and why."""

    active: Annotated[bool, Needed("step-itself")]
    reason: Annotated[Text, Needed("decision-reason")]


class DutyIn(Schema):
    """A tour: the accounts of the crew, the planned end, vehicle and skills (codes of the force's list)."""

    crew: Annotated[list[Id], Field(min_length=1, max_length=30), Needed("unit-itself")]
    until: Annotated[Moment, Needed("unit-itself")]
    vehicle: Annotated[Line, Field(max_length=60)] = ""
    skills: Annotated[list[Annotated[Line, Field(max_length=40)]], Field(max_length=50)] = []


class CrewIn(Schema):
    """Somebody who joins or leaves a crew."""

    user_id: Annotated[Id, Needed("which-record")]


class StateIn(Schema):
    """A status code as pressed; `at` when it happened, if not now."""

    code: Annotated[int, Field(ge=0, le=99), Needed("unit-itself")]
    at: Moment | None = None
    note: Line = ""


class PositionIn(Schema):
    """Where the unit is or was."""

    easting: Annotated[int, Field(ge=0, lt=EAST), Needed("unit-itself")]
    northing: Annotated[int, Field(ge=0, lt=NORTH), Needed("unit-itself")]
    at: Moment | None = None


class TakenOut(Schema):
    """Whether a report was taken: an older one than is known is let go."""

    taken: bool


class AssignIn(Schema):
    """The units to send, all or none."""

    unit_ids: Annotated[Some, Needed("which-record")]


class StepIn(Schema):
    """One step of a deployment; `at` when it happened, if not now."""

    at: Moment | None = None


class ClearIn(StepIn):
    """The unit is released; `result` is what it did, in a line."""

    result: Text = ""


class DivertIn(Schema):
    """Where the unit is sent instead (the id of the incident), and why."""

    incident_id: Annotated[Id, Needed("which-record")]
    reason: Annotated[Text, Needed("decision-reason")]


class ReadIn(Schema):
    """Warnings that were read; `reader_id` names who of the crew was told over the radio."""

    marker_ids: Annotated[list[Id], Field(min_length=1, max_length=500), Needed("crew-safety")]
    reader_id: Id | None = None


class WelfareIn(Schema):
    """In how many minutes the crew is asked."""

    minutes: Annotated[int, Field(ge=1, le=240), Needed("welfare-answer")]


class WellIn(Schema):
    """The answer of a crew; `well` false is an emergency."""

    well: Annotated[bool, Needed("welfare-answer")]
    note: Line = ""


class AnswerIn(Schema):
    """What was done for a crew that pressed the button."""

    note: Annotated[Text, Needed("emergency-answer")]


class UnitOut(Schema):
    """One unit as it stands; what it is on is empty where it is hidden from whoever asks."""

    id: int
    callsign: str
    kind: str
    district_id: int
    active: bool
    status: str
    code: int
    state_since: dt.datetime | None
    on_duty_since: dt.datetime | None
    until: dt.datetime | None
    vehicle: str
    skills: list[str]
    crew: list[str]
    easting: int | None
    northing: int | None
    position_at: dt.datetime | None
    deployment_id: int | None
    incident: str


class DeploymentOut(Schema):
    """One unit at one incident, with the time of every step; null is a step not taken."""

    id: int
    unit: str
    resource_id: int | None
    incident_id: int
    self_assigned: bool | None
    assigned_at: dt.datetime
    acknowledged_at: dt.datetime | None
    en_route_at: dt.datetime | None
    arrived_at: dt.datetime | None
    stood_down_at: dt.datetime | None
    diverted_at: dt.datetime | None
    diverted_from_id: int | None
    divert_reason: str | None
    result: str | None


class ReasonOut(Schema):
    """One reason for or against a unit."""

    points: int
    says: str


class SuggestionOut(Schema):
    """One unit with its reasons. `minutes` is an estimate."""

    unit_id: int
    callsign: str
    metres: int | None
    minutes: int | None
    possible: bool
    must_divert: bool
    deployment_id: int | None
    points: int
    reasons: list[ReasonOut]


class MarkerOut(Schema):
    """One standing warning and whether somebody of the crew has read it."""

    id: int
    kind: str
    severity: str
    grounds: str
    confirmed: bool | None
    person: str | None
    location: str | None
    read: bool


class CheckOut(Schema):
    """One welfare check."""

    id: int
    unit_id: int
    due_at: dt.datetime
    answered_at: dt.datetime | None
    well: bool | None
    note: str


class PressOut(Schema):
    """One press of the emergency button."""

    id: int
    unit_id: int
    at: dt.datetime
    easting: int | None
    northing: int | None
    answered_at: dt.datetime | None
    note: str
