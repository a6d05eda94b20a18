"""The intake check: name AND address AND phone AND radius in one question, and every warning that any of them leads to.

Each part is asked by itself. One that cannot be answered says so, and never reads as "none": a call handler who is told
that nothing is known sends somebody through a door.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from django.db import DatabaseError, connection, transaction

from iops.control.models import Incident
from iops.foundation import clock
from iops.foundation.consultation import consulted, shows_no_record
from iops.foundation.context import acting
from iops.foundation.logs import log
from iops.obligations import records
from iops.pole import addresses, said, who
from iops.pole.models import Phone, Severity
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
MOST_PEOPLE, MOST_PLACES, MOST_INCIDENTS = 5, 10, 10
AT_PLACE = """
    select distinct l.from_id from pole_link l
    where l.from_kind = 'person' and l.to_kind = %s and l.to_id = any (%s) and l.withdrawn_at is null
      and (l.until is null or l.until >= iops.local_date(iops.now()))
"""


@dataclass(frozen=True)
class Asked:
    """What is typed so far: any of it may be missing. Coordinates and radius are metres on the national grid."""

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
            "nearby": self.easting is not None and self.northing is not None and self.radius > 0,
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
    """The answer of one part. `known` false means that it could not be loaded, whatever stands in it."""

    name: str
    known: bool = True
    people: tuple[KnownPerson, ...] = ()
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


class _Answer(NamedTuple):
    """What a part found, and how it is shown."""

    found: _Found
    part: Part


def _try(name: str, asked: Asked) -> _Answer | None:
    """What a part finds; None when the database could not answer (in time)."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select set_config('statement_timeout', %s, true)", [LONGEST_WAIT])
            found = FINDERS[name](asked)
            answer = _Answer(found, _shown(name, found))
            cursor.execute("set local statement_timeout = default")
            return answer
    except DatabaseError as fault:
        log.error("intake-part-unread", part=name, exc_info=fault)
        return None


def _by_name(asked: Asked) -> _Found:
    # By the name alone: the address and the number have parts of their own, and a caller is often not at home.
    likely = who.could_be(who.Described(name=asked.name, born=asked.born), MOST_PEOPLE)
    return _Found(people=[_Person(_same(p.person_id), _reason(p), p.says) for p in likely])


def _reason(likely: Likely) -> str:
    return f"name fits, {likely.percent} likely"


def _by_address(asked: Asked) -> _Found:
    places = addresses.find(asked.address, MOST_PLACES)
    return _at_places(places, "linked to the address")


def _by_phone(asked: Asked) -> _Found:
    number = said.phone(asked.phone)
    phones = list(Phone.objects.filter(number=number).values_list("id", flat=True)) if number else []
    hits, _ = texts.find(asked.phone, texts.Scope(kinds=("contact",)), MOST_INCIDENTS)
    called = Incident.objects.filter(contact_id__in=[h.record_id for h in hits]).order_by("-reported_at")
    people = [_Person(_same(p), "uses the number") for p in _linked("phone", phones)]
    incidents = [*called.values_list("id", flat=True), *_incidents_of("phone", phones)]
    return _Found(people=_each_once(people), incidents=list(dict.fromkeys(incidents))[:MOST_INCIDENTS])


def _nearby(asked: Asked) -> _Found:
    radius = min(asked.radius, MOST_RADIUS)
    return _at_places(addresses.near(asked.easting or 0, asked.northing or 0, radius), f"within {radius} metres")


FINDERS: dict[str, Callable[[Asked], _Found]] = {
    "name": _by_name,
    "address": _by_address,
    "phone": _by_phone,
    "nearby": _nearby,
}


def _at_places(places: list[int], because: str) -> _Found:
    people = [_Person(_same(p), because) for p in _linked("location", places)]
    return _Found(_each_once(people), places, _incidents_of("location", places)[:MOST_INCIDENTS])


def _each_once(people: list[_Person]) -> list[_Person]:
    return list({person.ids: person for person in people}.values())


def _linked(kind: str, ids: list[int]) -> list[int]:
    """The nominals linked to some places or numbers at present."""
    with connection.cursor() as cursor:
        cursor.execute(AT_PLACE, [kind, ids])
        return [row[0] for row in cursor.fetchall()]


def _incidents_of(kind: str, ids: list[int]) -> list[int]:
    return [event.id for event in counts.events(kind, ids) if event.kind == "incident"] if ids else []


def _same(person: int) -> tuple[int, ...]:
    """All the nominals of one person that the viewer may see."""
    with connection.cursor() as cursor:
        cursor.execute("select p.id from pole_person p where p.id = any (iops.same_person(%s)) order by p.id", [person])
        return tuple(row[0] for row in cursor.fetchall())


def _shown(name: str, found: _Found) -> Part:
    wanted = [("person", i) for person in found.people for i in person.ids[:1]]
    names = named([*wanted, *(("location", i) for i in found.places)])
    people = tuple(
        KnownPerson(names["person", ids[0]], ids, because, says, counts.counts(counts.events("person", ids)))
        for ids, because, says in found.people
        if ids and ("person", ids[0]) in names
    )
    labels = records.labels(("incident", i) for i in found.incidents)
    incidents = tuple(labels["incident", i] for i in found.incidents if ("incident", i) in labels)
    places = tuple(names["location", i] for i in found.places if ("location", i) in names)
    return Part(name, people=people, places=places, incidents=incidents)


def _warnings(found: list[_Found]) -> tuple[tuple[Marker, ...], bool]:
    """Every standing warning on anybody and any place found, and on where those people live; whether all were read."""
    now, today = clock.now(), clock.today()
    people = [i for a in found for person in a.people for i in person.ids]
    read = [markers.of_person(0, people, now, today)] if people else []
    places = [i for a in found for i in a.places]
    read += [markers.of_place(place, [], now, today) for place in dict.fromkeys(places)]
    each = {m.marker.id: m for answer in read for m in answer.standing}
    order = sorted(each.values(), key=lambda m: markers.GRAVEST[Severity(m.marker.severity)])
    return tuple(order), all(answer.known for answer in read)


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
