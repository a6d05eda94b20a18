"""The API of referrals: draft, send, note, revoke, decide, and the must-not-receive list; the list and its counts."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from iops.control.api import ONE, Named
from iops.foundation.api import Id, Line, PageNumber, PageOut, Text, paged, viewer
from iops.foundation.errors import InvalidError
from iops.rulebook.needs import Needed
from iops.safeguarding.referrals import actions, selectors, services
from iops.safeguarding.referrals.services import Draft

router = Router(tags=["referrals"])
MOST_BLOCKS = 20
MOST_DAYS = 800
Urgency = Literal["immediate", "routine"]
State = Literal["drafted", "sent", "received", "accepted", "rejected", "done", "revoked"]
Noted = Literal["received", "accepted", "rejected", "done"]
Kind = Literal[
    "children_services",
    "adult_services",
    "marac",
    "idva",
    "victims_services",
    "school",
    "health",
    "probation",
    "other",
]


class DraftIn(Schema):
    """A referral; `added` names blocks beyond the least, each with its why."""

    person_id: Annotated[Id, Needed("which-record")]
    agency_id: Annotated[Id, Needed("referral-content")]
    strand: Annotated[Line, Needed("referral-content")]
    urgency: Annotated[Urgency, Needed("referral-content")]
    summary: Annotated[Text, Needed("referral-content")]
    basis: Annotated[Line, Needed("sharing-basis")]
    grounds: Text = ""
    voice: Text = ""
    attention: Annotated[Line, Field(max_length=200)] = ""
    after_rejection_id: Id | None = None
    added: Annotated[dict[Line, Text], Field(max_length=MOST_BLOCKS, default_factory=dict)]


class ReasonIn(Schema):
    """Why."""

    reason: Annotated[Text, Needed("decision-reason")]


class NoteIn(Schema):
    """What the partner said, and who said so; a rejection needs a reason."""

    state: Annotated[Noted, Needed("referral-partner-decision")]
    said_by: Annotated[Line, Needed("referral-partner-decision")]
    reason: Text = ""


class RejectionIn(Schema):
    """What follows a rejection."""

    follow: Annotated[Literal["elsewhere", "escalate", "nothing"], Needed("referral-rejected")]
    reason: Annotated[Text, Needed("decision-reason")]


class BarIn(Schema):
    """An entry of the must-not-receive list."""

    kind: Annotated[Literal["recipient", "content"], Needed("sharing-bar")]
    value: Annotated[Line, Needed("sharing-bar")]
    reason: Annotated[Text, Needed("sharing-bar")]


class BarOut(Schema):
    """An entry as it stands."""

    id: int
    kind: str
    value: str
    reason: str


class StepOut(Schema):
    """One step of a referral."""

    state: str
    at: dt.datetime
    said_by: str
    reason: str


class ReferralOut(Schema):
    """A referral with its history; the hash of what was disclosed, empty while nothing was."""

    id: int
    reference: str
    person_id: int
    agency_id: int
    strand: str
    urgency: str
    summary: str
    basis: str
    grounds: str
    sections: list[dict[str, str]]
    state: str
    content_hash: str
    steps: list[StepOut]


class RowOut(Schema):
    """A referral of a list."""

    id: int
    reference: str
    person_id: int
    agency_id: int
    state: str
    dead: bool


class ListOut(Schema):
    """One page of referrals, with how many stand in each state by kind of agency."""

    page: PageOut
    rows: list[RowOut]
    counts: dict[str, dict[str, int]]


class CountOut(Schema):
    """How many referrals reached a state on a local day."""

    day: dt.date
    district_id: int
    agency_kind: str
    agency_id: int
    state: str
    referrals: int


class AgencyOut(Schema):
    """An agency that takes referrals."""

    id: int
    name: str
    kind: str
    district_id: int | None


class Asked(Schema):
    """Which referrals of the list."""

    state: State | None = None
    kind: Kind | None = None
    district: Id | None = None
    dead: bool = False
    page: PageNumber = 1


def _shown(request: HttpRequest, referral_id: int) -> ReferralOut:
    found = selectors.one(referral_id, viewer(request))
    names = ("id", "person_id", "agency_id", "strand", "urgency", "summary", "basis", "grounds", "sections")
    return ReferralOut(
        **{name: getattr(found.referral, name) for name in names},
        reference=found.reference,
        state=found.state,
        content_hash=found.disclosure.content_hash if found.disclosure else "",
        steps=[StepOut.from_orm(step) for step in found.steps],
    )


@router.get("/referrals", response=ListOut)
def listed(request: HttpRequest, asked: Query[Asked]) -> ListOut:
    """The referrals that may be seen, the latest first."""
    by = viewer(request)
    wanted = selectors.Wanted(asked.state or "", asked.kind or "", asked.district, asked.dead, asked.page)
    page = selectors.listed(by, wanted)
    return ListOut(page=paged(page), rows=[_row(row) for row in page.rows], counts=selectors.counts(by))


def _row(row: selectors.Row) -> RowOut:
    of = row.referral
    return RowOut(
        id=of.id,
        reference=row.reference,
        person_id=of.person_id,
        agency_id=of.agency_id,
        state=row.state,
        dead=row.dead,
    )


@router.get("/referral-counts", response=list[CountOut])
def counts(request: HttpRequest, since: dt.date, until: dt.date) -> list[CountOut]:
    """Counts by day, district, agency and state, both days included; at most 800 days at once."""
    if not 0 <= (until - since).days < MOST_DAYS or until == dt.date.max:
        raise InvalidError("Ask for 1 to 800 days, the earlier one first.", details={"field": "until"})
    return [CountOut(**vars(row)) for row in selectors.counts_by_day(since, until)]


@router.get("/agencies", response=list[AgencyOut])
def agencies(request: HttpRequest) -> list[AgencyOut]:
    """The agencies that take referrals."""
    return [AgencyOut.from_orm(agency) for agency in selectors.agencies()]


@router.post(f"{ONE}/referrals", response={201: ReferralOut})
def draft(request: HttpRequest, named: Named, given: DraftIn) -> Status[ReferralOut]:
    """Draft a referral out of an incident."""
    made = services.draft(named.find().id, Draft(**given.dict()), viewer(request))
    return Status(201, _shown(request, made.id))


@router.get("/referrals/{referral_id}", response=ReferralOut)
def one(request: HttpRequest, referral_id: Id) -> ReferralOut:
    """One referral with its history."""
    return _shown(request, referral_id)


@router.post("/referrals/{referral_id}/send", response=ReferralOut)
def send(request: HttpRequest, referral_id: Id) -> ReferralOut:
    """Send a drafted referral."""
    services.send(referral_id, viewer(request))
    return _shown(request, referral_id)


@router.post("/referrals/{referral_id}/notes", response=ReferralOut)
def note(request: HttpRequest, referral_id: Id, given: NoteIn) -> ReferralOut:
    """Note what the partner said by another way than its page."""
    services.note(referral_id, given.state, given.said_by, viewer(request), reason=given.reason)
    return _shown(request, referral_id)


@router.post("/referrals/{referral_id}/revoke", response=ReferralOut)
def revoke(request: HttpRequest, referral_id: Id, given: ReasonIn) -> ReferralOut:
    """Take a referral back."""
    services.revoke(referral_id, given.reason, viewer(request))
    return _shown(request, referral_id)


@router.post("/referrals/{referral_id}/rejection", response=ReferralOut)
def rejection(request: HttpRequest, referral_id: Id, given: RejectionIn) -> ReferralOut:
    """Decide what follows a rejection."""
    services.decide_rejection(referral_id, given.follow, given.reason, viewer(request))
    return _shown(request, referral_id)


@router.post(f"{ONE}/sharing-bars", response={201: BarOut})
def bar(request: HttpRequest, named: Named, given: BarIn) -> Status[BarOut]:
    """Put an entry on the must-not-receive list of an incident."""
    entry = services.bar(named.find().id, given.kind, given.value, given.reason, viewer(request))
    return Status(201, BarOut.from_orm(entry))


@router.post(f"{ONE}/sharing-bars/{{bar_id}}/lift", response=BarOut)
def lift(request: HttpRequest, named: Named, bar_id: Id, given: ReasonIn) -> BarOut:
    """Lift an entry of this incident's list."""
    return BarOut.from_orm(services.lift(actions.own_bar(named.find(), bar_id), given.reason, viewer(request)))
