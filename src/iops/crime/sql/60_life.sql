-- What the database holds of the life of a crime, whoever writes and by whatever route.

-- What somebody is to the recording rules at a moment: the most that their role and designations make them.
create or replace function iops.crime_decider(who bigint, on_day date) returns text
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    with held as (
        select m.role from foundation_membership m where m.user_id = who
    ), designated as (
        select d.kind from crime_designation d
        where d.user_id = who and d.since <= on_day and (d.until is null or d.until >= on_day)
    )
    select case
        when exists (select from held where role = 'registrar') then
            case when exists (select from designated where kind = 'accredited_registrar')
                 then 'accredited_registrar' else 'registrar' end
        when exists (select from designated where kind = 'designated_decision_maker') then 'designated_decision_maker'
        when exists (select from designated where kind = 'trained_staff') then 'trained_staff'
        when exists (select from held where role in ('sergeant', 'inspector')) then 'supervisor'
        else 'investigator' end;
$$;

-- Whether somebody had a part in the investigation: owns or owned it, recorded it, or did one of its actions.
create or replace function iops.crime_took_part(crime bigint, who bigint) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select exists (select from crime_crime c where c.id = crime and c.recorded_by_id = who)
        or exists (select from crime_crimeowner o where o.crime_id = crime and o.user_id = who)
        or exists (select from crime_crimeactionresult a where a.crime_id = crime and a.by_id = who);
$$;

-- Whether a suspect is named: somebody is linked to the crime as suspect or offender, and that was not withdrawn.
create or replace function iops.crime_suspect_named(crime bigint) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select exists (select from pole_link l where l.to_kind = 'crime' and l.to_id = crime and l.from_kind = 'person'
                   and l.role in ('suspect', 'offender') and l.withdrawn_at is null);
$$;

create or replace function iops.crime_has_victim(crime bigint) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select exists (select from pole_link l where l.to_kind = 'crime' and l.to_id = crime
                   and l.from_kind in ('person', 'organisation')
                   and l.role in ('victim', 'aggrieved') and l.withdrawn_at is null);
$$;

-- The ending of a crime that stands, if any.
create or replace function iops.crime_ended_at(crime bigint) returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select x.at from (
        select o.at from crime_crimeoutcome o where o.crime_id = crime
           and not exists (select from crime_reopening r where r.outcome_id = o.id)
        union all
        select o.at from crime_crimecancellation o where o.crime_id = crime
           and not exists (select from crime_reopening r where r.cancellation_id = o.id)) x limit 1;
$$;

-- Whatever is written of a crime locks it first: two endings come one after the other, and the second is refused.
create or replace function iops.crime_is_open() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $open$
begin
    perform from crime_crime c where c.id = new.crime_id for no key update;
    if iops.crime_ended_at(new.crime_id) is not null then
        raise exception 'This crime has ended.' using errcode = 'IO409', hint = 'Reopen it first, with a reason.';
    end if;
    return new;
end $open$;

do $$
declare one text;
begin
    foreach one in array array['crimeclassing', 'crimeowner', 'crimereview', 'crimeaction', 'crimeactionresult',
                               'crimeoutcome', 'crimecancellation'] loop
        execute format('drop trigger if exists a_crime_is_open on crime_%s', one);
        execute format('create trigger a_crime_is_open before insert on crime_%s
                        for each row execute function iops.crime_is_open()', one);
    end loop;
end $$;

-- A crime belongs to a decision for a crime on the same incident, and upgrades a record of the same.
create or replace function iops.crime_fits() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $fits$
begin
    if not exists (select from crime_recordingdecision d
                   where d.id = new.decision_id and d.incident_id = new.incident_id and d.result = 'crime') then
        raise exception 'A crime is recorded by a decision for a crime on its incident.' using errcode = 'IO409';
    end if;
    if new.upgraded_from_id is not null and not exists (
        select from crime_reportedincident r where r.id = new.upgraded_from_id and r.incident_id = new.incident_id
    ) then
        raise exception 'That reported incident is of another incident.' using errcode = 'IO409';
    end if;
    return new;
end $fits$;
drop trigger if exists a_crime_fits on crime_crime;
create trigger a_crime_fits before insert on crime_crime for each row execute function iops.crime_fits();

-- Only the registrar or a designated decision maker changes a class (CRR2026 p13).
create or replace function iops.crime_classing_authorised() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $who$
begin
    new.decider := iops.crime_decider(new.by_id, iops.local_date(new.at));
    if new.decider not in ('registrar', 'accredited_registrar', 'designated_decision_maker') then
        raise exception 'The class of a crime is changed by the registrar or a designated decision maker.'
            using errcode = 'IO403';
    end if;
    return new;
end $who$;
drop trigger if exists b_crime_classing_authorised on crime_crimeclassing;
create trigger b_crime_classing_authorised before insert on crime_crimeclassing
for each row execute function iops.crime_classing_authorised();

-- Whether the substantive investigation of a crime has begun. No source defines it; here: an action of the plan has a
-- result, or a suspect was arrested or interviewed. Looking at the report, planning and allocating are not yet it.
-- (Local decision.)
create or replace function iops.crime_investigated(crime bigint) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select exists (select from crime_crimeactionresult r where r.crime_id = crime)
        or exists (select from crime_arrest a where a.crime_id = crime)
        or exists (select from crime_voluntaryinterview v where v.crime_id = crime);
$$;

-- A rape crime becomes a reported incident of its own incident only by an accredited registrar, and only before the
-- substantive investigation (CRR2026 p63).
create or replace function iops.crime_turned_into_report() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $turned$
begin
    if not iops.crime_is_rape(new.crime_id) then
        raise exception 'Only a rape crime is turned into a reported incident.' using errcode = 'IO409';
    end if;
    if iops.crime_decider(new.by_id, iops.local_date(new.at)) <> 'accredited_registrar' then
        raise exception 'Only an accredited registrar may turn a rape crime into a reported incident.'
            using errcode = 'IO403';
    end if;
    if iops.crime_investigated(new.crime_id) then
        raise exception 'After substantive investigation a rape crime can only be cancelled, not turned into a reported '
            'incident.' using errcode = 'IO409';
    end if;
    if not exists (select from crime_reportedincident r join crime_crime c on c.incident_id = r.incident_id
                   where c.id = new.crime_id and r.id = new.reported_id and r.code like 'N100/%') then
        raise exception 'The reported incident is of another incident, or no N100.' using errcode = 'IO409';
    end if;
    return new;
end $turned$;
drop trigger if exists c_crime_turned_into_report on crime_crimecancellation;
create trigger c_crime_turned_into_report before insert on crime_crimecancellation
for each row when (new.category = 'N100') execute function iops.crime_turned_into_report();

-- Who removes a crime, and that they had no part in its investigation (CRR2026 pp25-26).
create or replace function iops.crime_removal_authorised() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $who$
begin
    new.decider := iops.crime_decider(new.by_id, iops.local_date(new.at));
    if new.decider not in ('registrar', 'accredited_registrar', 'designated_decision_maker')
       and not (new.category in ('C3', 'C4') and new.decider = 'trained_staff') then
        raise exception 'That removal is not for %.', replace(new.decider, '_', ' ') using errcode = 'IO403',
            hint = 'Ask the registrar or a designated decision maker.';
    end if;
    if new.category <> 'C1' and iops.crime_took_part(new.crime_id, new.by_id) then
        raise exception 'Whoever had a part in the investigation does not remove the crime.' using errcode = 'IO403';
    end if;
    if new.category = 'C3' and (new.other_id = new.crime_id or exists (
        select from crime_crimecancellation x where x.crime_id = new.other_id
           and not exists (select from crime_reopening r where r.cancellation_id = x.id))) then
        raise exception 'The other record must be a live crime.' using errcode = 'IO409';
    end if;
    if new.category in ('C1', 'C2', 'C5') and iops.crime_has_victim(new.crime_id) and not exists (
        select from crime_victimtold t where t.crime_id = new.crime_id and t.about = 'removal') then
        raise exception 'The victim must be told before the crime is removed.' using errcode = 'IO409';
    end if;
    return new;
end $who$;
drop trigger if exists b_crime_removal_authorised on crime_crimecancellation;
create trigger b_crime_removal_authorised before insert on crime_crimecancellation
for each row execute function iops.crime_removal_authorised();

-- An outcome is one that the rulebook accepts on its facts (iops.outcome_stands is made of the rulebook).
create or replace function iops.crime_outcome_valid() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $valid$
begin
    new.has_victim := iops.crime_has_victim(new.crime_id);
    if new.facts ? 'suspect_named'
       and new.facts ->> 'suspect_named' is distinct from (case when iops.crime_suspect_named(new.crime_id)
                                                               then 'yes' else 'no' end) then
        raise exception 'The outcome says otherwise of a named suspect than the people linked to the crime.'
            using errcode = 'IO409', hint = 'Link the suspect, or withdraw the link that was wrong.';
    end if;
    if not iops.outcome_stands(new.code, new.facts, iops.local_date(new.at)) then
        raise exception 'The rules do not allow outcome % on these facts.', new.code using errcode = 'IO409',
            hint = 'Answer what the outcome asks, or choose another.';
    end if;
    return new;
end $valid$;
drop trigger if exists b_crime_outcome_valid on crime_crimeoutcome;
create trigger b_crime_outcome_valid before insert on crime_crimeoutcome
for each row execute function iops.crime_outcome_valid();

-- A reopening names the ending of its own crime.
create or replace function iops.crime_reopening_fits() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $fits$
begin
    perform from crime_crime c where c.id = new.crime_id for no key update;
    if not exists (select from crime_crimeoutcome o where o.id = new.outcome_id and o.crime_id = new.crime_id)
       and not exists (select from crime_crimecancellation o
                       where o.id = new.cancellation_id and o.crime_id = new.crime_id) then
        raise exception 'That is not an ending of this crime.' using errcode = 'IO409';
    end if;
    return new;
end $fits$;
drop trigger if exists a_crime_reopening_fits on crime_reopening;
create trigger a_crime_reopening_fits before insert on crime_reopening
for each row execute function iops.crime_reopening_fits();
