"""Which incidents one person alone cannot slow down: domestic, with a child, or with somebody vulnerable.

An area tells with one SELECT of incident ids what protects an incident; the installer makes the function
`iops.incident_protected` of them. It sees everything, hidden records included: who slows an answer down may not be able
to see the child, and is told no more than that a second person is needed.
"""

from __future__ import annotations

_sources: dict[str, str] = {}


def register(name: str, select: str) -> None:
    """An area tells which incidents are protected: a SELECT of their ids, over `wanted` (called once)."""
    _sources[name] = select


def ready() -> None:
    """What the control room itself knows."""
    register("domestic", "select i.id from control_incident i where i.id = wanted and i.domestic")
    # Vulnerability once seen is not argued away by a later assessment of one person.
    register(
        "assessed vulnerable",
        """select t.incident_id from control_thrive t
           where t.incident_id = wanted and t.vulnerability_level in ('medium', 'high')""",
    )
    register(
        "a child is linked",
        """select l.to_id from pole_link l join pole_person p on p.id = l.from_id
           where l.to_kind = 'incident' and l.to_id = wanted and l.from_kind = 'person' and l.withdrawn_at is null
             and (l.role = 'child' or p.born > iops.local_date(iops.now()) - interval '18 years')""",
    )
    register(
        "somebody vulnerable is linked",
        """select l.to_id from pole_link l join pole_warningmarker m on m.person_id = l.from_id
           where l.to_kind = 'incident' and l.to_id = wanted and l.from_kind = 'person' and l.withdrawn_at is null
             and m.ended_at is null and m.kind in ('child', 'domestic', 'suicidal', 'mental_health')
             and coalesce(m.expires_on, 'infinity') >= iops.local_date(iops.now())
        union all
        select l.to_id from pole_link l
           where l.to_kind = 'incident' and l.to_id = wanted and l.from_kind = 'person' and l.withdrawn_at is null
             and l.role in ('person at risk', 'missing person')""",
    )


def function() -> str:
    """`iops.incident_protected(id)`, and the trigger that holds it against every route."""
    union = "\n        union all\n        ".join(f"({select})" for select in _sources.values())
    # Every part comes from the source code of an area, none from a person.
    return f"""
create or replace function iops.incident_protected(wanted bigint) returns boolean
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $protected$
    select exists (
        {union})
$protected$;
{TRIGGER}
"""


TRIGGER = """
create or replace function iops.slower_needs_two() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp set enable_seqscan = off
as $slower$
declare
    again bigint[];
begin
    -- What another system decided in its time is loaded as it was: it is history, and nobody here gave that grade.
    -- Each row is looked up behind a fence (offset 0): joined freely, a load of a million compared each with each.
    again := array(select w.id from written w
                   where exists (select from control_grading g
                                 where g.incident_id = w.incident_id and g.id <> w.id offset 0)
                     and not (w.by_id is null and exists (
                         select from control_incident i join control_contact c on c.id = i.contact_id
                         where i.id = w.incident_id and c.channel = 'imported' offset 0)));
    if again = '{}' then
        return null;
    end if;
    -- One grading of an incident at a time: what stood must still be what stood when this is judged.
    perform from control_incident i
    where i.id in (select w.incident_id from written w where w.id = any (again)) order by i.id
    for no key update;
    if exists (
        select from written w
        cross join lateral (
            select g.grade from control_grading g
            where g.incident_id = w.incident_id and (g.at, g.id) < (w.at, w.id)
            order by g.at desc, g.id desc limit 1
        ) stood
        where w.id = any (again) and w.grade > stood.grade and iops.incident_protected(w.incident_id)
          and not exists (select from control_gradeproposal p
                          where p.id = w.proposal_id and p.incident_id = w.incident_id and p.grade = w.grade
                            and p.was = stood.grade and p.confirmed and p.decided_by_id <> p.by_id)
        union all
        -- Written late, as if given before a slower one that nobody has agreed to in its knowledge.
        select from written w
        cross join lateral (
            select g.grade, g.proposal_id from control_grading g
            where g.incident_id = w.incident_id and (g.at, g.id) > (w.at, w.id)
            order by g.at, g.id limit 1
        ) later
        where w.id = any (again) and later.grade > w.grade and later.proposal_id is null
          and iops.incident_protected(w.incident_id)
    ) then
        raise exception 'A second person must agree to a slower grade of this incident.'
            using errcode = 'IO409', hint = 'Propose it; it takes effect when a supervisor confirms it.';
    end if;
    return null;
end $slower$;
drop trigger if exists b_slower_needs_two on control_grading;
create trigger b_slower_needs_two after insert on control_grading referencing new table as written
for each statement execute function iops.slower_needs_two();
"""
