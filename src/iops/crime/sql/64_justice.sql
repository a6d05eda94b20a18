-- What the database holds of suspects, whoever writes and by whatever route; and who is wanted, which nobody writes.

-- Whether somebody is linked to the crime as suspect or offender, under this or another of their nominals.
create or replace function iops.crime_is_suspect(crime bigint, who bigint) returns boolean
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $$
    select exists (select from pole_link l where l.to_kind = 'crime' and l.to_id = crime and l.from_kind = 'person'
                   and l.from_id = any (iops.same_person(who))
                   and l.role in ('suspect', 'offender') and l.withdrawn_at is null);
$$;

create or replace function iops.crime_by_inspector(who bigint) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select exists (select from foundation_membership m join foundation_user u on u.id = m.user_id
                   where m.user_id = who and m.role = 'inspector' and u.is_active);
$$;

create or replace function iops.crime_is_domestic(crime bigint) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select exists (select from crime_crime c join control_incident i on i.id = c.incident_id
                   where c.id = crime and i.domestic)
        or exists (select from crime_crimeflag f
                   where f.crime_id = crime and f.flag = 'domestic abuse' and f.removed_at is null);
$$;

-- Whether somebody was arrested for the crime, under any of their nominals, at or after a moment. A definer, so that an
-- arrest the asker may not see takes the name off all the same.
create or replace function iops.crime_arrested_since(crime bigint, who bigint, since timestamptz) returns boolean
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $$
    select exists (select from crime_arrest a where a.crime_id = crime and a.at >= since
                   and a.person_id = any (iops.same_person(who)));
$$;

-- Who is wanted now. A name leaves only by an arrest for that crime at or after it was put here (taken or surrendered),
-- or by a cancellation. An arrest for another crime, a withdrawn link or an outcome takes nobody off.
create or replace view iops.wanted with (security_invoker = true) as
select w.id, w.crime_id, w.person_id, w.reason, w.at, w.by_id,
       i.district_id, iops.crime_is_domestic(w.crime_id) as domestic
from crime_suspectwanted w
join crime_crime c on c.id = w.crime_id
join control_incident i on i.id = c.incident_id
where not exists (select from crime_wantedcancelled x where x.wanted_id = w.id)
  and not iops.crime_arrested_since(w.crime_id, w.person_id, w.at);
grant select on iops.wanted to iops_app;

-- Only a suspect of the crime is wanted or arrested for it; neither is dated in the future; nobody is wanted twice.
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
    if tg_table_name = 'crime_suspectwanted' then
        if exists (select from crime_suspectwanted w where w.crime_id = new.crime_id
                   and w.person_id = any (iops.same_person(new.person_id))
                   and not exists (select from crime_wantedcancelled x where x.wanted_id = w.id)
                   and not iops.crime_arrested_since(w.crime_id, w.person_id, w.at)) then
            raise exception 'That person is wanted for this crime already.' using errcode = 'IO409';
        end if;
    else
        new.recorded_at := iops.now();
    end if;
    return new;
end $fits$;
drop trigger if exists a_suspect_fits on crime_suspectwanted;
create trigger a_suspect_fits before insert on crime_suspectwanted
for each row execute function iops.crime_suspect_fits();
drop trigger if exists a_suspect_fits on crime_arrest;
create trigger a_suspect_fits before insert on crime_arrest for each row execute function iops.crime_suspect_fits();

-- An inspector, and nobody else, takes a name off the wanted list without an arrest.
create or replace function iops.wanted_cancel_authorised() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $who$
begin
    if not exists (select from crime_suspectwanted w where w.id = new.wanted_id and w.crime_id = new.crime_id) then
        raise exception 'Nobody is wanted so for this crime.' using errcode = 'IO409';
    end if;
    if not iops.crime_by_inspector(new.by_id) then
        raise exception 'An inspector authorises that somebody is no longer wanted.' using errcode = 'IO403';
    end if;
    return new;
end $who$;
drop trigger if exists a_wanted_cancel_authorised on crime_wantedcancelled;
create trigger a_wanted_cancel_authorised before insert on crime_wantedcancelled
for each row execute function iops.wanted_cancel_authorised();

-- Release under investigation carries no condition that protects anybody: for domestic abuse an inspector decides it.
create or replace function iops.release_authorised() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $who$
begin
    if not exists (select from crime_arrest a where a.id = new.arrest_id and a.crime_id = new.crime_id
                   and a.at <= new.at) then
        raise exception 'That is no arrest for this crime before the release.' using errcode = 'IO409';
    end if;
    if iops.crime_is_domestic(new.crime_id) and not iops.crime_by_inspector(new.by_id) then
        raise exception 'For domestic abuse an inspector authorises release under investigation.'
            using errcode = 'IO403', hint = 'Consider bail with conditions, or ask an inspector.';
    end if;
    return new;
end $who$;
drop trigger if exists a_release_authorised on crime_releasedunderinvestigation;
create trigger a_release_authorised before insert on crime_releasedunderinvestigation
for each row execute function iops.release_authorised();
