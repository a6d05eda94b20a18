"""The questions that the pages of people, places and things ask. Each is asked as the viewer and logs the look.

A restricted record that the viewer may not see is not found, as if it did not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from iops.foundation import clock
from iops.foundation.consultation import consulted, consults, shows_no_record
from iops.foundation.errors import NotFoundError
from iops.foundation.policy.table import record_models
from iops.obligations.selectors import open_on
from iops.pole.models import Birth, Confidence, Detail, Identifier, Location, Name, Person, Precision, Sourced
from iops.pole.records import births, links, markers, timeline, values
from iops.pole.records.around import EVENTS_SHOWN, Around, around
from iops.pole.records.counts import ALWAYS, Counts, counts, events
from iops.pole.records.labels import Named, address, kind_words, named
from iops.pole.records.timeline import TimelineFilter
from iops.pole.records.values import SUREST
from iops.web.words import LONDON

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from django.db.models import Model

    from iops.foundation.models import User
    from iops.foundation.paging import Page
    from iops.obligations.selectors import Duty
    from iops.pole.records.counts import Event
    from iops.pole.records.labels import Key
    from iops.pole.records.links import Links
    from iops.pole.records.markers import Markers
    from iops.pole.records.timeline import Happened
    from iops.pole.records.values import Quality, Section, Value

Row = TypeVar("Row", bound=Sourced)


@dataclass(frozen=True)
class Owed:
    """One open duty with the record it stands on."""

    duty: Duty
    record: Named


@dataclass(frozen=True)
class File:
    """What every page of a record shows, but for what only people and places have. Times are UTC, days local.

    `own` are the ids of the record itself: of a person, all the nominals that the viewer may see.
    """

    kind: str
    id: int
    own: tuple[int, ...]
    now: dt.datetime
    today: dt.date
    markers: Markers
    links: Links
    counts: Counts
    events: tuple[Event, ...]
    owed: tuple[Owed, ...]
    timeline: Page[Happened]
    around: Around

    def shown_ids(self) -> Iterable[int]:
        """The ids of the records that the page is of."""
        return self.own


@dataclass(frozen=True)
class PersonFile(File):
    """All that is held on one person: every nominal of theirs together, the one that was asked for named first."""

    person: Person
    nominals: tuple[Person, ...]
    names: Section
    births: Section
    details: tuple[Section, ...]
    identifiers: Section
    quality: Quality
    child: bool | None
    """Under 18 by every standing statement of birth; None when nothing is known of the age."""

    @property
    def born(self) -> Value | None:
        """The statement of birth to name first: of the nominal asked for, if it has one, and the most exact."""
        return min(self.births.standing, key=self._less_telling, default=None)

    def _less_telling(self, value: Value) -> tuple[bool, bool, int]:
        rows = [row for row in value.rows if isinstance(row, Birth)]
        own = any(row.person_id == self.person.id for row in rows)
        return not own, rows[0].precision != Precision.FULL, SUREST[Confidence(rows[0].confidence)]

    @property
    def others(self) -> tuple[Person, ...]:
        """The other nominals of the same person."""
        return tuple(n for n in self.nominals if n.id != self.person.id)


@dataclass(frozen=True)
class LocationFile(File):
    """All that is held on one place; `nearby` are other places of its postcode, `more_nearby` says when not all."""

    location: Location
    nearby: tuple[Named, ...]
    more_nearby: bool


@dataclass(frozen=True)
class ThingFile(File):
    """All that is held on one vehicle, telephone, e-mail address, organisation or object."""

    record: Model


@consults("person")
def person(record_id: int, viewer: User, wanted: TimelineFilter = TimelineFilter()) -> PersonFile:  # noqa: B008
    """One person with all their nominals. Raises NotFoundError; logs the look at every nominal and linked person."""
    nominals = tuple(_same(record_id))
    asked = next((n for n in nominals if n.id == record_id), None)
    if asked is None:
        raise NotFoundError("There is no such person.", mend="Search by another name, address or number.")
    ids = [n.id for n in nominals]
    now, today = _now()
    known = markers.of_person(record_id, ids, now, today)
    made = _file("person", record_id, ids, known, viewer, wanted, ALWAYS)
    dates = values.births(_rows(Birth, ids), today)
    sections = (values.names(_rows(Name, ids), today), dates, values.identifiers(_rows(Identifier, ids), today))
    details = values.details(_rows(Detail, ids), today)
    return PersonFile(
        **vars(made),
        person=asked,
        nominals=nominals,
        names=sections[0],
        births=dates,
        details=details,
        identifiers=sections[2],
        quality=values.quality([*sections, *details, *made.links.sections]),
        child=_is_child(dates, today),
    )


def _same(record_id: int) -> list[Person]:
    """The nominals of one person that the viewer may see, by id."""
    wanted = "select * from pole_person p where p.id = any (iops.same_person(%s)) order by p.id"
    return list(Person.objects.raw(wanted, [record_id]))


def _rows(model: type[Row], ids: Sequence[int]) -> list[Row]:
    found = model._default_manager.filter(person_id__in=ids)
    return list(found.select_related("recorded_by", "withdrawn_by").order_by("id"))


def _is_child(dates: Section, today: dt.date) -> bool | None:
    stated = [v.rows[0] for v in dates.standing]
    known = [births.is_child(b, today) for b in stated if isinstance(b, Birth)]
    return all(known) if known else None


@consults("location")
def location(record_id: int, viewer: User, wanted: TimelineFilter = TimelineFilter()) -> LocationFile:  # noqa: B008
    """One place with who is there, what happened there, and what warns of it. Raises NotFoundError; logs the look."""
    found = Location.objects.select_related("district").filter(id=record_id).first()
    if found is None:
        raise NotFoundError("There is no such place.", mend="Search by another part of the address.")
    now, today = _now()
    people = links.present_people("location", record_id, today)
    known = markers.of_place(record_id, people, now, today)
    made = _file("location", record_id, [record_id], known, viewer, wanted)
    nearby = _nearby(found)
    return LocationFile(**vars(made), location=found, nearby=nearby[:NEARBY], more_nearby=len(nearby) > NEARBY)


NEARBY = 20


def _nearby(found: Location) -> tuple[Named, ...]:
    """Other places with the same postcode; one more than is shown, to tell that there are more."""
    if not found.postcode:
        return ()
    same = Location.objects.filter(postcode=found.postcode).exclude(id=found.id).order_by("said", "id")
    return tuple(Named("location", p.id, p.said, address=address("location", p.id)) for p in same[: NEARBY + 1])


@shows_no_record("logs the look itself, under the kind of the thing")
def thing(kind: str, record_id: int, viewer: User, wanted: TimelineFilter = TimelineFilter()) -> ThingFile:  # noqa: B008
    """One vehicle, telephone, e-mail address, organisation or object. Raises NotFoundError; logs the look.

    Its markers are those of the people who have to do with it at present.
    """
    return consults(kind)(_thing)(kind, record_id, viewer, wanted)


def _thing(kind: str, record_id: int, viewer: User, wanted: TimelineFilter) -> ThingFile:
    found = record_models()[kind]._default_manager.filter(pk=record_id).first()
    if found is None:
        raise NotFoundError(f"There is no such {kind_words(kind)}.", mend="Search by another part of it.")
    now, today = _now()
    known = markers.of_people(links.present_people(kind, record_id, today), now, today)
    return ThingFile(**vars(_file(kind, record_id, [record_id], known, viewer, wanted)), record=found)


def _file(
    kind: str,
    record_id: int,
    ids: Sequence[int],
    known: Markers,
    viewer: User,
    wanted: TimelineFilter,
    always: Sequence[str] = (),
) -> File:
    """What every page shows, with the names of all records on it read at once."""
    linked, happened, involved = links.read(kind, ids), timeline.read(kind, ids, wanted), events(kind, ids)
    duties = open_on([*((kind, i) for i in ids), *((e.kind, e.id) for e in involved), *_marker_keys(known)])
    latest = {(e.kind, e.id) for e in involved[:EVENTS_SHOWN]}
    warned = {("person", m.marker.person_id) for m in (*known.standing, *known.ended) if m.marker.person_id}
    keys = linked.keys | happened.keys | latest | warned | {key for key, _ in duties} | {(kind, record_id)}
    names = named(keys)
    told = links.told(linked, names, known.asked_at.astimezone(LONDON).date())
    _log_named(keys - {(kind, i) for i in ids}, names, viewer, (kind, record_id))
    return File(
        kind=kind,
        id=record_id,
        own=tuple(ids),
        now=known.asked_at,
        today=known.asked_at.astimezone(LONDON).date(),
        markers=known,
        links=told,
        counts=counts(involved, always),
        events=involved,
        owed=tuple(Owed(duty, names.get(key) or Named(*key, kind_words(key[0]))) for key, duty in duties),
        timeline=timeline.told(happened, names),
        around=around(names[kind, record_id], frozenset(ids), told.standing, involved, names),
    )


def _marker_keys(known: Markers) -> Iterable[Key]:
    """The markers that may still owe something: one that expired was not ended yet."""
    return (("warning_marker", m.marker.id) for m in (*known.standing, *known.ended))


def _log_named(keys: Iterable[Key], names: dict[Key, Named], viewer: User, on: Key) -> None:
    """Log the look at the other people, and at the events, that are named on a page: one line for each kind."""
    shown: dict[str, list[int]] = {}
    for kind, record_id in keys:
        if (kind, record_id) in names and kind not in UNLOGGED:
            shown.setdefault(kind, []).append(record_id)
    for kind in sorted(shown):
        consulted(kind, shown[kind], viewer, {"named on": list(on)})


UNLOGGED = frozenset({"location", "vehicle", "phone", "email", "organisation", "item", "warning_marker"})
"""Kinds whose names alone, on the page of another record, are no look at them."""


def _now() -> tuple[dt.datetime, dt.date]:
    now = clock.now()
    return now, now.astimezone(LONDON).date()
