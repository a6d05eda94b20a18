"""The questions asked of recorded crimes: one with its whole life, the list, their names for worklists and search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from iops.crime.models import (
    Crime,
    CrimeAction,
    CrimeCancellation,
    CrimeClassing,
    CrimeFlag,
    CrimeLinked,
    CrimeLogEntry,
    CrimeOutcome,
    CrimeOwner,
    CrimeReview,
    Reopening,
    VictimTold,
)
from iops.crime.recorded.finding import Class, Ending, class_of, ending_of, find, owner_of, parse_reference
from iops.foundation.consultation import consults, shows_no_record
from iops.foundation.errors import InvalidError, NotFoundError
from iops.foundation.paging import PAGE_SIZE, Page
from iops.obligations.records import RecordLabel
from iops.rulebook.classes import register

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from iops.foundation.models import User

MOST_COUNTED = 10_000
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
    found = CrimeLinked.objects.filter(Q(crime=crime) | Q(other=crime)).select_related("crime", "other", "by")
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
    rows = _rows(Crime.objects.filter(id__in=ids))
    return {
        row.crime.id: RecordLabel(
            row.crime.reference, address(row.crime), row.crime.incident.where, (row.title, row.state.capitalize())
        )
        for row in rows
    }


@shows_no_record("the crimes of an incident, whose look is logged")
def on_incident(incident_id: int) -> tuple[Row, ...]:
    """The crimes recorded of an incident, in one statement."""
    return _rows(Crime.objects.filter(incident_id=incident_id).order_by("id"))


def _told(found: QuerySet[Crime]) -> QuerySet[Crime]:
    """With the class, the owner and the ending that stand now."""
    this = OuterRef("pk")
    latest = CrimeOwner.objects.filter(crime=this).order_by("-id")
    return found.select_related("incident", "incident__district").annotate(
        now_class=Coalesce(
            Subquery(CrimeClassing.objects.filter(crime=this).order_by("-id").values("crime_class")[:1]),
            F("crime_class"),
        ),
        owner_name=Subquery(latest.annotate(n=Coalesce("user__name", "team__name")).values("n")[:1]),
        outcome_code=Subquery(CrimeOutcome.objects.filter(crime=this, reopening=None).values("code")[:1]),
        removal=Subquery(CrimeCancellation.objects.filter(crime=this, reopening=None).values("category")[:1]),
    )


def _rows(found: QuerySet[Crime]) -> tuple[Row, ...]:
    return tuple(
        Row(c, str(getattr(c, "now_class", "")), str(getattr(c, "owner_name", "") or ""), _state(c))
        for c in _told(found)
    )


def _state(crime: Crime) -> str:
    outcome, removal = getattr(crime, "outcome_code", None), getattr(crime, "removal", None)
    return f"outcome {outcome}" if outcome else f"removed ({removal})" if removal else "open"


@consults("incident")
def listed(viewer: User, wanted: Wanted) -> Listed:  # noqa: ARG001 - the look is logged in the viewer's name
    """One page of the crimes the viewer may see, the latest first. Raises InvalidError for an unknown state."""
    asked = _asked(wanted)
    start = (wanted.page - 1) * PAGE_SIZE
    rows = _rows(asked.order_by("-recorded_at", "-id")[start : start + PAGE_SIZE])
    counted = asked[: MOST_COUNTED + 1].count()
    return Listed(rows, min(counted, MOST_COUNTED), wanted.page, at_least=counted > MOST_COUNTED)


def _asked(wanted: Wanted) -> QuerySet[Crime]:
    found = Crime.objects.all()
    if wanted.crime_class:
        name = register().get(wanted.crime_class).code
        later = CrimeClassing.objects.filter(crime=OuterRef("pk"))
        is_now = Subquery(later.order_by("-id").values("crime_class")[:1])
        found = found.annotate(stands=Coalesce(is_now, F("crime_class"))).filter(stands=name)
    if wanted.district_id is not None:
        found = found.filter(incident__district_id=wanted.district_id)
    if wanted.owner_id is not None:
        latest = CrimeOwner.objects.filter(crime=OuterRef("pk")).order_by("-id")
        found = found.annotate(owned=Subquery(latest.values("user_id")[:1])).filter(owned=wanted.owner_id)
    return _in_state(found, wanted.state)


def _in_state(found: QuerySet[Crime], state: str) -> QuerySet[Crime]:
    this = OuterRef("pk")
    outcome = Exists(CrimeOutcome.objects.filter(crime=this, reopening=None))
    removed = Exists(CrimeCancellation.objects.filter(crime=this, reopening=None))
    if state == "":
        return found
    if state == "outcome":
        return found.filter(outcome)
    if state == "removed":
        return found.filter(removed)
    unowned = ~Exists(CrimeOwner.objects.filter(crime=this))
    if state in ("open", "unowned"):
        found = found.filter(~outcome, ~removed)
        return found.filter(unowned) if state == "unowned" else found
    raise InvalidError("That is not a state of crimes.", details={"field": "state"})


@shows_no_record("how many crimes each owner has, and none of them")
def load() -> Mapping[int, int]:
    """How many open crimes each person owns: the load by which crimes are allocated."""
    with connection.cursor() as cursor:
        cursor.execute(LOAD)
        return dict(cursor.fetchall())


LOAD = """
    select o.user_id, count(*) from (
        select distinct on (x.crime_id) x.crime_id, x.user_id from crime_crimeowner x order by x.crime_id, x.id desc
    ) o
    where o.user_id is not null and iops.crime_ended_at(o.crime_id) is null group by o.user_id
"""
