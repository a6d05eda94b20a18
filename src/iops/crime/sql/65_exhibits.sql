-- Property and exhibits: the chain of custody as the database holds it, whoever writes.

-- Where an exhibit is now: the last movement of its chain.
drop view if exists iops.exhibit_now cascade;
create view iops.exhibit_now with (security_invoker = true) as
select distinct on (m.exhibit_id) m.exhibit_id, m.id as move_id, m.step, m.movement, m.to_user_id, m.to_store_id,
       m.to_body, m.shelf, m.at
from crime_exhibitmove m order by m.exhibit_id, m.step desc;
grant select on iops.exhibit_now to iops_app;

-- An exhibit of a crime is of that crime's incident, and its chain begins with its seizure in the same transaction.
create or replace function iops.exhibit_fits() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $fits$
begin
    if new.crime_id is not null and not exists (
        select from crime_crime c where c.id = new.crime_id and c.incident_id = new.incident_id) then
        raise exception 'The exhibit is of another incident than its crime.' using errcode = 'IO409';
    end if;
    if new.seized_at > iops.now() then
        raise exception 'It cannot have been seized at a time to come.' using errcode = 'IO409';
    end if;
    return new;
end $fits$;
drop trigger if exists a_exhibit_fits on crime_exhibit;
create trigger a_exhibit_fits before insert on crime_exhibit for each row execute function iops.exhibit_fits();

create or replace function iops.exhibit_begins() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $begins$
begin
    insert into crime_exhibitmove (exhibit_id, step, movement, from_body, to_user_id, to_body, shelf, seal_whole, reason,
                                   at, by_id)
    values (new.id, 1, 'seized', '', new.seized_by_id, '', '', true, 'Seized', new.seized_at, new.by_id);
    return null;
end $begins$;
drop trigger if exists b_exhibit_begins on crime_exhibit;
create trigger b_exhibit_begins after insert on crime_exhibit for each row execute function iops.exhibit_begins();

-- Each link follows the last one: from where that ended, not before it, and nothing follows a release or destruction.
create or replace function iops.exhibit_chain() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $chain$
declare last crime_exhibitmove;
begin
    -- One at a time: of two that follow the same link the second is refused.
    perform from crime_exhibit e where e.id = new.exhibit_id for no key update;
    select * into last from crime_exhibitmove m where m.exhibit_id = new.exhibit_id order by m.step desc limit 1;
    if last.id is null then
        if new.movement <> 'seized' then
            raise exception 'A chain of custody begins with the seizure.' using errcode = 'IO409';
        end if;
        new.step := 1;
        return new;
    end if;
    if last.movement in ('released', 'destroyed') then
        raise exception 'It was % already: nothing moves after that.', last.movement using errcode = 'IO409';
    end if;
    if new.before_id is distinct from last.id then
        raise exception 'Another movement came in between.' using errcode = 'IO409',
            hint = 'Look where it is now, then move it from there.';
    end if;
    if (new.from_user_id, new.from_store_id, new.from_body)
       is distinct from (last.to_user_id, last.to_store_id, last.to_body) then
        raise exception 'It is not where this movement takes it from.' using errcode = 'IO409',
            hint = 'Look where it is now, then move it from there.';
    end if;
    if new.at < last.at then
        raise exception 'The last movement was later than that.' using errcode = 'IO409', hint = 'Check the time.';
    end if;
    if new.at > iops.now() then
        raise exception 'That time has not come yet.' using errcode = 'IO409', hint = 'Check the time.';
    end if;
    if new.movement in ('released', 'destroyed') then
        perform iops.exhibit_may_end(new.exhibit_id, new.movement, new.by_id, new.authority_id, new.witness_id);
    end if;
    new.step := last.step + 1;
    return new;
end $chain$;

-- A release or a destruction: nothing keeps it, a supervisor who does not carry it out allows it, somebody else sees it.
create or replace function iops.exhibit_may_end(
    exhibit bigint, how text, who bigint, authority bigint, witness bigint
) returns void
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $end$
declare kept text;
begin
    select string_agg(distinct r.reason, ', ') into kept from crime_retention r
    where r.exhibit_id = exhibit and not exists (select from crime_retentionreview v where v.retention_id = r.id);
    if kept is not null then
        raise exception 'It is kept: %.', replace(kept, '_', ' ') using errcode = 'IO409',
            hint = 'Review what it is kept for first.';
    end if;
    if not exists (select from foundation_membership m join foundation_user u on u.id = m.user_id
                   where m.user_id = authority and u.is_active and m.role in ('sergeant', 'inspector')) then
        raise exception 'A supervisor must allow that property is %.', how using errcode = 'IO403';
    end if;
    if how = 'destroyed' and (authority = who or witness in (who, authority)) then
        raise exception 'Whoever destroys it, whoever allows it and whoever sees it are three different people.'
            using errcode = 'IO403';
    end if;
end $end$;
drop trigger if exists a_exhibit_chain on crime_exhibitmove;
create trigger a_exhibit_chain before insert on crime_exhibitmove
for each row execute function iops.exhibit_chain();

-- What has left for ever is neither sealed again nor kept.
create or replace function iops.exhibit_is_here() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $here$
begin
    perform from crime_exhibit e where e.id = new.exhibit_id for no key update;
    if exists (select from crime_exhibitmove m where m.exhibit_id = new.exhibit_id
               and m.movement in ('released', 'destroyed')) then
        raise exception 'It was released or destroyed already.' using errcode = 'IO409';
    end if;
    return new;
end $here$;
do $$
declare one text;
begin
    foreach one in array array['exhibitseal', 'retention'] loop
        execute format('drop trigger if exists a_exhibit_is_here on crime_%s', one);
        execute format('create trigger a_exhibit_is_here before insert on crime_%s
                        for each row execute function iops.exhibit_is_here()', one);
    end loop;
end $$;

-- A review ends a retention of its own exhibit, by a supervisor or a property officer; not by whoever set it.
create or replace function iops.retention_reviewed() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $reviewed$
declare kept crime_retention;
begin
    select * into strict kept from crime_retention r where r.id = new.retention_id;
    new.exhibit_id := kept.exhibit_id;
    if not exists (select from foundation_membership m where m.user_id = new.by_id
                   and m.role in ('sergeant', 'inspector', 'detective')) then
        raise exception 'Retention is reviewed by an investigator or a supervisor.' using errcode = 'IO403';
    end if;
    return new;
end $reviewed$;
drop trigger if exists a_retention_reviewed on crime_retentionreview;
create trigger a_retention_reviewed before insert on crime_retentionreview
for each row execute function iops.retention_reviewed();

drop view if exists facts.exhibit cascade;
create view facts.exhibit with (security_invoker = true) as
select e.id, e.at as booked_at, e.seized_at, i.district_id, i.restricted,
       (case when e.kind in ('weapon', 'drugs', 'cash') then 70 else 40 end)::integer as risk,
       s.at as stored_at,
       case when n.movement = 'sent' then n.at end as sent_at,
       case when n.movement in ('released', 'destroyed') then n.at end as gone_at
from crime_exhibit e
join control_incident i on i.id = e.incident_id
left join lateral (
    -- In a store, or gone for good: then nobody carries it about any more.
    select min(m.at) as at from crime_exhibitmove m
    where m.exhibit_id = e.id and m.movement in ('stored', 'sent', 'released', 'destroyed')
) s on true
left join lateral (
    select m.movement, m.at from crime_exhibitmove m where m.exhibit_id = e.id order by m.step desc limit 1
) n on true;

drop view if exists facts.exhibit_retention cascade;
create view facts.exhibit_retention with (security_invoker = true) as
select r.id, r.exhibit_id, r.at as kept_at, r.reason, r.review_on::timestamp at time zone 'Europe/London' as review_at,
       i.district_id, i.restricted, 40 as risk, v.at as reviewed_at
from crime_retention r
join crime_exhibit e on e.id = r.exhibit_id
join control_incident i on i.id = e.incident_id
left join crime_retentionreview v on v.retention_id = r.id;

drop view if exists facts.stock_difference cascade;
create view facts.stock_difference with (security_invoker = true) as
select d.id, d.check_made_id, d.at as found_at, d.difference, coalesce(s.district_id, 0) as district_id,
       coalesce(i.restricted, false) as restricted, s.id as store_id,
       (case when d.difference = 'missing' then 80 else 50 end)::integer as risk, a.at as answered_at
from crime_stockdifference d
join crime_stockcheck c on c.id = d.check_made_id
join crime_propertystore s on s.id = c.store_id
left join crime_exhibit e on e.id = d.exhibit_id
left join control_incident i on i.id = e.incident_id
left join crime_stockanswer a on a.difference_id = d.id;
