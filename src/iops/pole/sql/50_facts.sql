-- What rules may see of POLE. Columns are described in rulebook/data/facts/.

drop view if exists facts.warning_marker cascade;
create view facts.warning_marker with (security_invoker = true) as
select m.id, m.proposed_at, m.decided_at, m.confirmed, m.ended_at, m.severity,
       -- Local midnight at the start of the day of review: a marker is late from the end of that day.
       (m.review_on::timestamp at time zone 'Europe/London') as review_at,
       ((m.expires_on + 1)::timestamp at time zone 'Europe/London') as expires_at,
       coalesce(l.district_id, t.district_id, 0) as district_id,
       (case m.severity when 'grave' then 90 when 'serious' then 60 else 40 end)::integer as risk,
       coalesce(p.restricted, l.restricted, false) as restricted
from pole_warningmarker m
left join pole_person p on p.id = m.person_id
left join pole_location l on l.id = m.location_id
left join foundation_team t on t.id = m.owner_id;

-- A person or place that becomes restricted, or is so no longer, takes the duties on its warnings along: they bear a
-- copy of the restriction, and are settled again as if each warning had been written anew.
create or replace function iops.warnings_follow_person() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $follow$
begin
    update pole_warningmarker m set review_on = m.review_on
    from changed n join was o on o.id = n.id
    where m.person_id = n.id and n.restricted is distinct from o.restricted;
    return null;
end $follow$;
drop trigger if exists d_warnings_follow on pole_person;
create trigger d_warnings_follow after update on pole_person referencing old table as was new table as changed
for each statement execute function iops.warnings_follow_person();

create or replace function iops.warnings_follow_location() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $follow$
begin
    update pole_warningmarker m set review_on = m.review_on
    from changed n join was o on o.id = n.id
    where m.location_id = n.id
      and (n.restricted is distinct from o.restricted or n.district_id is distinct from o.district_id);
    return null;
end $follow$;
drop trigger if exists d_warnings_follow on pole_location;
create trigger d_warnings_follow after update on pole_location referencing old table as was new table as changed
for each statement execute function iops.warnings_follow_location();
