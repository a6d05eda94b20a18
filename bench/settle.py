"""How long settling takes, against one hand-written SQL statement that computes the same from the base tables.

    python -m bench.settle [--incidents 35107] [--rounds 3] [--million] [--no-chicago]

Ends with 1 when the two do not agree on every obligation.
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

import psycopg

from bench.harness import console, middle, owner, seconds, server, shared_calls, show

if TYPE_CHECKING:
    from iops.foundation.server import Running

FACTS = """
insert into foundation_district (code, name) select 'B' || n, 'Bench ' || n from generate_series(1, 12) n
on conflict do nothing;
create temp table made on commit drop as
select nextval('control_contact_id_seq') as contact, nextval('control_incident_id_seq') as incident,
       timestamptz '2021-01-01' + n * interval '30 minutes' * (35107.0 / {many}) * 2 as at,
       n % 3 = 0 as domestic, n % 2 = 0 as crime, 1 + n % 4 as grade, n % 10 as tenth
from generate_series(1, {many}) n;
insert into control_contact (id, channel, at, call_back, caller_name, source, source_key, made_up)
select contact, 'imported', at, '', '', '', '', true from made;
insert into control_incident (id, day, number, contact_id, reported_at, "where", what, district_id, domestic,
                              crime_reported, category, restricted, closing_note, made_up)
select incident, at::date, row_number() over (partition by at::date order by incident) + 100000, contact, at, 'x', 'y',
       (select min(id) from foundation_district) + incident % 12, domestic, crime, '', false, '', true from made;
insert into control_grading (incident_id, grade, at, rationale)
select incident, grade, at + interval '3 minutes', '' from made where tenth < 9;
insert into control_grading (incident_id, grade, at, rationale)
select incident, 1 + (grade + 1) % 4, at + interval '30 minutes', '' from made where tenth = 1;
insert into control_deployment (incident_id, unit, assigned_at, arrived_at)
select incident, 'B1', at + interval '5 minutes', case when tenth < 7 then at + interval '20 minutes' end
from made where tenth < 8;
insert into safeguarding_riskassessment (incident_id, form, answers, supplements, notes, words, grade, rationale, at,
                                         answered_by, medium, judgement, ticks)
select incident, 'short-1', '{{}}', '{{}}', '{{}}', '', (array['standard', 'medium', 'high'])[1 + incident / 3 % 3],
       'x', at + interval '2 hours', 'victim', (array['in_person', 'telephone'])[1 + incident / 9 % 2], 'x', tenth + 10
from made where domestic and tenth < 6;
insert into safeguarding_assessmentreview (assessment_id, at, agreed, note)
select a.id, a.at + interval '1 hour', true, '' from safeguarding_riskassessment a where a.id % 2 = 0;
insert into pole_person (name, described, own_right, restricted, hinted, made_up)
values ('Child (made up)', false, false, false, false, true);
insert into safeguarding_incidentchild (incident_id, person_id, linked_at, found_how, school_known, school, seen,
                                        seen_words, voice, known_at)
select incident, (select max(id) from pole_person), at + interval '1 hour', 'address', 'none', '', 'seen', '', '',
       case when tenth < 2 then at + interval '3 hours' end
from made where domestic and tenth < 4;
insert into safeguarding_childdecision (child_id, decision, at, reason)
select c.id, 'refer_routine', c.linked_at + interval '2 hours', '' from safeguarding_incidentchild c where c.id % 2 = 0;
insert into crime_recordingdecision (incident_id, result, rationale, at)
select incident, 'crime', 'x', at + interval '5 hours' from made where crime and tenth < 8;
"""

HAND = """
insert into bench_hand (subject, subject_id, rule, edition, record_kind, record_id, district_id, risk, restricted,
                        arose_at, due_at, met_at, waived_at)
with latest as materialized (
    select distinct on (incident_id) incident_id, grade from control_grading order by incident_id, at desc, id desc
), slower as materialized (
    select g.incident_id, max(g.at) as at from control_grading g join latest l using (incident_id)
    where g.grade > l.grade group by g.incident_id
), graded as materialized (
    select g.incident_id, l.grade, min(g.at) as graded_at,
           min(g.at) filter (where s.at is null or g.at > s.at) as grade_since
    from control_grading g join latest l using (incident_id) left join slower s using (incident_id)
    group by g.incident_id, l.grade
), sent as materialized (
    select incident_id, min(assigned_at) as resourced_at, min(arrived_at) as attended_at
    from control_deployment group by incident_id
), assessed as materialized (
    select incident_id, min(at) as assessed_at from safeguarding_riskassessment group by incident_id
), recorded as materialized (
    select incident_id, min(at) as recorded_at from crime_recordingdecision group by incident_id
), fact as (
    select i.id, i.reported_at as at, i.district_id, i.restricted, i.domestic, i.crime_reported, g.grade, g.graded_at,
           coalesce(g.grade_since, i.reported_at) as since, s.resourced_at, s.attended_at, a.assessed_at, r.recorded_at,
           case g.grade when 1 then 60 when 2 then 40 when 3 then 20 else 10 end
           + case when i.domestic then 25 else 0 end as risk
    from control_incident i
    left join graded g on g.incident_id = i.id left join sent s on s.incident_id = i.id
    left join assessed a on a.incident_id = i.id left join recorded r on r.incident_id = i.id
), school as materialized (
    -- The next school day from each day on, and how many working days pass before it.
    select day, opens, (select o.working_ordinal from foundation_calendar_day o where o.day = opens - 1)
                       - working_ordinal + working::integer as passed
    from (select day, working, working_ordinal, min(day) filter (where school) over (order by day desc) as opens
          from foundation_calendar_day) d
), child as (
    select c.id, c.linked_at, i.id as record, i.reported_at, i.district_id, i.restricted, s.passed > 0 as holiday,
           (s.opens + time '09:00') at time zone 'Europe/London' as opens
    from safeguarding_incidentchild c join control_incident i on i.id = c.incident_id and i.domestic
    join school s on s.day = ((c.linked_at at time zone 'Europe/London') + interval '15 hours')::date
), due as (
    select 'incident' as subject, f.id, r.rule, r.edition, f.id as record, f.district_id, f.risk, f.restricted,
           r.arose, r.arose + r.within as due, r.met
    from fact f cross join lateral (values
        ('grade-incident', date '2000-01-01', true, f.at, interval '5 minutes', f.graded_at),
        ('attend-grade-1', case when f.at < '2022-02-01' then date '2000-01-01' else date '2022-02-01' end,
         f.grade = 1, f.since, interval '15 minutes', f.attended_at),
        ('attend-grade-2', case when f.at < '2022-02-01' then date '2000-01-01' else date '2022-02-01' end,
         f.grade = 2, f.since, interval '1 hour', f.attended_at),
        ('attend-grade-3', date '2000-01-01', f.grade = 3, f.since, interval '4 hours', f.attended_at),
        ('resource-grade-1', date '2022-02-01', f.grade = 1 and f.at >= '2022-02-01', f.since, interval '15 minutes',
         f.resourced_at),
        ('resource-grade-2', date '2022-02-01', f.grade = 2 and f.at >= '2022-02-01', f.since, interval '40 minutes',
         f.resourced_at),
        ('crime-recording-decision', date '2015-04-01', f.crime_reported or f.domestic, f.at, interval '24 hours',
         f.recorded_at),
        ('da-risk-assessment', date '2009-03-01', f.domestic and f.attended_at is not null, f.attended_at,
         interval '8 hours', f.assessed_at),
        ('da-risk-assessment-unattended', date '2019-07-01', f.domestic and f.attended_at is null, f.at,
         interval '24 hours', f.assessed_at),
        ('da-record', date '2019-07-01', f.domestic, f.at, interval '24 hours', null)
    ) as r(rule, edition, arises, arose, within, met) where r.arises
    union all
    select 'risk_assessment', a.id, r.rule, r.edition, i.id, i.district_id,
           case a.grade when 'high' then 90 when 'medium' then 60 else 40 end, i.restricted, a.at,
           a.at + r.within, r.met
    from safeguarding_riskassessment a join control_incident i on i.id = a.incident_id
    left join (select assessment_id, min(at) as at, min(at) filter (where agreed) as agreed_at
               from safeguarding_assessmentreview group by 1) v
        on v.assessment_id = a.id
    cross join lateral (values
        ('da-assessment-review', date '2009-03-01', true, interval '8 hours', v.at),
        ('da-high-risk-review', date '2019-07-01', a.grade = 'high', interval '2 hours', v.at),
        ('da-secondary-high', date '2019-07-01', a.grade = 'high', interval '24 hours', null),
        ('da-secondary-medium', date '2019-07-01', a.grade = 'medium', interval '72 hours', null),
        ('da-many-ticks', date '2019-07-01', a.ticks >= 14 and a.grade <> 'high', interval '24 hours', null),
        ('da-assessment-in-person', date '2019-07-01', a.medium = 'telephone' and a.grade <> 'standard',
         interval '24 hours', v.agreed_at),
        ('high-risk-referral', date '2019-07-01', a.grade = 'high', interval '24 hours', null)
    ) as r(rule, edition, arises, within, met) where r.arises
    union all
    select 'incident_child', c.id, r.rule, r.edition, i.id, i.district_id, 80, i.restricted, c.linked_at,
           c.linked_at + interval '24 hours', r.met
    from safeguarding_incidentchild c join control_incident i on i.id = c.incident_id
    left join (select child_id, min(at) as at from safeguarding_childdecision group by 1) d on d.child_id = c.id
    cross join lateral (values
        ('child-decision', date '2000-01-01', d.at),
        ('child-school-known', date '2019-07-01', c.known_at)
    ) as r(rule, edition, met)
    union all
    select 'incident_child', c.id, 'child-referral-routine', date '2019-07-01', i.id, i.district_id, 80, i.restricted,
           d.at, d.at + interval '24 hours', null
    from safeguarding_incidentchild c join control_incident i on i.id = c.incident_id
    join (select distinct on (child_id) child_id, at, decision from safeguarding_childdecision order by 1, at, id) d
        on d.child_id = c.id and d.decision = 'refer_routine'
    union all
    select 'incident_child', c.id, r.rule, r.edition, c.record, c.district_id, 80, c.restricted, c.linked_at, r.due,
           null
    from child c cross join lateral (values
        ('encompass-notification', case when c.reported_at < timestamptz '2025-11-07 00:00 Europe/London'
                                        then date '2018-01-01' else date '2025-11-07' end, true, c.opens),
        ('encompass-holiday', date '2018-01-01', c.holiday, c.linked_at + interval '24 hours')
    ) as r(rule, edition, arises, due) where r.arises
)
select subject, id, rule, edition, 'incident', record, district_id, risk, restricted, arose, due, met, null::timestamptz
from due
"""
"""The limit: set-based, one pass, no rulebook. It knows the duties of today's rulebook for reports since 2015."""

DIFFERENCE = """
select coalesce(a.rule, b.rule), a.n, b.n, a.total is not distinct from b.total
from (select rule, count(*) as n, md5(string_agg(o::text, '' order by subject, subject_id)) as total
      from obligations_obligation o group by rule) a
full join (select rule, count(*) as n, md5(string_agg(h::text, '' order by subject, subject_id)) as total
           from bench_hand h group by rule) b on a.rule = b.rule
order by 1
"""
NOTE = """
insert into obligations_noted (subject, ids, closing)
select 'incident', array_agg(id), false from control_incident having count(*) > 0 union all
select 'risk_assessment', array_agg(id), false from safeguarding_riskassessment having count(*) > 0 union all
select 'incident_child', array_agg(id), false from safeguarding_incidentchild having count(*) > 0
"""


def write_and_settle(db: psycopg.Connection, many: int) -> tuple[float, float]:
    """Write facts in one transaction: seconds of writing them (history included), and of settling them."""
    with db.transaction():
        writing = seconds(lambda: db.execute(FACTS.format(many=many)))
        return writing, seconds(lambda: db.execute("select iops.settle_now()"))


def settle_all(db: psycopg.Connection) -> float:
    """Seconds to settle everything into an empty table, in one transaction."""
    db.execute("truncate obligations_obligation")
    with db.transaction():
        db.execute(NOTE)
        return seconds(lambda: db.execute("select iops.settle_now()"))


def by_hand(db: psycopg.Connection) -> float:
    """Seconds of the hand-written statement into an empty table of the same build."""
    db.execute("truncate bench_hand")
    with db.transaction():
        return seconds(lambda: db.execute(HAND))


def prepare(db: psycopg.Connection) -> None:
    """Make the empty table of the hand-written statement, of the same build as that of the obligations."""
    db.execute("drop table if exists bench_hand; create table bench_hand (like obligations_obligation including all)")


def differences(db: psycopg.Connection) -> list[str]:
    """What does not agree to the last column, rule by rule: how many rows by the engine and how many by hand."""
    return [
        f"{rule}: {engine} by the engine, {hand} by hand"
        for rule, engine, hand, same in db.execute(DIFFERENCE)
        if not same
    ]


def agree(db: psycopg.Connection) -> bool:
    """Whether both tables hold the same rows, to the last column; prints what differs."""
    found = differences(db)
    for line in found:
        console.print(f"DIFFERENT: {line}", style="bold red")
    return not found


def compare(db: psycopg.Connection, rounds: int) -> tuple[float, float]:
    """Median seconds of settling everything, and of the hand-written statement, turn by turn."""
    db.execute("vacuum analyze")
    pairs = [(settle_all(db), by_hand(db)) for _ in range(rounds)]
    return middle([p[0] for p in pairs]), middle([p[1] for p in pairs])


def row(name: str, took: float, hand: float, bar: str) -> list[str]:
    """One line of the table against the hand-written statement."""
    return [name, f"{took:.2f} s", f"{hand:.2f} s by hand", f"{hand / took:.2f}", bar]


def many_incidents(running: Running, many: int, rounds: int, bar: str) -> bool:
    """Settle many incidents that have everything a rule may ask about."""
    with owner(running) as db:
        prepare(db)
        writing, first = write_and_settle(db, many)
        again, hand = compare(db, rounds)
        count = db.execute("select count(*), count(distinct rule) from obligations_obligation").fetchone() or (0, 0)
        title = f"{many:,} incidents, {count[0]:,} obligations under {count[1]} rules"
        lines = [
            ["facts written, with history", f"{writing:.2f} s", "", "", ""],
            row("settled in the transaction that wrote them", first, hand, bar),
            row("all settled anew (a changed rulebook)", again, hand, "0.5"),
        ]
        show(title, lines)
        return agree(db)


def single_commits(running: Running, many: int = 400) -> None:
    """One incident a commit, durable, with the settling triggers and without, in turns of 50."""
    incident = """with c as (
        insert into control_contact (channel, at, call_back, caller_name, source, source_key, made_up)
        values ('999', now(), '', '', '', '', true) returning id)
        insert into control_incident (day, number, contact_id, reported_at, "where", what, district_id, domestic,
            crime_reported, category, restricted, closing_note, made_up)
        select current_date, iops.take_numbers('incident', current_date, 1), c.id, now(), 'x', 'y',
               (select min(id) from foundation_district), true, true, '', false, '', true from c"""
    took: dict[str, list[float]] = {"enable": [], "disable": []}
    with owner(running) as db, psycopg.connect(running.app_dsn, autocommit=True) as app:
        for turn in range(many // 50 * 2):
            way = ("enable", "disable")[turn % 2]
            db.execute(f"alter table control_incident {way} trigger obligations_note_insert")
            took[way] += [seconds(lambda: app.execute(incident)) for _ in range(50)]
        db.execute("alter table control_incident enable trigger obligations_note_insert")
    with_, without = (sorted(took[way]) for way in ("enable", "disable"))
    lines = []
    for name, place in (("median", 0.5), ("99 in 100", 0.99)):
        one, other = with_[int(len(with_) * place)] * 1000, without[int(len(without) * place)] * 1000
        lines.append([f"commit, {name}", f"{one:.1f} ms", f"{other:.1f} ms without settling", f"{other / one:.2f}", ""])
    show(f"One incident a commit ({many} each way, durable)", lines)


def chicago(running: Running, rounds: int) -> bool:
    """The whole replay of the Chicago extract, and COPY of the rows it makes into copies of their tables."""
    folder = shared_calls()
    if folder is None:
        console.print("The Chicago extract (../shared/data/calls) is not here: left out.")
        return True
    import django

    django.setup()
    from iops.migration.mapping_loader import find
    from iops.migration.services import replay

    mapping, path = find("chicago-crimes-2022"), folder / "chicago_crimes_2022_with_domestic_flag.csv.gz"
    began = time.perf_counter()
    found = replay(mapping, path)
    took = time.perf_counter() - began
    rows = found.total("lines")
    with owner(running) as db:
        plain, indexed = copied(db, "like {}"), copied(db, "like {} including all")
        settled, hand = compare(db, rounds)
        lines = [
            ["replay, with ledger, history and obligations", f"{took:.1f} s = {rows / took:,.0f} rows/s", "", "", ""],
            ["  against COPY of the rows it made, bare", "", f"{plain:.1f} s", f"{plain / took:.2f}", "0.25"],
            ["  against COPY of the same, indexed", "", f"{indexed:.1f} s", f"{indexed / took:.2f}", ""],
            row("all its obligations settled anew", settled, hand, "0.5"),
        ]
        show(f"Chicago 2022: {rows:,} rows, unexplained: {len(found.unexplained)}", lines)
        return agree(db) and not found.unexplained


def copied(db: psycopg.Connection, like: str) -> float:
    """Seconds to COPY everything a replay made into empty copies of its tables, in one transaction, durable."""
    took = 0.0
    tables = "control_contact", "control_incident", "control_grading", "migration_ledgerrow", "obligations_obligation"
    for table in tables:
        db.execute(f"drop table if exists bench_copy; create table bench_copy ({like.format(table)})")
        with db.cursor() as cursor, cursor.copy(f"copy {table} to stdout") as out:
            data = [bytes(piece) for piece in out]
        blocks = [b"".join(data[n : n + 1000]) for n in range(0, len(data), 1000)]
        began = time.perf_counter()
        with db.cursor() as cursor, cursor.copy("copy bench_copy from stdin") as into:
            for block in blocks:
                into.write(block)
        took += time.perf_counter() - began
    db.execute("drop table bench_copy")
    return took


def main() -> int:
    """Run and print; 1 when the engine and the hand-written statement disagree."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--incidents", type=int, default=35_107)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--million", action="store_true", help="1,000,000 incidents too (several minutes)")
    options.add_argument("--no-chicago", action="store_true")
    given = options.parse_args()
    same = True
    with server() as running:
        same &= many_incidents(running, given.incidents, given.rounds, "under 5 s, 0.5")
        single_commits(running)
    if not given.no_chicago:
        with server() as running, owner(running) as db:
            prepare(db)
            same &= chicago(running, given.rounds)
    if given.million:
        with server() as running:
            same &= many_incidents(running, 1_000_000, 1, "under 180 s, 0.5")
    console.print("The engine and the hand-written statement agree on every row." if same else "THEY DIFFER.")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
