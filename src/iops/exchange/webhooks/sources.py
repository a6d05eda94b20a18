"""Which change of which table is which event: the one place where events are made. The installer makes triggers of it.

`c` is the changed row, `w` the row before (updates alone). What an event says stands in `facts`: times, grades, states
and ids, and no free text, so that a subscriber who may read more asks for it by the API, under its scopes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterator

ON_INCIDENT = "join control_incident i on i.id = c.incident_id join control_contact k on k.id = i.contact_id"
NOT_LOADED = "(k.channel <> 'imported' or c.at > i.reported_at)"
"""What was loaded from an earlier system with its incident is no news."""


@dataclass(frozen=True)
class Source:
    """One event: `on` (insert, update, delete) of `table`, where `when` holds.

    `kind` and `record` say on which record it is (order holds within it), `district` where that is (null: force-wide),
    `facts` what is told as arguments of jsonb_build_object; all are SQL over `c`, `w` and what `joins` adds.
    """

    event: str
    title: str
    table: str
    on: str
    kind: str
    record: str
    facts: str
    district: str = "null::bigint"
    joins: str = ""
    when: str = "true"
    account: str = ""
    """Set: it is for subscriptions of this account alone."""


def _of_incident(event: str, title: str, table: str, facts: str, *, on: str = "insert", when: str = "true") -> Source:
    return Source(event, title, table, on, "'incident'", "c.incident_id", facts, "i.district_id", ON_INCIDENT, when)


def _step(event: str, title: str, column: str) -> Source:
    facts = f"'deployment_id', c.id, 'unit', c.unit, 'at', c.{column}"
    when = f"c.{column} is not null and w.{column} is null"
    return _of_incident(event, title, "control_deployment", facts, on="update", when=when)


def _incident(event: str, title: str, facts: str, when: str, *, on: str = "update", joins: str = "") -> Source:
    return Source(event, title, "control_incident", on, "'incident'", "c.id", facts, "c.district_id", joins, when)


def _duty(event: str, title: str, facts: str, *, on: str = "update", when: str = "true") -> Source:
    row = "w" if on == "delete" else "c"
    named = f"'rule', {row}.rule, 'subject', {row}.subject, 'subject_id', {row}.subject_id"
    return Source(
        event, title, "obligations_obligation", on, f"{row}.record_kind", f"{row}.record_id", f"{named}, {facts}",
        f"{row}.district_id", "", when,
    )  # fmt: skip


def _marker(event: str, title: str, on: str, when: str) -> Source:
    facts = "'kind', c.kind, 'severity', c.severity, 'person_id', c.person_id, 'location_id', c.location_id"
    return Source(event, title, "pole_warningmarker", on, "'warning_marker'", "c.id", facts, when=when)


SOURCES: tuple[Source, ...] = (
    _incident(
        "incident.opened", "An incident is opened", "'reported_at', c.reported_at", "k.channel <> 'imported'",
        on="insert", joins="join control_contact k on k.id = c.contact_id",
    ),
    _incident(
        "incident.closed", "An incident is closed", "'closed_at', c.closed_at",
        "c.closed_at is not null and w.closed_at is null",
    ),
    _incident(
        "incident.reopened", "A closed incident is open again", "'was_closed_at', w.closed_at",
        "c.closed_at is null and w.closed_at is not null",
    ),
    _incident(
        "incident.district", "An incident is in another district than was thought",
        "'was', w.district_id, 'is', c.district_id", "c.district_id <> w.district_id",
    ),
    _of_incident(
        "incident.graded", "An incident is graded", "control_grading",
        "'grade', c.grade, 'scheme', c.scheme, 'at', c.at", when=NOT_LOADED,
    ),
    _of_incident(
        "incident.logged", "A line is added to the log", "control_logentry", "'entry_id', c.id, 'at', c.at",
        when=f"{NOT_LOADED} and c.kind = 'typed'",
    ),
    _of_incident(
        "deployment.assigned", "A unit is sent", "control_deployment",
        "'deployment_id', c.id, 'unit', c.unit, 'at', c.assigned_at",
    ),
    _step("deployment.acknowledged", "A crew has acknowledged", "acknowledged_at"),
    _step("deployment.en_route", "A unit is on its way", "en_route_at"),
    _step("deployment.arrived", "A unit is at the scene", "arrived_at"),
    _step("deployment.cleared", "A unit is released", "stood_down_at"),
    Source(
        "unit.state", "A unit changes its state", "control_unitstate", "insert", "'unit'", "c.unit_id",
        "'callsign', u.callsign, 'code', c.code, 'status', c.status, 'at', c.at", "u.district_id",
        "join control_unit u on u.id = c.unit_id",
    ),
    _duty("duty.raised", "Something is owed", "'due_at', c.due_at", on="insert"),
    _duty(
        "duty.met", "What was owed is done", "'due_at', c.due_at, 'met_at', c.met_at",
        when="c.met_at is not null and w.met_at is null",
    ),
    _duty("duty.withdrawn", "What was owed no longer follows from the facts", "'due_at', w.due_at", on="delete"),
    _marker("marker.proposed", "A warning is proposed", "insert", "true"),
    _marker(
        "marker.decided", "A warning is confirmed or refused", "update",
        "c.decided_at is not null and w.decided_at is null",
    ),
    _marker("marker.ended", "A warning has ended", "update", "c.ended_at is not null and w.ended_at is null"),
    Source(
        "partner.told", "The control room tells a partner about an incident it handed over", "exchange_partnermessage",
        "insert", "'incident'", "c.incident_id",
        "'text', c.text, 'at', c.at, 'their_reference', x.reference", "i.district_id",
        f"{ON_INCIDENT} join exchange_sharedincident x on x.id = c.shared_id", account="x.account_id",
    ),
)  # fmt: skip

ESCALATED = "duty.escalated"
EVENTS: dict[str, str] = {s.event: s.title for s in SOURCES} | {ESCALATED: "A duty has gone up to a role"}
"""Every event with what it says."""

FUNCTION = "language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp set timezone = 'UTC'"
TABLES = {
    "insert": "new table as changed",
    "update": "old table as was new table as changed",
    "delete": "old table as was",
}
ROWS = {"insert": "changed c", "update": "changed c join was w on w.id = c.id", "delete": "was w"}
DUTY_ROWS = ROWS | {
    "update": "changed c join was w on (w.subject, w.subject_id, w.rule) = (c.subject, c.subject_id, c.rule)"
}


def statements() -> Iterator[str]:
    """The triggers that write deliveries: one for each table and kind of change that is some event's source."""
    for table, on in dict.fromkeys((s.table, s.on) for s in SOURCES):
        found = [s for s in SOURCES if (s.table, s.on) == (table, on)]
        names = ", ".join(sql.Literal(s.event).as_string(None) for s in found)
        body = "\n".join(_insert(s) for s in found)
        yield f"""
create or replace function iops.{table}_tell_{on}() returns trigger {FUNCTION} as $tell$
begin
    -- Nobody listens, nothing is written.
    if not exists (select from exchange_subscription s
                   where s.ended_at is null and s.events && array[{names}]::varchar[]) then
        return null;
    end if;
{body}
    return null;
end $tell$;
drop trigger if exists exchange_tell_{on} on {table};
create trigger exchange_tell_{on} after {on} on {table} referencing {TABLES[on]}
for each statement execute function iops.{table}_tell_{on}();
"""


def _insert(s: Source) -> str:
    rows = (DUTY_ROWS if s.table == "obligations_obligation" else ROWS)[s.on]
    only = f" and s.account_id = {s.account}" if s.account else ""
    return f"""    insert into exchange_delivery
        (subscription_id, account_id, event, record_kind, record_id, district_id, facts, at, tx, next_at)
    select s.id, s.account_id, '{s.event}', {s.kind}, {s.record}, {s.district},
           jsonb_build_object({s.facts}), iops.now(), pg_current_xact_id()::text::bigint, iops.wall_time()
    from {rows} {s.joins}
    join exchange_subscription s on s.ended_at is null and '{s.event}' = any(s.events){only}
         and (s.districts = '{{}}' or {s.district} = any(s.districts))
         and (not s.shared_only or ({s.kind} = 'incident' and exists (
              select from exchange_sharedincident y where y.account_id = s.account_id and y.incident_id = {s.record})))
    where {s.when};"""  # noqa: S608 - our own sources alone
