"""Asked while a call is taken: which open incidents may be the same one, and how often this caller called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from iops.control.contact import same
from iops.control.contact.common import line_of
from iops.control.contact.same import Score, Told
from iops.control.models import Outcome
from iops.control.selectors import labels
from iops.foundation import clock
from iops.foundation.consultation import consulted, consults
from iops.foundation.context import acting
from iops.pole import addresses
from iops.pole.models import Location

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iops.control.models import CallerNote
    from iops.foundation.models import User
    from iops.obligations.records import RecordLabel

MOST_CANDIDATES, MOST_SHOWN, LEAST_SCORE = 400, 5, 0.3
CANDIDATES = """
    select i.id, i."where", i.what, i.reported_at, coalesce(s.easting, p.easting), coalesce(s.northing, p.northing),
           coalesce(iops.line_of(c.number), iops.line_of(c.call_back), '')
    from control_incident i
    join control_contact c on c.id = i.contact_id
    left join lateral (
        select l.easting, l.northing from pole_link k join pole_location l on l.id = k.from_id
        where k.to_kind = 'incident' and k.to_id = i.id and k.from_kind = 'location' and k.withdrawn_at is null
          and l.easting is not null order by k.id limit 1
    ) s on true
    left join lateral (
        select x.easting, x.northing from control_callerplace x
        where x.contact_id = c.id and x.easting is not null order by x.id desc limit 1
    ) p on true
    where i.closed_at is null and i.reported_at > %s - interval '36 hours'
    order by i.reported_at desc limit %s
"""
PERSISTENT = """
    with calls as materialized (
        select c.at, c.outcome from control_contact c
        where c.id = any (array(
            select iops.contacts_of_line(%(line)s)
            union select p.id from control_contact p where p.person_id = any (%(people)s::bigint[])))
    )
    select coalesce(outcome, ''), count(*) filter (where at > %(now)s - interval '30 days'),
           count(*) filter (where at > %(now)s - interval '90 days'), count(*)
    from calls where at > %(now)s - interval '365 days' and at <= %(now)s
    group by 1 order by 4 desc, 1
"""


@dataclass(frozen=True)
class Typed:
    """What is typed so far of a new incident; any of it may be missing."""

    where: str = ""
    what: str = ""
    call_back: str = ""

    @property
    def says_something(self) -> bool:
        """Whether there is anything to compare."""
        return bool(self.where.strip() or self.what.strip() or line_of(self.call_back))


@dataclass(frozen=True)
class Candidate:
    """An open incident that may be the same one, and why."""

    incident_id: int
    label: RecordLabel
    what: str
    score: Score


@consults("incident", ids=lambda found: [c.incident_id for c in found])
def same_incidents(typed: Typed, viewer: User) -> tuple[Candidate, ...]:  # noqa: ARG001 - read by `consults`
    """The open incidents that what is typed may be about, the likeliest first, each with its reasons.

    Compared with the newest 400 that are open and were reported within 36 hours, as far as the viewer may see them.
    """
    if not typed.says_something:
        return ()
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, [now, MOST_CANDIDATES])
        rows = {row[0]: Told(*row[1:]) for row in cursor.fetchall()}
    this = Told(typed.where, typed.what, now, *_point(typed.where), line_of(typed.call_back))
    weights = same.rarity([*rows.values(), this])
    scored = [(same.score(this, told, weights), i, told) for i, told in rows.items()]
    best = sorted((s for s in scored if s[0].value >= LEAST_SCORE), key=lambda s: (-s[0].value, -s[1]))[:MOST_SHOWN]
    named = labels([i for _, i, _ in best])
    return tuple(Candidate(i, named[i], told.what, score) for score, i, told in best if i in named)


def _point(address: str) -> tuple[int | None, int | None]:
    """The point of the first place at an address whose point is known."""
    places = addresses.find(address, 5) if address.strip() else []
    known = Location.objects.filter(id__in=places, easting__isnull=False).values_list("id", "easting", "northing")
    points = {i: (e, n) for i, e, n in known}
    return next((points[i] for i in places if i in points), (None, None))


@dataclass(frozen=True)
class Called:
    """How many contacts came to one outcome, within 30, 90 and 365 days."""

    outcome: str
    month: int
    quarter: int
    year: int

    @property
    def title(self) -> str:
        """The outcome in words."""
        return Outcome(self.outcome).label if self.outcome else "no outcome yet"


@dataclass(frozen=True)
class Persistent:
    """How often somebody has contacted the force, by outcome, and the standing notes on how to deal with them.

    It helps to handle a contact and never to refuse one: each is judged by what it is about.
    """

    outcomes: tuple[Called, ...]
    notes: tuple[CallerNote, ...]

    @property
    def total(self) -> Called:
        """All outcomes together."""
        rows = self.outcomes
        return Called("", sum(c.month for c in rows), sum(c.quarter for c in rows), sum(c.year for c in rows))


def persistent(number: str, viewer: User, person_ids: Sequence[int] = ()) -> Persistent:
    """How often contacts came from a line or from nominals, within 30, 90 and 365 days, and the notes on them.

    A contact counts once however it is found. The look is logged with the question; it shows no contact one by one.
    """
    from iops.control.contact.selectors import caller_notes

    line = line_of(number)
    with acting(user_id=viewer.id), connection.cursor() as cursor:
        cursor.execute(PERSISTENT, {"line": line, "people": list(person_ids), "now": clock.now()})
        outcomes = tuple(Called(*row) for row in cursor.fetchall())
        consulted("contact", [], viewer, {"number": number, "people": list(person_ids)})
        notes = tuple(caller_notes(viewer, number, person_ids))
    return Persistent(outcomes, notes)
