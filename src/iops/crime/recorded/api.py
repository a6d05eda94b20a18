"""The API of recorded crimes: record them of an incident, read them, and take every step of their life."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from iops.control.api import ONE, Named
from iops.crime.allocation import services as allocation
from iops.crime.recorded import deciding, life, rape, recording, selectors
from iops.foundation.api import Id, Line, PageKey, PageNumber, PageOut, Text, paged, viewer
from iops.rulebook.needs import Needed

router = Router(tags=["crimes"])
CRIME = "/crimes/{reference}"
MOST_ANSWERS = 100
Answers = Annotated[dict[Line, Line], Field(max_length=MOST_ANSWERS, default_factory=dict)]


class RecordIn(Schema):
    """Answers to what the incident leaves open, by name; the local days it was done; a code where there are several."""

    answers: Answers
    committed_from: dt.date | None = None
    committed_to: dt.date | None = None
    code: Line = ""
    note: Text = ""
    avi: Text = ""


class RecordedOut(Schema):
    """What was recorded: the result of the decision, crime numbers, codes of reported incidents."""

    decision_id: int
    result: str
    crimes: list[str]
    reported: list[str]
    added_to: str = ""


class RowOut(Schema):
    """One crime of a list; `state` is open, outcome n, or removed (Cn)."""

    reference: str
    crime_class: str
    state: str
    owner: str
    incident: str
    recorded_at: dt.datetime

    @staticmethod
    def of(row: selectors.Row) -> RowOut:
        """The row as the API tells it."""
        return RowOut(
            reference=row.crime.reference,
            crime_class=row.crime_class,
            state=row.state,
            owner=row.owner,
            incident=row.crime.incident.reference,
            recorded_at=row.crime.recorded_at,
        )


class PartyOut(Schema):
    """A person or body in a crime, by reference."""

    kind: str
    id: int
    name: str
    role: str


class ActionOut(Schema):
    """An action of the plan, with its result when there is one."""

    id: int
    what: str
    due: dt.date | None
    result: str


class LinkOut(Schema):
    """Another crime that belongs to this one, and why."""

    id: int
    other: str
    reason: str


class CrimeOut(Schema):
    """One crime as it stands."""

    reference: str
    incident: str
    crime_class: str
    code: str
    attempted: bool
    committed_from: dt.date
    committed_to: dt.date
    reported_at: dt.datetime
    recorded_at: dt.datetime
    state: str
    owner: str
    flags: list[str]
    parties: list[PartyOut]
    actions: list[ActionOut]
    links: list[LinkOut]


class ListOut(Schema):
    """A page of the list of crimes."""

    page: PageOut
    crimes: list[RowOut]


class ListIn(Schema):
    """Which crimes."""

    crime_class: Line = ""
    state: Literal["", "open", "outcome", "removed", "unowned"] = ""
    district_id: Id | None = None
    owner_id: Id | None = None
    page: PageNumber = 1
    after: PageKey = ""
    before: PageKey = ""


@router.post(f"{ONE}/crimes", response={201: RecordedOut})
def record_crimes(request: HttpRequest, named: Named, given: RecordIn) -> Status[RecordedOut]:
    """Record what the rules call for of an incident; 409 names what is left to ask, or what is recorded already."""
    made = recording.record_crimes(named.find().id, given.answers, viewer(request), **given.dict(exclude={"answers"}))
    return Status(
        201,
        RecordedOut(
            decision_id=made.decision.id,
            result=made.decision.result,
            crimes=[c.reference for c in made.crimes],
            reported=[r.code for r in made.reported],
            added_to=made.added_to.reference if made.added_to else "",
        ),
    )


@router.get(f"{ONE}/crimes", response=list[RowOut])
def crimes_of_incident(request: HttpRequest, named: Named) -> list[RowOut]:
    """The crimes recorded of an incident."""
    return [RowOut.of(row) for row in selectors.on_incident(named.find().id)]


@router.get("/crimes", response=ListOut)
def crimes(request: HttpRequest, wanted: Query[ListIn]) -> ListOut:
    """Crimes, the latest first."""
    page = selectors.listed(viewer(request), selectors.Wanted(**wanted.dict()))
    return ListOut(page=paged(page), crimes=[RowOut.of(row) for row in page.rows])


@router.get(CRIME, response=CrimeOut)
def crime(request: HttpRequest, reference: str) -> CrimeOut:
    """One crime; its number is written CR-412-2026 in an address."""
    return _shown(request, reference)


def _shown(request: HttpRequest, reference: str) -> CrimeOut:
    one = selectors.one(selectors.by_reference(reference).id, viewer(request))
    crime, owner = one.crime, one.owner
    return CrimeOut(
        reference=crime.reference,
        incident=crime.incident.reference,
        crime_class=one.now.name,
        code=one.now.code,
        attempted=crime.attempted,
        committed_from=crime.committed_from,
        committed_to=crime.committed_to,
        reported_at=crime.reported_at,
        recorded_at=crime.recorded_at,
        state=one.ending.words if one.ending else "open",
        owner=str(owner.user or owner.team) if owner else "",
        flags=[f.flag for f in one.flags],
        parties=[PartyOut(kind=p.kind, id=p.id, name=p.name, role=p.role) for p in one.parties],
        actions=[
            ActionOut(id=a.id, what=a.what, due=a.due, result=a.result.text if hasattr(a, "result") else "")
            for a in one.actions
        ],
        links=[LinkOut(id=link.id, other=other.reference, reason=link.reason) for link, other in one.linked],
    )


class OwnerIn(Schema):
    """The owner, a person or a team, and why."""

    user_id: Id | None = None
    team_id: Id | None = None
    reason: Text = ""


class WordsIn(Schema):
    """What is said."""

    text: Annotated[Text, Needed("crime-log")]


class ActionIn(Schema):
    """An action for the plan."""

    what: Annotated[Text, Needed("crime-plan")]
    owner_id: Id | None = None
    due: dt.date | None = None


class ToldIn(Schema):
    """What the victim was told."""

    about: Annotated[Literal["recorded", "progress", "outcome", "removal"], Needed("victim-told")]
    how: Annotated[Line, Needed("victim-told")]
    words: Annotated[Text, Needed("victim-told")]
    person_id: Id | None = None


class ReporterIn(Schema):
    """How the reporter was told."""

    how: Annotated[Line, Needed("reporter-told-of-refusal")]
    words: Annotated[Text, Needed("reporter-told-of-refusal")]


class FlagIn(Schema):
    """A flag by the name the rulebook gives it."""

    flag: Annotated[Line, Needed("crime-flag")]


class LinkIn(Schema):
    """Another crime, and why the two belong together; a series is made under /series."""

    other: Annotated[Line, Needed("which-record")]
    linkage: Annotated[Literal["linked"], Needed("crime-link")]
    reason: Annotated[Text, Needed("crime-link")]


class ClassIn(Schema):
    """Another class, on which ground and why."""

    crime_class: Annotated[Line, Needed("crime-class-change")]
    code: Line = ""
    ground: Annotated[Literal["new_information", "error_in_first_class"], Needed("crime-class-change")]
    reason: Annotated[Text, Needed("crime-class-change")]


class OutcomeIn(Schema):
    """An outcome and the facts it asks for, by the names of the framework."""

    code: Annotated[Line, Needed("crime-outcome")]
    facts: Answers
    reason: Annotated[Text, Needed("crime-outcome")]


class RapeReportIn(Schema):
    """A rape crime turned into a reported incident of rape, on which ground and why."""

    code: Annotated[Literal["N100/01", "N100/02", "N100/03"], Needed("crime-class-change")]
    ground: Annotated[Literal["new_information", "error_in_first_class"], Needed("crime-class-change")]
    reason: Annotated[Text, Needed("crime-class-change")]


class RemovalIn(Schema):
    """A removal and the facts its ground asks for; `other` is the number of the live crime (C3)."""

    category: Annotated[Literal["C1", "C2", "C3", "C4", "C5"], Needed("crime-removal")]
    facts: Answers
    reason: Annotated[Text, Needed("crime-removal")]
    avi: Text = ""
    other_reference: Line = ""
    other: Line = ""


@router.post(f"{CRIME}/owner", response=CrimeOut)
def allocate(request: HttpRequest, reference: str, given: OwnerIn) -> CrimeOut:
    """Allocate it; why to them, unless they are suggested first."""
    found = selectors.by_reference(reference)
    allocation.allocate(found.id, viewer(request), given.reason, user_id=given.user_id, team_id=given.team_id)
    return _shown(request, reference)


@router.post(f"{CRIME}/reviews", response={201: CrimeOut})
def review(request: HttpRequest, reference: str, given: WordsIn) -> Status[CrimeOut]:
    """Review the investigation."""
    life.review(selectors.by_reference(reference).id, given.text, viewer(request))
    return Status(201, _shown(request, reference))


@router.post(f"{CRIME}/actions", response={201: CrimeOut})
def plan(request: HttpRequest, reference: str, given: ActionIn) -> Status[CrimeOut]:
    """Put an action on the plan."""
    found = selectors.by_reference(reference)
    life.plan_action(found.id, given.what, viewer(request), owner_id=given.owner_id, due=given.due)
    return Status(201, _shown(request, reference))


@router.post(f"{CRIME}/actions/{{action_id}}/result", response={201: CrimeOut})
def complete(request: HttpRequest, reference: str, action_id: Id, given: WordsIn) -> Status[CrimeOut]:
    """Say what came of an action of this crime."""
    found = selectors.by_reference(reference)
    life.complete_action(action_id, given.text, viewer(request), crime_id=found.id)
    return Status(201, _shown(request, reference))


@router.post(f"{CRIME}/log", response={201: CrimeOut})
def log(request: HttpRequest, reference: str, given: WordsIn) -> Status[CrimeOut]:
    """Write into the investigation log."""
    life.add_log_entry(selectors.by_reference(reference).id, given.text, viewer(request))
    return Status(201, _shown(request, reference))


@router.post(f"{CRIME}/victim-told", response={201: CrimeOut})
def tell_victim(request: HttpRequest, reference: str, given: ToldIn) -> Status[CrimeOut]:
    """Note what the victim was told."""
    found = selectors.by_reference(reference)
    life.tell_victim(found.id, given.about, given.how, given.words, viewer(request), person_id=given.person_id)
    return Status(201, _shown(request, reference))


@router.post("/recording-decisions/{decision_id}/reporter-told", response={201: None})
def tell_reporter(request: HttpRequest, decision_id: Id, given: ReporterIn) -> Status[None]:
    """Note that the reporter was told that no crime is recorded."""
    life.tell_reporter(decision_id, given.how, given.words, viewer(request))
    return Status(201, None)


@router.post(f"{CRIME}/flags", response={201: CrimeOut})
def flag(request: HttpRequest, reference: str, given: FlagIn) -> Status[CrimeOut]:
    """Put a flag on it."""
    life.flag(selectors.by_reference(reference).id, given.flag, viewer(request))
    return Status(201, _shown(request, reference))


@router.post(f"{CRIME}/links", response={201: CrimeOut})
def link(request: HttpRequest, reference: str, given: LinkIn) -> Status[CrimeOut]:
    """Link it to another crime."""
    one, other = selectors.by_reference(reference), selectors.by_reference(given.other)
    life.link_crimes(one.id, other.id, given.linkage, given.reason, viewer(request))
    return Status(201, _shown(request, reference))


@router.post(f"{CRIME}/links/{{link_id}}/withdrawal", response=CrimeOut)
def unlink(request: HttpRequest, reference: str, link_id: Id, given: WordsIn) -> CrimeOut:
    """Withdraw a link that was wrong; it is kept as it was."""
    life.unlink(link_id, given.text, viewer(request), crime_id=selectors.by_reference(reference).id)
    return _shown(request, reference)


@router.post(f"{CRIME}/class", response=CrimeOut)
def reclassify(request: HttpRequest, reference: str, given: ClassIn) -> CrimeOut:
    """Give it another class (the registrar or a designated decision maker)."""
    found = selectors.by_reference(reference)
    deciding.reclassify(found.id, given.crime_class, given.ground, given.reason, viewer(request), code=given.code)
    return _shown(request, reference)


@router.post(f"{CRIME}/outcome", response=CrimeOut)
def outcome(request: HttpRequest, reference: str, given: OutcomeIn) -> CrimeOut:
    """Give it an outcome; 422 names the facts it still asks for, 409 says why it is not allowed."""
    found = selectors.by_reference(reference)
    deciding.give_outcome(found.id, given.code, given.facts, given.reason, viewer(request))
    return _shown(request, reference)


@router.post(f"{CRIME}/removal", response=CrimeOut)
def remove(request: HttpRequest, reference: str, given: RemovalIn) -> CrimeOut:
    """Remove it, C1 to C5."""
    found = selectors.by_reference(reference)
    other = selectors.by_reference(given.other).id if given.other else None
    deciding.cancel(
        found.id,
        given.category,
        given.reason,
        viewer(request),
        facts=given.facts,
        avi=given.avi,
        other_reference=given.other_reference,
        other_id=other,
    )
    return _shown(request, reference)


@router.post(f"{CRIME}/rape-report", response=CrimeOut)
def rape_report(request: HttpRequest, reference: str, given: RapeReportIn) -> CrimeOut:
    """Turn a rape crime into a reported incident of rape; only an accredited registrar, before it is investigated."""
    found = selectors.by_reference(reference)
    rape.turn_into_report(found.id, given.code, given.ground, given.reason, viewer(request))
    return _shown(request, reference)


@router.post(f"{CRIME}/reopen", response=CrimeOut)
def reopen(request: HttpRequest, reference: str, given: WordsIn) -> CrimeOut:
    """Open it again."""
    deciding.reopen(selectors.by_reference(reference).id, given.text, viewer(request))
    return _shown(request, reference)
