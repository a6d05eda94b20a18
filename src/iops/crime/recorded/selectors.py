"""The questions asked of recorded crimes: one with its whole life, the list, their names for worklists and search."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Q
from django.urls import reverse

from iops.crime.models import (
    Crime,
    CrimeAction,
    CrimeClassing,
    CrimeContinuation,
    CrimeFlag,
    CrimeLinked,
    CrimeLogEntry,
    CrimeOwner,
    CrimeReview,
    CrimeStanding,
    Reopening,
    State,
    VictimTold,
)
from iops.crime.recorded.finding import Class, Ending, class_of, ending_of, find, owner_of, parse_reference
from iops.foundation.consultation import consults, shows_no_record
from iops.foundation.errors import InvalidError, NotFoundError
from iops.foundation.paging import MOST_COUNTED, PAGE_SIZE, Page, Turn, key, read_key
from iops.obligations.records import RecordLabel
from iops.rulebook.classes import register

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.db.models import QuerySet

    from iops.foundation.models import User

STATES = (("open", "Open"), ("outcome", "With an outcome"), ("removed", "Removed"), ("unowned", "Without an owner"))


@dataclass(frozen=True)
class Party:
    """A person or body linked to a crime: the record, its name as it is now, and its role."""

    kind: str
    id: int
    name: str
    role: str


@dataclass(frozen=True)
class One:
    """One crime with everything that stands of it."""

    crime: Crime
    now: Class
    ending: Ending | None
    owner: CrimeOwner | None
    parties: tuple[Party, ...]
    flags: tuple[CrimeFlag, ...]
    classings: tuple[CrimeClassing, ...]
    owners: tuple[CrimeOwner, ...]
    reviews: tuple[CrimeReview, ...]
    actions: tuple[CrimeAction, ...]
    log: tuple[CrimeLogEntry, ...]
    told: tuple[VictimTold, ...]
    reopenings: tuple[Reopening, ...]
    linked: tuple[tuple[CrimeLinked, Crime], ...]
    continuations: tuple[CrimeContinuation, ...]

    @property
    def people(self) -> tuple[int, ...]:
        """The people whose names are shown."""
        return tuple(p.id for p in self.parties if p.kind == "person")

    @property
    def title(self) -> str:
        """The title of its class."""
        one = register().find(self.now.name)
        return one.title if one else self.now.name


@dataclass(frozen=True)
class Row:
    """One crime of a list."""

    crime: Crime
    crime_class: str
    owner: str
    state: str

    @property
    def title(self) -> str:
        """The class and its title."""
        one = register().find(self.crime_class)
        return f"{self.crime_class} {one.title}" if one else self.crime_class


@dataclass(frozen=True)
class Listed(Page[Row]):
    """One page of the list of crimes."""

    def shown_ids(self) -> Iterable[int]:
        """The incidents they come out of."""
        return {row.crime.incident_id for row in self.rows}


@dataclass(frozen=True)
class Wanted:
    """Which crimes of the list."""

    crime_class: str = ""
    state: str = ""
    district_id: int | None = None
    owner_id: int | None = None
    page: int = 1
    after: str = ""
    before: str = ""

    @property
    def turn(self) -> Turn:
        """Which page is asked for."""
        return Turn(self.page, self.after, self.before)


@consults("crime", ids=lambda found: [found.crime.id])
def one(crime_id: int, viewer: User) -> One:  # noqa: ARG001 - the look is logged in the viewer's name
    """One crime with its life. Raises NotFoundError."""
    crime = find(crime_id)
    return One(
        crime=crime,
        now=class_of(crime),
        ending=ending_of(crime),
        owner=owner_of(crime),
        parties=_parties(crime),
        flags=tuple(crime.flags.filter(removed_at=None).order_by("flag")),
        classings=tuple(crime.classings.select_related("by").order_by("-id")),
        owners=tuple(crime.owners.select_related("user", "team", "by").order_by("-id")),
        reviews=tuple(crime.reviews.select_related("by").order_by("-id")),
        actions=tuple(crime.actions.select_related("owner", "by", "result", "result__by").order_by("id")),
        log=tuple(crime.log.select_related("by").order_by("-id")),
        told=tuple(crime.victim_told.select_related("by", "person").order_by("-id")),
        reopenings=tuple(crime.reopenings.select_related("by", "outcome", "cancellation").order_by("-id")),
        linked=_linked(crime),
        continuations=tuple(crime.continuations.select_related("incident", "by").order_by("id")),
    )


PARTIES = """
    select l.from_kind, l.from_id, coalesce(p.name, o.name), l.role
    from pole_link l
    left join pole_person p on l.from_kind = 'person' and p.id = l.from_id
    left join pole_organisation o on l.from_kind = 'organisation' and o.id = l.from_id
    where l.to_kind = 'crime' and l.to_id = %s and l.withdrawn_at is null and coalesce(p.name, o.name) is not null
    order by array_position(array['victim', 'suspect', 'witness']::varchar[], l.role), l.id
"""


def _parties(crime: Crime) -> tuple[Party, ...]:
    with connection.cursor() as cursor:
        cursor.execute(PARTIES, [crime.id])
        return tuple(Party(*row) for row in cursor.fetchall())


def _linked(crime: Crime) -> tuple[tuple[CrimeLinked, Crime], ...]:
    found = CrimeLinked.objects.filter(Q(crime=crime) | Q(other=crime), withdrawn_at=None).select_related(
        "crime", "other", "by"
    )
    return tuple((x, x.other if x.crime_id == crime.id else x.crime) for x in found.order_by("id"))


@shows_no_record("finds a crime by its number; `one` shows it and logs the look")
def by_reference(typed: str) -> Crime:
    """The crime of this number; NotFoundError when there is none that this person may see."""
    parsed = parse_reference(typed)
    found = Crime.objects.filter(year=parsed[1], number=parsed[0]).first() if parsed else None
    if found is None:
        raise NotFoundError(f"There is no crime {typed[:40]}.", mend="Check the number and the year.")
    return found


@shows_no_record("an id for a worklist's filter")
def find_id(reference: str) -> int | None:
    """The id of the crime of this number; None when it is none."""
    # Without its letters a number could be an incident's.
    if not reference.strip().upper().startswith("CR"):
        return None
    parsed = parse_reference(reference)
    return (
        Crime.objects.filter(year=parsed[1], number=parsed[0]).values_list("id", flat=True).first() if parsed else None
    )


@shows_no_record("makes an address of what its caller holds")
def address(crime: Crime) -> str:
    """Where the page of the crime is."""
    return reverse("crime", args=[f"CR-{crime.number}-{crime.year:%Y}"])


@shows_no_record("names crimes for worklists, which log their looks")
def labels(ids: Sequence[int]) -> Mapping[int, RecordLabel]:
    """The labels of crimes by id; those that may not be seen are left out."""
    rows = _rows(CrimeStanding.objects.filter(crime_id__in=ids))
    return {
        row.crime.id: RecordLabel(
            row.crime.reference, address(row.crime), row.crime.incident.where, (row.title, row.state.capitalize())
        )
        for row in rows
    }


@shows_no_record("the crimes of an incident, whose look is logged")
def on_incident(incident_id: int) -> tuple[Row, ...]:
    """The crimes recorded of an incident, in one statement."""
    return _rows(CrimeStanding.objects.filter(incident_id=incident_id).order_by("crime_id"))


def _rows(found: QuerySet[CrimeStanding]) -> tuple[Row, ...]:
    found = found.select_related("crime", "crime__incident", "crime__incident__district", "owner", "team")
    return tuple(Row(s.crime, s.crime_class, _owner(s), _state(s)) for s in found)


def _owner(standing: CrimeStanding) -> str:
    return (standing.owner.name if standing.owner else "") or (standing.team.name if standing.team else "")


def _state(standing: CrimeStanding) -> str:
    if standing.state == State.OUTCOME:
        return f"outcome {standing.ending}"
    return f"removed ({standing.ending})" if standing.state == State.REMOVED else "open"


@consults("incident")
def listed(viewer: User, wanted: Wanted) -> Listed:  # noqa: ARG001 - the look is logged in the viewer's name
    """One page of the crimes the viewer may see, the latest first. Raises InvalidError for an unknown state or key."""
    asked, turn = _asked(wanted), wanted.turn
    order = ("recorded_at", "crime_id") if turn.backwards else ("-recorded_at", "-crime_id")
    rows = _rows(_from(asked, turn).order_by(*order)[turn.skip : turn.skip + PAGE_SIZE + 1])
    counted = asked.order_by()[: MOST_COUNTED + 1].count()
    page = turn.cut(rows, _key, total=min(counted, MOST_COUNTED), at_least=counted > MOST_COUNTED)
    return Listed(**vars(page))


def _key(row: Row) -> str:
    return key(row.crime.recorded_at, row.crime.id)


def _from(found: QuerySet[CrimeStanding], turn: Turn) -> QuerySet[CrimeStanding]:
    """Those that lie beyond the key. Raises InvalidError for a key of no list of crimes."""
    if not turn.key:
        return found
    at, last = read_key(turn.key, dt.datetime, int)
    beyond = "gt" if turn.backwards else "lt"
    # The first condition is a range of the index; the second leaves out what was shown of the same moment.
    return found.filter(**{f"recorded_at__{beyond}e": at}).filter(
        Q(**{f"recorded_at__{beyond}": at}) | Q(**{f"crime_id__{beyond}": last})
    )


def _asked(wanted: Wanted) -> QuerySet[CrimeStanding]:
    found = CrimeStanding.objects.all()
    if wanted.crime_class:
        found = found.filter(crime_class=register().get(wanted.crime_class).code)
    if wanted.district_id is not None:
        found = found.filter(district_id=wanted.district_id)
    if wanted.owner_id is not None:
        found = found.filter(owner_id=wanted.owner_id)
    if wanted.state == "unowned":
        return found.filter(state=State.OPEN, owner=None, team=None)
    if wanted.state and wanted.state not in State.values:
        raise InvalidError("That is not a state of crimes.", details={"field": "state"})
    return found.filter(state=wanted.state) if wanted.state else found


@shows_no_record("how many crimes each owner has, and none of them")
def load() -> Mapping[int, int]:
    """How many open crimes each person owns: the load by which crimes are allocated."""
    with connection.cursor() as cursor:
        cursor.execute(LOAD)
        return dict(cursor.fetchall())


LOAD = """
    select s.owner_id, count(*) from crime_crimestanding s
    where s.state = 'open' and s.owner_id is not null group by s.owner_id
"""
