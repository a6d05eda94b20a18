"""A force's recorded crimes for measurements: set-based and with the triggers off, as their facts would have left them.

Nine in ten have ended in an outcome; of the open ones a thousand have no owner, the rest have one, two actions of a
plan, three entries of the log, a victim with what is owed to them, and a suspect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.harness import console
from bench.intake import load

if TYPE_CHECKING:
    import psycopg

UNOWNED = 1000
OPEN_OF = 10
"""One crime in so many is open."""
TABLES = (
    "crime_recordingdecision",
    "crime_crime",
    "crime_crimeoutcome",
    "crime_crimeowner",
    "crime_crimeaction",
    "crime_crimelogentry",
    "crime_crimevictim",
    "crime_victimnews",
    "pole_person",
    "pole_link",
)
STEPS = {
    "decisions": """
insert into crime_recordingdecision (incident_id, result, rationale, at)
select i.id, 'crime', 'Made up', i.reported_at from control_incident i
where not exists (select from crime_crime c where c.incident_id = i.id)""",
    "crimes": """
insert into crime_crime (year, number, incident_id, decision_id, crime_class, code, attempted, committed_from,
                         committed_to, reported_at, recorded_at, made_up)
select date_trunc('year', i.at)::date, row_number() over (partition by date_trunc('year', i.at) order by i.id), i.id,
       i.decision, (array['46', '8N', '8L', '105A', '49', '30C', '58C', '66', '9A', '28E'])[1 + i.id % 10], '', false,
       i.at::date, i.at::date, i.at, i.at, true
from (select x.id, x.reported_at as at, d.id as decision
      from control_incident x join crime_recordingdecision d on d.incident_id = x.id) i
order by i.at""",
    "numbers": """
insert into foundation_number_series as s (series, day, last)
select 'crime', year, max(number) from crime_crime group by year
on conflict (series, day) do update set last = excluded.last""",
    "outcomes": f"""
insert into crime_crimeoutcome (crime_id, code, facts, reason, has_victim, at, by_id)
select c.id, (array['18', '14', '16', '1', '15'])[1 + c.id % 5], '{{}}', 'Made up', false,
       c.recorded_at + interval '5 hours', u.id
from crime_crime c, (select min(id) as id from foundation_user where username = 'sergeant') u
where c.id % {OPEN_OF} <> 0""",
    "owners": f"""
insert into crime_crimeowner (crime_id, user_id, reason, at, by_id)
select c.id, u.all_ids[1 + c.id % cardinality(u.all_ids)], 'Made up', c.recorded_at + interval '3 hours', u.all_ids[1]
from (select x.*, row_number() over (partition by x.id % {OPEN_OF} = 0 order by x.id desc) as nth from crime_crime x) c,
     (select array_agg(id order by id) as all_ids from foundation_user
      where username in ('detective', 'response', 'sergeant')) u
where c.id % {OPEN_OF} <> 0 or c.nth > {UNOWNED}""",
    "plans": f"""
insert into crime_crimeaction (crime_id, what, at)
select c.id, 'Made up ' || n, c.recorded_at + interval '4 hours'
from crime_crime c, generate_series(1, 2) n where c.id % {OPEN_OF} = 0""",
    "logs": f"""
insert into crime_crimelogentry (crime_id, text, at)
select c.id, 'Made up entry ' || n, c.recorded_at + n * interval '1 hour'
from crime_crime c, generate_series(1, 3) n where c.id % {OPEN_OF} = 0""",
    "people": """
insert into pole_person (name, described, own_right, restricted, hinted, made_up)
select 'Made Up ' || n, false, true, false, false, true from generate_series(1, %(people)s) n""",
    "parties": f"""
insert into pole_link (from_kind, from_id, to_kind, to_id, role, note, source, source_detail, confidence, recorded_at,
                       withdrawn_reason)
select 'person', p.first + (c.id * case r.role when 'victim' then 7919 else 104729 end) %% %(people)s,
       'crime', c.id, r.role, '', 'unknown', '', 'unconfirmed', c.recorded_at, ''
from crime_crime c cross join (values ('victim'), ('suspect')) r(role)
cross join (select min(id) as first from pole_person where name like 'Made Up %%') p
where c.id %% {OPEN_OF} = 0""",
    "victims": """
insert into crime_crimevictim (crime_id, person_id, at)
select l.to_id, l.from_id, l.recorded_at from pole_link l where l.to_kind = 'crime' and l.role = 'victim'""",
    "news": """
insert into crime_victimnews (victim_id, crime_id, kind, source, source_id, at)
select v.id, v.crime_id, 'recorded', 'crime_crime', v.crime_id, v.at from crime_crimevictim v""",
    "standing": "select iops.crimes_stand(array(select id from crime_crime))",
    "queue": "select iops.open_crimes_stand_all()",
    "duties": """
insert into obligations_obligation
      (subject, subject_id, rule, edition, record_kind, record_id, district_id, risk, restricted, arose_at, due_at,
       met_at, waived_at)
select subject, subject_id, rule, edition, record_kind, record_id, district_id, risk, restricted, arose_at, due_at,
       met_at, waived_at
from iops.obligation_due d where subject = 'crime'""",
}


def fill(db: psycopg.Connection, crimes: int) -> None:
    """Have so many crimes, each of an incident of its own. As the owner, who may switch triggers off."""
    with db.transaction():
        written(db, crimes, people=max(2, crimes // 15))
    db.execute("vacuum analyze")


def written(db: psycopg.Connection, crimes: int, *, people: int) -> None:
    """Write them within the transaction that is open."""
    from rich.progress import track

    load(db, crimes)
    for table in TABLES:
        db.execute(f"alter table {table} disable trigger user".encode())
    for name, statement in track(STEPS.items(), "recorded crimes", console=console):
        console.log(name)
        db.execute(statement.encode(), {"people": people} if "%(people)s" in statement else None)
    db.execute("set constraints all immediate")
    for table in TABLES:
        db.execute(f"alter table {table} enable trigger user".encode())
