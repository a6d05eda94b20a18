"""The API of completeness: counts of a period, the facts of one crime, and what is said of somebody in it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from iops.crime.complete import selectors, services
from iops.crime.complete.counting import Share
from iops.crime.recorded.selectors import by_reference
from iops.foundation.api import Id, Line, viewer
from iops.rulebook.needs import Needed
from iops.web.stated import Stated

router = Router(tags=["crimes"])
CRIME = "/crimes/{reference}"
MOST_FACTS = 20


class ShareOut(Schema):
    """How many facts stand how."""

    known: int
    not_known: int
    declined: int
    blank: int

    @staticmethod
    def of(share: Share) -> ShareOut:
        """The counts as the API tells them."""
        return ShareOut(known=share.known, not_known=share.not_known, declined=share.declined, blank=share.blank)


class DistrictOut(Schema):
    """One purpose in one district; `crimes_whole` of `crimes` lack none of its facts."""

    district: str
    facts: ShareOut
    crimes_whole: int
    crimes: int


class PurposeOut(Schema):
    """One purpose over all crimes of the period, with its source."""

    code: str
    title: str
    cite: str
    facts: ShareOut
    crimes_whole: int
    crimes: int
    by_fact: dict[str, ShareOut]
    districts: list[DistrictOut]


class ReportOut(Schema):
    """Completeness of every crime recorded from the first to the last local day, both included."""

    since: dt.date
    until: dt.date
    crimes: int
    purposes: list[PurposeOut]


class PeriodIn(Schema):
    """The first and the last local day; the last four weeks when neither is given."""

    since: dt.date | None = None
    until: dt.date | None = None


class StandingOut(Schema):
    """One fact of one crime: of the crime, or of a victim or suspect of it."""

    person_id: int | None
    part: str
    fact: str
    standing: Literal["known", "not_known", "declined", "blank"]


class SaidIn(Schema):
    """A value, or why there is none; neither leaves the fact as it is."""

    value: Line = ""
    answer: Literal["", "not_known", "declined"] = ""


class FactsIn(Schema):
    """What is said of one victim or suspect, by the name of the fact."""

    person_id: Annotated[Id, Needed("which-record")]
    facts: Annotated[dict[Line, SaidIn], Field(max_length=MOST_FACTS), Needed("fact-not-stated")]
    source: Line = "unknown"


class NotStatedIn(Schema):
    """A fact of one victim or suspect that was asked for and not had."""

    person_id: Annotated[Id, Needed("which-record")]
    about: Annotated[Line, Needed("fact-not-stated")]
    answer: Annotated[Literal["not_known", "declined"], Needed("fact-not-stated")]


@router.get("/crimes/completeness", response=ReportOut)
def report(request: HttpRequest, asked: Query[PeriodIn]) -> ReportOut:
    """How complete the crimes of a period are, by purpose, fact and district: whole numbers of all of them."""
    found = selectors.report(viewer(request), asked.since, asked.until)
    purposes = [_purpose(one) for one in found.measured]
    return ReportOut(since=found.since, until=found.until, crimes=found.crimes, purposes=purposes)


def _purpose(one: selectors.Measured) -> PurposeOut:
    return PurposeOut(
        code=one.purpose.code,
        title=one.purpose.title,
        cite=one.purpose.cite,
        facts=ShareOut.of(one.share),
        crimes_whole=one.crimes_whole,
        crimes=one.crimes,
        by_fact={f"{fact.part}.{fact.fact}": ShareOut.of(fact.share) for fact in one.facts},
        districts=[
            DistrictOut(district=d.district, facts=ShareOut.of(d.share), crimes_whole=d.crimes_whole, crimes=d.crimes)
            for d in one.districts
        ],
    )


@router.get(f"{CRIME}/facts", response=list[StandingOut])
def facts(request: HttpRequest, reference: str) -> list[StandingOut]:
    """How the facts of one crime stand."""
    return _facts(request, reference)


def _facts(request: HttpRequest, reference: str) -> list[StandingOut]:
    found = selectors.of_crime(by_reference(reference).id, viewer(request))
    return [StandingOut.model_validate(one, from_attributes=True) for one in found.standings]


@router.post(f"{CRIME}/facts", response={201: list[StandingOut]})
def state_facts(request: HttpRequest, reference: str, given: FactsIn) -> Status[list[StandingOut]]:
    """Record what is said of a victim or suspect: values, or that they are not known or were declined."""
    told = {about: Stated(one.value.strip(), one.answer) for about, one in given.facts.items()}
    found = by_reference(reference)
    services.state_facts(found.id, given.person_id, told, viewer(request), source=given.source)
    return Status(201, _facts(request, reference))


@router.post(f"{CRIME}/not-stated", response={201: list[StandingOut]})
def say_not_stated(request: HttpRequest, reference: str, given: NotStatedIn) -> Status[list[StandingOut]]:
    """Record that a fact was asked for and is not known, or was declined."""
    found = by_reference(reference)
    services.say_not_stated(found.id, given.person_id, given.about, given.answer, viewer(request))
    return Status(201, _facts(request, reference))
