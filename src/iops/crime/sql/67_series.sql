-- Series: a lead crime that is one of its crimes, one owner of all of it, and no crime in two. See docs/series.md.

-- The series of a crime that is open and holds it now, or nothing.
create or replace function iops.crime_series_now(crime bigint) returns bigint
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $now$
    select m.series_id from crime_seriescrime m where m.crime_id = crime and m.stands
$now$;

-- Whoever changes a series waits for whoever else does; a closed one changes no more. Locked before its crimes are,
-- everywhere, so that no two wait for each other.
create or replace function iops.series_is_open(wanted bigint) returns void
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $open$
begin
    perform from crime_series s where s.id = wanted for no key update;
    if exists (select from crime_seriesclosed c where c.series_id = wanted) then
        raise exception 'The series is closed.' using errcode = 'IO409', hint = 'Make a new one.';
    end if;
end $open$;

create or replace function iops.series_crime_fits() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $fits$
begin
    perform iops.series_is_open(new.series_id);
    -- The crime too: one that is being removed is not put into a series meanwhile.
    perform from crime_crime c where c.id = new.crime_id for no key update;
    if exists (select from crime_crimecancellation x where x.crime_id = new.crime_id
               and not exists (select from crime_reopening r where r.cancellation_id = x.id)) then
        raise exception 'A crime that was removed belongs to no series.' using errcode = 'IO409';
    end if;
    if iops.crime_series_now(new.crime_id) is not null then
        raise exception 'The crime stands in a series.' using errcode = 'IO409',
            hint = 'Take it out of that one first, with a reason.';
    end if;
    if not new.stands or new.left_at is not null then
        raise exception 'A crime joins a series before it leaves it.' using errcode = 'IO409';
    end if;
    return new;
end $fits$;
drop trigger if exists a_series_crime_fits on crime_seriescrime;
create trigger a_series_crime_fits before insert on crime_seriescrime
for each row execute function iops.series_crime_fits();

-- Only that it leaves can be said of a crime in a series, once, and never of the one that leads it.
create or replace function iops.series_crime_leaves() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $leaves$
begin
    if (new.id, new.series_id, new.crime_id, new.reason, new.at, new.by_id)
       is distinct from (old.id, old.series_id, old.crime_id, old.reason, old.at, old.by_id)
       or not old.stands or new.stands then
        raise exception 'A crime leaves a series once, and what was said stays.' using errcode = 'IO409';
    end if;
    if new.left_at is null then
        if not exists (select from crime_seriesclosed c where c.series_id = new.series_id) then
            raise exception 'A crime leaves a series with a reason.' using errcode = 'IO409';
        end if;
        return new;
    end if;
    perform iops.series_is_open(new.series_id);
    if new.crime_id = (select l.crime_id from crime_serieslead l where l.series_id = new.series_id
                       order by l.id desc limit 1) then
        raise exception 'The crime leads the series.' using errcode = 'IO409',
            hint = 'Choose another lead crime first, or close the series.';
    end if;
    return new;
end $leaves$;
drop trigger if exists a_series_crime_leaves on crime_seriescrime;
create trigger a_series_crime_leaves before update on crime_seriescrime
for each row execute function iops.series_crime_leaves();

create or replace function iops.series_lead_fits() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $fits$
begin
    perform iops.series_is_open(new.series_id);
    if iops.crime_series_now(new.crime_id) is distinct from new.series_id then
        raise exception 'The lead crime is one of the series.' using errcode = 'IO409',
            hint = 'Put it into the series first.';
    end if;
    return new;
end $fits$;
drop trigger if exists a_series_lead_fits on crime_serieslead;
create trigger a_series_lead_fits before insert on crime_serieslead
for each row execute function iops.series_lead_fits();

-- Who closes it ends the standing of all its crimes.
create or replace function iops.series_closes() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $closes$
begin
    perform from crime_series s where s.id = new.series_id for no key update;
    update crime_seriescrime m set stands = false where m.series_id = new.series_id and m.stands;
    return null;
end $closes$;
drop trigger if exists b_series_closes on crime_seriesclosed;
create trigger b_series_closes after insert on crime_seriesclosed
for each row execute function iops.series_closes();

create or replace function iops.series_has_lead() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $lead$
begin
    if not exists (select from crime_serieslead l where l.series_id = new.id) then
        raise exception 'A series has a lead crime and an owner.' using errcode = 'IO409';
    end if;
    return null;
end $lead$;
drop trigger if exists z_series_has_lead on crime_series;
create constraint trigger z_series_has_lead after insert on crime_series deferrable initially deferred
for each row execute function iops.series_has_lead();

-- One owner: a crime in a series is given to nobody but the owner of the series.
create or replace function iops.crime_owner_of_series() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $owner$
declare
    about record;
begin
    -- Whoever puts it into a series meanwhile holds this lock.
    perform from crime_crime c where c.id = new.crime_id for no key update;
    select s.title, l.owner_id into about
    from crime_seriescrime m join crime_series s on s.id = m.series_id
    cross join lateral (select x.owner_id from crime_serieslead x where x.series_id = m.series_id
                        order by x.id desc limit 1) l
    where m.crime_id = new.crime_id and m.stands;
    if about.owner_id is not null and new.user_id is distinct from about.owner_id then
        raise exception 'The crime is in the series %, which has one owner.', about.title using errcode = 'IO409',
            hint = 'Change the owner of the series, or take the crime out of it.';
    end if;
    return new;
end $owner$;
drop trigger if exists c_crime_owner_of_series on crime_crimeowner;
create trigger c_crime_owner_of_series before insert on crime_crimeowner
for each row execute function iops.crime_owner_of_series();

-- A crime that is removed from the record leaves its series; the lead crime is not removed before another one leads.
create or replace function iops.removal_waits_for_series() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $waits$
begin
    perform from crime_series s where s.id = iops.crime_series_now(new.crime_id) for no key update;
    return new;
end $waits$;
drop trigger if exists a_a_removal_waits_for_series on crime_crimecancellation;
create trigger a_a_removal_waits_for_series before insert on crime_crimecancellation
for each row execute function iops.removal_waits_for_series();

create or replace function iops.removed_leaves_series() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $removed$
begin
    update crime_seriescrime m
    set stands = false, left_at = new.at, left_by_id = new.by_id, left_reason = 'Removed: ' || new.category
    where m.crime_id = new.crime_id and m.stands;
    return null;
end $removed$;
drop trigger if exists c_removed_leaves_series on crime_crimecancellation;
create trigger c_removed_leaves_series after insert on crime_crimecancellation
for each row execute function iops.removed_leaves_series();
