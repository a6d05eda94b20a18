-- What follows by itself for the victims of a crime, and what the database holds of their rights against every route.

-- Whether somebody is still linked to a crime as its victim.
create or replace function iops.is_victim(crime bigint, person bigint) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select exists (select from pole_link l where l.to_kind = 'crime' and l.to_id = crime and l.from_kind = 'person'
                   and l.from_id = person and l.role in ('victim', 'aggrieved') and l.withdrawn_at is null);
$$;

-- Which victim of a crime a telling reached: the person told if they are one, else the only victim there is (who acts
-- for a victim is told too, and most tellings name nobody); null where it could be one of several.
create or replace function iops.victim_told_of(crime bigint, person bigint) returns bigint
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $$
    select coalesce(
        (select v.id from crime_crimevictim v where v.crime_id = crime and v.person_id = person),
        (select min(v.id) from crime_crimevictim v
         where v.crime_id = crime and iops.is_victim(v.crime_id, v.person_id) having count(*) = 1));
$$;

-- Enhanced rights that a victim has without anybody having assessed them (Victims' Code 2021, enhanced rights): domestic
-- abuse and hate crime are among the most serious crimes, as are the classes that the rulebook lists; under 18 on the
-- day of the offence a victim is vulnerable.
-- (In plpgsql: `victim_class_most_serious` is made of the rulebook after this file, by crime/install.py.)
create or replace function iops.victim_enhanced_by_nature(victim bigint) returns text
language plpgsql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $nature$
begin
    return (select case
        when i.domestic or exists (select from crime_crimeflag f where f.crime_id = c.id and f.removed_at is null
                                   and f.flag = 'domestic abuse') then 'domestic abuse'
        when exists (select from crime_crimeflag f where f.crime_id = c.id and f.removed_at is null
                     and f.flag like 'hate: %') then 'hate crime'
        when iops.victim_class_most_serious(coalesce(
            (select k.crime_class from crime_crimeclassing k where k.crime_id = c.id order by k.id desc limit 1),
            c.crime_class)) then 'a most serious crime'
        when p.born > (c.committed_from - interval '18 years')::date then 'under 18'
        else '' end
    from crime_crimevictim v
    join crime_crime c on c.id = v.crime_id
    join control_incident i on i.id = c.incident_id
    join pole_person p on p.id = v.person_id
    where v.id = victim);
end $nature$;

-- Whether a victim had enhanced rights at a moment: by nature or by an assessment, unless two people have since agreed
-- that not.
create or replace function iops.victim_enhanced(victim bigint, moment timestamptz) returns boolean
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $$
    select exists (
               select from crime_needsassessment a
               where a.victim_id = victim and a.at <= moment and (r.at is null or a.at > r.at)
                 and (a.most_serious or a.persistently_targeted or a.vulnerable or a.intimidated))
        or (r.at is null and iops.victim_enhanced_by_nature(victim) <> '')
    from (select max(x.decided_at) as at from crime_enhancedremoval x
          where x.victim_id = victim and x.agreed and x.decided_at <= moment) r;
$$;

-- From when on the news of a moment was owed with enhanced rights: from that moment, or from a later assessment that
-- gave them; null where they were never had.
create or replace function iops.victim_enhanced_since(victim bigint, moment timestamptz) returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $$
    select case when iops.victim_enhanced(victim, moment) then moment
           else (select min(a.at) from crime_needsassessment a
                 where a.victim_id = victim and a.at > moment
                   and (a.most_serious or a.persistently_targeted or a.vulnerable or a.intimidated)) end;
$$;

-- The rows of the victims of a crime and of all news owed to them; what is there is not made again.
create or replace function iops.victims_follow(wanted bigint) returns void
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $follow$
begin
    -- Of two transactions that make an event and a victim at once the second sees what the first has made.
    perform from crime_crime c where c.id = wanted for no key update;
    insert into crime_crimevictim (crime_id, person_id, at)
    select wanted, l.from_id, min(l.recorded_at) from pole_link l
    where l.to_kind = 'crime' and l.to_id = wanted and l.from_kind = 'person'
      and l.role in ('victim', 'aggrieved') and l.withdrawn_at is null
    group by l.from_id
    on conflict (crime_id, person_id) do nothing;
    insert into crime_victimnews (victim_id, crime_id, kind, source, source_id, at)
    select v.id, wanted, e.kind, e.source, e.source_id, e.at
    from crime_crimevictim v join iops.victim_key_event e on e.crime_id = v.crime_id
    where v.crime_id = wanted
      and iops.is_victim(v.crime_id, v.person_id)
    on conflict (victim_id, kind, source, source_id) do nothing;
end $follow$;

-- A row trigger with a condition: a link that has nothing to do with a crime does not even call it.
create or replace function iops.victims_follow_link() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $links$
begin
    perform iops.victims_follow(new.to_id);
    insert into obligations_noted (subject, ids, closing) values ('crime', array[new.to_id], false);
    return null;
end $links$;
drop trigger if exists f_victims_follow_new on pole_link;
create trigger f_victims_follow_new after insert on pole_link for each row
when (new.to_kind = 'crime' and new.from_kind in ('person', 'organisation') and new.role in ('victim', 'aggrieved'))
execute function iops.victims_follow_link();
drop trigger if exists f_victims_follow_changed on pole_link;
create trigger f_victims_follow_changed after update on pole_link for each row
when (new.to_kind = 'crime' and new.from_kind in ('person', 'organisation') and new.role in ('victim', 'aggrieved'))
execute function iops.victims_follow_link();

-- A date of birth that comes to be known may give enhanced rights.
create or replace function iops.victims_follow_birth() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $born$
begin
    insert into obligations_noted (subject, ids, closing)
    select 'crime', array_agg(distinct v.crime_id), false from crime_crimevictim v where v.person_id = new.id
    having count(*) > 0;
    return null;
end $born$;
drop trigger if exists f_victims_follow_birth on pole_person;
create trigger f_victims_follow_birth after update on pole_person for each row
when (new.born is distinct from old.born) execute function iops.victims_follow_birth();

-- Which news a telling of something brings by itself. What is told of progress says so by its own ties.
create or replace function iops.news_about(about text) returns text[]
language sql immutable parallel safe as $$
    select case about when 'recorded' then array['recorded'] when 'removal' then array['removed']
                      when 'outcome' then array['outcome', 'not_prosecuted'] else array[]::text[] end;
$$;

-- A telling of the recording, the outcome or the removal brings that news, where it is plain to whom.
create or replace function iops.telling_brings_news() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $brings$
begin
    insert into crime_victimnewstold (news_id, told_id, crime_id)
    select n.id, new.id, n.crime_id from crime_victimnews n
    where n.victim_id = iops.victim_told_of(new.crime_id, new.person_id)
      and n.kind = any (iops.news_about(new.about)) and n.at <= new.at
    on conflict (news_id) do nothing;
    return null;
end $brings$;
drop trigger if exists e_telling_brings_news on crime_victimtold;
create trigger e_telling_brings_news after insert on crime_victimtold
for each row execute function iops.telling_brings_news();

-- What the victim was told before it was decided counts (a removal needs it): the first such telling since the crime was
-- last opened again.
create or replace function iops.news_was_told_before() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $before$
begin
    insert into crime_victimnewstold (news_id, told_id, crime_id)
    select new.id, t.id, new.crime_id from crime_victimtold t
    where t.crime_id = new.crime_id and new.kind = any (iops.news_about(t.about))
      and (new.kind = 'recorded' or t.at >= coalesce(
           (select max(r.at) from crime_reopening r where r.crime_id = new.crime_id and r.at <= new.at), '-infinity'))
      and iops.victim_told_of(t.crime_id, t.person_id) = new.victim_id
    order by t.at, t.id limit 1
    on conflict (news_id) do nothing;
    return null;
end $before$;
drop trigger if exists e_news_was_told_before on crime_victimnews;
create trigger e_news_was_told_before after insert on crime_victimnews
for each row execute function iops.news_was_told_before();

-- Whatever names a victim is of that victim's crime.
create or replace function iops.of_victims_crime() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $of$
begin
    new.crime_id := (select v.crime_id from crime_crimevictim v where v.id = new.victim_id);
    return new;
end $of$;
do $$
declare one text;
begin
    foreach one in array array['victimnews', 'needsassessment', 'enhancedremoval', 'contactplan', 'entitlementoffer',
                               'victimletter', 'reviewrequest'] loop
        execute format('drop trigger if exists a_of_victims_crime on crime_%s', one);
        execute format('create trigger a_of_victims_crime before insert or update on crime_%s
                        for each row execute function iops.of_victims_crime()', one);
    end loop;
end $$;

-- A telling brings news of its own crime, and not to another victim.
create or replace function iops.news_told_fits() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $fits$
declare
    news crime_victimnews;
    told crime_victimtold;
begin
    select * into news from crime_victimnews n where n.id = new.news_id;
    select * into told from crime_victimtold t where t.id = new.told_id;
    new.crime_id := news.crime_id;
    if told.crime_id <> news.crime_id
       or coalesce(iops.victim_told_of(told.crime_id, told.person_id), news.victim_id) <> news.victim_id then
        raise exception 'That was not told to this victim.' using errcode = 'IO409',
            hint = 'Tie the news to a telling of the same crime, to the same person.';
    end if;
    return new;
end $fits$;
drop trigger if exists a_news_told_fits on crime_victimnewstold;
create trigger a_news_told_fits before insert on crime_victimnewstold
for each row execute function iops.news_told_fits();

-- A second person, of the rank of a supervisor, agrees that enhanced rights end; what is decided stays.
create or replace function iops.enhanced_removal_authorised() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $who$
begin
    if old.decided_at is not null or (new.asked_by_id, new.asked_at, new.reason, new.victim_id)
                                     is distinct from (old.asked_by_id, old.asked_at, old.reason, old.victim_id) then
        raise exception 'What was asked and decided stays as it is.' using errcode = 'IO409';
    end if;
    if not exists (select from foundation_membership m join foundation_user u on u.id = m.user_id
                   where m.user_id = new.decided_by_id and u.is_active and m.role in ('sergeant', 'inspector')) then
        raise exception 'A supervisor decides that enhanced rights end.' using errcode = 'IO403';
    end if;
    return new;
end $who$;
drop trigger if exists b_enhanced_removal_authorised on crime_enhancedremoval;
create trigger b_enhanced_removal_authorised before update on crime_enhancedremoval
for each row execute function iops.enhanced_removal_authorised();
create or replace function iops.enhanced_removal_opens() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $opens$
begin
    if new.decided_at is not null then
        raise exception 'Nobody asks and decides at once.' using errcode = 'IO403';
    end if;
    return new;
end $opens$;
drop trigger if exists b_enhanced_removal_opens on crime_enhancedremoval;
create trigger b_enhanced_removal_opens before insert on crime_enhancedremoval
for each row execute function iops.enhanced_removal_opens();

-- Nothing is sent by a channel that is not safe for the victim.
create or replace function iops.letter_by_safe_channel() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $safe$
begin
    if new.channel = any ((select p.never from crime_contactplan p where p.victim_id = new.victim_id
                           order by p.id desc limit 1)::text[]) then
        raise exception 'That channel is not safe for this victim.' using errcode = 'IO409',
            hint = 'Look at the contact plan.';
    end if;
    return new;
end $safe$;
drop trigger if exists b_letter_by_safe_channel on crime_victimletter;
create trigger b_letter_by_safe_channel before insert on crime_victimletter
for each row execute function iops.letter_by_safe_channel();

-- A review is of an outcome of the same crime, and answered by somebody who had no part in the case.
create or replace function iops.review_request_fits() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $fits$
begin
    if not exists (select from crime_crimeoutcome o where o.id = new.outcome_id and o.crime_id = new.crime_id) then
        raise exception 'That is not an outcome of this crime.' using errcode = 'IO409';
    end if;
    return new;
end $fits$;
drop trigger if exists b_review_request_fits on crime_reviewrequest;
create trigger b_review_request_fits before insert on crime_reviewrequest
for each row execute function iops.review_request_fits();

create or replace function iops.review_had_part(request bigint, who bigint) returns boolean
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $$
    select iops.crime_took_part(q.crime_id, who) or o.by_id = who or q.by_id is not distinct from who
        or exists (select from crime_crimereview r where r.crime_id = q.crime_id and r.by_id = who)
    from crime_reviewrequest q join crime_crimeoutcome o on o.id = q.outcome_id where q.id = request;
$$;
create or replace function iops.review_answer_independent() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $who$
begin
    new.crime_id := (select q.crime_id from crime_reviewrequest q where q.id = new.request_id);
    if iops.review_had_part(new.request_id, new.by_id) then
        raise exception 'Whoever had a part in the case does not review it.' using errcode = 'IO403',
            hint = 'Ask somebody who had none.';
    end if;
    return new;
end $who$;
drop trigger if exists b_review_answer_independent on crime_reviewanswer;
create trigger b_review_answer_independent before insert on crime_reviewanswer
for each row execute function iops.review_answer_independent();

-- What was done for a victim on the crime is done for the incident too: nobody types it twice.
create or replace function iops.victim_steps_follow() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $steps$
declare
    step text := case when tg_table_name = 'crime_needsassessment' then 'needs_assessed'
                      when to_jsonb(new) ->> 'answer' = 'declined' then 'support_declined'
                      when to_jsonb(new) ->> 'answer' = 'taken' then 'support_contact' end;
begin
    insert into safeguarding_victimstep (rights_id, incident_id, kind, at, note, by_id)
    select r.id, r.incident_id, step, new.at, 'On crime CR/' || c.number || '/' || to_char(c.year, 'YYYY') || '.',
           new.by_id
    from crime_crimevictim v
    join crime_crime c on c.id = v.crime_id
    join safeguarding_victimrights r on r.incident_id = c.incident_id and r.victim_id = v.person_id
    where v.id = new.victim_id and step is not null
      and not exists (select from safeguarding_victimstep s where s.rights_id = r.id and s.kind = step);
    return null;
end $steps$;
drop trigger if exists e_victim_steps_follow on crime_needsassessment;
create trigger e_victim_steps_follow after insert on crime_needsassessment
for each row execute function iops.victim_steps_follow();
drop trigger if exists e_victim_steps_follow on crime_entitlementoffer;
create trigger e_victim_steps_follow after insert on crime_entitlementoffer
for each row when (new.what = 'services') execute function iops.victim_steps_follow();

-- The rights of a victim on the incident, once there, owe what the crime need not owe again.
create or replace function iops.victims_follow_rights() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $rights$
begin
    insert into obligations_noted (subject, ids, closing)
    select 'crime', array_agg(c.id), false from crime_crime c where c.incident_id = new.incident_id having count(*) > 0;
    return null;
end $rights$;
drop trigger if exists f_victims_follow_rights on safeguarding_victimrights;
create trigger f_victims_follow_rights after insert on safeguarding_victimrights
for each row execute function iops.victims_follow_rights();

-- --- what rules may see: rulebook/data/facts/ (crime_victim, victim_news, victim_contact, victim_review) ---------------

drop view if exists facts.crime_victim cascade;
create view facts.crime_victim with (security_invoker = true) as
select v.id, v.crime_id, greatest(v.at, c.recorded_at) as since, i.district_id, i.restricted,
       (case when i.domestic then 80 else 60 end)::integer as risk,
       iops.is_victim(v.crime_id, v.person_id) as stands,
       -- A victim of domestic abuse is owed both on the incident already.
       i.domestic and exists (select from safeguarding_victimrights r
                              where r.incident_id = c.incident_id and r.victim_id = v.person_id) as owed_on_incident,
       a.at as needs_assessed_at, o.at as services_at, p.at as contact_agreed_at
from crime_crimevictim v
join crime_crime c on c.id = v.crime_id
join control_incident i on i.id = c.incident_id
left join lateral (select min(x.at) as at from crime_needsassessment x where x.victim_id = v.id) a on true
left join lateral (select min(x.at) as at from crime_entitlementoffer x
                   where x.victim_id = v.id and x.what = 'services') o on true
left join lateral (select min(x.at) as at from crime_contactplan x where x.victim_id = v.id) p on true;

drop view if exists facts.victim_news cascade;
create view facts.victim_news with (security_invoker = true) as
select n.id, n.crime_id, c.recorded_at, n.kind, s.since, i.district_id, i.restricted,
       (case when i.domestic then 80 else 60 end)::integer as risk,
       iops.is_victim(v.crime_id, v.person_id) as stands,
       coalesce(e.at = s.since, false) as enhanced, e.at as enhanced_since, t.at as told_at
from crime_victimnews n
join crime_crimevictim v on v.id = n.victim_id
join crime_crime c on c.id = n.crime_id
join control_incident i on i.id = c.incident_id
-- Nobody is told of what happened before it was known that they are a victim.
cross join lateral (select greatest(n.at, v.at) as since) s
left join crime_victimnewstold k on k.news_id = n.id
left join crime_victimtold t on t.id = k.told_id
cross join lateral (
    select case when x.at <= coalesce(t.at, 'infinity') or x.at = s.since then x.at end as at
    from (select iops.victim_enhanced_since(v.id, s.since) as at) x
) e;

drop view if exists facts.victim_contact cascade;
create view facts.victim_contact with (security_invoker = true) as
select t.id, t.crime_id, c.recorded_at, t.at as told_at, i.district_id, i.restricted,
       (case when i.domestic then 80 else 60 end)::integer as risk,
       -- What was agreed when they spoke counts for the next time.
       iops.due(t.at, p.every_days, 'days', null) as next_by, x.at as next_at, iops.crime_ended_at(c.id) as ended_at,
       iops.is_victim(v.crime_id, v.person_id) as stands
from crime_victimtold t
join crime_crime c on c.id = t.crime_id
join control_incident i on i.id = c.incident_id
join crime_crimevictim v on v.id = iops.victim_told_of(t.crime_id, t.person_id)
join lateral (select y.every_days from crime_contactplan y where y.victim_id = v.id and y.at <= t.at
              order by y.at desc, y.id desc limit 1) p on true
left join lateral (
    select min(y.at) as at from crime_victimtold y
    where y.crime_id = t.crime_id and (y.at, y.id) > (t.at, t.id)
      and iops.victim_told_of(y.crime_id, y.person_id) = v.id
) x on true;

drop view if exists facts.victim_review cascade;
create view facts.victim_review with (security_invoker = true) as
select q.id, q.crime_id, q.asked_at, i.district_id, i.restricted,
       (case when i.domestic then 80 else 60 end)::integer as risk, a.at as answered_at
from crime_reviewrequest q
join crime_crime c on c.id = q.crime_id
join control_incident i on i.id = c.incident_id
left join crime_reviewanswer a on a.request_id = q.id;
