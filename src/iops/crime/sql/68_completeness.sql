-- Which facts a crime has, and of those it has not: whether somebody was asked. See docs/completeness.md.

drop view if exists iops.crime_wish cascade;
drop view if exists iops.crime_party cascade;

-- Whose wish is on record in which crime. One who was not asked has told none.
create view iops.crime_wish with (security_invoker = true) as
select w.crime_id, w.person_id from crime_victimwish w where w.person_id is not null and w.wish <> 'not_asked';

-- Each victim and suspect of each crime once, whatever else they are in it, with everybody decided to be the same.
create view iops.crime_party with (security_invoker = true) as
select distinct on (l.to_id, l.from_id, r.part)
       l.to_id as crime_id, l.from_id as person_id, r.part,
       array(select i.person_id from pole_identity i
             where i.lead_id = (select j.lead_id from pole_identity j where j.person_id = l.from_id)
             union select l.from_id) as same
from pole_link l
cross join lateral (
    select case when l.role in ('victim', 'aggrieved') then 'victim' else 'suspect' end as part
) r
where l.to_kind = 'crime' and l.from_kind = 'person' and l.withdrawn_at is null
  and l.role in ('victim', 'aggrieved', 'suspect', 'offender')
order by l.to_id, l.from_id, r.part, l.id;

-- One row for each fact of each crime, victim and suspect: known, not_known, declined or blank. A value on record is
-- known whatever was answered besides; of the answers the latest of this crime stands.
create view iops.crime_fact with (security_invoker = true) as
select c.id as crime_id, null::bigint as person_id, 'crime'::text as part, f.fact, f.standing
from crime_crime c
cross join lateral (
    values ('code'::text, case when coalesce(
                (select x.code from crime_crimeclassing x where x.crime_id = c.id order by x.id desc limit 1),
                c.code) <> '' then 'known' else 'blank' end),
           ('place', case when exists (select from pole_link l where l.to_kind = 'incident' and l.to_id = c.incident_id
                                       and l.from_kind = 'location' and l.role = 'scene' and l.withdrawn_at is null)
                          then 'known' else 'blank' end),
           ('victim', case when exists (select from pole_link l where l.to_kind = 'crime' and l.to_id = c.id
                                        and l.from_kind in ('person', 'organisation')
                                        and l.role in ('victim', 'aggrieved') and l.withdrawn_at is null)
                           then 'known' else 'blank' end)
) f (fact, standing)
union all
select p.crime_id, p.person_id, p.part, f.fact,
       case when f.known then 'known' else coalesce(n.answer, 'blank') end
from iops.crime_party p
cross join lateral (
    values ('born'::text, exists (select from pole_birth b where b.person_id = any (p.same)
                                  and b.precision = 'full' and b.withdrawn_at is null)),
           ('sex', exists (select from pole_detail d where d.person_id = any (p.same)
                           and d.kind = 'sex' and d.withdrawn_at is null)),
           ('ethnicity', exists (select from pole_detail d where d.person_id = any (p.same)
                                 and d.kind = 'ethnicity_self' and d.withdrawn_at is null)),
           ('address', exists (select from pole_link l where l.from_kind = 'person' and l.from_id = any (p.same)
                               and l.to_kind = 'location' and l.role in ('home', 'stays at')
                               and l.withdrawn_at is null and l.until is null)),
           ('phone', exists (select from pole_link l where l.from_kind = 'person' and l.from_id = any (p.same)
                             and l.to_kind = 'phone' and l.role in ('user', 'subscriber')
                             and l.withdrawn_at is null and l.until is null)),
           ('wish', exists (select from iops.crime_wish w where w.crime_id = p.crime_id
                            and w.person_id = any (p.same)))
) f (fact, known)
left join lateral (
    select x.answer from crime_notstated x
    where x.crime_id = p.crime_id and x.person_id = any (p.same) and x.about = f.fact
    order by x.id desc limit 1
) n on true
where f.fact <> 'wish' or p.part = 'victim';
grant select on iops.crime_wish, iops.crime_party, iops.crime_fact to iops_app;

-- The facts of one crime, as the owner: read through the policies of every kind of record that can be linked, the same
-- question takes the planner longer than everything else on the page. Whoever asks has read the crime itself before, and
-- leaves out the people they may not see; which value a fact has is not told.
create or replace function iops.crime_facts(crime bigint)
returns table (person_id bigint, part text, fact text, standing text)
language plpgsql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $$
begin
    return query
    select f.person_id, f.part, f.fact, f.standing::text from iops.crime_fact f where f.crime_id = crime;
end $$;

-- How many facts of the crimes recorded in a period (first day included, last not) stand how, by district. It runs as
-- the owner, over restricted crimes too: a number must not differ by who asks for it, and none of them names a record.
drop function if exists iops.crime_completeness(timestamptz, timestamptz);
create function iops.crime_completeness(since timestamptz, until timestamptz)
returns table (district bigint, part text, fact text, standing text, many bigint)
language plpgsql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $$
begin
    return query
    select i.district_id, f.part, f.fact, f.standing::text, count(*)
    from crime_crime c
    join control_incident i on i.id = c.incident_id
    -- "offset 0" keeps the question one of each crime: otherwise the parties of every crime ever recorded are made first.
    cross join lateral (select x.* from iops.crime_fact x where x.crime_id = c.id offset 0) f
    where c.recorded_at >= since and c.recorded_at < until
    group by i.district_id, f.part, f.fact, f.standing::text;
end $$;

-- How many crimes of the period have exactly which facts blank, by district: of these follows for each purpose how many
-- lack nothing that it needs. As the owner, for the same reason.
drop function if exists iops.crime_blanks(timestamptz, timestamptz);
create function iops.crime_blanks(since timestamptz, until timestamptz)
returns table (district bigint, blanks text[], many bigint)
language plpgsql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $$
begin
    return query
    with held as (
        select i.district_id,
               coalesce(array_agg(distinct f.part || '.' || f.fact order by f.part || '.' || f.fact)
                        filter (where f.standing = 'blank'), '{}') as lacks
        from crime_crime c
        join control_incident i on i.id = c.incident_id
        cross join lateral (select x.* from iops.crime_fact x where x.crime_id = c.id offset 0) f
        where c.recorded_at >= since and c.recorded_at < until
        group by c.id, i.district_id
    )
    select h.district_id, h.lacks, count(*) from held h group by h.district_id, h.lacks;
end $$;
