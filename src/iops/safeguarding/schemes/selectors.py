"""The questions of the schemes: what stands on one incident, the list of each scheme, meetings, schools."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from iops.foundation import clock
from iops.foundation.consultation import consults, shows_no_record
from iops.foundation.errors import NotFoundError
from iops.foundation.paging import PAGE_SIZE, Page
from iops.safeguarding.models import MaracMeeting, School
from iops.safeguarding.schemes import words

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from iops.foundation.models import User

COLUMNS = """s.scheme, s.id, s.incident_id, s.person_id, p.name, s.other_id, o.name, s.what, s.state, s.at, s.due_at,
    s.ended, s.note, s.part_of, i.number, i.day, i.district_id, d.name"""
JOINED = """iops.scheme_item s
    join control_incident i on i.id = s.incident_id
    join foundation_district d on d.id = i.district_id
    left join pole_person p on p.id = s.person_id
    left join pole_person o on o.id = s.other_id"""


@dataclass(frozen=True)
class Item:
    """One thing of a scheme: who it is about, where it stands, by when the next step is owed.

    `who` and `other` are empty for a person who may not be seen.
    """

    scheme: str
    id: int
    incident_id: int
    person_id: int
    who: str | None
    other_id: int | None
    other: str | None
    what: str
    state: str
    at: dt.datetime
    due_at: dt.datetime | None
    ended: bool
    note: str
    part_of: int | None
    number: int
    day: dt.date
    district_id: int
    district: str

    @property
    def what_words(self) -> str:
        """What it is, in words."""
        return words.said(self.what)

    @property
    def state_words(self) -> str:
        """Where it stands, in words."""
        return words.said(self.state)

    @property
    def reference(self) -> str:
        """The incident's reference."""
        return f"{self.number}/{self.day:%d%m%Y}"

    def late(self, now: dt.datetime) -> bool:
        """Whether the next step is late."""
        return not self.ended and self.due_at is not None and self.due_at < now


@dataclass(frozen=True)
class Items:
    """What stands on one incident; logged as a look at the people."""

    rows: tuple[Item, ...]

    def shown_ids(self) -> Iterable[int]:
        """The people shown."""
        return _people(self.rows)

    def of(self, scheme: str, part_of: int | None = None) -> tuple[Item, ...]:
        """The things of one scheme, or the parts of one of them."""
        return tuple(r for r in self.rows if r.scheme == scheme and (part_of is None or r.part_of == part_of))


@dataclass(frozen=True)
class Listed(Page[Item]):
    """One page of the list of a scheme."""

    def shown_ids(self) -> Iterable[int]:
        """The people shown."""
        return _people(self.rows)


@dataclass(frozen=True)
class Wanted:
    """Which things of a scheme: of one district, the ended ones too, which page."""

    district_id: int | None = None
    ended: bool = False
    page: int = 1


def _people(rows: Iterable[Item]) -> set[int]:
    return {each for r in rows for each in (r.person_id, r.other_id) if each is not None}


@consults("person")
def on_incident(incident_id: int, viewer: User) -> Items:  # noqa: ARG001 - the look is logged in the viewer's name
    """Everything of every scheme on one incident, in one statement, in the order in which it began."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {COLUMNS} from {JOINED} where s.incident_id = %s order by s.at, s.scheme, s.id",  # noqa: S608
            [incident_id],
        )
        return Items(tuple(Item(*row) for row in cursor.fetchall()))


@consults("person")
def listed(scheme: str, viewer: User, wanted: Wanted) -> Listed:  # noqa: ARG001 - logged in the viewer's name
    """One page of a scheme, what is owed first first; what has ended only on demand. Raises NotFoundError."""
    if scheme not in words.SCHEMES:
        raise NotFoundError("There is no such scheme.")
    asked: list[str | int | bool | None] = [scheme, wanted.district_id, wanted.district_id, wanted.ended]
    where = "s.scheme = %s and (%s::bigint is null or i.district_id = %s) and (%s or not s.ended)"
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from {JOINED} where {where}", asked)  # noqa: S608 - text of this module
        total = cursor.fetchone()[0]
        cursor.execute(
            f"select {COLUMNS} from {JOINED} where {where}"  # noqa: S608 - text of this module
            " order by s.ended, s.due_at nulls last, s.at desc, s.id desc limit %s offset %s",
            [*asked, PAGE_SIZE, (wanted.page - 1) * PAGE_SIZE],
        )
        return Listed(tuple(Item(*row) for row in cursor.fetchall()), total, wanted.page)


@consults("person")
def one(scheme: str, number: int, viewer: User) -> Items:  # noqa: ARG001 - the look is logged in the viewer's name
    """One thing of a scheme, as the only row. Raises NotFoundError."""
    with connection.cursor() as cursor:
        where = "s.scheme = %s and s.id = %s"
        cursor.execute(f"select {COLUMNS} from {JOINED} where {where}", [scheme, number])  # noqa: S608
        found = tuple(Item(*row) for row in cursor.fetchall())
    if not found:
        raise NotFoundError("There is no such thing of this scheme.")
    return Items(found)


@shows_no_record("a meeting names nobody")
def meetings(district_id: int | None = None) -> list[MaracMeeting]:
    """The meetings to come, and those of the last day, whose minutes may still be written; the next first."""
    asked = MaracMeeting.objects.select_related("district").order_by("at", "id")
    asked = asked.filter(at__gte=clock.now() - words.MINUTES_WRITTEN)
    return list(asked if district_id is None else asked.filter(district_id=district_id))


@shows_no_record("schools are public")
def schools() -> list[School]:
    """Every school, by name."""
    return list(School.objects.order_by("name", "id"))
