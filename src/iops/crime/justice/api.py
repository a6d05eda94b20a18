"""The API of suspects: where each of a crime stands, every step with them, and who is wanted."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status

from iops.crime.justice import selectors, services
from iops.crime.justice.services import BailTerms, ChargeTerms, Disposal
from iops.crime.recorded.selectors import by_reference, one
from iops.foundation.api import Id, Line, PageNumber, PageOut, Text, paged, viewer
from iops.rulebook.needs import Needed

router = Router(tags=["suspects"])
SUSPECT = "/crimes/{reference}/suspects/{person_id}"


class StepOut(Schema):
    """One step with a suspect."""

    at: dt.datetime
    words: str


class SuspectOut(Schema):
    """One suspect of a crime; `standing` is worked out from the steps, `wanted_id` while they are wanted."""

    person_id: int
    name: str
    standing: str
    since: dt.datetime | None
    bail_until: dt.datetime | None
    conditions: str
    charged_with: str
    wanted_id: int | None
    steps: list[StepOut]


class WantedOut(Schema):
    """One name of the wanted list."""

    id: int
    crime: str
    person_id: int
    name: str
    reason: str
    since: dt.datetime
    domestic: bool


class WantedListOut(Schema):
    """A page of the wanted list."""

    page: PageOut
    wanted: list[WantedOut]


class WantedIn(Schema):
    """Which part of the wanted list."""

    district_id: Id | None = None
    page: PageNumber = 1


class WantIn(Schema):
    """Why somebody is wanted, or not any more."""

    reason: Annotated[Text, Needed("suspect-step")]


class ArrestIn(Schema):
    """An arrest; `at` is when it happened, now when left out."""

    how: Annotated[Literal["arrested", "surrendered"], Needed("suspect-step")]
    place: Annotated[Line, Needed("suspect-step")]
    necessity: Annotated[Text, Needed("arrest-necessity")]
    at: dt.datetime | None = None


class InterviewIn(Schema):
    """A voluntary interview."""

    place: Annotated[Line, Needed("suspect-step")]
    reason: Annotated[Text, Needed("arrest-necessity")]
    at: dt.datetime | None = None


class BailIn(Schema):
    """Bail before charge, granted, extended or varied."""

    until: Annotated[dt.datetime, Needed("bail-terms")]
    reason: Annotated[Text, Needed("bail-terms")]
    views: Annotated[Text, Needed("bail-terms")]
    conditions: Text = ""
    authority: Annotated[Literal["custody_officer", "inspector", "superintendent", "court"], Needed("bail-terms")]
    authority_words: Line = ""


class EndBailIn(Schema):
    """How bail ended."""

    how: Annotated[Literal["answered", "cancelled", "broken"], Needed("suspect-step")]
    reason: Annotated[Text, Needed("suspect-step")]


class ReleaseIn(Schema):
    """Why somebody is released without bail."""

    reason: Annotated[Text, Needed("release-reason")]


class ReviewIn(Schema):
    """What a supervisor found of a release."""

    findings: Annotated[Text, Needed("release-review-28")]


class NoActionIn(Schema):
    """Why no further action is taken."""

    reason: Annotated[Text, Needed("suspect-step")]


class ChargeIn(Schema):
    """A charge or summons."""

    offences: Annotated[Text, Needed("charge-terms")]
    decided_by: Annotated[Literal["prosecutor", "police"], Needed("charge-terms")]
    authority_words: Annotated[Line, Needed("charge-terms")]
    remanded: bool = False


class HearingIn(Schema):
    """A hearing; `held_on` is a local day."""

    court: Annotated[Line, Needed("charge-terms")]
    held_on: Annotated[dt.date, Needed("charge-terms")]


class DisposalIn(Schema):
    """A disposal out of court."""

    kind: Annotated[
        Literal["simple_caution", "conditional_caution", "community_resolution", "youth_caution"],
        Needed("disposal-terms"),
    ]
    reason: Annotated[Text, Needed("disposal-terms")]
    views: Annotated[Text, Needed("disposal-terms")]
    admitted: Annotated[bool, Needed("disposal-terms")]
    conditions: Text = ""


def _shown(request: HttpRequest, reference: str) -> list[SuspectOut]:
    crime = one(by_reference(reference).id, viewer(request)).crime
    return [
        SuspectOut(
            person_id=s.person_id,
            name=s.name,
            standing=s.standing,
            since=s.since,
            bail_until=s.bail.until if s.bail else None,
            conditions=s.bail.conditions if s.bail else "",
            charged_with=s.charge.offences if s.charge else "",
            wanted_id=s.wanted_id,
            steps=[StepOut(at=x.at, words=x.words) for x in s.steps],
        )
        for s in selectors.suspects_of(crime)
    ]


@router.get("/crimes/{reference}/suspects", response=list[SuspectOut])
def suspects(request: HttpRequest, reference: str) -> list[SuspectOut]:
    """The suspects of a crime."""
    return _shown(request, reference)


@router.get("/wanted", response=WantedListOut)
def wanted(request: HttpRequest, asked: Query[WantedIn]) -> WantedListOut:
    """Who is wanted now, suspects of domestic abuse first."""
    page = selectors.wanted(viewer(request), district_id=asked.district_id, page=asked.page)
    rows = [
        WantedOut(
            id=w.id,
            crime=w.crime.reference,
            person_id=w.person_id,
            name=w.name,
            reason=w.reason,
            since=w.since,
            domestic=w.domestic,
        )
        for w in page.rows
    ]
    return WantedListOut(page=paged(page), wanted=rows)


@router.post("/wanted/{wanted_id}/cancel", response={201: None})
def cancel(request: HttpRequest, wanted_id: Id, given: WantIn) -> Status[None]:
    """Take a name off without an arrest; an inspector does."""
    services.cancel_wanted(wanted_id, given.reason, viewer(request))
    return Status(201, None)


@router.post(f"{SUSPECT}/wanted", response={201: list[SuspectOut]})
def want(request: HttpRequest, reference: str, person_id: Id, given: WantIn) -> Status[list[SuspectOut]]:
    """Put a suspect on the wanted list."""
    services.want(by_reference(reference).id, person_id, given.reason, viewer(request))
    return Status(201, _shown(request, reference))


@router.post(f"{SUSPECT}/arrests", response={201: list[SuspectOut]})
def arrest(request: HttpRequest, reference: str, person_id: Id, given: ArrestIn) -> Status[list[SuspectOut]]:
    """Note an arrest or a surrender."""
    services.arrest(
        by_reference(reference).id, person_id, given.place, given.necessity, viewer(request), at=given.at, how=given.how
    )
    return Status(201, _shown(request, reference))


@router.post(f"{SUSPECT}/interviews", response={201: list[SuspectOut]})
def interview(request: HttpRequest, reference: str, person_id: Id, given: InterviewIn) -> Status[list[SuspectOut]]:
    """Note a voluntary interview."""
    found = by_reference(reference)
    services.interview(found.id, person_id, given.place, given.reason, viewer(request), at=given.at)
    return Status(201, _shown(request, reference))


@router.post(f"{SUSPECT}/bail", response={201: list[SuspectOut]})
def bail(request: HttpRequest, reference: str, person_id: Id, given: BailIn) -> Status[list[SuspectOut]]:
    """Bail, or extend or vary it; 409 when the authority may not bail so long."""
    services.bail(by_reference(reference).id, person_id, BailTerms(**given.dict()), viewer(request))
    return Status(201, _shown(request, reference))


@router.post(f"{SUSPECT}/bail-end", response={201: list[SuspectOut]})
def end_bail(request: HttpRequest, reference: str, person_id: Id, given: EndBailIn) -> Status[list[SuspectOut]]:
    """End the bail they are on."""
    services.end_bail(by_reference(reference).id, person_id, given.how, given.reason, viewer(request))
    return Status(201, _shown(request, reference))


@router.post(f"{SUSPECT}/releases", response={201: list[SuspectOut]})
def release(request: HttpRequest, reference: str, person_id: Id, given: ReleaseIn) -> Status[list[SuspectOut]]:
    """Release under investigation; of domestic abuse an inspector does."""
    services.release_under_investigation(by_reference(reference).id, person_id, given.reason, viewer(request))
    return Status(201, _shown(request, reference))


@router.post(f"{SUSPECT}/release-reviews", response={201: list[SuspectOut]})
def review(request: HttpRequest, reference: str, person_id: Id, given: ReviewIn) -> Status[list[SuspectOut]]:
    """Review a release under investigation."""
    services.review_release(by_reference(reference).id, person_id, given.findings, viewer(request))
    return Status(201, _shown(request, reference))


@router.post(f"{SUSPECT}/no-further-action", response={201: list[SuspectOut]})
def no_action(request: HttpRequest, reference: str, person_id: Id, given: NoActionIn) -> Status[list[SuspectOut]]:
    """Take no further action against them."""
    services.take_no_further_action(by_reference(reference).id, person_id, given.reason, viewer(request))
    return Status(201, _shown(request, reference))


@router.post(f"{SUSPECT}/charges", response={201: list[SuspectOut]})
def charge(request: HttpRequest, reference: str, person_id: Id, given: ChargeIn) -> Status[list[SuspectOut]]:
    """Charge or summons them."""
    services.charge(by_reference(reference).id, person_id, ChargeTerms(**given.dict()), viewer(request))
    return Status(201, _shown(request, reference))


@router.post(f"{SUSPECT}/hearings", response={201: list[SuspectOut]})
def hearing(request: HttpRequest, reference: str, person_id: Id, given: HearingIn) -> Status[list[SuspectOut]]:
    """Set a hearing of their charge."""
    services.set_hearing(by_reference(reference).id, person_id, given.court, given.held_on, viewer(request))
    return Status(201, _shown(request, reference))


@router.post(f"{SUSPECT}/disposals", response={201: list[SuspectOut]})
def dispose(request: HttpRequest, reference: str, person_id: Id, given: DisposalIn) -> Status[list[SuspectOut]]:
    """Caution them, or agree a community resolution."""
    services.dispose(by_reference(reference).id, person_id, Disposal(**given.dict()), viewer(request))
    return Status(201, _shown(request, reference))
