"""Warning markers as an officer must see them before a door: all of them, or the statement that they are unread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import DatabaseError, transaction
from django.db.models import F, Q

from iops.foundation.logs import log
from iops.pole.models import Link, MarkerKind, Severity, WarningMarker

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from django.db.models import QuerySet

GRAVEST = {Severity.GRAVE: 0, Severity.SERIOUS: 1, Severity.CAUTION: 2}
COLOURS = {Severity.GRAVE: "red", Severity.SERIOUS: "orange", Severity.CAUTION: "yellow"}


@dataclass(frozen=True)
class At:
    """How the person asked about stands to the place a marker is on: in which roles, and whether still (local days)."""

    roles: tuple[str, ...]
    present: bool
    until: dt.date | None


@dataclass(frozen=True)
class Marker:
    """One warning marker with what must be said of it on `today` (a local day).

    `at` is told of a marker on a place that is reached through somebody's link to it; `elsewhere` says that it is on
    another record of the person, or on another person, than the page is of.
    """

    marker: WarningMarker
    today: dt.date
    at: At | None = None
    elsewhere: bool = False

    @property
    def kind(self) -> str:
        """What it warns of, in words."""
        return MarkerKind(self.marker.kind).label

    @property
    def severity(self) -> str:
        """How grave the danger is, in words."""
        return Severity(self.marker.severity).label

    @property
    def colour(self) -> str:
        """The colour of its tag; the words stand beside it."""
        return COLOURS[Severity(self.marker.severity)]

    @property
    def proposed_only(self) -> bool:
        """Nobody has confirmed it yet."""
        return self.marker.decided_at is None

    @property
    def expired(self) -> bool:
        """Its last day has passed."""
        return self.marker.expires_on is not None and self.marker.expires_on < self.today

    @property
    def stands(self) -> bool:
        """Neither ended, nor refused, nor expired."""
        return self.marker.ended_at is None and not self.expired

    @property
    def overdue(self) -> bool:
        """The day of its review has passed and it was not reviewed."""
        return self.stands and self.marker.review_on < self.today

    @property
    def end(self) -> str:
        """Why it stands no longer, in a word or two."""
        if self.marker.confirmed is False:
            return "refused"
        return "ended" if self.marker.ended_at is not None else "expired"


@dataclass(frozen=True)
class Markers:
    """What is known of the markers of a page: `known` is false when they could not be read, which is not "none".

    `asked_at` is the moment (UTC) of asking, `people` and `places` how many records were asked about.
    """

    known: bool
    asked_at: dt.datetime
    standing: tuple[Marker, ...] = ()
    ended: tuple[Marker, ...] = ()
    people: int = 0
    places: int = 0


def of_person(own_id: int, ids: Sequence[int], now: dt.datetime, today: dt.date) -> Markers:
    """The markers of every nominal of one person and of every place they are linked to, present or former."""
    try:
        with transaction.atomic():
            places = _places(ids, today)
            found = _related().filter(Q(person_id__in=ids) | Q(location_id__in=places))
            shown = [Marker(m, today, places.get(m.location_id or 0), m.person_id not in (own_id, None)) for m in found]
    except DatabaseError as fault:
        return _unread(fault, now)
    return _sorted(shown, now, len(ids), len(places))


def of_place(location_id: int, people: Sequence[int], now: dt.datetime, today: dt.date) -> Markers:
    """The markers of a place and of the people who are there at present, whatever nominal of theirs they are on."""
    try:
        with transaction.atomic():
            found = _related().filter(Q(location_id=location_id) | Q(person_id__in=people))
            shown = [Marker(m, today, None, m.person_id is not None) for m in found]
    except DatabaseError as fault:
        return _unread(fault, now)
    return _sorted(shown, now, len(people), 1)


def of_people(people: Sequence[int], now: dt.datetime, today: dt.date) -> Markers:
    """The markers of the people who have to do with a thing: keepers and drivers of a vehicle, users of a telephone."""
    try:
        with transaction.atomic():
            shown = [Marker(m, today, None, elsewhere=True) for m in _related().filter(person_id__in=people)]
    except DatabaseError as fault:
        return _unread(fault, now)
    return _sorted(shown, now, len(people), 0)


def of_found(people: Sequence[int], places: Sequence[int], now: dt.datetime, today: dt.date) -> Markers:
    """The markers of some people, of every place they are linked to, and of some places besides: an intake's answer."""
    try:
        with transaction.atomic():
            homes = _places(people, today)
            found = _related().filter(Q(person_id__in=people) | Q(location_id__in={*places, *homes}))
            shown = [Marker(m, today, homes.get(m.location_id or 0), elsewhere=True) for m in found]
    except DatabaseError as fault:
        return _unread(fault, now)
    return _sorted(shown, now, len(people), len(places))


def _related() -> QuerySet[WarningMarker]:
    return WarningMarker.objects.select_related(
        "person", "location", "proposed_by", "decided_by", "owner", "ended_by"
    ).order_by(F("proposed_at").desc(), "-id")


def _places(ids: Sequence[int], today: dt.date) -> dict[int, At]:
    """Each place that a person is linked to, with the roles; at present if any of the links is."""
    links = Link.objects.filter(from_kind="person", from_id__in=ids, to_kind="location", withdrawn_at=None)
    found: dict[int, At] = {}
    for place, role, until in links.order_by("id").values_list("to_id", "role", "until"):
        before = found.get(place, At((), present=False, until=until))
        present = before.present or until is None or until >= today
        roles = before.roles if role in before.roles else (*before.roles, role)
        latest = None if present else max(d for d in (before.until, until) if d is not None)
        found[place] = At(roles, present, latest)
    return found


def _sorted(shown: list[Marker], now: dt.datetime, people: int, places: int) -> Markers:
    """The gravest first; those of a former address after those that hold where the person is now."""
    order = sorted(
        (m for m in shown if m.stands),
        key=lambda m: (m.at is not None and not m.at.present, GRAVEST[Severity(m.marker.severity)]),
    )
    ended = tuple(m for m in shown if not m.stands)
    return Markers(known=True, asked_at=now, standing=tuple(order), ended=ended, people=people, places=places)


def _unread(fault: DatabaseError, now: dt.datetime) -> Markers:
    log.error("markers-unread", exc_info=fault)
    return Markers(known=False, asked_at=now)
