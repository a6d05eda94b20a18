-- What the database holds of suspects, whoever writes and by whatever route; who is wanted and where each suspect stands,
-- which nobody writes.

-- Whether somebody is linked to the crime as suspect or offender, under this or another of their nominals.
create or replace function iops.crime_is_suspect(crime bigint, who bigint) returns boolean
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $$
    select exists (select from pole_link l where l.to_kind = 'crime' and l.to_id = crime and l.from_kind = 'person'
                   and l.from_id = any (iops.same_person(who))
                   and l.role in ('suspect', 'offender') and l.withdrawn_at is null);
$$;

create or replace function iops.user_holds(who bigint, roles text[]) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select exists (select from foundation_membership m join foundation_user u on u.id = m.user_id
                   where m.user_id = who and m.role = any (roles) and u.is_active);
$$;

-- Whether somebody was arrested for the crime, under any of their nominals, after a moment. A definer, so that an arrest
-- the asker may not see takes the name off all the same.
create or replace function iops.crime_arrested_since(crime bigint, who bigint, since timestamptz) returns boolean
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $$
    select exists (select from crime_arrest a where a.crime_id = crime and a.at > since
                   and a.person_id = any (iops.same_person(who)));
$$;

-- Who is wanted now. A name leaves only by an arrest for that crime after it was put here (taken or surrendered), or by
-- a cancellation. An arrest for another crime, a withdrawn link, a charge or an outcome takes nobody off.
create or replace view iops.wanted with (security_invoker = true) as
select w.id, w.crime_id, w.person_id, w.reason, w.at, w.by_id,
       i.district_id, iops.crime_is_domestic(w.crime_id) as domestic
from crime_suspectwanted w
join crime_crime c on c.id = w.crime_id
join control_incident i on i.id = c.incident_id
where not exists (select from crime_wantedcancelled x where x.wanted_id = w.id)
  and not iops.crime_arrested_since(w.crime_id, w.person_id, w.at);
grant select on iops.wanted to iops_app;

-- Every step with every suspect, in the words in which it leaves them.
create or replace view iops.suspect_step with (security_invoker = true) as
select crime_id, person_id, at, id, 1 as rank, 'in custody'::text as standing from crime_arrest
union all select crime_id, person_id, at, id, 2, 'interviewed, not arrested' from crime_voluntaryinterview
union all select crime_id, person_id, at, id, 3,
                 case when conditions = '' then 'on bail without conditions' else 'on bail with conditions' end
          from crime_bail
union all select b.crime_id, b.person_id, e.at, e.id, 4,
                 case e.how when 'answered' then 'in custody' when 'broken' then 'broke bail' else 'bail cancelled' end
          from crime_bailended e join crime_bail b on b.id = e.bail_id
union all select crime_id, person_id, at, id, 5, 'released under investigation' from crime_releasedunderinvestigation
union all select crime_id, person_id, at, id, 6, 'no further action' from crime_nofurtheraction
union all select crime_id, person_id, at, id, 7,
                 case when remanded then 'charged, in custody' else 'charged' end from crime_charge
union all select crime_id, person_id, at, id, 8, replace(kind, '_', ' ') from crime_outofcourtdisposal;
grant select on iops.suspect_step to iops_app;

-- Where each suspect of each crime stands now: wanted before all else, else as the last step left them.
create or replace view iops.suspect_now with (security_invoker = true) as
select l.to_id as crime_id, l.from_id as person_id,
       case when exists (select from iops.wanted w where w.crime_id = l.to_id
                         and w.person_id = any (iops.same_person(l.from_id))) then 'wanted'
            else coalesce(s.standing, 'named') end as standing,
       s.at as since
from (select distinct x.to_id, x.from_id from pole_link x
      where x.to_kind = 'crime' and x.from_kind = 'person' and x.role in ('suspect', 'offender')
        and x.withdrawn_at is null) l
left join lateral (
    select y.standing, y.at from iops.suspect_step y
    where y.crime_id = l.to_id and y.person_id = any (iops.same_person(l.from_id))
    order by y.at desc, y.rank desc, y.id desc limit 1
) s on true;
grant select on iops.suspect_now to iops_app;

-- Only a suspect of the crime: nothing is dated in the future.
create or replace function iops.crime_suspect_fits() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $fits$
begin
    perform from crime_crime c where c.id = new.crime_id for no key update;
    if not iops.crime_is_suspect(new.crime_id, new.person_id) then
        raise exception 'That person is not a suspect of this crime.' using errcode = 'IO409',
            hint = 'Link them to the crime as suspect first.';
    end if;
    if new.at > iops.now() then
        raise exception 'That moment has not come yet.' using errcode = 'IO409', hint = 'Give the time it happened.';
    end if;
    return new;
end $fits$;
do $$
declare one text;
begin
    foreach one in array array['suspectwanted', 'arrest', 'voluntaryinterview', 'bail', 'releasedunderinvestigation',
                               'nofurtheraction', 'charge', 'outofcourtdisposal'] loop
        execute format('drop trigger if exists a_suspect_fits on crime_%s', one);
        execute format('create trigger a_suspect_fits before insert on crime_%s
                        for each row execute function iops.crime_suspect_fits()', one);
    end loop;
end $$;

create or replace function iops.suspect_wanted_once() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $once$
begin
    -- Now, by the clock of the force: a name put on the list is there from this moment.
    new.at := iops.now();
    if exists (select from crime_suspectwanted w where w.crime_id = new.crime_id
               and w.person_id = any (iops.same_person(new.person_id))
               and not exists (select from crime_wantedcancelled x where x.wanted_id = w.id)
               and not iops.crime_arrested_since(w.crime_id, w.person_id, w.at)) then
        raise exception 'That person is wanted for this crime already.' using errcode = 'IO409';
    end if;
    return new;
end $once$;
drop trigger if exists b_suspect_wanted_once on crime_suspectwanted;
create trigger b_suspect_wanted_once before insert on crime_suspectwanted
for each row execute function iops.suspect_wanted_once();

create or replace function iops.arrest_is_written() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $written$
begin
    new.recorded_at := iops.now();
    return new;
end $written$;
drop trigger if exists b_arrest_is_written on crime_arrest;
create trigger b_arrest_is_written before insert on crime_arrest
for each row execute function iops.arrest_is_written();

-- An inspector, and nobody else, takes a name off the wanted list without an arrest.
create or replace function iops.wanted_cancel_authorised() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $who$
begin
    if not exists (select from crime_suspectwanted w where w.id = new.wanted_id and w.crime_id = new.crime_id) then
        raise exception 'Nobody is wanted so for this crime.' using errcode = 'IO409';
    end if;
    if not iops.user_holds(new.by_id, array['inspector']) then
        raise exception 'An inspector authorises that somebody is no longer wanted.' using errcode = 'IO403';
    end if;
    return new;
end $who$;
drop trigger if exists a_wanted_cancel_authorised on crime_wantedcancelled;
create trigger a_wanted_cancel_authorised before insert on crime_wantedcancelled
for each row execute function iops.wanted_cancel_authorised();

-- A release, with bail or without, follows an arrest of that person for that crime.
create or replace function iops.release_follows_arrest() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $follows$
begin
    if not exists (select from crime_arrest a where a.id = new.arrest_id and a.crime_id = new.crime_id
                   and a.person_id = any (iops.same_person(new.person_id)) and a.at <= new.at) then
        raise exception 'That is no arrest of them for this crime before the release.' using errcode = 'IO409';
    end if;
    return new;
end $follows$;
drop trigger if exists b_release_follows_arrest on crime_bail;
create trigger b_release_follows_arrest before insert on crime_bail
for each row execute function iops.release_follows_arrest();
drop trigger if exists b_release_follows_arrest on crime_releasedunderinvestigation;
create trigger b_release_follows_arrest before insert on crime_releasedunderinvestigation
for each row execute function iops.release_follows_arrest();

-- Bail before charge: each authority for so many months from the arrest (iops.bail_months is made of the rulebook),
-- granted by who holds it; what is extended or varied is the last bail of that arrest, and still runs.
create or replace function iops.bail_authorised() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $bail$
declare
    arrested timestamptz;
    months integer;
    last bigint;
begin
    select a.at into arrested from crime_arrest a where a.id = new.arrest_id;
    select b.id into last from crime_bail b where b.arrest_id = new.arrest_id
       and not exists (select from crime_bail n where n.before_id = b.id);
    if new.before_id is distinct from last then
        raise exception 'That is not the last bail of this arrest.' using errcode = 'IO409';
    end if;
    if exists (select from crime_bailended e where e.bail_id = last) then
        raise exception 'That bail has ended.' using errcode = 'IO409', hint = 'A new arrest begins a new one.';
    end if;
    if new.authority = 'custody_officer' and not iops.user_holds(new.by_id, array['sergeant', 'inspector'])
       or new.authority <> 'custody_officer' and not iops.user_holds(new.by_id, array['inspector']) then
        raise exception 'Bail by that authority is not yours to put on record.' using errcode = 'IO403',
            hint = 'A custody officer is a sergeant; beyond that an inspector puts it on record.';
    end if;
    months := iops.bail_months(new.authority, iops.local_date(new.at));
    if months is not null and new.until > iops.local_midnight(
            (iops.local_date(arrested) + make_interval(months => months))::date + 1) then
        raise exception '% may bail for % months from the arrest at most.', initcap(replace(new.authority, '_', ' ')),
            months using errcode = 'IO409', hint = 'Ask the next authority, or set an earlier day.';
    end if;
    return new;
end $bail$;
drop trigger if exists c_bail_authorised on crime_bail;
create trigger c_bail_authorised before insert on crime_bail for each row execute function iops.bail_authorised();

-- The midnight at which a local day begins.
create or replace function iops.local_midnight(day date) returns timestamptz
language sql immutable parallel safe as $$ select day::timestamp at time zone 'Europe/London' $$;

create or replace function iops.bail_end_fits() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $fits$
declare ended crime_bail;
begin
    select * into strict ended from crime_bail b where b.id = new.bail_id;
    new.crime_id := ended.crime_id;
    if exists (select from crime_bail n where n.before_id = new.bail_id) then
        raise exception 'That bail was extended or varied: end the last one.' using errcode = 'IO409';
    end if;
    if new.at < ended.at or new.at > iops.now() then
        raise exception 'Bail ends after it began, and not at a time to come.' using errcode = 'IO409';
    end if;
    return new;
end $fits$;
drop trigger if exists a_bail_end_fits on crime_bailended;
create trigger a_bail_end_fits before insert on crime_bailended for each row execute function iops.bail_end_fits();

-- What carries no condition that protects anybody, and what ends a case out of court, an inspector decides of domestic
-- abuse.
create or replace function iops.for_abuse_an_inspector() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $who$
begin
    if iops.crime_is_domestic(new.crime_id) and not iops.user_holds(new.by_id, array['inspector']) then
        raise exception 'For domestic abuse an inspector authorises %.',
            case tg_table_name when 'crime_releasedunderinvestigation' then 'release under investigation'
                               else 'a disposal out of court' end
            using errcode = 'IO403', hint = 'Consider bail with conditions, or ask an inspector.';
    end if;
    return new;
end $who$;
drop trigger if exists d_for_abuse_an_inspector on crime_releasedunderinvestigation;
create trigger d_for_abuse_an_inspector before insert on crime_releasedunderinvestigation
for each row execute function iops.for_abuse_an_inspector();
drop trigger if exists d_for_abuse_an_inspector on crime_outofcourtdisposal;
create trigger d_for_abuse_an_inspector before insert on crime_outofcourtdisposal
for each row execute function iops.for_abuse_an_inspector();

create or replace function iops.release_reviewed() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $reviewed$
begin
    select r.crime_id into strict new.crime_id from crime_releasedunderinvestigation r where r.id = new.release_id;
    if not iops.user_holds(new.by_id, array['sergeant', 'inspector']) then
        raise exception 'A supervisor reviews a release under investigation.' using errcode = 'IO403';
    end if;
    return new;
end $reviewed$;
drop trigger if exists a_release_reviewed on crime_releasereview;
create trigger a_release_reviewed before insert on crime_releasereview
for each row execute function iops.release_reviewed();

create or replace function iops.hearing_fits() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $fits$
begin
    select c.crime_id into strict new.crime_id from crime_charge c where c.id = new.charge_id;
    return new;
end $fits$;
drop trigger if exists a_hearing_fits on crime_hearing;
create trigger a_hearing_fits before insert on crime_hearing for each row execute function iops.hearing_fits();

-- Until when something must be decided of somebody on bail: it runs until it is extended, ended, or they are charged,
-- dealt with or told of no further action.
drop view if exists facts.bail cascade;
create view facts.bail with (security_invoker = true) as
select b.id, b.crime_id, b.at as bailed_at, b.until - interval '7 days' as decide_from, b.until as until_at,
       i.district_id, i.restricted, (case when i.domestic then 80 else 50 end)::integer as risk, d.at as decided_at
from crime_bail b
join crime_crime c on c.id = b.crime_id
join control_incident i on i.id = c.incident_id
left join lateral (
    select min(x.at) as at from (
        select n.at from crime_bail n where n.before_id = b.id
        union all select e.at from crime_bailended e where e.bail_id = b.id
        union all select s.at from iops.suspect_step s
                  where s.crime_id = b.crime_id and s.person_id = b.person_id and s.at >= b.at and s.rank >= 5
    ) x
) d on true;

drop view if exists facts.suspect_release cascade;
create view facts.suspect_release with (security_invoker = true) as
select r.id, r.crime_id, r.at as released_at, i.district_id, i.restricted,
       (case when i.domestic then 80 else 50 end)::integer as risk,
       least(v.first_at, d.at) as reviewed_28_at, least(v.second_at, d.at) as reviewed_56_at,
       least(v.third_at, d.at) as reviewed_84_at
from crime_releasedunderinvestigation r
join crime_crime c on c.id = r.crime_id
join control_incident i on i.id = c.incident_id
left join lateral (
    -- What ends the release ends its clocks.
    select min(s.at) as at from iops.suspect_step s
    where s.crime_id = r.crime_id and s.person_id = r.person_id and (s.at >= r.at and s.rank >= 6 or s.at > r.at and s.rank in (1, 3))
) d on true
left join lateral (
    select min(x.at) filter (where x.nth = 1) as first_at, min(x.at) filter (where x.nth = 2) as second_at,
           min(x.at) filter (where x.nth = 3) as third_at
    from (select y.at, row_number() over (order by y.at, y.id) as nth
          from crime_releasereview y where y.release_id = r.id) x
) v on true;
