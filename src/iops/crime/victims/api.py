"""The API of victims' rights: who is owed news, one victim, and every step."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from iops.crime.models import CrimeVictim
from iops.crime.recorded import selectors as crimes
from iops.crime.victims import selectors, services, telling
from iops.crime.victims.finding import find_victim
from iops.foundation.api import Id, Line, PageNumber, PageOut, Text, paged, viewer
from iops.foundation.errors import NotFoundError
from iops.rulebook.needs import Needed

router = Router(tags=["victims"])
VICTIMS = "/crimes/{reference}/victims"
ONE = f"{VICTIMS}/{{victim_id}}"
MOST = 50
Channel = Literal["phone", "text", "email", "letter", "in_person", "through"]
Written = Literal["text", "email", "letter"]
Offered = Literal["confirmation", "services", "compensation", "vps", "review", "property", "complaint"]
Group = Literal["most_serious", "persistently_targeted", "vulnerable", "intimidated"]
Ids = Annotated[list[Id], Field(max_length=MOST, default_factory=list)]


class NewsOut(Schema):
    """One news of a victim: until when it must be told, and when it was."""

    id: int
    kind: str
    at: dt.datetime
    due_at: dt.datetime | None
    told_at: dt.datetime | None

    @staticmethod
    def of(one: selectors.News) -> NewsOut:
        """The news as the API tells it."""
        return NewsOut(
            id=one.news.id,
            kind=one.news.kind,
            at=one.news.at,
            due_at=one.due_at,
            told_at=one.told.at if one.told else None,
        )


class OwedOut(Schema):
    """One news that is owed, of which victim of which crime."""

    crime: str
    victim_id: int
    name: str
    news: NewsOut


class OwedList(Schema):
    """A page of what is owed."""

    page: PageOut
    owed: list[OwedOut]


class OwedIn(Schema):
    """Due by the end of today, or at any time; of everybody's crimes or one's own."""

    when: Literal["today", "ever"] = "today"
    mine: bool = False
    page: PageNumber = 1


class RowOut(Schema):
    """A victim of a crime."""

    victim_id: int
    name: str
    enhanced: bool
    due_at: dt.datetime | None


class RightOut(Schema):
    """A right of the Code; `met` is null where nothing is called for."""

    number: int
    title: str
    met: bool | None


class PlanOut(Schema):
    """How the victim is kept in touch."""

    channel: str
    details: str
    every_days: int
    safe_times: str
    never: list[str]
    not_safe: str
    discreet: bool


class LetterOut(Schema):
    """A letter as it went out."""

    id: int
    channel: str
    at: dt.datetime
    text: str


class ReviewOut(Schema):
    """A request for review, with its result when it is answered."""

    id: int
    outcome: str
    asked_at: dt.datetime
    result: str


class VictimOut(Schema):
    """One victim of a crime with their rights."""

    victim_id: int
    person_id: int
    name: str
    stands: bool
    enhanced: bool
    enhanced_by_nature: str
    removal_asked: int | None
    news: list[NewsOut]
    plan: PlanOut | None
    offers: dict[str, str]
    rights: list[RightOut]
    letters: list[LetterOut]
    reviews: list[ReviewOut]


@router.get("/victims", response=OwedList)
def owed(request: HttpRequest, wanted: Query[OwedIn]) -> OwedList:
    """Who is owed news, the first due first."""
    until = selectors.end_of_today() if wanted.when == "today" else None
    page = selectors.owed_news(viewer(request), until=until, mine=wanted.mine, page=wanted.page)
    rows = [
        OwedOut(
            crime=row.news.crime.reference,
            victim_id=row.news.victim_id,
            name=row.news.victim.person.name,
            news=NewsOut.of(row),
        )
        for row in page.rows
    ]
    return OwedList(page=paged(page), owed=rows)


@router.get(VICTIMS, response=list[RowOut])
def victims(request: HttpRequest, reference: str) -> list[RowOut]:
    """The victims of a crime."""
    shown = crimes.one(crimes.by_reference(reference).id, viewer(request))
    return [
        RowOut(victim_id=row.victim.id, name=row.victim.person.name, enhanced=row.enhanced, due_at=row.due_at)
        for row in selectors.of_crime(shown.crime)
    ]


@router.get(ONE, response=VictimOut)
def victim(request: HttpRequest, reference: str, victim_id: Id) -> VictimOut:
    """One victim."""
    return _shown(request, _found(reference, victim_id))


def _found(reference: str, victim_id: int) -> CrimeVictim:
    return find_victim(victim_id, crime_id=crimes.by_reference(reference).id)


def _shown(request: HttpRequest, found: CrimeVictim) -> VictimOut:
    one = selectors.one(found.id, viewer(request))
    return VictimOut(
        victim_id=found.id,
        person_id=found.person_id,
        name=found.person.name,
        stands=one.standing.stands,
        enhanced=one.standing.enhanced,
        enhanced_by_nature=one.standing.by_nature,
        removal_asked=one.asked.id if one.asked else None,
        news=[NewsOut.of(n) for n in one.news],
        plan=PlanOut.from_orm(one.plan) if one.plan else None,
        offers={what: x.answer for what, x in one.offers.items()},
        rights=[RightOut(number=m.right.number, title=m.right.title, met=m.met) for m in one.rights],
        letters=[LetterOut.from_orm(x) for x in one.letters],
        reviews=[
            ReviewOut(
                id=q.id,
                outcome=q.outcome.code,
                asked_at=q.asked_at,
                result=q.answer.result if hasattr(q, "answer") else "",
            )
            for q in one.reviews
        ],
    )


class NeedsIn(Schema):
    """What a victim needs; groups give enhanced rights."""

    groups: Annotated[list[Group], Field(max_length=4, default_factory=list)]
    needs: Text = ""
    special_measures: Text = ""
    grounds: Annotated[Text, Needed("crime-victim-needs")]


class ReasonIn(Schema):
    """Why."""

    text: Annotated[Text, Needed("decision-reason")]


class DecisionIn(Schema):
    """Whether the enhanced rights end, and why."""

    agreed: Annotated[bool, Needed("step-itself")]
    words: Annotated[Text, Needed("decision-reason")]


class PlanIn(Schema):
    """What was agreed about staying in touch."""

    channel: Annotated[Channel, Needed("victim-contact-agreed")]
    every_days: Annotated[int, Field(ge=1, le=92), Needed("victim-contact-agreed")]
    details: Text = ""
    safe_times: Text = ""
    never: Annotated[list[Channel], Field(max_length=6, default_factory=list)]
    not_safe: Text = ""
    discreet: bool = False
    officer_id: Id | None = None


class OfferIn(Schema):
    """What was offered, and what came of it."""

    what: Annotated[Offered, Needed("crime-victim-services")]
    answer: Annotated[Literal["told", "taken", "declined", "later"], Needed("crime-victim-services")]
    note: Text = ""


class ToldIn(Schema):
    """Which news (none: how it goes), how, and in which words."""

    news: Ids
    how: Annotated[Line, Needed("victim-told")]
    words: Annotated[Text, Needed("victim-told")]


class DraftIn(Schema):
    """A letter to be drafted: by its name, with the answers to what it asks."""

    template: Annotated[Line, Needed("victim-told")]
    channel: Annotated[Written, Needed("victim-told")]
    news: Ids
    answers: Annotated[dict[Line, Text], Field(max_length=MOST, default_factory=dict)]


class DraftOut(Schema):
    """The words as they would go out."""

    text: str


class LetterIn(Schema):
    """A letter as it goes out."""

    template: Annotated[Line, Needed("victim-told")]
    channel: Annotated[Written, Needed("victim-told")]
    news: Ids
    words: Annotated[Text, Needed("victim-told")]


class AnswerIn(Schema):
    """What came of a review, and why."""

    result: Annotated[Literal["upheld", "overturned", "wrong_no_action"], Needed("victim-review-answer")]
    reasons: Annotated[Text, Needed("victim-review-answer")]


@router.post(f"{ONE}/needs", response={201: VictimOut})
def assess_needs(request: HttpRequest, reference: str, victim_id: Id, given: NeedsIn) -> Status[VictimOut]:
    """Assess a victim's needs."""
    found = _found(reference, victim_id)
    services.assess_needs(found.id, given.grounds, viewer(request), **given.dict(exclude={"grounds"}))
    return Status(201, _shown(request, found))


@router.post(f"{ONE}/enhanced-removal", response={201: VictimOut})
def ask_removal(request: HttpRequest, reference: str, victim_id: Id, given: ReasonIn) -> Status[VictimOut]:
    """Ask that enhanced rights end."""
    found = _found(reference, victim_id)
    services.ask_removal(found.id, given.text, viewer(request))
    return Status(201, _shown(request, found))


@router.post(f"{ONE}/enhanced-removal/{{removal_id}}/decision", response=VictimOut)
def decide_removal(request: HttpRequest, reference: str, victim_id: Id, removal_id: Id, given: DecisionIn) -> VictimOut:
    """Decide it, as a second person."""
    found = _found(reference, victim_id)
    if not found.removals.filter(id=removal_id).exists():
        raise NotFoundError("Nothing of the kind was asked.")
    services.decide_removal(removal_id, given.agreed, given.words, viewer(request))
    return _shown(request, found)


@router.post(f"{ONE}/contact-plan", response={201: VictimOut})
def agree_contact(request: HttpRequest, reference: str, victim_id: Id, given: PlanIn) -> Status[VictimOut]:
    """Keep what was agreed about staying in touch."""
    found = _found(reference, victim_id)
    more = given.dict(exclude={"channel", "every_days"})
    services.agree_contact(found.id, given.channel, given.every_days, viewer(request), **more)
    return Status(201, _shown(request, found))


@router.post(f"{ONE}/offers", response={201: VictimOut})
def offer(request: HttpRequest, reference: str, victim_id: Id, given: OfferIn) -> Status[VictimOut]:
    """Note an offer."""
    found = _found(reference, victim_id)
    services.offer(found.id, given.what, given.answer, viewer(request), note=given.note)
    return Status(201, _shown(request, found))


@router.post(f"{ONE}/told", response={201: VictimOut})
def tell(request: HttpRequest, reference: str, victim_id: Id, given: ToldIn) -> Status[VictimOut]:
    """Note what the victim was told."""
    found = _found(reference, victim_id)
    telling.tell(found.id, given.news, given.how, given.words, viewer(request))
    return Status(201, _shown(request, found))


@router.post(f"{ONE}/letters/draft", response=DraftOut)
def draft_letter(request: HttpRequest, reference: str, victim_id: Id, given: DraftIn) -> DraftOut:
    """The words of a letter as they would go out. Saves nothing."""
    found = _found(reference, victim_id)
    words = telling.draft_letter(found.id, given.template, given.channel, given.news, given.answers, viewer(request))
    return DraftOut(text=words)


@router.post(f"{ONE}/letters", response={201: VictimOut})
def send_letter(request: HttpRequest, reference: str, victim_id: Id, given: LetterIn) -> Status[VictimOut]:
    """Keep a letter as it goes out."""
    found = _found(reference, victim_id)
    telling.send_letter(found.id, given.template, given.channel, given.news, given.words, viewer(request))
    return Status(201, _shown(request, found))


@router.post(f"{ONE}/reviews", response={201: VictimOut})
def ask_review(request: HttpRequest, reference: str, victim_id: Id, given: ReasonIn) -> Status[VictimOut]:
    """Note that the victim asks for a review."""
    found = _found(reference, victim_id)
    services.ask_review(found.id, given.text, viewer(request))
    return Status(201, _shown(request, found))


@router.post(f"{ONE}/reviews/{{request_id}}/answer", response=VictimOut)
def answer_review(request: HttpRequest, reference: str, victim_id: Id, request_id: Id, given: AnswerIn) -> VictimOut:
    """Answer a request for review."""
    found = _found(reference, victim_id)
    if not found.reviews.filter(id=request_id).exists():
        raise NotFoundError("There is no such request for review.")
    services.answer_review(request_id, given.result, given.reasons, viewer(request))
    return _shown(request, found)
