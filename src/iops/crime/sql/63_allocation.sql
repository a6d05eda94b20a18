-- Crimes that wait for an owner, kept in the order in which they are looked at; who may own one; what may be screened
-- out. Held against every route, whoever writes. See docs/allocation.md.

drop view if exists facts.crime__allocation cascade;
create view facts.crime__allocation with (security_invoker = true) as
select c.id, o.at as owned_at, iops.crime_high_risk(c.incident_id) as high_risk,
       v.at as risk_reviewed_at, s.at as screened_out_at, s.answered_at as screening_answered_at
from crime_crime c
left join lateral (select min(x.at) as at from crime_crimeowner x where x.crime_id = c.id) o on true
left join lateral (
    -- A crime that has ended needs no review of its risk here: safeguarding's own duties go on.
    select least(min(x.at), iops.crime_ended_at(c.id)) as at
    from crime_crimereview x where x.crime_id = c.id and x.at >= o.at
) v on true
left join lateral (
    select y.at, least(r.at, iops.crime_ended_at(c.id)) as answered_at
    from (select x.id, x.at, x.decision from crime_screening x where x.crime_id = c.id order by x.id desc limit 1) y
    left join crime_screeningreview r on r.screening_id = y.id
    where y.decision = 'out'
) s on true;

-- Whoever is in a crime or its incident, or close to somebody who is: they are never suggested as its owner.
create or replace function iops.crime_ties(crime bigint) returns table (user_id bigint, tie text)
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $ties$
    select distinct t.user_id, t.tie::text
    from crime_crime c
    join pole_link l on l.from_kind = 'person' and l.withdrawn_at is null
        and ((l.to_kind = 'crime' and l.to_id = c.id) or (l.to_kind = 'incident' and l.to_id = c.incident_id))
    cross join lateral unnest(iops.same_person(l.from_id)) m(id)
    join crime_officertie t on t.person_id = m.id and t.withdrawn_at is null
    where c.id = crime
$ties$;

create or replace function iops.crime_owner_untied() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $untied$
begin
    if exists (select from iops.crime_ties(new.crime_id) t
               where t.user_id = new.user_id and t.tie in ('oneself', 'family', 'partner')) then
        raise exception 'Whoever is in a crime, or is family or partner of somebody in it, does not own it.'
            using errcode = 'IO403', hint = 'Allocate it to somebody else.';
    end if;
    return new;
end $untied$;
drop trigger if exists b_crime_owner_untied on crime_crimeowner;
create trigger b_crime_owner_untied before insert on crime_crimeowner
for each row when (new.user_id is not null) execute function iops.crime_owner_untied();

create or replace function iops.allocation_choice_fits() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $fits$
begin
    if not exists (select from crime_crimeowner o where o.id = new.owner_id and o.crime_id = new.crime_id) then
        raise exception 'That allocation is of another crime.' using errcode = 'IO409';
    end if;
    return new;
end $fits$;
drop trigger if exists a_allocation_choice_fits on crime_allocationchoice;
create trigger a_allocation_choice_fits before insert on crime_allocationchoice
for each row execute function iops.allocation_choice_fits();

-- How many open crimes of which seriousness each of these people holds, restricted ones too: numbers, and no crime.
create or replace function iops.officers_hold(ids bigint[])
returns table (user_id bigint, seriousness integer, crimes bigint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $hold$
    select o.holder_id, o.seriousness::integer, count(*) from crime_opencrime o
    where o.holder_id = any(ids) group by o.holder_id, o.seriousness
$hold$;

-- --- screening -------------------------------------------------------------------------------------------------------

create or replace function iops.screening_allowed() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $allowed$
declare
    bar text;
begin
    if not exists (select from crime_solvabilityassessment a
                   where a.id = new.assessment_id and a.crime_id = new.crime_id) then
        raise exception 'A screening rests on an assessment of its own crime.' using errcode = 'IO409';
    end if;
    if not exists (select from foundation_membership m join foundation_user u on u.id = m.user_id and u.is_active
                   where m.user_id = new.by_id and m.role in ('detective', 'sergeant', 'inspector')) then
        raise exception 'A crime is screened by a detective or a supervisor.' using errcode = 'IO403';
    end if;
    bar := case when new.decision = 'out' then iops.crime_screen_bar(new.crime_id, iops.local_date(new.at)) end;
    if bar is not null then
        raise exception 'This crime is not screened out: %.', iops.crime_sign_words(bar) using errcode = 'IO409',
            hint = 'Allocate it.';
    end if;
    return new;
end $allowed$;
drop trigger if exists b_screening_allowed on crime_screening;
create trigger b_screening_allowed before insert on crime_screening
for each row execute function iops.screening_allowed();

create or replace function iops.screening_review_allowed() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $review$
declare
    last crime_screening;
    bar text;
begin
    select * into last from crime_screening s where s.crime_id = new.crime_id order by s.id desc limit 1;
    if last.id is distinct from new.screening_id or last.decision <> 'out' then
        raise exception 'Only the decision to screen out that stands is reviewed.' using errcode = 'IO409';
    end if;
    if last.by_id = new.by_id or iops.supervision_rank(new.by_id) < 1 then
        raise exception 'Screening out is reviewed by a supervisor who did not decide it.' using errcode = 'IO403';
    end if;
    bar := case when new.agreed then iops.crime_screen_bar(new.crime_id, iops.local_date(new.at)) end;
    if bar is not null then
        raise exception 'This crime is not screened out: %.', iops.crime_sign_words(bar) using errcode = 'IO409',
            hint = 'Do not agree, and allocate it.';
    end if;
    return new;
end $review$;
drop trigger if exists b_screening_review_allowed on crime_screeningreview;
create trigger b_screening_review_allowed before insert on crime_screeningreview
for each row execute function iops.screening_review_allowed();

do $$
declare one text;
begin
    foreach one in array array['screening', 'screeningreview', 'solvabilityassessment'] loop
        execute format('drop trigger if exists a_crime_is_open on crime_%s', one);
        execute format('create trigger a_crime_is_open before insert on crime_%s
                        for each row execute function iops.crime_is_open()', one);
    end loop;
end $$;

-- --- open crimes -----------------------------------------------------------------------------------------------------

-- Make the rows of these crimes anew: an open one has a row, any other has none. Each is locked first, so that whoever
-- commits last has seen what the other did.
create or replace function iops.open_crimes_stand(ids bigint[]) returns void
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $stand$
begin
    perform from crime_crime c where c.id = any(ids) order by c.id for no key update;
    delete from crime_opencrime o where o.crime_id = any(ids) and iops.crime_ended_at(o.crime_id) is not null;
    insert into crime_opencrime (crime_id, incident_id, district_id, holder_id, waits, crime_class, seriousness, floors,
                                 floored, critical, recorded_at)
    select c.id, c.incident_id, i.district_id, w.user_id, w.id is null and iops.crime_screened_out(c.id) is null,
           k.name, iops.crime_grade(k.name, iops.local_date(iops.now())), to_jsonb(f.floors), cardinality(f.floors),
           'serious_vulnerable' = any(f.floors), c.recorded_at
    from crime_crime c
    join control_incident i on i.id = c.incident_id
    cross join lateral (select iops.crime_class_now(c.id) as name) k
    cross join lateral (
        select array(select s from unnest(iops.crime_signs(c.id)) s
                     where s in ('serious_vulnerable', 'child_victim', 'domestic_high', 'child_present')
                     order by array_position(
                         array['serious_vulnerable', 'child_victim', 'domestic_high', 'child_present'], s)) as floors
    ) f
    left join lateral (
        select o.id, o.user_id from crime_crimeowner o where o.crime_id = c.id order by o.id desc limit 1
    ) w on true
    where c.id = any(ids) and iops.crime_ended_at(c.id) is null
    order by c.id
    on conflict (crime_id) do update set (district_id, holder_id, waits, crime_class, seriousness, floors, floored,
        critical) = (excluded.district_id, excluded.holder_id, excluded.waits, excluded.crime_class,
        excluded.seriousness, excluded.floors, excluded.floored, excluded.critical);
end $stand$;

-- The same, for what else is known of these crimes: one that was screened out owes an owner again when it may not be.
create or replace function iops.open_crimes_stand_anew(wanted bigint[]) returns void
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $anew$
begin
    perform iops.open_crimes_stand(wanted);
    insert into obligations_noted (subject, ids, closing)
    select 'crime', array_agg(distinct s.crime_id), false from crime_screening s
    where s.crime_id = any(wanted) and s.decision = 'out' having count(*) > 0;
end $anew$;

-- When installed: open crimes without a row, and those whose class is graded otherwise now.
create or replace function iops.open_crimes_stand_all() returns void
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $all$
begin
    perform iops.open_crimes_stand(array(
        select c.id from crime_crime c
        where not exists (select from crime_opencrime o where o.crime_id = c.id)
          and not exists (select from crime_crimeoutcome o where o.crime_id = c.id
                          and not exists (select from crime_reopening r where r.outcome_id = o.id))
          and not exists (select from crime_crimecancellation o where o.crime_id = c.id
                          and not exists (select from crime_reopening r where r.cancellation_id = o.id))
        union
        select o.crime_id from crime_opencrime o
        where o.seriousness <> iops.crime_grade(o.crime_class, iops.local_date(iops.now()))));
end $all$;

create or replace function iops.crimes_recorded() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $recorded$
begin
    perform iops.open_crimes_stand(array_agg(c.id)) from changed c having count(*) > 0;
    return null;
end $recorded$;
drop trigger if exists open_crime on crime_crime;
create trigger open_crime after insert on crime_crime
referencing new table as changed for each statement execute function iops.crimes_recorded();

create or replace function iops.crime_altered() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $altered$
begin
    perform iops.open_crimes_stand(array_agg(distinct c.crime_id)) from changed c having count(*) > 0;
    return null;
end $altered$;
do $$
declare one text;
begin
    foreach one in array array['crimeowner', 'crimeoutcome', 'crimecancellation', 'reopening', 'crimeclassing',
                               'screening', 'screeningreview', 'needsassessment', 'crimeflag'] loop
        execute format('drop trigger if exists open_crime on crime_%s', one);
        execute format('create trigger open_crime after insert on crime_%s
                        referencing new table as changed for each statement execute function iops.crime_altered()', one);
    end loop;
end $$;
drop trigger if exists open_crime_changed on crime_crimeflag;
create trigger open_crime_changed after update on crime_crimeflag
referencing new table as changed for each statement execute function iops.crime_altered();

-- Row triggers with a condition: a link that has nothing to do with a crime does not even call it.
create or replace function iops.crime_linked_anew() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $linked$
begin
    perform iops.open_crimes_stand_anew(array[new.to_id]);
    return null;
end $linked$;
drop trigger if exists g_open_crime_new on pole_link;
create trigger g_open_crime_new after insert on pole_link for each row
when (new.to_kind = 'crime' and new.from_kind = 'person') execute function iops.crime_linked_anew();
drop trigger if exists g_open_crime_changed on pole_link;
create trigger g_open_crime_changed after update on pole_link for each row
when (new.to_kind = 'crime' and new.from_kind = 'person') execute function iops.crime_linked_anew();

-- The open crimes of which any of these people is the victim, and those of these incidents.
create or replace function iops.crimes_of(people bigint[], incidents bigint[]) returns bigint[]
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $of$
    select array(
        select o.crime_id from crime_opencrime o where o.incident_id = any(incidents)
        union
        select o.crime_id from unnest(people) y(id)
        cross join lateral unnest(iops.same_person(y.id)) m(id)
        join pole_link l on l.from_kind = 'person' and l.from_id = m.id and l.to_kind = 'crime'
        join crime_opencrime o on o.crime_id = l.to_id)
$of$;

create or replace function iops.crimes_of_person() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $person$
begin
    perform iops.open_crimes_stand_anew(ids) from iops.crimes_of(array[new.id], '{}') ids where cardinality(ids) > 0;
    return null;
end $person$;
drop trigger if exists g_open_crime_birth on pole_person;
create trigger g_open_crime_birth after update on pole_person for each row
when (new.born is distinct from old.born) execute function iops.crimes_of_person();

create or replace function iops.crimes_safeguarded() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $safe$
declare
    ids bigint[];
begin
    if tg_table_name = 'safeguarding_vulnerabilityrecord' then
        ids := iops.crimes_of(array[new.person_id], '{}');
    elsif tg_table_name = 'safeguarding_vulnerabilitystep' then
        ids := iops.crimes_of(array(select r.person_id from safeguarding_vulnerabilityrecord r
                                    where r.id = new.record_id), '{}');
    elsif tg_table_name = 'safeguarding_riskgrading' then
        ids := iops.crimes_of('{}', array(select a.incident_id from safeguarding_riskassessment a
                                          where a.id = new.assessment_id));
    else
        ids := iops.crimes_of('{}', array[new.incident_id]);
    end if;
    if cardinality(ids) > 0 then
        perform iops.open_crimes_stand_anew(ids);
    end if;
    return null;
end $safe$;
do $$
declare one text;
begin
    foreach one in array array['vulnerabilityrecord', 'vulnerabilitystep', 'riskgrading', 'riskassessment',
                               'incidentchild'] loop
        execute format('drop trigger if exists g_open_crime on safeguarding_%s', one);
        execute format('create trigger g_open_crime after insert on safeguarding_%s
                        for each row execute function iops.crimes_safeguarded()', one);
    end loop;
end $$;
