"""The questions asked of suspects: where each of a crime stands, every step so far, and who is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from iops.crime.models import Bail, Charge, Crime, SuspectWanted
from iops.foundation.consultation import consults, shows_no_record
from iops.foundation.paging import PAGE_SIZE, Page

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from iops.foundation.models import User

MOST_WANTED = 5_000
"""Names that the wanted list counts; a force has some hundreds."""


@dataclass(frozen=True)
class Step:
    """One step with a suspect, in words."""

    at: dt.datetime
    words: str


@dataclass(frozen=True)
class Suspect:
    """One suspect of a crime: where they stand now, the bail they are on, the next hearing, and every step."""

    person_id: int
    name: str
    standing: str
    since: dt.datetime | None
    bail: Bail | None
    charge: Charge | None
    steps: tuple[Step, ...]
    wanted_id: int | None


NOW = """
select n.person_id, p.name, n.standing, n.since from iops.suspect_now n join pole_person p on p.id = n.person_id
where n.crime_id = %s order by p.name, n.person_id
"""
STEPS = "select person_id, at, standing from iops.suspect_step where crime_id = %s order by at, rank, id"
WANTED_OF = "select person_id, id from iops.wanted where crime_id = %s"


@shows_no_record("the suspects of a crime whose look is logged")
def suspects_of(crime: Crime) -> tuple[Suspect, ...]:
    """Every suspect linked to a crime, by name."""
    with connection.cursor() as cursor:
        cursor.execute(NOW, [crime.id])
        now = cursor.fetchall()
        cursor.execute(STEPS, [crime.id])
        steps = cursor.fetchall()
        cursor.execute(WANTED_OF, [crime.id])
        wanted = dict(cursor.fetchall())
    bails = {b.person_id: b for b in Bail.objects.filter(crime=crime, after=None, ended=None).order_by("id")}
    charges = {c.person_id: c for c in Charge.objects.filter(crime=crime).prefetch_related("hearings").order_by("id")}
    return tuple(
        Suspect(
            person,
            name,
            standing,
            since,
            bails.get(person) if standing.startswith("on bail") else None,
            charges.get(person),
            tuple(Step(at, words) for who, at, words in steps if who == person),
            wanted.get(person),
        )
        for person, name, standing, since in now
    )


@dataclass(frozen=True)
class Wanted:
    """One name of the wanted list: who, for which crime, why, since when, and whether it is domestic abuse."""

    id: int
    crime: Crime
    person_id: int
    name: str
    reason: str
    since: dt.datetime
    domestic: bool
    by: str


@dataclass(frozen=True)
class WantedList(Page[Wanted]):
    """One page of the wanted list."""

    def shown_ids(self) -> Iterable[int]:
        """The crimes for which they are wanted."""
        return {row.crime.id for row in self.rows}


RANKED = """
select w.id, w.domestic from iops.wanted w where (%s::bigint is null or w.district_id = %s)
order by w.domestic desc, w.at, w.id limit %s
"""


@consults("crime")
def wanted(viewer: User, *, district_id: int | None = None, page: int = 1) -> WantedList:  # noqa: ARG001 - logged
    """Who is wanted now: suspects of domestic abuse first, then by how long. Restricted crimes are not in it."""
    with connection.cursor() as cursor:
        cursor.execute(RANKED, [district_id, district_id, MOST_WANTED + 1])
        ranked = dict(cursor.fetchall())
    start = (page - 1) * PAGE_SIZE
    ids = list(ranked)[:MOST_WANTED][start : start + PAGE_SIZE]
    found = SuspectWanted.objects.select_related("crime__incident__district", "person", "by").in_bulk(ids)
    rows = tuple(
        Wanted(i, one.crime, one.person_id, one.person.name, one.reason, one.at, ranked[i], one.by.name)
        for i in ids
        if (one := found.get(i)) is not None
    )
    return WantedList(rows, min(len(ranked), MOST_WANTED), page, at_least=len(ranked) > MOST_WANTED)
