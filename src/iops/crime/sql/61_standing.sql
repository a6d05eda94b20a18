-- What stands of each crime now (crime_standing): the lists are read from it, so that a million crimes cost no more than
-- a page. Kept by the transaction that writes a fact of the crime.

drop view if exists iops.crime_stands_now cascade;
create view iops.crime_stands_now with (security_invoker = true) as
select c.id as crime_id, c.incident_id, i.district_id, coalesce(k.crime_class, c.crime_class) as crime_class,
       o.user_id as owner_id, o.team_id,
       case when e.outcome is not null then 'outcome' when e.category is not null then 'removed' else 'open' end as state,
       coalesce(e.outcome, e.category, '') as ending, c.recorded_at
from crime_crime c
join control_incident i on i.id = c.incident_id
left join lateral (select x.crime_class from crime_crimeclassing x where x.crime_id = c.id
                   order by x.id desc limit 1) k on true
left join lateral (select x.user_id, x.team_id from crime_crimeowner x where x.crime_id = c.id
                   order by x.id desc limit 1) o on true
left join lateral (
    -- At most one ending stands (60_life.sql).
    select x.outcome, x.category from (
        select y.code as outcome, null as category from crime_crimeoutcome y
        where y.crime_id = c.id and not exists (select from crime_reopening z where z.outcome_id = y.id)
        union all
        select null, y.category from crime_crimecancellation y
        where y.crime_id = c.id and not exists (select from crime_reopening z where z.cancellation_id = y.id)
    ) x limit 1
) e on true;
grant select on iops.crime_stands_now to iops_app;

-- Writes anew what stands of these crimes. Each is locked first: whoever moves its incident to another district meanwhile
-- locks it too, so that whoever commits last has seen what the other did.
create or replace function iops.crimes_stand(ids bigint[]) returns void
language sql security definer set search_path = pg_catalog, public, iops, pg_temp as $stand$
    select from crime_crime c where c.id = any(ids) order by c.id for no key update;
    insert into crime_crimestanding
           (crime_id, incident_id, district_id, crime_class, owner_id, team_id, state, ending, recorded_at)
    select v.crime_id, v.incident_id, v.district_id, v.crime_class, v.owner_id, v.team_id, v.state, v.ending,
           v.recorded_at
    from unnest(ids) x(id) join iops.crime_stands_now v on v.crime_id = x.id
    on conflict (crime_id) do update set
        incident_id = excluded.incident_id, district_id = excluded.district_id, crime_class = excluded.crime_class,
        owner_id = excluded.owner_id, team_id = excluded.team_id, state = excluded.state, ending = excluded.ending
$stand$;

create or replace function iops.crime_stands() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $stands$
begin
    perform iops.crimes_stand(array(select distinct n.crime_id from new_rows n order by 1));
    return null;
end $stands$;

create or replace function iops.crime_begins_to_stand() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $begins$
begin
    perform iops.crimes_stand(array(select n.id from new_rows n order by 1));
    return null;
end $begins$;

create or replace function iops.crime_moves_district() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $moves$
declare
    ids bigint[] := array(select c.id from crime_crime c where c.incident_id = new.id order by c.id);
begin
    if cardinality(ids) > 0 then
        perform iops.crimes_stand(ids);
        perform iops.open_crimes_stand(ids);
    end if;
    return null;
end $moves$;

-- A crime that is being recorded is seen by whoever moves its incident: one of the two waits for the other.
create or replace function iops.crime_waits_for_incident() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $waits$
begin
    perform from control_incident i where i.id = new.incident_id for no key update;
    return new;
end $waits$;
drop trigger if exists a_crime_waits_for_incident on crime_crime;
create trigger a_crime_waits_for_incident before insert on crime_crime
for each row execute function iops.crime_waits_for_incident();

do $$
declare one text;
begin
    foreach one in array array['crimeclassing', 'crimeowner', 'crimeoutcome', 'crimecancellation', 'reopening'] loop
        execute format('drop trigger if exists s_crime_stands on crime_%s', one);
        execute format('create trigger s_crime_stands after insert on crime_%s referencing new table as new_rows
                        for each statement execute function iops.crime_stands()', one);
    end loop;
end $$;
drop trigger if exists s_crime_begins_to_stand on crime_crime;
create trigger s_crime_begins_to_stand after insert on crime_crime referencing new table as new_rows
for each statement execute function iops.crime_begins_to_stand();
drop trigger if exists s_crime_moves_district on control_incident;
create trigger s_crime_moves_district after update of district_id on control_incident
for each row when (old.district_id is distinct from new.district_id) execute function iops.crime_moves_district();

-- Crimes that were recorded before this table was.
select iops.crimes_stand(array(
    select c.id from crime_crime c
    where not exists (select from crime_crimestanding s where s.crime_id = c.id)));
