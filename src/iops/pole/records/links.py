"""What hangs together with a record: its links as values, each with the record at its other end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import F, Q

from iops.pole import involvement
from iops.pole.models import Link
from iops.pole.records.labels import Named, kind_words
from iops.pole.records.values import Section, Value, once

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from iops.pole.records.labels import Key

MOST = 400
"""Links of one record that a page shows; it says when there are more."""

TITLES = {
    "location": "Addresses and places",
    "phone": "Telephone",
    "email": "E-mail",
    "person": "People",
    "vehicle": "Vehicles",
    "organisation": "Organisations",
    "item": "Objects",
}
"""The heading of the links to each kind of record, in the order in which they are shown."""

AS_SAID = (" at", " with", " to", " by")


@dataclass(frozen=True)
class Links:
    """The links of a record, a section for each kind of record at the other end; `more` when not all are shown."""

    sections: tuple[Section, ...]
    more: bool

    def of(self, *kinds: str) -> tuple[Section, ...]:
        """The sections of some kinds of record."""
        wanted = {_title(k) for k in kinds}
        return tuple(s for s in self.sections if s.title in wanted)

    @property
    def standing(self) -> tuple[Value, ...]:
        """Every link that was not withdrawn."""
        return tuple(v for s in self.sections for v in s.standing)

    def present_ids(self, kind: str) -> list[int]:
        """The records of one kind that are linked at present."""
        return sorted({v.named.id for v in self.standing if v.named and v.named.kind == kind and v.present})

    def ids(self, kind: str) -> list[int]:
        """The records of one kind that are linked, at present or formerly."""
        return sorted({v.named.id for v in self.standing if v.named and v.named.kind == kind})


def relation(role: str, from_kind: str, to_kind: str, *, outgoing: bool) -> str:
    """How the record at the other end is introduced: "keeper of" AB12 CDE, "home" 1 Mill Lane, "parent:" Jane.

    A link reads "from is the <role> of to"; seen from its other end, the record named is the <role>.
    """
    if role == "other":
        return "linked to"
    if not outgoing:
        return role if to_kind == "location" else f"{role}:" if from_kind == "person" else role
    if to_kind == "location" and role != "owner":
        return role
    return role if role.endswith(AS_SAID) else f"{role} of"


@dataclass(frozen=True)
class Rows:
    """The links of a record as they were read, before the records at their other ends have names."""

    kind: str
    ids: frozenset[int]
    rows: tuple[Link, ...]
    more: bool

    @property
    def keys(self) -> set[Key]:
        """The records at the other ends."""
        return {self.other(link)[0] for link in self.rows}

    def other(self, link: Link) -> tuple[Key, bool]:
        """The other end of a link, and whether the link goes out from the record of the page."""
        outgoing = link.from_kind == self.kind and link.from_id in self.ids
        return ((link.to_kind, link.to_id) if outgoing else (link.from_kind, link.from_id)), outgoing


def read(kind: str, ids: Sequence[int]) -> Rows:
    """Read the links of some records of one kind taken together, but for those to events, which are involvement."""
    mine = Q(from_kind=kind, from_id__in=ids) | Q(to_kind=kind, to_id__in=ids)
    events = involvement.kinds()
    found = list(
        Link.objects.filter(mine)
        .exclude(to_kind__in=events)
        .exclude(from_kind__in=events)
        .select_related("recorded_by", "withdrawn_by")
        .order_by(F("withdrawn_at").asc(nulls_first=True), "-recorded_at", "-id")[: MOST + 1]
    )
    return Rows(kind, frozenset(ids), tuple(found[:MOST]), more=len(found) > MOST)


def told(read: Rows, names: Mapping[Key, Named], today: dt.date) -> Links:
    """Links as values on `today` (a local day); `names` has the names of the records at their other ends."""
    made = [v for link in read.rows if (v := _value(link, read, names, today)) is not None]
    return Links(tuple(_sections(made)), more=read.more)


def _value(link: Link, read: Rows, names: Mapping[Key, Named], today: dt.date) -> Value | None:
    key, outgoing = read.other(link)
    other = names.get(key)
    if other is None:
        return None
    how = relation(link.role, link.from_kind, link.to_kind, outgoing=outgoing)
    return Value(other.kind, how, other.title, (link,), today, named=other)


def _sections(made: Iterable[Value]) -> Iterable[Section]:
    grouped: dict[str, list[Value]] = {}
    for value in made:
        grouped.setdefault(value.kind, []).append(value)
    order = list(TITLES)
    for kind in sorted(grouped, key=lambda k: (order.index(k) if k in order else len(order), k)):
        yield Section(_title(kind), once(grouped[kind], lambda v: (v.named, v.label)))


def _title(kind: str) -> str:
    return TITLES.get(kind, kind_words(kind).capitalize())


PRESENT_PEOPLE = """
    select p.id from pole_person p where p.id = any (iops.same_people((
        select array_agg(l.from_id) from pole_link l
        where l.from_kind = 'person' and l.to_kind = %s and l.to_id = %s and l.withdrawn_at is null
          and (l.until is null or l.until >= %s))))
    order by p.id
"""


def present_people(kind: str, record_id: int, today: dt.date) -> list[int]:
    """Every nominal, merged ones too, of the people linked to a place or thing on a day, that the viewer may see."""
    with connection.cursor() as cursor:
        cursor.execute(PRESENT_PEOPLE, [kind, record_id, today])
        return [row[0] for row in cursor.fetchall()]
