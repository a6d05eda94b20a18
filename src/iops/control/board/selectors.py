"""What stands on the board: a fixed number of statements, however much is going on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db import connection

from iops.control.dispatch import selectors as dispatch
from iops.control.models import UnitStatus
from iops.foundation import clock
from iops.foundation.consultation import consults, shows_no_record

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from iops.control.dispatch.selectors import UnitRow
    from iops.control.models import EmergencyPress, WelfareCheck
    from iops.foundation.models import User

MOST_SHOWN = 1_000
"""Incidents on one board; more are counted. Those that need somebody most are shown."""
SENT = frozenset({UnitStatus.ASSIGNED, UnitStatus.EN_ROUTE, UnitStatus.AT_SCENE, UnitStatus.COMMITTED})
STATE_ORDER = (
    UnitStatus.EMERGENCY, UnitStatus.AVAILABLE, UnitStatus.ON_DUTY, UnitStatus.ASSIGNED, UnitStatus.EN_ROUTE,
    UnitStatus.AT_SCENE, UnitStatus.COMMITTED, UnitStatus.MEAL, UnitStatus.OFF_DUTY,
)  # fmt: skip


@dataclass(frozen=True)
class BoardRow:
    """One open incident: its grade (None when nobody has graded it), what is owed next, and who is there.

    `due_at` is the first open duty's end (UTC), `owed` its title. `place` is metres on the national grid when known.
    """

    id: int
    number: int
    day: dt.date
    reference: str
    where: str
    what: str
    district_id: int
    district: str
    grade: int | None
    domestic: bool
    restricted: bool
    reported_at: dt.datetime
    due_at: dt.datetime | None
    owed: str
    units: tuple[str, ...]
    at_scene: int
    warnings: int
    easting: int | None
    northing: int | None

    @property
    def resourced(self) -> bool:
        """Whether a unit is sent."""
        return bool(self.units)

    def late(self, now: dt.datetime) -> bool:
        """Whether what is owed first should have been done by now."""
        return self.due_at is not None and self.due_at < now


@dataclass(frozen=True)
class Board:
    """The whole board at one moment. `total` counts open incidents, also those beyond the most that are shown."""

    at: dt.datetime
    rows: tuple[BoardRow, ...]
    total: int
    units: tuple[UnitRow, ...]
    emergencies: tuple[EmergencyPress, ...]
    welfare: tuple[WelfareCheck, ...]

    @property
    def unresourced(self) -> int:
        """Incidents on the board to which nobody is sent."""
        return sum(not row.resourced for row in self.rows)

    @property
    def every_state(self) -> list[tuple[UnitStatus, list[UnitRow]]]:
        """Units on duty by state: who needs help first, then who is free; states that nobody is in, too."""
        on_duty = [unit for unit in self.units if unit.on_duty_since is not None]
        return [(state, [u for u in on_duty if u.status == state]) for state in STATE_ORDER]


# Unresourced first, then the more urgent grade, then what is due first. Who looks sees what they may see.
ROWS = """
    with open_ as materialized (
        select i.* from control_incident i
        where i.closed_at is null and (%(districts)s::bigint[] is null or i.district_id = any (%(districts)s::bigint[]))
    ), told as (
        select i.id, i.number, i.day, i.number || '/' || to_char(i.day, 'DDMMYYYY') as reference, i."where", i.what,
               i.district_id, t.name as district, g.grade, i.domestic, i.restricted, i.reported_at, o.due_at,
               coalesce(o.owed, '') as owed, coalesce(u.units, '{}') as units, coalesce(u.at_scene, 0) as at_scene,
               p.easting, p.northing,
               count(*) over () as total
        from open_ i
        join foundation_district t on t.id = i.district_id
        left join lateral (select x.grade from control_grading x where x.incident_id = i.id
                           order by x.at desc, x.id desc limit 1) g on true
        left join lateral (select o.due_at, r.title as owed from obligations_obligation o
                           join obligations_rule r on r.code = o.rule
                           where o.record_kind = 'incident' and o.record_id = i.id and o.met_at is null
                             and o.waived_at is null order by o.due_at, o.rule limit 1) o on true
        left join lateral (select array_agg(d.unit order by d.assigned_at, d.id) as units,
                                  count(d.arrived_at) as at_scene
                           from control_deployment d
                           where d.incident_id = i.id and d.stood_down_at is null) u on true
        left join lateral (select l.easting, l.northing from pole_link k join pole_location l on l.id = k.from_id
                           where k.to_kind = 'incident' and k.to_id = i.id and k.from_kind = 'location'
                             and k.withdrawn_at is null and l.easting is not null
                           order by (k.role = 'scene') desc, k.id desc limit 1) p on true
        order by (u.units is not null), coalesce(g.grade, 0), o.due_at nulls last, i.id
        limit %(most)s
    )
    select t.* from told t
    order by (cardinality(t.units) > 0), coalesce(t.grade, 0), t.due_at nulls last, t.id
"""
WARNINGS = """
    select i, (select count(*) from iops.incident_markers(i)) from unnest(%s::bigint[]) i
"""


def _incidents_of(found: Board) -> list[int]:
    on = {unit.incident_id for unit in found.units if unit.incident_id is not None}
    return sorted({row.id for row in found.rows} | on)


@consults("incident", ids=_incidents_of)
def board(viewer: User, districts: Sequence[int] = ()) -> Board:  # noqa: ARG001 - read by `consults`
    """The board of some districts (none: of the whole force), as the viewer may see it."""
    return read(districts)


@shows_no_record("for the stream, which acts as nobody and shows what everybody may see")
def read(districts: Sequence[int] = (), warnings: Mapping[int, int] | None = None) -> Board:
    """The same for whoever acts, without a line in the consultation log: for the stream, which acts as nobody.

    `warnings` are counts that are known already, for who looks several times a second: nothing is counted anew then.
    """
    rows, total = _rows(districts)
    counts = warnings_of([row.id for row in rows]) if warnings is None else warnings
    units = dispatch._units(district=None, duty=True, unit=None)
    chosen = [unit for unit in units if not districts or unit.district_id in districts]
    return Board(
        at=clock.now(),
        rows=tuple(replace(row, warnings=counts.get(row.id, 0)) for row in rows),
        total=total,
        units=tuple(chosen),
        emergencies=tuple(dispatch.open_emergencies()),
        welfare=tuple(dispatch.open_welfare_checks()),
    )


@shows_no_record("counts")
def warnings_of(incident_ids: Sequence[int]) -> dict[int, int]:
    """How many standing warnings bear on each of these incidents (one statement)."""
    with connection.cursor() as cursor:
        cursor.execute(WARNINGS, [list(incident_ids)])
        return {int(incident): int(count) for incident, count in cursor.fetchall()}


def _rows(districts: Iterable[int]) -> tuple[list[BoardRow], int]:
    """Open incidents in the order of the board, warnings not counted yet, and how many there are in all."""
    asked = {"districts": sorted(districts) or None, "most": MOST_SHOWN}
    with connection.cursor() as cursor:
        cursor.execute(ROWS, asked)
        names = [column.name for column in cursor.description or ()]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    total = int(found[0]["total"]) if found else 0
    return [_row(told) for told in found], total


def _row(told: dict[str, Any]) -> BoardRow:
    del told["total"]
    return BoardRow(**told | {"units": tuple(told["units"]), "warnings": 0})
