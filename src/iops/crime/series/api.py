"""The API of series: make one, put crimes in and take them out, lead and owner, close; what facts tie to a crime."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from iops.crime.recorded.selectors import by_reference
from iops.crime.series import selectors, services
from iops.crime.series.suggesting import Tied
from iops.foundation.api import Id, Line, PageNumber, PageOut, Text, paged, viewer
from iops.rulebook.needs import Needed

router = Router(tags=["series"])
ONE = "/series/{series_id}"
MOST_CRIMES = 200


class TiedOut(Schema):
    """A crime of no series that facts tie to others: by what, and how many days apart from the nearest."""

    reference: str
    reasons: list[str]
    days_apart: int


class MemberOut(Schema):
    """A crime of a series, and why it is in it."""

    reference: str
    crime_class: str
    committed_from: dt.date
    state: str
    owner: str
    leads: bool
    reason: str


class SeriesOut(Schema):
    """One series; only the crimes that whoever asks may see."""

    id: int
    title: str
    common: str
    state: str
    lead: str
    owner_id: int
    owner: str
    crimes: list[MemberOut]
    taken_out: list[str]
    tied: list[TiedOut]


class ListedOut(Schema):
    """One series of the list."""

    id: int
    title: str
    lead: str
    owner: str
    crimes: int


class ListOut(Schema):
    """A page of series."""

    page: PageOut
    series: list[ListedOut]


class ListIn(Schema):
    """Which series: the open ones, or those that were closed."""

    closed: bool = False
    page: PageNumber = 1


class MakeIn(Schema):
    """A series: its name, what is common to its crimes, which leads, the others, the owner (whoever calls)."""

    title: Annotated[Line, Needed("series")]
    common: Annotated[Text, Needed("series")]
    lead: Annotated[Line, Needed("series")]
    others: Annotated[list[Line], Field(max_length=MOST_CRIMES, default_factory=list)]
    owner_id: Id | None = None


class CrimeIn(Schema):
    """A crime, and why it joins or leaves."""

    crime: Annotated[Line, Needed("which-record")]
    reason: Annotated[Text, Needed("series")]


class LeadIn(CrimeIn):
    """The crime that leads, who owns all of it (as before), and why."""

    owner_id: Id | None = None


class CloseIn(Schema):
    """Why a series is closed."""

    reason: Annotated[Text, Needed("series")]


def _tied(found: tuple[Tied, ...]) -> list[TiedOut]:
    return [TiedOut(reference=t.crime.reference, reasons=list(t.reasons), days_apart=t.days_apart) for t in found]


def _shown(request: HttpRequest, series_id: int) -> SeriesOut:
    shown = selectors.one(series_id, viewer(request))
    return SeriesOut(
        id=shown.series.id,
        title=shown.series.title,
        common=shown.series.common,
        state="closed" if shown.closed else "open",
        lead=shown.lead.crime.reference,
        owner_id=shown.lead.owner_id,
        owner=shown.lead.owner.name,
        crimes=[_member(m) for m in shown.members],
        taken_out=[row.crime.reference for row in shown.left],
        tied=_tied(shown.offered),
    )


def _member(member: selectors.Member) -> MemberOut:
    return MemberOut(
        reference=member.row.crime.reference,
        crime_class=member.standing.crime_class,
        committed_from=member.row.crime.committed_from,
        state=member.state,
        owner=member.standing.owner.name if member.standing.owner else "",
        leads=member.leads,
        reason=member.row.reason,
    )


@router.get("/series", response=ListOut)
def series_list(request: HttpRequest, wanted: Query[ListIn]) -> ListOut:
    """The series, the newest first."""
    page = selectors.series_list(wanted.page, closed=wanted.closed)
    rows = [
        ListedOut(
            id=s.series.id,
            title=s.series.title,
            lead=s.lead.crime.reference if s.lead else "",
            owner=s.lead.owner.name if s.lead else "",
            crimes=s.crimes,
        )
        for s in page.rows
    ]
    return ListOut(page=paged(page), series=rows)


@router.post("/series", response={201: SeriesOut})
def make(request: HttpRequest, given: MakeIn) -> Status[SeriesOut]:
    """Make a series; all of it is allocated to its owner."""
    others = [by_reference(one).id for one in given.others]
    lead = by_reference(given.lead)
    made = services.make_series(
        given.title, given.common, lead.id, viewer(request), others=others, owner_id=given.owner_id
    )
    return Status(201, _shown(request, made.id))


@router.get(ONE, response=SeriesOut)
def one(request: HttpRequest, series_id: Id) -> SeriesOut:
    """One series, with the crimes that facts tie to it."""
    return _shown(request, series_id)


@router.post(f"{ONE}/crimes", response={201: SeriesOut})
def join(request: HttpRequest, series_id: Id, given: CrimeIn) -> Status[SeriesOut]:
    """Put a crime into it."""
    services.join(series_id, by_reference(given.crime).id, given.reason, viewer(request))
    return Status(201, _shown(request, series_id))


@router.post(f"{ONE}/departures", response=SeriesOut)
def leave(request: HttpRequest, series_id: Id, given: CrimeIn) -> SeriesOut:
    """Take a crime out of it; never the one that leads."""
    services.leave(series_id, by_reference(given.crime).id, given.reason, viewer(request))
    return _shown(request, series_id)


@router.post(f"{ONE}/lead", response=SeriesOut)
def lead(request: HttpRequest, series_id: Id, given: LeadIn) -> SeriesOut:
    """Choose which crime leads and who owns all of it."""
    crime = by_reference(given.crime)
    services.lead(series_id, crime.id, given.reason, viewer(request), owner_id=given.owner_id)
    return _shown(request, series_id)


@router.post(f"{ONE}/closing", response=SeriesOut)
def close(request: HttpRequest, series_id: Id, given: CloseIn) -> SeriesOut:
    """Close it: its crimes go on by themselves."""
    services.close(series_id, given.reason, viewer(request))
    return _shown(request, series_id)


@router.get("/crimes/{reference}/tied", response=list[TiedOut])
def tied(request: HttpRequest, reference: str) -> list[TiedOut]:
    """The crimes of no series that facts tie to it."""
    return _tied(selectors.tied_to(by_reference(reference).id, viewer(request)))
