"""The intake check over the API: one request, every part, and which of them could not be loaded."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from iops.control.intake import selectors
from iops.control.intake.selectors import MOST_RADIUS, Check, KnownPerson, Part
from iops.foundation.api import Line, viewer

router = Router(tags=["intake"])


class AskedIn(Schema):
    """What is typed so far. Coordinates and radius are metres on the national grid."""

    name: Line = ""
    born: Line = ""
    address: Line = ""
    phone: Line = ""
    easting: Annotated[int, Field(ge=0, lt=700_000)] | None = None
    northing: Annotated[int, Field(ge=0, lt=1_300_000)] | None = None
    radius: Annotated[int, Field(ge=0, le=MOST_RADIUS)] = 0


class WarningOut(Schema):
    """A warning that somebody must be told before they go there."""

    id: int
    kind: str
    severity: str
    grounds: str
    confirmed: bool
    overdue: bool
    on: str


class PersonKnownOut(Schema):
    """Somebody who may be concerned: why, what agrees, and how often they were involved (12 months, ever)."""

    ids: list[int]
    name: str
    address: str
    because: str
    says: list[str]
    year: int
    ever: int


class PartOut(Schema):
    """One part of the check. `known` false: it could not be loaded, and nothing follows from what is missing."""

    name: str
    known: bool
    people: list[PersonKnownOut]
    places: list[str]
    incidents: list[str]


class CheckOut(Schema):
    """The whole answer; `failed` names the parts that could not be loaded."""

    warnings: list[WarningOut]
    warnings_known: bool
    failed: list[str]
    parts: list[PartOut]


@router.get("/intake-check", response=CheckOut)
def intake_check(request: HttpRequest, asked: Query[AskedIn]) -> CheckOut:
    """Name and address and phone and radius in one request: who and what is known, warnings first."""
    return _out(selectors.check(selectors.Asked(**asked.dict()), viewer(request)))


def _out(found: Check) -> CheckOut:
    warnings = [
        WarningOut(
            id=m.marker.id,
            kind=m.kind,
            severity=m.severity,
            grounds=m.marker.grounds,
            confirmed=bool(m.marker.confirmed),
            overdue=m.overdue,
            on=str(m.marker.person or m.marker.location),
        )
        for m in found.warnings
    ]
    return CheckOut(
        warnings=warnings,
        warnings_known=found.warnings_known,
        failed=list(found.failed),
        parts=[_part(p) for p in found.parts],
    )


def _part(part: Part) -> PartOut:
    return PartOut(
        name=part.name,
        known=part.known,
        people=[_person(p) for p in part.people],
        places=[p.title for p in part.places],
        incidents=[i.reference for i in part.incidents],
    )


def _person(person: KnownPerson) -> PersonKnownOut:
    total = person.counts.total
    return PersonKnownOut(
        ids=list(person.ids),
        name=person.named.title,
        address=person.named.address,
        because=person.because,
        says=list(person.says),
        year=total.year,
        ever=total.ever,
    )
