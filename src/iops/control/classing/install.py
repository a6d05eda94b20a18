"""What the database holds of domestic abuse: the answer of the definition, and who is settled when its facts change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

from iops.control.classing.definitions import definitions
from iops.control.classing.domestic import DOES, SUFFERS
from iops.control.classing.editions import editions

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator


def statements() -> Iterator[str]:
    """`iops.da_answer(id)` made of the definitions and the classes, and the triggers that note incidents."""
    yield BIRTHDAY
    yield _domestic()
    yield _function()
    yield NOTING


def _texts(values: Iterable[str]) -> str:
    """Words of the configuration as an array of the database."""
    inside = ", ".join(sql.Literal(v).as_string(None) for v in sorted(values))
    return f"array[{inside}]::text[]"


def _day(day: dt.date | None) -> str:
    return f"date '{day}'" if day else "null::date"


def _definitions() -> str:
    return ",\n        ".join(
        f"(date '{d.since}', {_day(d.until)}, {d.age}, {str(d.shared_child).lower()}, {_texts(d.relations)},"
        f" {_texts(d.unsure)}, {_texts(d.behaviours)})"
        for d in definitions()
    )


def _categories() -> str:
    """The categories that matter: by nature between people, crimes that disclose an act, and domestic ones."""
    return ",\n        ".join(
        f"({sql.Literal(e.code).as_string(None)}, {sql.Literal(c.code).as_string(None)},"
        f" {str(c.between).lower()}, {str(c.domestic).lower()})"
        for e in editions().values()
        for c in e.categories.values()
        if c.between or c.domestic
    )


def _domestic() -> str:
    codes = _texts({c.code for e in editions().values() for c in e.categories.values() if c.domestic})
    return f"""
create or replace function iops.domestic_categories() returns text[]
language sql immutable parallel safe as $codes$ select {codes} $codes$;
"""


def _function() -> str:
    # Every part comes from files of configuration that were checked when they were read.
    return f"""
-- The same as `iops.control.classing.domestic.da_qualifying`, for the strongest pair; a test holds the two together.
create or replace function iops.da_answer(wanted bigint) returns table (answer text, told_at timestamptz)
language sql stable strict security definer set search_path = pg_catalog, public, iops, pg_temp as $answer$
    with told as materialized (
        select i.id, iops.local_date(i.reported_at) as day, i.reported_at, k.at as classed_at,
               coalesce(k.behaviours, '[]'::jsonb) as behaviours,
               i.crime_reported or coalesce(c.between_people, false) as between_people,
               coalesce(c.domestic, false) as domestic
        from control_incident i
        left join lateral (select x.* from control_classing x where x.incident_id = i.id
                           order by x.at desc, x.id desc limit 1) k on true
        left join (values {_categories()}) c(edition, code, between_people, domestic)
               on c.edition = k.edition and c.code = k.category
        where i.id = wanted
    ), meant as materialized (
        select t.*, d.* from told t
        join (values {_definitions()}) d(since, until, age, shared_child, relations, unsure, known)
          on d.since <= t.day and t.day <= coalesce(d.until, 'infinity')
    ), person as materialized (
        select coalesce(p.lead_id, l.from_id) as id, min(l.recorded_at) as linked_at,
               bool_or(l.role = any ({_texts(SUFFERS)})) as suffers, bool_or(l.role = any ({_texts(DOES)})) as does
        from pole_link l left join pole_identity p on p.person_id = l.from_id
        where l.to_kind = 'incident' and l.to_id = wanted and l.from_kind = 'person' and l.withdrawn_at is null
        group by 1
    ), nominal as materialized (
        select p.id as person_id, n.id from person p
        cross join lateral unnest(iops.same_people(array[p.id])) n(id)
    ), aged as materialized (
        select p.*, coalesce(b.held, 2) as age_held
        from person p
        left join lateral (
            select case when bool_or(iops.birthday(b.latest, m.age) <= m.day) then 3
                        when bool_and(iops.birthday(b.earliest, m.age) > m.day) then 0 else 2 end as held
            from nominal n join pole_birth b on b.person_id = n.id and b.withdrawn_at is null cross join meant m
            where n.person_id = p.id
            having count(*) > 0
        ) b on true
    ), relation as materialized (
        select n.person_id as one, l.role, coalesce(o.lead_id, l.to_id) as other, l.recorded_at
        from nominal n
        join pole_link l on l.from_kind = 'person' and l.from_id = n.id and l.to_kind = 'person'
                        and l.withdrawn_at is null
        left join pole_identity o on o.person_id = l.to_id
        union all
        select coalesce(o.lead_id, l.from_id), l.role, n.person_id, l.recorded_at
        from nominal n
        join pole_link l on l.to_kind = 'person' and l.to_id = n.id and l.from_kind = 'person'
                        and l.withdrawn_at is null
        left join pole_identity o on o.person_id = l.from_id
    ), parent as materialized (
        select r.one as parent, r.other as child, r.recorded_at from relation r where r.role = 'parent'
        union all select r.other, r.one, r.recorded_at from relation r where r.role = 'child'
    ), pair as materialized (
        select least(a.age_held, b.age_held, c.held, x.held) as held,
               greatest(m.reported_at, a.linked_at, b.linked_at, c.told_at) as told_at
        from meant m
        join aged a on true
        join aged b on a.id < b.id
        cross join lateral (
            -- Yes (3) by a relation or a child of both, maybe (2) by another relative or the category, else not told.
            select coalesce(max(s.held), 1) as held, min(s.at) filter (where s.held = 3) as told_at
            from (select case when r.role = any (m.relations) then 3 when r.role = any (m.unsure) then 2 else 0 end,
                         r.recorded_at
                  from relation r where (r.one, r.other) in ((a.id, b.id), (b.id, a.id))
                  union all
                  select 3, greatest(p.recorded_at, q.recorded_at)
                  from parent p join parent q on q.child = p.child
                  where m.shared_child and p.parent = a.id and q.parent = b.id
                  union all select 2, null where m.domestic) s(held, at)
        ) c
        cross join lateral (
            select case when y.sided and (y.named or m.between_people) then 3
                        when y.named or y.sided or m.domestic then 2 else 1 end as held
            from (select (a.does and b.suffers) or (a.suffers and b.does) as sided, m.behaviours ?| m.known as named) y
        ) x
    ), best as (
        select p.held, min(p.told_at) as told_at from pair p where p.held >= 2
        group by p.held order by p.held desc limit 1
    )
    select case when b.held = 3 then 'qualifies' when b.held = 2 or m.domestic then 'may' else 'not' end,
           coalesce(b.told_at, m.classed_at, m.reported_at)
    from meant m left join best b on true
$answer$;
"""


BIRTHDAY = """
-- The day on which somebody reaches an age; who was born on 29 February reaches it on 1 March of a common year.
create or replace function iops.birthday(born date, years integer) returns date
language sql immutable strict parallel safe as $birthday$
    select x.day + case when extract(day from x.day) <> extract(day from born) then 1 else 0 end
    from (select (born + make_interval(years => years))::date as day) x
$birthday$;
"""

NOTING = """
-- The definition reads people, births and relations, which stand in POLE: what changes there settles the incidents of
-- those people. One row of note a statement, as everywhere.
create or replace function iops.note_incidents_of(people bigint[]) returns void
language sql security definer set search_path = pg_catalog, public, iops, pg_temp as $note$
    insert into obligations_noted (subject, ids, closing)
    select 'incident', array_agg(distinct l.to_id), false
    from unnest(iops.same_people(people)) n(id)
    join pole_link l on l.from_kind = 'person' and l.from_id = n.id and l.to_kind = 'incident'
    having count(*) > 0
$note$;

create or replace function iops.links_note_incidents() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $links$
declare
    people bigint[];
begin
    insert into obligations_noted (subject, ids, closing)
    select 'incident', array_agg(distinct l.to_id), false
    from written l where l.from_kind = 'person' and l.to_kind = 'incident' having count(*) > 0;
    select array_agg(distinct x.id) into people
    from written l, unnest(array[l.from_id, l.to_id]) x(id) where l.from_kind = 'person' and l.to_kind = 'person';
    if people is not null then
        perform iops.note_incidents_of(people);
    end if;
    return null;
end $links$;
drop trigger if exists c_note_incidents_new on pole_link;
create trigger c_note_incidents_new after insert on pole_link referencing new table as written
for each statement execute function iops.links_note_incidents();
drop trigger if exists c_note_incidents_changed on pole_link;
create trigger c_note_incidents_changed after update on pole_link referencing new table as written
for each statement execute function iops.links_note_incidents();

create or replace function iops.births_note_incidents() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $births$
declare
    people bigint[];
begin
    select array_agg(distinct b.person_id) into people from written b;
    if people is not null then
        perform iops.note_incidents_of(people);
    end if;
    return null;
end $births$;
drop trigger if exists c_note_incidents_new on pole_birth;
create trigger c_note_incidents_new after insert on pole_birth referencing new table as written
for each statement execute function iops.births_note_incidents();
drop trigger if exists c_note_incidents_changed on pole_birth;
create trigger c_note_incidents_changed after update on pole_birth referencing new table as written
for each statement execute function iops.births_note_incidents();

create or replace function iops.identity_notes_incidents() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $identity$
declare
    people bigint[];
begin
    select array_agg(distinct x.id) into people from made m, unnest(array[m.one_id, m.other_id]) x(id);
    if people is not null then
        perform iops.note_incidents_of(people);
    end if;
    return null;
end $identity$;
-- After the identities have been made anew (b_identity_follows).
drop trigger if exists c_note_incidents on pole_identitydecision;
create trigger c_note_incidents after insert on pole_identitydecision referencing new table as made
for each statement execute function iops.identity_notes_incidents();
"""
