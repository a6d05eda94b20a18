"""The intake check: name AND address AND phone AND radius in one question, and every warning that any of them leads to.

Each part is asked by itself. One that cannot be answered says so, and never reads as "none": a call handler who is told
that nothing is known sends somebody through a door.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db import DatabaseError, connection, transaction

from iops.control.models import Incident
from iops.foundation import clock
from iops.foundation.consultation import consulted, shows_no_record
from iops.foundation.context import acting
from iops.foundation.logs import log
from iops.obligations import records
from iops.pole import addresses, said, who
from iops.pole.models import Location, Phone
from iops.pole.records import counts, markers
from iops.pole.records.labels import Named, named
from iops.pole.search import texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from iops.foundation.models import User
    from iops.obligations.records import RecordLabel
    from iops.pole.records.counts import Counts
    from iops.pole.records.markers import Marker
    from iops.pole.who import Likely

LONGEST_WAIT = "2000ms"
"""A part that takes longer is given up and said to be unknown: the call goes on."""
MOST_RADIUS = 2000
RECENT = timedelta(days=28)
"""How far back incidents around a point are shown."""
MOST_PEOPLE, MOST_PLACES, MOST_INCIDENTS = 8, 10, 10
AT_PLACE = """
    select distinct l.from_id from pole_link l
    where l.from_kind = 'person' and l.to_kind = %s and l.to_id = any (%s) and l.withdrawn_at is null
      and (l.until is null or l.until >= iops.local_date(iops.now()))
"""
TOGETHER = """
    select p.id, coalesce(i.lead_id, p.id) from pole_person p left join pole_identity i on i.person_id = p.id
    where p.id = any (iops.same_people(%s))
"""


@dataclass(frozen=True)
class Asked:
    """What is typed so far: any of it may be missing.

    Coordinates and radius are metres on the national grid; without coordinates, the radius is around the address.
    """

    name: str = ""
    born: str = ""
    address: str = ""
    phone: str = ""
    easting: int | None = None
    northing: int | None = None
    radius: int = 0

    @property
    def parts(self) -> tuple[str, ...]:
        """Which parts of the check there is something to ask for."""
        told = {
            "name": self.name.strip() or self.born.strip(),
            "address": self.address.strip(),
            "phone": self.phone.strip(),
            "nearby": self.radius > 0 and (self.easting is not None or self.address.strip()),
        }
        return tuple(part for part, value in told.items() if value)


@dataclass(frozen=True)
class KnownPerson:
    """Somebody who may be concerned: who, why they are shown, and how often they were involved before."""

    named: Named
    ids: tuple[int, ...]
    because: str
    says: tuple[str, ...]
    counts: Counts


@dataclass(frozen=True)
class Part:
    """The answer of one part. `known` false means that it could not be loaded, whatever stands in it.

    `more_people` counts those who are not shown one by one; their warnings are shown all the same.
    """

    name: str
    known: bool = True
    people: tuple[KnownPerson, ...] = ()
    more_people: int = 0
    places: tuple[Named, ...] = ()
    incidents: tuple[RecordLabel, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether it was really asked and nothing was found."""
        return self.known and not (self.people or self.places or self.incidents)


@dataclass(frozen=True)
class Check:
    """The whole answer: the warnings first, from whatever part they come; then part by part.

    `warnings_known` is false when any part, or the warnings themselves, could not be loaded.
    """

    parts: tuple[Part, ...]
    warnings: tuple[Marker, ...]
    warnings_known: bool

    @property
    def failed(self) -> tuple[str, ...]:
        """The parts that could not be loaded."""
        return tuple(p.name for p in self.parts if not p.known)


class _Person(NamedTuple):
    """All the nominals of one person, why they are shown, and what agrees."""

    ids: tuple[int, ...]
    because: str
    says: tuple[str, ...] = ()


@dataclass
class _Found:
    """What a part came upon, before it is named."""

    people: list[_Person] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    incidents: list[int] = field(default_factory=list)


@shows_no_record("logs the people, places and incidents it shows itself, each under its kind")
def check(asked: Asked, viewer: User) -> Check:
    """Ask all parts there is something to ask for. Never raises for a part that fails: that part says so."""
    with acting(user_id=viewer.id):
        answers = [(name, _try(name, asked)) for name in asked.parts]
        found = [answer.found for _, answer in answers if answer is not None]
        warnings, known = _warnings(found)
        _log(found, asked, viewer)
    parts = tuple(Part(name, known=False) if answer is None else answer.part for name, answer in answers)
    return Check(parts, warnings, warnings_known=known and all(part.known for part in parts))


@shows_no_record("logs the people, places and incidents it shows itself, each under its kind")
def part(name: str, asked: Asked, viewer: User) -> Check:
    """One part alone, with the warnings that it leads to: the parts of a page load beside one another."""
    with acting(user_id=viewer.id):
        answer = _try(name, asked) if name in asked.parts else _Answer(_Found(), Part(name))
        found = [answer.found] if answer else []
        warnings, known = _warnings(found)
        _log(found, asked, viewer)
    return Check((answer.part if answer else Part(name, known=False),), warnings, known and answer is not None)


@shows_no_record("logs the people and places it shows the warnings of itself")
def warnings(asked: Asked, viewer: User) -> Check:
    """Every warning that any part leads to, without the rest of what is known."""
    with acting(user_id=viewer.id):
        answers = [_try(name, asked, shown=False) for name in asked.parts]
        found = [answer.found for answer in answers if answer is not None]
        standing, known = _warnings(found)
        _log(found, asked, viewer)
    lost = tuple(Part(n, known=False) for n, answer in zip(asked.parts, answers, strict=True) if answer is None)
    return Check(lost, standing, known and not lost)


class _Answer(NamedTuple):
    """What a part found, and how it is shown."""

    found: _Found
    part: Part


def _try(name: str, asked: Asked, *, shown: bool = True) -> _Answer | None:
    """What a part finds; None when the database could not answer (in time)."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select set_config('statement_timeout', %s, true)", [LONGEST_WAIT])
            found = FINDERS[name](asked)
            answer = _Answer(found, _shown(name, found) if shown else Part(name))
            cursor.execute("set local statement_timeout = default")
            return answer
    except DatabaseError as fault:
        log.error("intake-part-unread", part=name, exc_info=fault)
        return None


def _by_name(asked: Asked) -> _Found:
    # By the name alone: the address and the number have parts of their own, and a caller is often not at home.
    likely = who.could_be(who.Described(name=asked.name, born=asked.born), MOST_PEOPLE)
    together = _together([p.person_id for p in likely])
    return _Found(people=[_Person(together[p.person_id], _reason(p), p.says) for p in likely])


def _reason(likely: Likely) -> str:
    return f"name fits, {likely.percent} likely"


def _by_address(asked: Asked) -> _Found:
    places = addresses.find(asked.address, MOST_PLACES)
    people = _people(_linked("location", places), "linked to the address")
    return _Found(people, places, _incidents_of("location", places)[:MOST_INCIDENTS])


def _by_phone(asked: Asked) -> _Found:
    number = said.phone(asked.phone)
    phones = list(Phone.objects.filter(number=number).values_list("id", flat=True)) if number else []
    hits, _ = texts.find(asked.phone, texts.Scope(kinds=("contact",)), MOST_INCIDENTS)
    called = Incident.objects.filter(contact_id__in=[h.record_id for h in hits]).order_by("-reported_at")
    incidents = [*called.values_list("id", flat=True), *_incidents_of("phone", phones)]
    people = _people(_linked("phone", phones), "uses the number")
    return _Found(people, incidents=list(dict.fromkeys(incidents))[:MOST_INCIDENTS])


def _nearby(asked: Asked) -> _Found:
    """Around a point: what carries a warning, and the incidents of the last weeks. Who lives near is no history."""
    radius = min(asked.radius, MOST_RADIUS)
    point = _point(asked)
    if point is None:
        return _Found()
    places = addresses.near(*point, radius)
    linked = _linked("location", places)
    standing = markers.of_found(linked, places, clock.now(), clock.today()).standing
    warned = {m.marker.person_id for m in standing}
    people = _people([p for p in linked if p in warned], f"within {radius} metres")
    since = clock.now() - RECENT
    happened = (
        [e.id for e in counts.events("location", places) if e.kind == "incident" and e.at >= since] if places else []
    )
    return _Found(
        people, [p for p in places if p in {m.marker.location_id for m in standing}], happened[:MOST_INCIDENTS]
    )


def _point(asked: Asked) -> tuple[int, int] | None:
    """The point to look around: as given, or of the first place at the address whose point is known."""
    if asked.easting is not None and asked.northing is not None:
        return asked.easting, asked.northing
    places = addresses.find(asked.address, MOST_PLACES)
    found = Location.objects.filter(id__in=places).values_list("id", "easting", "northing")
    points = {i: (e, n) for i, e, n in found if e is not None and n is not None}
    return next((points[i] for i in places if i in points), None)


FINDERS: dict[str, Callable[[Asked], _Found]] = {
    "name": _by_name,
    "address": _by_address,
    "phone": _by_phone,
    "nearby": _nearby,
}


def _linked(kind: str, ids: list[int]) -> list[int]:
    """The nominals linked to some places or numbers at present."""
    with connection.cursor() as cursor:
        cursor.execute(AT_PLACE, [kind, ids])
        return [row[0] for row in cursor.fetchall()]


def _incidents_of(kind: str, ids: list[int]) -> list[int]:
    return [event.id for event in counts.events(kind, ids) if event.kind == "incident"] if ids else []


def _people(ids: list[int], because: str) -> list[_Person]:
    """Each person once, with all their nominals."""
    return [_Person(together, because) for together in dict.fromkeys(_together(ids).values())]


def _together(ids: list[int]) -> dict[int, tuple[int, ...]]:
    """For each nominal, all the nominals of the same person that the viewer may see."""
    with connection.cursor() as cursor:
        cursor.execute(TOGETHER, [ids])
        clusters: dict[int, list[int]] = {}
        for person, lead in cursor.fetchall():
            clusters.setdefault(lead, []).append(person)
    each = {person: tuple(sorted(cluster)) for cluster in clusters.values() for person in cluster}
    return {i: each.get(i, (i,)) for i in ids}


def _shown(name: str, found: _Found) -> Part:
    first = found.people[:MOST_PEOPLE]
    wanted = [("person", i) for person in first for i in person.ids[:1]]
    names = named([*wanted, *(("location", i) for i in found.places)])
    people = tuple(
        KnownPerson(names["person", ids[0]], ids, because, says, counts.counts(counts.events("person", ids)))
        for ids, because, says in first
        if ids and ("person", ids[0]) in names
    )
    labels = records.labels(("incident", i) for i in found.incidents)
    incidents = tuple(labels["incident", i] for i in found.incidents if ("incident", i) in labels)
    places = tuple(names["location", i] for i in found.places if ("location", i) in names)
    more = len(found.people) - len(first)
    return Part(name, people=people, more_people=more, places=places, incidents=incidents)


def _warnings(found: list[_Found]) -> tuple[tuple[Marker, ...], bool]:
    """Every standing warning on anybody and any place found, and on where those people live; whether all were read."""
    now, today = clock.now(), clock.today()
    people = [i for a in found for person in a.people for i in person.ids]
    places = [i for a in found for i in a.places]
    read = markers.of_found(people, places, now, today)
    return read.standing, read.known


def _log(found: list[_Found], asked: Asked, viewer: User) -> None:
    """Every look is kept, by kind of record, also when nothing was found."""
    question: dict[str, object] = {"intake": ", ".join(asked.parts), "name": asked.name, "born": asked.born}
    question |= {"phone": asked.phone, "address": asked.address}
    consulted("person", [i for a in found for person in a.people for i in person.ids], viewer, question)
    places = [i for a in found for i in a.places]
    if places:
        consulted("location", places, viewer, question)
    incidents = [i for a in found for i in a.incidents]
    if incidents:
        consulted("incident", incidents, viewer, question)
