-- What the database holds of the schemes against every route, and what follows by itself from who is linked to what.

-- The school year of a day, named by the year in which it begins; it runs from 1 August to 31 July.
create or replace function iops.school_year(day date) returns integer immutable strict parallel safe language sql as $$
    select extract(year from day - interval '7 months')::integer
$$;

-- The first day from which a school can still be told before it opens, and the first such day on which it is open: by
-- its own calendar in the years that it has one for, else by the force's.
create or replace function iops.school_day(wanted bigint, since timestamptz, out first date, out opens date, out hour time)
stable parallel safe language plpgsql as $day$
declare
    wall timestamp := since at time zone 'Europe/London';
begin
    hour := '09:00';
    if wanted is not null then
        select s.opens into hour from safeguarding_school s where s.id = wanted;
    end if;
    first := case when wall::time < hour then wall::date else wall::date + 1 end;
    if wanted is null then
        -- By far the most: no look at a school's own calendar.
        select c.day into opens from foundation_calendar_day c where c.school and c.day >= first order by c.day limit 1;
    else
        opens := least(
            (select min(d.day) from safeguarding_schoolyear y cross join unnest(y.open_days) d(day)
             where y.school_id = wanted and d.day >= first),
            (select c.day from foundation_calendar_day c
             where c.school and c.day >= first and not exists (
                 select from safeguarding_schoolyear y where y.school_id = wanted and y.year = iops.school_year(c.day))
             order by c.day limit 1));
    end if;
    if opens is null then
        raise exception 'The calendar has no school day after %.', since using errcode = 'IO500',
            hint = 'Extend the calendar: a duty without a due time would never become late.';
    end if;
end $day$;

-- When a school next opens after a moment; of a school that is not known, by the force's calendar at nine.
create or replace function iops.school_opens_at(wanted bigint, since timestamptz) returns timestamptz
stable parallel safe language sql as $$
    select iops.london(s.opens + s.hour) from iops.school_day(wanted, since) s
$$;

-- Who is a party to the abuse an incident is about, in either place: what one says of the other may be said back.
create or replace function iops.parties(wanted bigint) returns table (person_id bigint, role text)
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $parties$
    select distinct l.from_id, l.role::text from pole_link l
    where l.to_kind = 'incident' and l.to_id = wanted and l.from_kind = 'person' and l.withdrawn_at is null
      and l.role in ('victim', 'aggrieved', 'suspect', 'offender')
$parties$;

-- I27: a new domestic incident between the people of a MARAC case, within the time of the definition in force on its
-- day, is a repeat: it makes its own case, which says how it was found. What is there already is not made again.
create or replace function iops.marac_repeats(wanted bigint[]) returns integer
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $repeats$
declare
    one record;
    made bigint;
    many integer := 0;
begin
    if not exists (select from safeguarding_maracperpetrator) then
        return 0;
    end if;
    for one in
        select distinct on (i.reported_at, i.id, v.person_id)
               i.id as incident_id, i.reported_at, v.person_id as victim_id, c.id as case_id, c.referred_at,
               d.code, d.means, d.months, b.restricted
        from unnest(wanted) w(id)
        join control_incident i on i.id = w.id and i.domestic
        cross join lateral iops.marac_definition(iops.local_date(i.reported_at)) d
        cross join lateral iops.parties(i.id) v
        join safeguarding_maraccase c on c.victim_id = any (iops.same_person(v.person_id))
        join control_incident b on b.id = c.incident_id
        where (i.crime_reported or not d.crime_only) and c.incident_id <> i.id
          and i.reported_at > c.referred_at
          and i.reported_at <= iops.london((c.referred_at at time zone 'Europe/London')
                                           + make_interval(months => d.months))
          and exists (
              select from safeguarding_maracperpetrator p cross join lateral iops.parties(i.id) o
              where p.case_id = c.id and p.person_id = any (iops.same_person(o.person_id)) and o.person_id <> v.person_id)
          and not exists (
              select from safeguarding_maraccase x
              where x.incident_id = i.id and x.victim_id = any (iops.same_person(v.person_id)))
        order by i.reported_at, i.id, v.person_id, c.referred_at desc, c.id desc
    loop
        insert into safeguarding_maraccase
            (incident_id, victim_id, route, reasons, emergency, referred_at, previous_id, definition, outcome)
        values (one.incident_id, one.victim_id, 'repeat',
            format('Found by the system: abuse between the same people within %s months of the MARAC referral of %s. '
                   'Definition in force: %s.', one.months,
                   case when one.restricted then 'an incident that is restricted'
                        else to_char(one.referred_at at time zone 'Europe/London', 'FMDD FMMonth YYYY') end, one.means),
            false, one.reported_at, one.case_id, one.code, '')
        on conflict (incident_id, victim_id) do nothing
        returning id into made;
        if made is not null then
            many := many + 1;
            insert into safeguarding_maracperpetrator (case_id, incident_id, person_id)
            select distinct made, one.incident_id, o.person_id
            from safeguarding_maracperpetrator p cross join lateral iops.parties(one.incident_id) o
            where p.case_id = one.case_id and o.person_id <> one.victim_id
              and p.person_id = any (iops.same_person(o.person_id));
        end if;
    end loop;
    return many;
end $repeats$;

-- What follows from who is linked to a domestic incident: the rights of each victim, and repeats of MARAC cases. The
-- incidents are locked first: of two links written at once, the second to come sees the first.
create or replace function iops.schemes_follow(wanted bigint[]) returns void
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $follow$
declare
    domestic bigint[];
begin
    perform i.id from control_incident i where i.id = any (wanted) and i.domestic order by i.id for no key update;
    domestic := array(select i.id from control_incident i where i.id = any (wanted) and i.domestic);
    if cardinality(domestic) = 0 then
        return;
    end if;
    insert into safeguarding_victimrights (incident_id, victim_id, at, enhanced, removed_reason)
    select distinct l.to_id, l.from_id, iops.now(), true, ''
    from pole_link l
    where l.to_kind = 'incident' and l.to_id = any (domestic) and l.from_kind = 'person'
      and l.role in ('victim', 'aggrieved') and l.withdrawn_at is null
    on conflict (incident_id, victim_id) do nothing;
    perform iops.marac_repeats(domestic);
end $follow$;

create or replace function iops.schemes_follow_links() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $links$
declare
    touched bigint[] := array(select distinct n.to_id from changed n
                              where n.to_kind = 'incident' and n.from_kind = 'person'
                                and n.role in ('victim', 'aggrieved', 'suspect', 'offender'));
begin
    if cardinality(touched) > 0 then
        perform iops.schemes_follow(touched);
        insert into obligations_noted (subject, ids, closing)
        select 'victim_rights', array_agg(v.id), false from safeguarding_victimrights v
        where v.incident_id = any (touched) having count(*) > 0;
    end if;
    return null;
end $links$;
drop trigger if exists e_schemes_follow_new on pole_link;
create trigger e_schemes_follow_new after insert on pole_link referencing new table as changed
for each statement execute function iops.schemes_follow_links();
drop trigger if exists e_schemes_follow_changed on pole_link;
create trigger e_schemes_follow_changed after update on pole_link referencing new table as changed
for each statement execute function iops.schemes_follow_links();

-- An incident that turns out to be domestic, or a crime, after the people were linked.
create or replace function iops.schemes_follow_incidents() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $incidents$
declare
    touched bigint[] := array(select n.id from changed n join was o on o.id = n.id
                              where n.domestic and (not o.domestic or n.crime_reported and not o.crime_reported));
begin
    if cardinality(touched) > 0 then
        perform iops.schemes_follow(touched);
    end if;
    return null;
end $incidents$;
drop trigger if exists e_schemes_follow on control_incident;
create trigger e_schemes_follow after update on control_incident referencing old table as was new table as changed
for each statement execute function iops.schemes_follow_incidents();

-- A case that was entered late finds the incidents that came after it.
create or replace function iops.schemes_follow_cases() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $cases$
begin
    perform iops.marac_repeats(array(
        select distinct l.to_id from changed n cross join lateral unnest(iops.same_person(n.person_id)) s(id)
        join pole_link l on l.from_kind = 'person' and l.from_id = s.id and l.to_kind = 'incident'
        where l.to_id <> n.incident_id));
    return null;
end $cases$;
drop trigger if exists e_schemes_follow on safeguarding_maracperpetrator;
create trigger e_schemes_follow after insert on safeguarding_maracperpetrator referencing new table as changed
for each statement execute function iops.schemes_follow_cases();

-- The school day of a child follows its date of birth, the school's own calendar and the force's.
create or replace function iops.encompass_follows_person() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $follow$
begin
    insert into obligations_noted (subject, ids, closing)
    select 'incident_child', array_agg(c.id), false
    from changed n join was o on o.id = n.id join safeguarding_incidentchild c on c.person_id = n.id
    where n.born is distinct from o.born
    having count(*) > 0;
    return null;
end $follow$;
drop trigger if exists d_encompass_follows on pole_person;
create trigger d_encompass_follows after update on pole_person referencing old table as was new table as changed
for each statement execute function iops.encompass_follows_person();

create or replace function iops.encompass_follows_school() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $follow$
begin
    insert into obligations_noted (subject, ids, closing)
    select 'incident_child', array_agg(distinct k.child_id), false
    from safeguarding_childschool k
    where k.school_id in (select (to_jsonb(n) ->> case tg_table_name when 'safeguarding_school' then 'id'
                                                                   else 'school_id' end)::bigint from changed n)
    having count(*) > 0;
    return null;
end $follow$;
drop trigger if exists d_encompass_follows on safeguarding_school;
create trigger d_encompass_follows after update on safeguarding_school referencing new table as changed
for each statement execute function iops.encompass_follows_school();
drop trigger if exists d_encompass_follows_new on safeguarding_schoolyear;
create trigger d_encompass_follows_new after insert on safeguarding_schoolyear referencing new table as changed
for each statement execute function iops.encompass_follows_school();
drop trigger if exists d_encompass_follows on safeguarding_schoolyear;
create trigger d_encompass_follows after update on safeguarding_schoolyear referencing new table as changed
for each statement execute function iops.encompass_follows_school();

create or replace function iops.encompass_follows_calendar() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $follow$
begin
    insert into obligations_noted (subject, ids, closing)
    select 'incident_child', array_agg(c.id), false from safeguarding_incidentchild c having count(*) > 0;
    return null;
end $follow$;
drop trigger if exists d_encompass_follows on foundation_calendar_day;
create trigger d_encompass_follows after insert on foundation_calendar_day
for each statement execute function iops.encompass_follows_calendar();

-- A notice is served on an adult, and its steps follow one another.
create or replace function iops.notice_fits() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $fits$
begin
    if exists (select from pole_person p
               where p.id = new.respondent_id and age(iops.local_date(new.authorised_at), p.born) < interval '18 years')
    then
        raise exception 'A protection notice is given to somebody of 18 or over.' using errcode = 'IO409',
            hint = 'Look at the date of birth of the respondent.';
    end if;
    return new;
end $fits$;
drop trigger if exists a_notice_fits on safeguarding_protectionnotice;
create trigger a_notice_fits before insert on safeguarding_protectionnotice
for each row execute function iops.notice_fits();

create or replace function iops.notice_step_fits() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $fits$
declare
    of record;
    lapse timestamptz;
begin
    select n.incident_id, n.kind, n.served_at, iops.due(n.served_at, 48, 'court hours', null) as ends into of
    from safeguarding_protectionnotice n where n.id = new.notice_id for no key update;
    lapse := (select s.at from safeguarding_noticestep s where s.notice_id = new.notice_id and s.kind = 'lapsed');
    if of.incident_id is distinct from new.incident_id then
        raise exception 'The step names another incident than its notice.' using errcode = 'IO409';
    elsif new.at < of.served_at and new.kind <> 'listed' then
        raise exception 'Nothing happens to a notice before it is served.' using errcode = 'IO409';
    elsif new.kind <> 'reviewed' and exists (
        select from safeguarding_noticestep s
        where s.notice_id = new.notice_id and s.kind in ('order_made', 'refused', 'withdrawn')
    ) then
        raise exception 'The notice has ended: nothing follows.' using errcode = 'IO409';
    elsif lapse is not null and new.kind in ('adjourned', 'order_made', 'refused') and new.at > lapse then
        raise exception 'The notice lapsed before that: its 48 hours had passed without a hearing.'
            using errcode = 'IO409', hint = 'Give a new notice if the victim still needs one.';
    elsif new.kind = 'reviewed' and lapse is null then
        raise exception 'Only a lapse is reviewed.' using errcode = 'IO409';
    elsif new.kind = 'lapsed' and (new.at < of.ends or exists (
        select from safeguarding_noticestep s
        where s.notice_id = new.notice_id and s.kind in ('adjourned', 'order_made', 'refused', 'withdrawn'))) then
        raise exception 'The notice has not lapsed.' using errcode = 'IO409';
    end if;
    if new.kind = 'order_made' and of.kind = 'dvpn' and (new.ends_on is null
        or new.ends_on - iops.local_date(new.at) not between 13 and 27) then
        raise exception 'A DVPO runs for 14 to 28 days from the day it is made.' using errcode = 'IO409',
            hint = 'Say on which day it ends (Crime and Security Act 2010 section 28(10)).';
    end if;
    return new;
end $fits$;
drop trigger if exists a_notice_step_fits on safeguarding_noticestep;
create trigger a_notice_step_fits before insert on safeguarding_noticestep
for each row execute function iops.notice_step_fits();

-- Write the lapse of every notice whose 48 court hours have passed without a hearing; returns how many.
create or replace function iops.note_lapses() returns integer
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $lapses$
declare
    many integer;
begin
    insert into safeguarding_noticestep (notice_id, incident_id, kind, at, note)
    select n.id, n.incident_id, 'lapsed', e.at, ''
    from safeguarding_protectionnotice n
    cross join lateral (select iops.due(n.served_at, 48, 'court hours', null) as at) e
    where n.served_at < iops.now() - interval '48 hours' and e.at < iops.now() and not exists (
        select from safeguarding_noticestep s
        where s.notice_id = n.id and s.kind in ('adjourned', 'order_made', 'refused', 'withdrawn', 'lapsed'));
    get diagnostics many = row_count;
    return many;
end $lapses$;

-- A disclosure follows the decision to disclose, and its steps belong to the incident of the application.
create or replace function iops.disclosure_step_fits() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $fits$
declare
    of record;
begin
    select a.incident_id, a.received_at into of from safeguarding_disclosureapplication a
    where a.id = new.application_id for no key update;
    if of.incident_id is distinct from new.incident_id then
        raise exception 'The step names another incident than its application.' using errcode = 'IO409';
    elsif new.at < of.received_at then
        raise exception 'Nothing happens to an application before it is received.' using errcode = 'IO409';
    elsif new.kind = 'disclosed' and not exists (
        select from safeguarding_disclosurestep s where s.application_id = new.application_id and s.kind = 'to_disclose'
    ) then
        raise exception 'Nothing is disclosed that was not decided to be.' using errcode = 'IO409',
            hint = 'Write down the decision to disclose first.';
    end if;
    return new;
end $fits$;
drop trigger if exists a_disclosure_step_fits on safeguarding_disclosurestep;
create trigger a_disclosure_step_fits before insert on safeguarding_disclosurestep
for each row execute function iops.disclosure_step_fits();

-- I30: who is, on a day, a serial perpetrator: suspect or offender in more than one domestic record against two or more
-- victims within three years, 16 or over. Reads as whoever asks, so that nobody learns of a restricted incident; nominals
-- that are one person count as one, under the lowest id of them.
create or replace function iops.serial_perpetrators(wanted date, most integer)
returns table (person_id bigint, incidents bigint, victims bigint, first_at timestamptz, last_at timestamptz, ids bigint[])
language sql stable as $serial$
    with record as materialized (
        select i.id, i.reported_at from control_incident i
        where i.domestic and i.reported_at >= (wanted - interval '3 years') at time zone 'Europe/London'
          and i.reported_at < (wanted + 1)::timestamp at time zone 'Europe/London'
    ),
    party as materialized (
        select distinct r.id, r.reported_at, coalesce(n.lead_id, l.from_id) as person_id,
               l.role in ('suspect', 'offender') as accused
        from record r
        join pole_link l on l.to_kind = 'incident' and l.to_id = r.id and l.from_kind = 'person'
             and l.withdrawn_at is null and l.role in ('suspect', 'offender', 'victim', 'aggrieved')
        left join pole_identity n on n.person_id = l.from_id
    )
    select s.person_id, count(distinct s.id), count(distinct v.person_id), min(s.reported_at), max(s.reported_at),
           array_agg(distinct s.id)
    from party s
    join party v on v.id = s.id and not v.accused and v.person_id <> s.person_id
    join pole_person p on p.id = s.person_id
    where s.accused and (p.born is null or age(wanted, p.born) >= interval '16 years')
    group by s.person_id
    having count(distinct s.id) > 1 and count(distinct v.person_id) > 1
    order by 3 desc, 2 desc, 5 desc, 1
    limit most
$serial$;
