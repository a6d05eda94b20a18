"""The questions of dispatch: units as they stand, which to send and why, what the crew must read, what is pressed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.urls import reverse

from iops.control.dispatch import suggestion, warnings
from iops.control.dispatch.catalogue import catalogue
from iops.control.dispatch.states import Code, codes_on
from iops.control.dispatch.suggestion import Candidate, Suggestion, Wanted
from iops.control.finding import find
from iops.control.models import Deployment, EmergencyPress, MarkerReceipt, Unit, UnitStatus, WelfareCheck
from iops.foundation import clock
from iops.foundation.consultation import consults, shows_no_record
from iops.foundation.errors import NotFoundError
from iops.obligations.records import RecordLabel

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from iops.foundation.models import User
    from iops.pole.models import WarningMarker

NEAREST = 40
"""How many units are looked at, the nearest first."""
MOST_SUGGESTED = 200


@dataclass(frozen=True)
class UnitRow:
    """One unit as it stands: its tour (None off duty), state, place, and what it is on as far as the viewer may see.

    `skills` are codes; `easting` and `northing` metres on the national grid.
    """

    id: int
    callsign: str
    kind: str
    district_id: int
    active: bool
    status: UnitStatus
    code: int
    state_since: dt.datetime | None
    on_duty_since: dt.datetime | None
    until: dt.datetime | None
    vehicle: str
    skills: tuple[str, ...]
    crew: tuple[str, ...]
    easting: int | None
    northing: int | None
    position_at: dt.datetime | None
    deployment_id: int | None
    incident_id: int | None
    incident: str


@dataclass(frozen=True)
class Warnings:
    """What a crew must read: the standing warnings, which of them nobody of the crew has read, and the receipts."""

    markers: tuple[WarningMarker, ...]
    unread: frozenset[int]
    receipts: tuple[MarkerReceipt, ...]


UNITS = """
    select u.id, u.callsign, u.kind, u.district_id, u.active,
           coalesce(s.status, 'off_duty') as status, s.code, s.at as state_since,
           d.since as on_duty_since, d.until, coalesce(d.vehicle, '') as vehicle,
           coalesce(array_to_string(d.skills, ','), '') as skills,
           coalesce((select string_agg(p.name, ', ' order by c.id) from control_crewmember c
                     join foundation_user p on p.id = c.user_id
                     where c.duty_id = d.id and c.left_at is null), '') as crew,
           p.easting, p.northing, p.at as position_at,
           x.id as deployment_id, i.id as incident_id,
           coalesce(i.number || '/' || to_char(i.day, 'DDMMYYYY'), '') as incident
    from control_unit u
    left join control_duty d on d.unit_id = u.id and d.ended_at is null
    left join control_unitposition p on p.unit_id = u.id
    left join lateral (select s.status, s.code, s.at from control_unitstate s
                       where s.unit_id = u.id order by s.id desc limit 1) s on true
    left join control_deployment x on x.resource_id = u.id and x.stood_down_at is null
    left join control_incident i on i.id = x.incident_id
    where (u.active or u.id = %(unit)s::bigint) and (%(unit)s::bigint is null or u.id = %(unit)s::bigint)
      and (%(district)s::bigint is null or u.district_id = %(district)s::bigint)
      and (%(duty)s::boolean is null or (d.id is not null) = %(duty)s::boolean)
    order by u.callsign
"""


def _incidents_of(rows: Sequence[UnitRow]) -> list[int]:
    return [row.incident_id for row in rows if row.incident_id is not None]


@consults("incident", ids=_incidents_of)
def units(viewer: User, district_id: int | None = None, on_duty: bool | None = None) -> list[UnitRow]:  # noqa: ARG001
    """Every unit in use as it stands now, by call sign (one statement). What is hidden from the viewer is left out."""
    return _units(district=district_id, duty=on_duty, unit=None)


@consults("incident", ids=lambda found: _incidents_of([found]))
def unit(unit_id: int, viewer: User) -> UnitRow:  # noqa: ARG001 - read by `consults`
    """One unit as it stands now, retired ones too. Raises NotFoundError."""
    found = _units(district=None, duty=None, unit=unit_id)
    if not found:
        raise NotFoundError("There is no such unit.", mend="Check the call sign.")
    return found[0]


def _units(**asked: int | bool | None) -> list[UnitRow]:
    with connection.cursor() as cursor:
        cursor.execute(UNITS, asked)
        names = [column.name for column in cursor.description or ()]
        return [_unit_row(dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def _unit_row(row: dict[str, Any]) -> UnitRow:
    off = codes_on(clock.today()).first(UnitStatus.OFF_DUTY).code if row["code"] is None else row["code"]
    split = {name: tuple(part for part in str(row[name]).split(",") if part) for name in ("skills",)}
    crew = tuple(part for part in str(row["crew"]).split(", ") if part)
    return UnitRow(**row | split | {"crew": crew, "code": off, "status": UnitStatus(row["status"])})


# The nearest by the index over points; units without a position come from the incident's district first.
CANDIDATES = """
    with asked as (
        select i.id, i.district_id,
               (select g.grade from control_grading g where g.incident_id = i.id order by g.at desc, g.id desc limit 1)
                   as grade,
               i.domestic, i.category, place.easting, place.northing
        from control_incident i
        left join lateral (
            select l.easting, l.northing from pole_link k join pole_location l on l.id = k.from_id
            where k.to_kind = 'incident' and k.to_id = i.id and k.from_kind = 'location' and k.withdrawn_at is null
              and l.easting is not null
            order by (k.role = 'scene') desc, k.id desc limit 1
        ) place on true
        where i.id = %(incident)s
    ), near as (
        select p.unit_id, p.at,
               round(point(p.easting, p.northing) <-> point(a.easting, a.northing))::integer as metres
        from asked a cross join lateral (
            select p.* from control_unitposition p
            join control_duty d on d.unit_id = p.unit_id and d.ended_at is null
            where a.easting is not null
            order by point(p.easting, p.northing) <-> point(a.easting, a.northing) limit %(nearest)s
        ) p
    ), placeless as (
        select u.id as unit_id from control_unit u join control_duty d on d.unit_id = u.id and d.ended_at is null
        cross join asked a
        where (a.easting is null or not exists (select from control_unitposition p where p.unit_id = u.id))
        order by (u.district_id = a.district_id) desc, u.callsign limit %(nearest)s
    ), chosen as (
        select n.unit_id, n.metres, n.at from near n
        union all
        select l.unit_id, null, null from placeless l where l.unit_id not in (select n.unit_id from near n)
    )
    select u.id, u.callsign, u.kind, u.district_id, s.status, s.code, array_to_string(d.skills, ',') as skills,
           (extract(epoch from iops.now() - d.since) / 60)::integer as on_duty,
           (extract(epoch from d.until - iops.now()) / 60)::integer as left_,
           c.metres, (extract(epoch from iops.now() - c.at) / 60)::integer as position_age,
           (extract(epoch from d.since - (
               select max(y.left_at) from control_crewmember x join control_crewmember y
               on y.user_id = x.user_id and y.duty_id <> x.duty_id and y.left_at <= d.since
               where x.duty_id = d.id and x.left_at is null)) / 60)::integer as rested,
           coalesce(i.number || '/' || to_char(i.day, 'DDMMYYYY'), '') as committed_to,
           i.id as incident_id, x.id as deployment_id,
           (select g.grade from control_grading g where g.incident_id = i.id order by g.at desc, g.id desc limit 1)
               as committed_grade
    from chosen c
    join control_unit u on u.id = c.unit_id and u.active
    join control_duty d on d.unit_id = u.id and d.ended_at is null
    join lateral (select s.status, s.code from control_unitstate s
                  where s.unit_id = u.id order by s.id desc limit 1) s on true
    left join control_deployment x on x.resource_id = u.id and x.stood_down_at is null
    left join control_incident i on i.id = x.incident_id
    where x.incident_id is distinct from %(incident)s
"""

ASKED = """
    select i.district_id, i.domestic, i.category,
           (select g.grade from control_grading g where g.incident_id = i.id order by g.at desc, g.id desc limit 1),
           (select string_agg(distinct m.kind, ',') from iops.incident_markers(i.id) k
            join pole_warningmarker m on m.id = k.marker_id)
    from control_incident i where i.id = %s
"""


@dataclass(frozen=True)
class Suggestions:
    """The units for an incident, the best first, and which incidents of others the viewer was shown beside them."""

    incident_id: int
    wanted: Wanted
    units: tuple[Suggestion, ...]
    beside: tuple[int, ...] = ()

    def shown_ids(self) -> list[int]:
        """The incident asked about, and those that the units stand on."""
        return [self.incident_id, *self.beside]


@consults("incident")
def suggestions(incident_id: int, viewer: User) -> Suggestions:  # noqa: ARG001 - read by `consults`
    """Which units to send to an incident, the best first, with every reason for and against each.

    The nearest forty by position and forty that have none are looked at. A fixed number of statements, however many
    units there are. Incidents and warnings that are hidden from the viewer are neither named nor counted. Raises
    NotFoundError.
    """
    book, codes = catalogue(), codes_on(clock.today())
    with connection.cursor() as cursor:
        cursor.execute(ASKED, [incident_id])
        asked = cursor.fetchone()
        if asked is None:
            raise NotFoundError("There is no such incident.", mend="Check the number and the day.")
        cursor.execute(CANDIDATES, {"incident": incident_id, "nearest": NEAREST})
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    wanted = _wanted(*asked)
    found = suggestion.suggest([_candidate(row, {c.code: c for c in codes.codes}) for row in rows], wanted, book)
    beside = tuple(sorted({int(row["incident_id"]) for row in rows if row["incident_id"] is not None}))
    return Suggestions(incident_id, wanted, tuple(found), beside)


@shows_no_record("`suggestions` shows them and logs the look")
def suggest_units(incident_id: int, viewer: User) -> list[Suggestion]:
    """Which units to send to an incident, the best first, each with its reasons. Raises NotFoundError."""
    return list(suggestions(incident_id, viewer).units)


def _wanted(district_id: int, domestic: bool, category: str, grade: int | None, markers: str | None) -> Wanted:
    facts = {
        "grade": {str(grade)} if grade else set(),
        "domestic": {"yes" if domestic else "no"},
        "category": {category},
        "marker": set((markers or "").split(",")),
    }
    return Wanted(grade, district_id, catalogue().wanted(facts))


def _candidate(row: dict[str, Any], codes: Mapping[int, Code]) -> Candidate:
    status = UnitStatus(row["status"])
    code = codes.get(row["code"])
    given = {
        name: row[name]
        for name in ("callsign", "kind", "district_id", "on_duty", "metres", "position_age", "rested",
                     "committed_to", "committed_grade", "deployment_id")
    }  # fmt: skip
    return Candidate(
        unit_id=row["id"],
        status=status,
        status_title=code.title if code else status.label.capitalize(),
        divertible=code.divertible if code else True,
        skills=frozenset(str(row["skills"] or "").split(",")) - {""},
        left=row["left_"],
        **given,
    )


@consults("warning_marker", ids=lambda found: [m.id for m in found.markers])
def warnings_for(deployment_id: int, viewer: User) -> Warnings:  # noqa: ARG001 - read by `consults`
    """The standing warnings of a deployment's incident, which are unread by its crew, and every receipt.

    Raises NotFoundError.
    """
    deployment = Deployment.objects.filter(id=deployment_id).first()
    if deployment is None:
        raise NotFoundError("There is no such deployment.")
    receipts = deployment.receipts.select_related("reader", "marker").order_by("at", "id")
    return Warnings(
        tuple(warnings.standing_markers(deployment.incident_id)),
        frozenset(warnings.unread(deployment_id)),
        tuple(receipts),
    )


@consults("incident", ids=lambda found: [d.incident_id for d in found])
def deployments(incident_id: int, viewer: User) -> list[Deployment]:  # noqa: ARG001 - read by `consults`
    """Every unit that was sent to an incident, in order, with the time of every step. Raises NotFoundError."""
    found = find(incident_id).deployments.select_related("assigned_by", "acknowledged_by", "diverted_from")
    return list(found.order_by("assigned_at", "id"))


@consults("incident", ids=lambda found: [d.incident_id for d in found])
def my_jobs(viewer: User) -> list[Deployment]:
    """What the viewer's own unit is on now; none when they are in no crew or their unit is free."""
    found = Deployment.objects.filter(
        stood_down_at=None, duty__ended_at=None, duty__crew__user=viewer, duty__crew__left_at=None
    )
    return list(found.select_related("incident", "resource"))


@shows_no_record("crews that need help, no record of anybody")
def open_emergencies() -> list[EmergencyPress]:
    """Presses of the emergency button that nobody has answered, the oldest first."""
    found = EmergencyPress.objects.filter(answered_at=None).select_related("unit", "pressed_by")
    return list(found.order_by("at", "id"))


@shows_no_record("crews that are to answer, no record of anybody")
def open_welfare_checks() -> list[WelfareCheck]:
    """Welfare checks that nobody has answered, the first due first."""
    return list(WelfareCheck.objects.filter(answered_at=None).select_related("unit").order_by("due_at", "id"))


@shows_no_record("a unit is no record of anybody")
def unit_of(callsign: str) -> Unit:
    """The unit of this call sign, whatever its capitals. Raises NotFoundError."""
    found = Unit.objects.filter(callsign=callsign.strip().upper()).first()
    if found is None:
        raise NotFoundError("There is no such unit.", mend="Check the call sign.")
    return found


@shows_no_record("names units for worklists")
def check_labels(ids: Sequence[int]) -> Mapping[int, RecordLabel]:
    """How welfare checks are named in worklists."""
    found = WelfareCheck.objects.filter(id__in=ids).select_related("unit__district")
    return {w.id: _label(w.unit, "Welfare check") for w in found}


@shows_no_record("names units for worklists")
def press_labels(ids: Sequence[int]) -> Mapping[int, RecordLabel]:
    """How presses of the emergency button are named in worklists."""
    found = EmergencyPress.objects.filter(id__in=ids).select_related("unit__district")
    return {e.id: _label(e.unit, "Emergency button") for e in found}


def _label(unit: Unit, tag: str) -> RecordLabel:
    """The address is the worklist until the board has a page of a unit."""
    return RecordLabel(unit.callsign, reverse("worklist"), unit.district.name, (tag,))


@shows_no_record("no reference is written for these: they are found by their unit")
def find_none(reference: str) -> int | None:  # noqa: ARG001 - the shape of a finder
    """A check or a press has no number that people say."""
    return None
