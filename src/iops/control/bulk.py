"""Opening many incidents at once, set-based: the verb behind migrations. Every trigger fires as for a single one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from psycopg import sql

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

STAGING: Final = {
    "source_key": "text not null",
    "reported_at": "timestamptz not null",
    "where": "text not null",
    "what": "text not null",
    "category": "text not null",
    "district_code": "text not null",
    "domestic": "boolean not null",
    "crime_reported": "boolean not null",
    "grade": "smallint",
    "log": "text not null",
}
"""The columns that a staging table must have; `grade` null leaves an incident ungraded, `log` '' gives no log entry."""

_MADE = """
create temporary table if not exists opened_in_bulk (
    source_key text not null, contact_id bigint not null, incident_id bigint not null, day date not null,
    number integer not null, staged_row tid not null
) on commit delete rows
"""

# Days in order, so that two loads take the counters of the days in the same order and cannot wait for each other.
_NUMBERED = """
insert into opened_in_bulk (source_key, contact_id, incident_id, day, number, staged_row)
with staged as materialized (
    select s.source_key, s.ctid as staged_row, iops.local_date(s.reported_at) as day,
           row_number() over (partition by iops.local_date(s.reported_at) order by s.reported_at, s.ctid) as place
    from {staging} s
), days as materialized (
    select d.day, iops.take_numbers('incident', d.day, d.many) as first
    from (select day, count(*)::integer as many from staged group by day order by day) d
)
select s.source_key, nextval('control_contact_id_seq'), nextval('control_incident_id_seq'), s.day,
       days.first + s.place - 1, s.staged_row
from staged s join days using (day)
order by s.day, s.place
"""

_CONTACTS = """
insert into control_contact (id, channel, at, call_back, caller_name, source, source_key, made_up, outcome,
                             concluded_at)
select o.contact_id, 'imported', s.reported_at, '', '', %s, s.source_key, false, 'incident', s.reported_at
from opened_in_bulk o join {staging} s on s.ctid = o.staged_row
"""

_INCIDENTS = """
insert into control_incident (id, day, number, contact_id, reported_at, "where", what, district_id, domestic,
                              crime_reported, category, restricted, closing_note, made_up)
select o.incident_id, o.day, o.number, o.contact_id, s.reported_at, s."where", s.what, d.id, s.domestic,
       s.crime_reported, s.category, false, '', false
from opened_in_bulk o join {staging} s on s.ctid = o.staged_row join foundation_district d on d.code = s.district_code
"""

_GRADINGS = """
insert into control_grading (incident_id, grade, at, rationale)
select o.incident_id, s.grade, s.reported_at, 'Grade of the source'
from opened_in_bulk o join {staging} s on s.ctid = o.staged_row where s.grade is not null
"""

_LOG = """
insert into control_logentry (incident_id, at, text)
select o.incident_id, s.reported_at, s.log
from opened_in_bulk o join {staging} s on s.ctid = o.staged_row where s.log <> ''
"""


def open_incidents_in_bulk(cursor: CursorWrapper, staging: str, source: str) -> int:
    """Open one incident with its contact for each row of a temporary table; how many were opened.

    `staging` is the name of a table with the columns of STAGING; its source keys are new to `source` (a key that is
    here already is refused by the database) and its districts exist. The grade counts from the report. Which contact
    and incident each key became stands in the temporary table `opened_in_bulk` until the transaction ends.

    Runs in the caller's transaction, which says who acts and why; obligations are settled before it commits. Numbers
    follow the order of report within the call: what is opened later of the same day comes after, and none is left out.
    """
    staged = sql.Identifier(staging)
    cursor.execute(_MADE)
    cursor.execute("delete from opened_in_bulk")
    cursor.execute(sql.SQL(_NUMBERED).format(staging=staged))
    opened: int = cursor.rowcount
    cursor.execute("analyze opened_in_bulk")
    cursor.execute(sql.SQL(_CONTACTS).format(staging=staged), [source])
    for statement in (_INCIDENTS, _GRADINGS, _LOG):
        cursor.execute(sql.SQL(statement).format(staging=staged))
    return opened
