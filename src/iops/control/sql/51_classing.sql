-- What rules may see of classing and of closings. Columns are described in rulebook/data/facts/.

-- What the definition of domestic abuse in force says of an incident. Stands in for the one that the installer makes of
-- the definitions (classing/install.py), so that views can be made of it before.
create or replace function iops.da_answer(wanted bigint) returns table (answer text, told_at timestamptz)
language sql stable strict as $$ select null::text, null::timestamptz where false $$;

-- The codes of domestic categories, of every edition; likewise.
create or replace function iops.domestic_categories() returns text[]
language sql immutable parallel safe as $$ select '{}'::text[] $$;

drop view if exists facts.incident__classing cascade;
create view facts.incident__classing with (security_invoker = true) as
select i.id, a.answer as da_answer, a.told_at as da_told_at,
       d.at as da_decided_at, d.answer as da_decided_on, d.domestic as da_decided
from control_incident i
cross join lateral (
    -- Only where something points to it: somebody is a suspect, a behaviour was named, or the category is a domestic one.
    -- The function is strict, so that for all other incidents it is not run; this is read whenever an incident is settled.
    select case when exists (select from pole_link l where l.to_kind = 'incident' and l.to_id = i.id
                                                       and l.from_kind = 'person' and l.role in ('suspect', 'offender'))
                  or exists (select from control_classing c where c.incident_id = i.id
                                  and (c.behaviours <> '[]' or c.category = any (iops.domestic_categories()))) then i.id end as id
    offset 0
) pointed
left join lateral iops.da_answer(pointed.id) a on true
left join lateral (
    select x.at, x.answer, x.domestic from control_domesticdecision x
    where x.incident_id = pointed.id order by x.at desc, x.id desc limit 1
) d on true;

drop view if exists facts.closing cascade;
create view facts.closing with (security_invoker = true) as
select c.id, c.incident_id, c.at as closed_at, c.sampled, k.at as checked_at, k.verdict,
       -- A closing stands until the incident is opened again; closed anew, it is another closing.
       i.closed_at is not null and not exists (select from control_closing later where later.incident_id = c.incident_id
                                               and (later.at, later.id) > (c.at, c.id)) as stands,
       i.district_id, (case when i.domestic then 60 else 30 end)::integer as risk, i.restricted
from control_closing c
join control_incident i on i.id = c.incident_id
left join control_closurecheck k on k.closing_id = c.id;

-- The key of the draw of closures that are checked. It is made once, belongs to the owner, and the application cannot
-- read it: who closes an incident cannot know whether it will be drawn.
create table if not exists control_drawkey (only_one boolean primary key default true check (only_one), key text not null);
insert into control_drawkey (key)
select gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text
where not exists (select from control_drawkey);
