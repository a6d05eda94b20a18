"""The API of crime recording: the recording decision on one incident."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status

from iops.control.api import ONE, Named
from iops.crime import selectors, services
from iops.foundation.api import Text, viewer

router = Router(tags=["crime"])


class DecisionIn(Schema):
    """Whether what is reported is recorded as a crime, and why."""

    result: Literal["crime", "crime_related_incident", "not_a_crime", "transferred"]
    rationale: Text


class DecisionOut(Schema):
    """One recording decision."""

    result: str
    rationale: str
    at: dt.datetime


def _shown(incident_id: int) -> list[DecisionOut]:
    return [DecisionOut.from_orm(d) for d in selectors.recording_on(incident_id)]


@router.get(f"{ONE}/recording-decisions", response=list[DecisionOut])
def recording_decisions(request: HttpRequest, named: Named) -> list[DecisionOut]:
    """The recording decisions on the incident, the latest first."""
    return _shown(named.find().id)


@router.post(f"{ONE}/recording-decisions", response={201: list[DecisionOut]})
def decide_recording(request: HttpRequest, named: Named, given: DecisionIn) -> Status[list[DecisionOut]]:
    """Decide whether the incident is recorded as a crime."""
    found = named.find()
    services.decide_recording(found.id, given.result, given.rationale, viewer(request))
    return Status(201, _shown(found.id))
