"""The one search over HTTP: GET /api/v1/search."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

from ninja import Router, Schema
from pydantic import AfterValidator, Field

from iops.foundation.api import MOST_TEXT, Id, viewer
from iops.pole.search import selectors
from iops.pole.search.answer import Answer, Filter, Hit

if TYPE_CHECKING:
    from django.http import HttpRequest

router = Router(tags=["search"])
LAST_PAGE = 50


def _readable(text: str) -> str:
    """Half a surrogate cannot be stored, so nothing can hold it: it is asked as the sign for a broken character."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


Question = Annotated[str, Field(max_length=MOST_TEXT), AfterValidator(_readable)]
Day = Annotated[dt.date, Field(ge=dt.date(1800, 1, 1), le=dt.date(2200, 12, 31))]


class MatchOut(Schema):
    """One field that speaks for the hit, or against it; `weight` in bits, 0 for words found."""

    field: str
    says: str
    weight: float


class HitOut(Schema):
    """One record that may be meant, of the highest `score` (0 to 100) first, then of the highest `risk` (0 to 3).

    `merged` are the nominals shown under it; `matched_id` is the one that matched.
    """

    kind: str
    id: int
    title: str
    address: str
    details: list[str]
    score: int
    risk: int
    at: dt.datetime | None
    restricted: bool
    merged: list[int]
    matched_id: int | None
    also_known_as: str
    matches: list[MatchOut]


class AnswerOut(Schema):
    """One page of hits.

    `at_least` says that `total` may be more; `withheld` counts hits that this person is told of and not shown;
    `by_kind` counts the hits that can be paged through.
    """

    page: int
    pages: int
    total: int
    at_least: bool
    shown: int
    withheld: int
    by_kind: dict[str, int]
    hits: list[HitOut]


@router.get("/search", response=AnswerOut)
def search(
    request: HttpRequest,
    q: Question = "",
    kind: Annotated[str, Field(max_length=20, pattern="^[a-z_]*$")] = "",
    district_id: Id | None = None,
    since: Day | None = None,
    until: Day | None = None,
    typing: bool = False,
    page: Annotated[int, Field(ge=1, le=LAST_PAGE)] = 1,
) -> AnswerOut:
    """Whatever this person may see of what is asked: people, places, things, references, and every text."""
    wanted = Filter(kind, district_id, since, until, page, typing)
    return shown(selectors.search(q, viewer(request), wanted))


def shown(answer: Answer) -> AnswerOut:
    """The answer as it is sent."""
    return AnswerOut(
        page=answer.page,
        pages=answer.pages,
        total=answer.total,
        at_least=answer.at_least,
        shown=len(answer.hits),
        withheld=answer.withheld,
        by_kind=answer.by_kind,
        hits=[_hit(hit) for hit in answer.hits],
    )


def _hit(hit: Hit) -> HitOut:
    return HitOut(
        kind=hit.kind,
        id=hit.id,
        title=hit.title,
        address=hit.address,
        details=[d for d in hit.details if d],
        score=hit.score,
        risk=hit.risk,
        at=hit.at,
        restricted=hit.restricted,
        merged=list(hit.merged),
        matched_id=hit.matched_id,
        also_known_as=hit.also_known_as,
        matches=[MatchOut(field=m.field, says=m.says, weight=m.weight) for m in hit.matches],
    )
