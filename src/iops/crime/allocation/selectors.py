"""The questions asked of allocation: what waits for an owner and why it stands where it does, and one crime's part."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Q

from iops.crime.allocation.candidates import suggestions
from iops.crime.allocation.rules import SIGNS, rules_on
from iops.crime.allocation.suggesting import ORDER
from iops.crime.models import OfficerSkill, OfficerTie, OpenCrime
from iops.crime.recorded.finding import find
from iops.crime.recorded.selectors import address
from iops.foundation import clock
from iops.foundation.consultation import consulted, consults, shows_no_record
from iops.foundation.paging import PAGE_SIZE, Page, Turn, key, read_key
from iops.obligations.models import EscalationStep, Obligation
from iops.rulebook.classes import register

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from iops.crime.allocation.suggesting import Suggestion
    from iops.crime.models import AllocationChoice, Crime, Screening, SolvabilityAssessment
    from iops.foundation.models import User

MOST_COUNTED = 1_000
"""Of more it is only said that they are more: nothing is counted over everything."""
OFFERED = 5
"""How many officers a row of the list offers."""
RULE = "crime-allocated"
GRADES = {4: "gravest class", 3: "serious class", 2: "class of some harm", 1: "class of less harm"}


@dataclass(frozen=True)
class Wanted:
    """Which of the crimes that wait; the empty filter is all."""

    district_id: int | None = None
    critical: bool = False
    turn: Turn = field(default_factory=Turn)


@dataclass(frozen=True)
class Waiting:
    """One crime that waits: why it stands where it does, its clock, and to whom it may go."""

    row: OpenCrime
    title: str
    address: str
    why: tuple[str, ...]
    due_at: dt.datetime | None
    late: bool
    escalated: str
    suggestion: Suggestion

    @property
    def offered(self) -> tuple[tuple[int, str], ...]:
        """The first officers, each with the reasons."""
        return tuple((s.officer.id, f"{s.officer.name}: {s.said}") for s in self.suggestion.officers[:OFFERED])


@dataclass(frozen=True)
class Tile:
    """How many serious crimes with vulnerable victims wait, and since when the oldest."""

    number: int
    at_least: bool
    oldest: dt.datetime | None

    @property
    def said(self) -> str:
        """The number as people say it."""
        return f"more than {self.number:,}" if self.at_least else f"{self.number:,}"


@shows_no_record("a number and a moment")
def tile(district_id: int | None = None) -> Tile:
    """The serious crimes with vulnerable victims that lie unallocated, as far as whoever asks sees them."""
    rows = OpenCrime.objects.filter(waits=True, critical=True)
    if district_id is not None:
        rows = rows.filter(district_id=district_id)
    number = rows[: MOST_COUNTED + 1].count()
    oldest = rows.order_by("recorded_at", "crime_id").values_list("recorded_at", flat=True).first() if number else None
    return Tile(min(number, MOST_COUNTED), number > MOST_COUNTED, oldest)


@shows_no_record("logs its looks itself: officers are found after the rows")
def unallocated(viewer: User, wanted: Wanted) -> Page[Waiting]:
    """One page of the crimes that wait for an owner: the most floors first, then the gravest class, then the oldest.

    Raises InvalidError for a key that no list has given out.
    """
    rows = OpenCrime.objects.filter(waits=True).select_related("crime__incident__district")
    if wanted.district_id is not None:
        rows = rows.filter(district_id=wanted.district_id)
    if wanted.critical:
        rows = rows.filter(critical=True)
    counted = rows[: MOST_COUNTED + 1].count()
    page = wanted.turn.cut(
        _ordered(rows, wanted.turn), _key, total=min(counted, MOST_COUNTED), at_least=counted > MOST_COUNTED
    )
    consulted("crime", [row.crime_id for row in page.rows], viewer, {"queue": "unallocated"})
    told = _told(page.rows)
    return Page(told, page.total, page.page, page.size, page.at_least, page.next, page.previous)


def _ordered(rows: QuerySet[OpenCrime], turn: Turn) -> list[OpenCrime]:
    order = ("-floored", "-seriousness", "recorded_at", "crime_id")
    back = ("floored", "seriousness", "-recorded_at", "-crime_id")
    if turn.key:
        rows = rows.filter(_beyond(turn))
    return list(rows.order_by(*(back if turn.backwards else order))[turn.skip : turn.skip + PAGE_SIZE + 1])


def _beyond(turn: Turn) -> Q:
    floored, grade, at, crime = read_key(turn.key, int, int, dt.datetime, int)
    down, up = ("gt", "lt") if turn.backwards else ("lt", "gt")
    return (
        Q(**{f"floored__{down}": floored})
        | Q(floored=floored, **{f"seriousness__{down}": grade})
        | Q(floored=floored, seriousness=grade, **{f"recorded_at__{up}": at})
        | Q(floored=floored, seriousness=grade, recorded_at=at, **{f"crime_id__{up}": crime})
    )


def _key(row: OpenCrime) -> str:
    return key(row.floored, row.seriousness, row.recorded_at, row.crime_id)


def _told(rows: Sequence[OpenCrime]) -> tuple[Waiting, ...]:
    ids, now = [row.crime_id for row in rows], clock.now()
    found = suggestions(ids, OFFERED)
    owed = {
        one.subject_id: one
        for one in Obligation.objects.filter(
            subject="crime", subject_id__in=ids, rule_id=RULE, met_at=None, waived_at=None
        )
    }
    steps = list(EscalationStep.objects.filter(rule_id=RULE).order_by("after"))
    return tuple(_waiting(row, owed.get(row.crime_id), steps, now, found[row.crime_id]) for row in rows)


def _waiting(
    row: OpenCrime, owed: Obligation | None, steps: Iterable[EscalationStep], now: dt.datetime, offered: Suggestion
) -> Waiting:
    listed = register().find(row.crime_class)
    gone = [s.to_role for s in steps if owed and s.edition == owed.edition and owed.arose_at + s.after <= now]
    return Waiting(
        row=row,
        title=f"{row.crime_class} {listed.title}" if listed else row.crime_class,
        address=address(row.crime),
        why=(*(SIGNS[code] for code in row.floors), GRADES[row.seriousness]),
        due_at=owed.due_at if owed else None,
        late=bool(owed and owed.due_at < now),
        escalated=gone[-1].replace("_", " ") if gone else "",
        suggestion=offered,
    )


@consults("crime", ids=lambda found: [found[0]])
def _suggested(crime_id: int, viewer: User) -> tuple[int, Suggestion]:  # noqa: ARG001 - the look is logged in their name
    crime = find(crime_id)
    return crime.id, suggestions([crime.id])[crime.id]


@shows_no_record("logs its look by `_suggested`")
def suggested(crime_id: int, viewer: User) -> Suggestion:
    """Who may own a crime, in order with reasons. Raises NotFoundError."""
    return _suggested(crime_id, viewer)[1]


# --- one crime -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OfCrime:
    """How one crime stands: who may own it, whether its owner is tied to somebody in it, and its screening."""

    crime_id: int
    suggestion: Suggestion
    choice: AllocationChoice | None
    owner_tie: str
    assessment: SolvabilityAssessment | None
    enough: int
    screening: Screening | None
    answer: str
    bar: str
    floors: tuple[str, ...] = ()
    order: tuple[str, ...] = ORDER

    @property
    def offered(self) -> tuple[tuple[int, str], ...]:
        """The first officers, each with the reasons."""
        return tuple((s.officer.id, f"{s.officer.name}: {s.said}") for s in self.suggestion.officers[:OFFERED])


@shows_no_record("a part of the crime, whose look is logged")
def of_crime(crime: Crime) -> OfCrime:
    """What the page and the API tell of the allocation and screening of a crime."""
    standing = OpenCrime.objects.filter(crime=crime).first()
    screening = crime.screenings.select_related("by", "review", "review__by").order_by("-id").first()
    return OfCrime(
        crime_id=crime.id,
        suggestion=suggestions([crime.id])[crime.id],
        choice=crime.allocation_choices.select_related("by").order_by("-id").first(),
        owner_tie=_asked(OWNER_TIE, crime.id),
        assessment=crime.solvability.select_related("by").order_by("-id").first(),
        enough=rules_on(clock.today()).enough,
        screening=screening,
        answer=_answer(screening),
        bar=_asked(BAR, crime.id),
        floors=tuple(SIGNS[code] for code in (standing.floors if standing else ())),
    )


OWNER_TIE = """
    select t.tie from crime_opencrime o cross join lateral iops.crime_ties(o.crime_id) t
    where o.crime_id = %s and t.user_id = o.holder_id limit 1
"""
BAR = "select iops.crime_sign_words(iops.crime_screen_bar(%s, iops.local_date(iops.now())))"


def _asked(query: str, crime_id: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute(query, [crime_id])
        found = cursor.fetchone()
    return str(found[0] or "") if found else ""


def _answer(screening: Screening | None) -> str:
    if screening is None or screening.decision != "out":
        return ""
    answer = getattr(screening, "review", None)
    return "waits" if answer is None else "agreed" if answer.agreed else "refused"


@consults("crime", ids=lambda found: [found.crime_id])
def screening(crime_id: int, viewer: User) -> OfCrime:  # noqa: ARG001 - the look is logged in the viewer's name
    """How the allocation and screening of one crime stand. Raises NotFoundError."""
    return of_crime(find(crime_id))


@shows_no_record("what people who work here are trained for, and no record")
def skills(user_id: int | None = None) -> list[OfficerSkill]:
    """The skills on record, of one person or of all (at most 1,000), the latest first."""
    found = OfficerSkill.objects.select_related("user").order_by("-id")
    return list(found.filter(user_id=user_id) if user_id is not None else found[:MOST_COUNTED])


@shows_no_record("ties of people who work here; the wall lets see only whom they concern, and supervisors")
def ties(user_id: int) -> list[OfficerTie]:
    """The ties of one person that stand, as far as whoever asks may know them."""
    return list(OfficerTie.objects.filter(user_id=user_id, withdrawn_at=None).select_related("person").order_by("id"))
