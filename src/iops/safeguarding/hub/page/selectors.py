"""The questions of the hub's page: how each queue stands, one queue, and the people who come up again and again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from django.db import connection

from iops.foundation import clock
from iops.foundation.consultation import consulted, shows_no_record
from iops.foundation.context import acting
from iops.foundation.errors import NotAllowedError, NotFoundError
from iops.foundation.paging import PAGE_SIZE, Page
from iops.foundation.roles import Role
from iops.obligations import records
from iops.safeguarding.hub.page.settings import Queue, hub_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iops.foundation.models import User
    from iops.obligations.records import RecordLabel

READERS = (Role.SAFEGUARDING, Role.SERGEANT, Role.INSPECTOR, Role.DETECTIVE, Role.REVIEWER, Role.ANALYST)
"""Who reads the hub: it names victims and suspects of the whole force."""


@dataclass(frozen=True)
class Standing:
    """How a queue stands: its duties with their owners, the oldest, and when somebody last opened it.

    `came_in` and `cleared` are of the last days of the settings. `unopened`: nobody looked at it for too long while
    something was in it (I17). `filling`: more came in than was cleared (I16).
    """

    queue: Queue
    owners: tuple[str, ...]
    open: int
    late: int
    oldest: dt.datetime | None
    came_in: int
    cleared: int
    opened_at: dt.datetime | None
    unopened: bool

    @property
    def filling(self) -> bool:
        """Whether more came in than was cleared."""
        return self.came_in > self.cleared


@dataclass(frozen=True)
class Counted:
    """How many there are of a kind of people, and the earliest and the latest incident that makes them so."""

    total: int
    first_at: dt.datetime | None
    latest_at: dt.datetime | None


@dataclass(frozen=True)
class Hub:
    """The hub as at a moment (UTC), as the viewer may see it."""

    at: dt.datetime
    queues: tuple[Standing, ...]


@dataclass(frozen=True)
class Owed:
    """One open duty of a queue; `label` is None when its record could not be named."""

    title: str
    owner: str
    record_kind: str
    record_id: int
    district: str
    risk: int
    arose_at: dt.datetime
    due_at: dt.datetime
    label: RecordLabel | None


FROM_SQL = tuple(f.name for f in fields(Owed))[:-1]
"""The parts of a duty that the query gives, in its order."""


@dataclass(frozen=True)
class Someone:
    """One row of people: who, against whom where it is a pair, the numbers and dates that make it so."""

    person_id: int
    name: str
    other_id: int | None
    other: str
    victims: int | None
    incidents: int
    first_at: dt.datetime
    latest_at: dt.datetime


PEOPLE = {"pairs": "High-risk pairs", "repeats": "Repeat victims", "serial": "Serial perpetrators"}
"""The lists of people of the hub."""

# Each list as (person, other, victims, incidents, first, latest), and the order of its rows.
_LISTS = {
    "pairs": (
        "select victim_id, suspect_id, null::bigint, incidents, first_at, latest_at from iops.high_risk_pairs()",
        "l.incidents desc, l.latest_at desc, l.person_id, l.other_id",
    ),
    "repeats": (
        """select person_id, null::bigint, null::bigint, incidents, first_at, latest_at
           from iops.repeat_victims(iops.now() - make_interval(months => %(months)s), %(incidents)s)""",
        "l.incidents desc, l.latest_at desc, l.person_id",
    ),
    "serial": (
        """select person_id, null::bigint, victims, incidents, first_at, latest_at
           from iops.serial_perpetrators(iops.now() - make_interval(years => %(years)s), %(victims)s, %(age)s)""",
        "l.victims desc, l.incidents desc, l.latest_at desc, l.person_id",
    ),
}
_COLUMNS = "l(person_id, other_id, victims, incidents, first_at, latest_at)"
_NAMED = """join pole_person p on p.id = l.person_id left join pole_person o on o.id = l.other_id
            where l.other_id is null or o.id is not null"""


@shows_no_record("counts only")
def hub(viewer: User) -> Hub:
    """How every queue stands, in three statements however much there is. Raises NotAllowedError.

    Counted as the viewer may see, so that each number is the length of the list it leads to.
    """
    may_read(viewer)
    with acting(user_id=viewer.id):
        at = clock.now()
        return Hub(at, standings(at))


@shows_no_record("counts only")
def standings(at: dt.datetime) -> tuple[Standing, ...]:
    """How every queue stands at a moment (UTC), as whoever acts may see it; the system itself sees all."""
    told = hub_settings()
    flows, opened = _flows(at - dt.timedelta(days=told.flow_days)), _last_opened()
    return tuple(_standing(queue, flows, opened, at) for queue in told.queues.values())


@shows_no_record("counts only")
def counted_people(viewer: User) -> dict[str, Counted]:
    """How many pairs, repeat victims and serial perpetrators there are, as the viewer may see. Raises NotAllowedError.

    Years of incidents are read for it, seconds in a large force: the page shows it when it is there, and waits not.
    """
    may_read(viewer)
    with acting(user_id=viewer.id):
        return _people_counted()


@shows_no_record("logs its looks itself, by kind of record and with the name of the queue")
def queue(code: str, page: int, viewer: User) -> tuple[Queue, dt.datetime, Page[Owed]]:
    """One queue as at now, the highest risk first, of these the earliest due. Raises NotFoundError, NotAllowedError.

    That it was opened is kept, also when nothing is in it (I17).
    """
    may_read(viewer)
    found = hub_settings().queues.get(code)
    if found is None:
        raise NotFoundError("There is no such queue.")
    with acting(user_id=viewer.id):
        rows, total, at = _owed(found.rules, page), _how_many(found.rules), clock.now()
        asked = {"queue": code, "page": page}
        for kind in {row.record_kind for row in rows} or {"incident"}:
            consulted(kind, [row.record_id for row in rows if row.record_kind == kind], viewer, asked)
    return found, at, Page(rows, total, page)


@shows_no_record("logs its looks itself, as a look at the people named")
def people(which: str, page: int, viewer: User) -> Page[Someone]:
    """One list of people: pairs at high risk, repeat victims or serial perpetrators. Raises NotFoundError."""
    may_read(viewer)
    if which not in _LISTS:
        raise NotFoundError("There is no such list.")
    select, order = _LISTS[which]
    sql = f"""
        select l.person_id, p.name, l.other_id, coalesce(o.name, ''), l.victims, l.incidents, l.first_at, l.latest_at,
               count(*) over ()
        from ({select}) as {_COLUMNS} {_NAMED}
        order by {order} limit %(size)s offset %(skip)s"""  # noqa: S608 - fixed parts, values by name
    known = _known() | {"size": PAGE_SIZE, "skip": (page - 1) * PAGE_SIZE}
    with acting(user_id=viewer.id):
        read = _ask(sql, known)
        rows = tuple(Someone(*row[:-1]) for row in read)
        total = read[0][-1] if read else (0 if page == 1 else _people_counted()[which].total)
        shown = {i for row in rows for i in (row.person_id, row.other_id) if i is not None}
        consulted("person", shown, viewer, {"queue": which, "page": page})
    return Page(rows, total, page)


@shows_no_record("asks whether somebody may read it")
def may_read(viewer: User) -> None:
    """Refuse whoever has no part in safeguarding. Raises NotAllowedError."""
    if not viewer.holds(READERS):
        raise NotAllowedError("The hub is read by safeguarding, detectives, reviewers, analysts and supervisors.")


def _known() -> dict[str, Any]:
    told = hub_settings()
    return {
        "months": told.repeat_months,
        "incidents": told.repeat_incidents,
        "years": told.serial_years,
        "victims": told.serial_victims,
        "age": told.serial_age,
    }


def _ask(sql: str, known: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, known)
        return [tuple(row) for row in cursor.fetchall()]


def _flows(since: dt.datetime) -> dict[str, tuple[Any, ...]]:
    rules = [rule for queue in hub_settings().queues.values() for rule in queue.rules]
    asked = {"rules": rules, "since": since}
    return {row[0]: row[1:] for row in _ask("select * from iops.queue_flow(%(rules)s, %(since)s)", asked)}


def _last_opened() -> dict[str, dt.datetime]:
    names = [name for queue in hub_settings().queues.values() for name in (queue.code, *queue.rules)]
    rows = _ask("select * from iops.queues_last_opened(%(names)s)", {"names": names})
    return {name: at for name, at in rows if at is not None}


def _standing(
    queue: Queue, flows: dict[str, tuple[Any, ...]], opened: dict[str, dt.datetime], at: dt.datetime
) -> Standing:
    parts = [flows[rule] for rule in queue.rules if rule in flows]
    oldest = min((part[3] for part in parts if part[3] is not None), default=None)
    last = max((opened[name] for name in (queue.code, *queue.rules) if name in opened), default=None)
    # A queue that was never opened is measured from its oldest duty, one that was opened from then on.
    waiting_since = max(filter(None, (last, oldest)), default=at)
    return Standing(
        queue,
        tuple(sorted({part[0] for part in parts})),
        sum(part[1] for part in parts),
        sum(part[2] for part in parts),
        oldest,
        sum(part[4] for part in parts),
        sum(part[5] for part in parts),
        last,
        oldest is not None and at - waiting_since > queue.unopened,
    )


def _people_counted() -> dict[str, Counted]:
    parts = [
        f"select '{which}' as which, count(*), min(l.first_at), max(l.latest_at) from ({select}) as {_COLUMNS} {_NAMED}"  # noqa: S608
        for which, (select, _) in _LISTS.items()
    ]
    return {row[0]: Counted(*row[1:]) for row in _ask(" union all ".join(parts), _known())}


def _how_many(rules: Sequence[str]) -> int:
    sql = "select count(*) from obligations_obligation o where o.rule = any(%(rules)s) and " + _OPEN  # noqa: S608
    return int(_ask(sql, {"rules": list(rules)})[0][0])


_OPEN = "o.met_at is null and o.waived_at is null"


def _owed(rules: Sequence[str], page: int) -> tuple[Owed, ...]:
    """The rows of a page; each rule in each district gives its first ones in the order of the index."""
    sql = f"""
        select r.title, r.owner, o.record_kind, o.record_id, coalesce(d.name, 'District not known yet'), o.risk,
               o.arose_at, o.due_at
        from unnest(%(rules)s::text[]) as m(rule)
        cross join (select id from foundation_district union all select 0) as a(id)
        cross join lateral (
            select * from obligations_obligation o
            where o.rule = m.rule and o.district_id = a.id and {_OPEN}
            order by o.risk desc, o.due_at limit %(deep)s
        ) o
        join obligations_rule r on r.code = o.rule
        left join foundation_district d on d.id = o.district_id
        order by o.risk desc, o.due_at, o.rule, o.subject_id limit %(size)s offset %(skip)s"""  # noqa: S608
    skip = (page - 1) * PAGE_SIZE
    found = _ask(sql, {"rules": list(rules), "size": PAGE_SIZE, "skip": skip, "deep": skip + PAGE_SIZE})
    named = records.labels((row[2], row[3]) for row in found)
    return tuple(Owed(**dict(zip(FROM_SQL, row, strict=True)), label=named.get((row[2], row[3]))) for row in found)
