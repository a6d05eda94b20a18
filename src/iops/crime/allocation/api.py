"""The API of allocation and screening: what waits, who may own a crime, skills and ties, solvability, screening."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from iops.crime.allocation import selectors, services
from iops.crime.allocation.suggesting import ORDER, Suggested
from iops.crime.recorded.selectors import by_reference
from iops.foundation.api import Id, Line, PageNumber, PageOut, Text, paged, viewer
from iops.foundation.paging import Turn
from iops.rulebook.needs import Needed

router = Router(tags=["crimes"])
CRIME = "/crimes/{reference}"
MOST_ANSWERS = 40


class SuggestedOut(Schema):
    """One officer: their place (from 1), the weight of what they hold, the reasons for the place."""

    place: int
    user_id: int
    name: str
    points: int
    reasons: list[str]


class SuggestionOut(Schema):
    """Who may own a crime, in order; `tied` more are left out, tied to somebody in it."""

    needed: list[str]
    order: list[str]
    officers: list[SuggestedOut]
    tied: int


class WaitingOut(Schema):
    """One crime without an owner, why it stands where it does, and its clock."""

    reference: str
    crime_class: str
    why: list[str]
    critical: bool
    recorded_at: dt.datetime
    due_at: dt.datetime | None
    late: bool
    escalated: str
    suggested: list[SuggestedOut]


class UnallocatedOut(Schema):
    """A page of them; `critical` counts the serious ones with a vulnerable victim, at least when it says so."""

    page: PageOut
    critical: int
    critical_at_least: bool
    crimes: list[WaitingOut]


class UnallocatedIn(Schema):
    """Which of them, and which page: by number, or after or before a key that a page gave."""

    district_id: Id | None = None
    critical: bool = False
    page: PageNumber = 1
    after: Line = ""
    before: Line = ""


class SkillIn(Schema):
    """A skill of the list, from a local day (today) until a day, or on."""

    user_id: Annotated[Id, Needed("officer-skill")]
    skill: Annotated[Line, Needed("officer-skill")]
    shown_by: Annotated[Line, Needed("officer-skill")]
    since: dt.date | None = None
    until: dt.date | None = None


class SkillOut(Schema):
    """A skill on record."""

    id: int
    user_id: int
    skill: str
    since: dt.date
    until: dt.date | None
    shown_by: str


class UntilIn(Schema):
    """The last local day."""

    until: Annotated[dt.date, Needed("officer-skill")]


class TieIn(Schema):
    """Somebody who works here is, or is close to, a nominal."""

    user_id: Annotated[Id, Needed("officer-skill")]
    person_id: Annotated[Id, Needed("officer-skill")]
    tie: Annotated[Literal["oneself", "family", "partner", "knows"], Needed("officer-skill")]
    source: Annotated[Text, Needed("officer-skill")]


class TieOut(Schema):
    """A tie on record."""

    id: int
    user_id: int
    person_id: int
    tie: str


class WhyIn(Schema):
    """A reason."""

    reason: Annotated[Text, Needed("decision-reason")]


class SolvabilityIn(Schema):
    """Answers to the factors, by code; what is left out is unknown."""

    answers: Annotated[
        dict[Line, Literal["yes", "no", "unknown"]], Field(max_length=MOST_ANSWERS, default_factory=dict)
    ]
    note: Text = ""


class ScreeningIn(Schema):
    """A screening decision."""

    decision: Annotated[Literal["in", "out"], Needed("crime-screening")]
    reason: Annotated[Text, Needed("crime-screening")]


class AnswerIn(Schema):
    """A supervisor's answer to a decision to screen out."""

    agreed: Annotated[bool, Needed("crime-screening")]
    reason: Annotated[Text, Needed("crime-screening")]


class ScreeningOut(Schema):
    """How a crime stands: `bar` says why it is not screened out, `answer` whether a supervisor agreed."""

    points: int | None
    enough: int
    answers: dict[str, str]
    decision: str
    answer: str
    bar: str


@router.get("/crimes/unallocated", response=UnallocatedOut)
def unallocated(request: HttpRequest, asked: Query[UnallocatedIn]) -> UnallocatedOut:
    """The crimes without an owner, in the order in which they are looked at."""
    turn = Turn(asked.page, asked.after, asked.before)
    page = selectors.unallocated(viewer(request), selectors.Wanted(asked.district_id, asked.critical, turn))
    tile = selectors.tile(asked.district_id)
    return UnallocatedOut(
        page=paged(page),
        critical=tile.number,
        critical_at_least=tile.at_least,
        crimes=[_waiting(one) for one in page.rows],
    )


def _waiting(one: selectors.Waiting) -> WaitingOut:
    return WaitingOut(
        reference=one.row.crime.reference,
        crime_class=one.row.crime_class,
        why=list(one.why),
        critical=one.row.critical,
        recorded_at=one.row.recorded_at,
        due_at=one.due_at,
        late=one.late,
        escalated=one.escalated,
        suggested=_officers(one.suggestion.officers[: selectors.OFFERED]),
    )


def _officers(found: tuple[Suggested, ...]) -> list[SuggestedOut]:
    return [
        SuggestedOut(place=s.place, user_id=s.officer.id, name=s.officer.name, points=s.points, reasons=list(s.reasons))
        for s in found
    ]


@router.get(f"{CRIME}/suggested-owners", response=SuggestionOut)
def suggested(request: HttpRequest, reference: str) -> SuggestionOut:
    """Who may own it, the first first, each with reasons. Allocate with POST /crimes/{reference}/owner."""
    found = selectors.suggested(by_reference(reference).id, viewer(request))
    return SuggestionOut(
        needed=[skill.title for skill in found.needed],
        order=list(ORDER),
        officers=_officers(found.officers),
        tied=found.tied,
    )


@router.get(f"{CRIME}/screening", response=ScreeningOut)
def screening(request: HttpRequest, reference: str) -> ScreeningOut:
    """What may solve it, and whether it is investigated further."""
    return _screening(request, reference)


def _screening(request: HttpRequest, reference: str) -> ScreeningOut:
    found = selectors.screening(by_reference(reference).id, viewer(request))
    return ScreeningOut(
        points=found.assessment.points if found.assessment else None,
        enough=found.enough,
        answers=found.assessment.answers if found.assessment else {},
        decision=found.screening.decision if found.screening else "",
        answer=found.answer,
        bar=found.bar,
    )


@router.post(f"{CRIME}/solvability", response={201: ScreeningOut})
def assess(request: HttpRequest, reference: str, given: SolvabilityIn) -> Status[ScreeningOut]:
    """Assess what may solve it."""
    found = by_reference(reference)
    services.assess_solvability(found.id, given.answers, viewer(request), note=given.note)
    return Status(201, _screening(request, reference))


@router.post(f"{CRIME}/screening", response={201: ScreeningOut})
def screen(request: HttpRequest, reference: str, given: ScreeningIn) -> Status[ScreeningOut]:
    """Screen it in or out; 409 names the ground for which it is not screened out."""
    services.screen(by_reference(reference).id, given.decision, given.reason, viewer(request))
    return Status(201, _screening(request, reference))


@router.post(f"{CRIME}/screening/answer", response={201: ScreeningOut})
def answer(request: HttpRequest, reference: str, given: AnswerIn) -> Status[ScreeningOut]:
    """Agree to a decision to screen out, or not, as a supervisor who did not take it."""
    services.review_screening(by_reference(reference).id, given.agreed, given.reason, viewer(request))
    return Status(201, _screening(request, reference))


@router.get("/crimes/officer-skills", response=list[SkillOut])
def skills(request: HttpRequest, user_id: Id | None = None) -> list[SkillOut]:
    """The skills on record, of one person or the latest of all."""
    return [SkillOut.model_validate(one, from_attributes=True) for one in selectors.skills(user_id)]


@router.post("/crimes/officer-skills", response={201: SkillOut})
def give_skill(request: HttpRequest, given: SkillIn) -> Status[SkillOut]:
    """Record a skill."""
    made = services.give_skill(
        given.user_id, given.skill, given.shown_by, viewer(request), since=given.since, until=given.until
    )
    return Status(201, SkillOut.model_validate(made, from_attributes=True))


@router.post("/crimes/officer-skills/{skill_id}/end", response=SkillOut)
def end_skill(request: HttpRequest, skill_id: Id, given: UntilIn) -> SkillOut:
    """Say until when somebody had it."""
    return SkillOut.model_validate(services.end_skill(skill_id, given.until, viewer(request)), from_attributes=True)


@router.post("/crimes/officer-ties", response={201: TieOut})
def state_tie(request: HttpRequest, given: TieIn) -> Status[TieOut]:
    """Record a tie: oneself, family and partner do not own a crime that this person is in."""
    made = services.state_tie(given.user_id, given.person_id, given.tie, given.source, viewer(request))
    return Status(201, TieOut.model_validate(made, from_attributes=True))


@router.post("/crimes/officer-ties/{tie_id}/withdraw", response=TieOut)
def withdraw_tie(request: HttpRequest, tie_id: Id, given: WhyIn) -> TieOut:
    """Withdraw a tie that was wrong."""
    return TieOut.model_validate(services.withdraw_tie(tie_id, given.reason, viewer(request)), from_attributes=True)
