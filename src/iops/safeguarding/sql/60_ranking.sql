-- The ranking of open domestic incidents. See docs/ranking.md; the pure form of it is ranking/scorer.py, and a test
-- holds the two together. `iops.ranking_weights(date)` is made from the dated files by install.py.

-- Filled in by install.py, later in the same transaction.
create or replace function iops.ranking_weights(day date) returns jsonb language sql immutable as
$$ select null::jsonb $$;

create or replace function iops.risk_concepts(assessment_id bigint) returns table (concept text, answer text)
language sql stable as $$ select null::text, null::text where false $$;

-- What the risk assessments of an incident say together: the concepts that any of them answers with yes, the most ticks
-- of one, and the highest grade that stands. To assess again takes nothing away.
create or replace function iops.ranking_assessed(incident bigint)
returns table (assessed boolean, yes text[], ticks integer, grade text) language sql stable as $$
    -- What a partner supplied tells of the risk; it is not the assessment of the police.
    select coalesce(bool_or(a.medium <> 'partner'), false),
           array(select distinct c.concept from safeguarding_riskassessment x cross join iops.risk_concepts(x.id) c
                 where x.incident_id = incident and c.answer = 'yes'),
           max(a.ticks)::integer, iops.incident_risk(incident)
    from safeguarding_riskassessment a where a.incident_id = incident
$$;

-- Who is on which incident. `person_id` is one for all nominals of a person that were merged, `nominal_id` the one that
-- was linked. Somebody of whom there is only a description is nobody whose history could be known: `named` says so.
create or replace view iops.ranking_party as
select l.to_id as incident_id, l.from_id as nominal_id, coalesce(s.lead_id, l.from_id) as person_id,
       l.role in ('suspect', 'offender') as suspect,
       not p.described or exists (
           select from pole_identity j join pole_person q on q.id = j.person_id
           where j.lead_id = s.lead_id and not q.described) as named
from pole_link l
join pole_person p on p.id = l.from_id
left join pole_identity s on s.person_id = l.from_id
where l.to_kind = 'incident' and l.from_kind = 'person' and l.withdrawn_at is null
  and l.role in ('victim', 'aggrieved', 'person at risk', 'suspect', 'offender');

-- Whether somebody harmed in this incident was referred to a MARAC within twelve months of this day.
create or replace function iops.ranking_marac(incident bigint, today date) returns boolean
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $$
    select exists (
        select from iops.ranking_party y
        cross join lateral unnest(iops.same_person(y.person_id)) m(id)
        join safeguarding_maraccase c on c.victim_id = m.id
        where y.incident_id = incident and not y.suspect and today - iops.local_date(c.referred_at) <= 365)
$$;

-- Whether a notice or an order stands against a suspect of this incident on this day: from its service until it is
-- refused, withdrawn or has lapsed without an order, or until the order's last day. An order without one stands.
create or replace function iops.ranking_order(incident bigint, today date) returns boolean
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $$
    select exists (
        select from iops.ranking_party y
        cross join lateral unnest(iops.same_person(y.person_id)) m(id)
        join safeguarding_protectionnotice n on n.respondent_id = m.id
        left join lateral (
            select bool_or(s.kind in ('refused', 'withdrawn')) as ended,
                   bool_or(s.kind = 'order_made' and coalesce(s.ends_on >= today, true)) as ordered,
                   bool_or(s.kind in ('order_made', 'lapsed')) as decided
            from safeguarding_noticestep s where s.notice_id = n.id
        ) s on true
        where y.incident_id = incident and y.suspect and not coalesce(s.ended, false)
          and (coalesce(s.ordered, false) or not coalesce(s.decided, false)))
$$;

create type iops.ranking_past as (
    incident_id bigint, known boolean, days_since_last integer, incidents_12m bigint, incidents_24m bigint,
    gravity numeric, distinct_victims_36m bigint
);

-- The upper quartile of the scores of those with a known history, as of the last ranking of all: an unknown one stands
-- there. Kept, because to take it anew reads every rank, and that is not for the save of an incident to do.
create table iops.ranking_quartile (score integer not null);

-- What is on record of the people of each incident, without the incident itself. Every person's incidents are read once
-- and every incident is looked at once, however many of those asked for it is history to: a perpetrator with three
-- hundred open incidents has ninety thousand pairs of them.
create or replace function iops.ranking_history(ids bigint[], w jsonb) returns setof iops.ranking_past
language sql stable as $$
    with wanted as materialized (select distinct x.id from unnest(ids) x(id)),
    party as materialized (
        select p.incident_id, p.person_id, bool_or(p.suspect) as suspect, bool_or(not p.suspect) as harmed,
               bool_or(p.named) as named
        from wanted x join iops.ranking_party p on p.incident_id = x.id group by p.incident_id, p.person_id
    ), led as materialized (
        select distinct o.person_id, o.incident_id, o.suspect
        from (select distinct y.person_id from party y) q
        cross join lateral unnest(iops.same_person(q.person_id)) m(id)
        join iops.ranking_party o on o.nominal_id = m.id
    ), seen as materialized (
        select a.id, a.age, exp(-a.age::numeric / 365) as decayed, a.crime
        from (
            select i.id, greatest(0, (w ->> 'today')::date - iops.local_date(i.reported_at)) as age,
                   exists (select from crime_recordingdecision d where d.incident_id = i.id and d.result = 'crime')
                   as crime
            from (select distinct l.incident_id from led l) o
            join control_incident i on i.id = o.incident_id and i.domestic
        ) a
    ), past as (
        select distinct y.incident_id, l.incident_id as other_id
        from party y join led l on l.person_id = y.person_id and l.incident_id <> y.incident_id
    ), counted as (
        select p.incident_id, min(s.age) as last, count(*) filter (where s.age <= 365) as year,
               count(*) filter (where s.age <= 730) as two, sum(s.decayed) filter (where s.crime) as crimes
        from past p join seen s on s.id = p.other_id group by p.incident_id
    ), hurt as (
        select l.person_id, count(distinct v.person_id) as victims
        from led l join seen s on s.id = l.incident_id and s.age <= 1095
        join iops.ranking_party v on v.incident_id = l.incident_id and not v.suspect
        where l.suspect group by l.person_id
    ), victims as (
        -- Of several suspects the one with the most victims counts.
        select y.incident_id, max(h.victims) as hurt
        from party y join hurt h on h.person_id = y.person_id where y.suspect group by y.incident_id
    ), sides as (
        select y.incident_id, bool_or(y.suspect and y.named) and bool_or(y.harmed and y.named) as known
        from party y group by y.incident_id
    )
    select x.id, coalesce(k.known, false), c.last, coalesce(c.year, 0), coalesce(c.two, 0),
           coalesce(c.crimes, 0) * (w ->> 'recorded_crime_harm')::integer, coalesce(v.hurt, 0)
    from wanted x
    left join sides k on k.incident_id = x.id
    left join counted c on c.incident_id = x.id
    left join victims v on v.incident_id = x.id
$$;

-- Where an item stands within its band. Waiting adds the same to all each day, so the day of the report taken away keeps
-- the same order. Each floor that tells of danger weighs as much as the longest wait; the three that say only that nobody
-- has looked yet weigh nothing more: a backlog of those does not stand before what is dangerous and new.
create or replace function iops.ranking_place(w jsonb, score integer, floors jsonb, reported date) returns bigint
language sql immutable as $$
    select score + (w ->> 'ageing_per_day')::bigint * (
        jsonb_array_length(floors - '{no_assessment,unresolved,waited}'::text[]) * (w ->> 'longest_wait_days')::bigint
        - (reported - date '2000-01-01'))
$$;

-- Rank these incidents anew: an open domestic one has a row, any other has none. Without a person on any of them, as
-- when an incident is opened, no history is looked for.
create or replace function iops.rank_incidents(ids bigint[]) returns void
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
declare
    today date := iops.local_date(iops.now());
    w jsonb := iops.ranking_weights(today) || jsonb_build_object('today', today);
    quartile integer := coalesce((select q.score from iops.ranking_quartile q), (w ->> 'unknown_history')::integer);
    past iops.ranking_past[];
begin
    -- Held first, looked at afterwards: a job that began before a save and ends after it does not write the older rank.
    perform from safeguarding_rankeditem r where r.incident_id = any(ids) order by r.incident_id for update;
    delete from safeguarding_rankeditem r using unnest(ids) x(id)
    where r.incident_id = x.id
      and not exists (select from control_incident i where i.id = x.id and i.domestic and i.closed_at is null);
    if exists (select from unnest(ids) x(id) join iops.ranking_party p on p.incident_id = x.id) then
        past := array(select h from iops.ranking_history(ids, w) h);
    else
        past := array(
            select row(x.id, false, null, 0, 0, 0, 0)::iops.ranking_past from (select distinct unnest(ids) as id) x);
    end if;
    insert into safeguarding_rankeditem
        (incident_id, floored, floors, score, place, terms, known, edition, reported_at, ranked_at)
    select f.id, jsonb_array_length(f.floors) > 0, f.floors, s.score,
           iops.ranking_place(w, s.score, f.floors, iops.local_date(f.reported_at)),
           s.terms, f.known, w ->> 'edition', f.reported_at, iops.now()
    from iops.ranking_facts(past, w) f
    cross join lateral (
        select f.terms || case when f.known then '{}'::jsonb
            else jsonb_build_object('unknown_history', greatest(0, quartile - f.score)) end as terms,
            case when f.known then f.score else greatest(f.score, quartile) end as score
    ) s
    order by f.id
    on conflict (incident_id) do update set (floored, floors, score, place, terms, known, edition, reported_at,
        ranked_at) = (excluded.floored, excluded.floors, excluded.score, excluded.place, excluded.terms, excluded.known,
        excluded.edition, excluded.reported_at, excluded.ranked_at);
end $$;

-- Every term's share of a score, in thousandths of a point. None is below zero and no answer takes from one.
create or replace function iops.ranking_terms(
    w jsonb, days_since_last integer, incidents_24m bigint, gravity numeric, distinct_victims_36m bigint, yes text[]
) returns jsonb language sql immutable as $$
    select jsonb_build_object(
        -- Never before is no recency at all; the exponential of so many days takes longer than all the rest.
        'recency', case when days_since_last is null then 0
                        else round((w ->> 'recency')::integer * exp(-days_since_last::numeric / 90)) end,
        'frequency', round((w ->> 'frequency')::integer * ln(1 + incidents_24m::numeric)),
        'gravity', round((w ->> 'gravity')::integer * ln(1 + gravity)),
        'victims', round((w ->> 'victims')::integer * ln(1 + distinct_victims_36m::numeric)),
        'breach', case when 'order_breached' = any(yes) then (w ->> 'breach')::integer else 0 end,
        'red_flags', (w ->> 'red_flags')::integer * cardinality(array(
            select unnest(yes) intersect
            select unnest('{strangulation,weapon,stalking,threat_to_kill,perpetrator_suicidal}'::text[]))))
$$;

-- The terms and floors of the open domestic ones of these histories.
create or replace function iops.ranking_facts(past iops.ranking_past[], w jsonb) returns table (
    id bigint, reported_at timestamptz, known boolean, terms jsonb, score integer, floors jsonb
) language sql stable as $$
    select i.id, i.reported_at, h.known, t.terms,
           (select sum(e.value::integer)::integer from jsonb_each_text(t.terms) e), fl.floors
    from unnest(past) h
    join control_incident i on i.id = h.incident_id and i.domestic and i.closed_at is null
    cross join lateral iops.ranking_assessed(i.id) q
    cross join lateral (
        -- That an order stands is on record: it weighs as an answer that one was breached does.
        select case when iops.ranking_order(i.id, (w ->> 'today')::date) then q.yes || 'order_breached'::text
                    else q.yes end as yes
    ) y
    cross join lateral (
        select iops.ranking_terms(w, h.days_since_last, h.incidents_24m, h.gravity, h.distinct_victims_36m, y.yes) as terms
    ) t
    cross join lateral (
        select coalesce(jsonb_agg(f.code order by f.code), '[]'::jsonb) as floors from (values
            ('no_assessment', not q.assessed),
            ('ticks_below_high', coalesce(q.ticks, cardinality(q.yes)) >= 14 and q.grade <> 'high'),
            ('strangulation', 'strangulation' = any(q.yes)),
            ('threat_to_kill', 'threat_to_kill' = any(q.yes)),
            ('weapon', 'weapon' = any(q.yes)),
            ('stalking_after_separation', q.yes @> '{stalking,separation}'::text[]),
            ('sexual_violence', 'sexual_violence' = any(q.yes)),
            ('suicide', q.yes && '{suicide,victim_suicidal,perpetrator_suicidal}'::text[]),
            ('pregnancy', 'pregnancy' = any(q.yes)),
            ('child_hurt', q.yes && '{child_hurt,children}'::text[]),
            ('honour_based', 'honour_based' = any(q.yes)),
            ('order_breached', 'order_breached' = any(y.yes)),
            ('marac', iops.ranking_marac(i.id, (w ->> 'today')::date)),
            ('third_incident', h.incidents_12m >= 2),
            ('serial', h.distinct_victims_36m >= 2),
            ('unresolved', not h.known),
            ('waited', (w ->> 'today')::date - iops.local_date(i.reported_at) >= (w ->> 'longest_wait_days')::integer)
        ) f(code, holds) where f.holds
    ) fl
$$;

-- What is new on these incidents is history to every other open one of their people (I14): those wait to be ranked anew.
-- A row is only ever added here: two saves about one person never wait for each other, and whichever commits last has
-- the final word, because the ranking looks only after both.
create or replace function iops.rank_others(people bigint[], without bigint[]) returns void
language sql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
    insert into safeguarding_rankingwait (incident_id, at)
    select distinct r.incident_id, iops.now()
    from unnest(people) y(id)
    cross join lateral unnest(iops.same_person(y.id)) m(id)
    join iops.ranking_party p on p.nominal_id = m.id and p.incident_id <> all(without)
    join safeguarding_rankeditem r on r.incident_id = p.incident_id
$$;

create or replace function iops.ranking_people(ids bigint[]) returns bigint[] language sql stable as $$
    select array(select distinct p.person_id from unnest(ids) x(id) join iops.ranking_party p on p.incident_id = x.id)
$$;

-- Every half minute: what waits is ranked anew, so many of them at a time. Returns how many.
create or replace function iops.rank_waiting(most integer) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
declare
    ids bigint[];
begin
    with next as (
        select distinct first.incident_id
        from (select w.incident_id from safeguarding_rankingwait w order by w.id limit most) first
    ), taken as (
        delete from safeguarding_rankingwait w using next where w.incident_id = next.incident_id returning w.incident_id
    )
    select array_agg(distinct t.incident_id) into ids from taken t;
    if ids is not null then
        -- A statement of its own: it sees whatever was committed before what waited was taken.
        perform iops.rank_incidents(ids);
    end if;
    return coalesce(cardinality(ids), 0);
end $$;

-- So many ranked items after this one, by number; only those of unknown history when asked. Returns the last of them, or
-- null when none is left. The nightly job goes through all in parts: nobody who saves waits for more than one of them.
create or replace function iops.rank_part(after bigint, most integer, unknown_only boolean) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
declare
    ids bigint[] := array(
        select r.incident_id from safeguarding_rankeditem r
        where r.incident_id > after and not (unknown_only and r.known) order by r.incident_id limit most);
begin
    if cardinality(ids) > 0 then
        perform iops.rank_incidents(ids);
    end if;
    return ids[cardinality(ids)];
end $$;

-- Open items that have no rank, as after rows were written past the triggers.
create or replace function iops.rank_missing() returns void
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
begin
    perform iops.rank_incidents(array(
        select i.id from control_incident i
        where i.domestic and i.closed_at is null
          and not exists (select from safeguarding_rankeditem r where r.incident_id = i.id)));
end $$;

create or replace function iops.rank_quartile() returns void
language sql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
    delete from iops.ranking_quartile;
    insert into iops.ranking_quartile
    select q.score from (
        select percentile_disc(0.75) within group (order by r.score) as score from safeguarding_rankeditem r
        where r.known
    ) q where q.score is not null;
$$;

-- When installed, in one transaction: every open item; then the upper quartile, and by it those of unknown history.
create or replace function iops.rank_all() returns bigint
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
begin
    perform iops.rank_missing();
    perform iops.rank_part(0, null, false);
    perform iops.rank_quartile();
    perform iops.rank_part(0, null, true);
    return (select count(*) from safeguarding_rankeditem);
end $$;

-- A risk assessment is about its own incident alone.
create or replace function iops.rank_assessed() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
begin
    perform iops.rank_incidents(array_agg(distinct c.incident_id)) from changed c having count(*) > 0;
    return null;
end $$;

create or replace function iops.rank_graded() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
begin
    perform iops.rank_incidents(array_agg(distinct a.incident_id))
    from changed c join safeguarding_riskassessment a on a.id = c.assessment_id having count(*) > 0;
    return null;
end $$;

-- A crime weighs in the history of every other incident of its people.
create or replace function iops.rank_recorded() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
declare
    ids bigint[] := array(
        select distinct c.incident_id from changed c join control_incident i on i.id = c.incident_id and i.domestic);
begin
    if cardinality(ids) > 0 then
        perform iops.rank_incidents(ids);
        perform iops.rank_others(iops.ranking_people(ids), ids);
    end if;
    return null;
end $$;

-- An incident that is opened has nobody linked to it and no assessment, so its rank is the same as any other's of that
-- day: it is written without looking at anything, because somebody is on the telephone. A test holds it to the ranking.
create or replace function iops.rank_opened() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
declare
    today date;
    w jsonb;
    quartile integer;
    terms jsonb;
    own integer;
begin
    if not exists (select from changed c where c.domestic) then
        return null;
    end if;
    today := iops.local_date(iops.now());
    w := iops.ranking_weights(today) || jsonb_build_object('today', today);
    quartile := coalesce((select q.score from iops.ranking_quartile q), (w ->> 'unknown_history')::integer);
    terms := iops.ranking_terms(w, null, 0, 0, 0, '{}');
    own := (select coalesce(sum(e.value::integer), 0)::integer from jsonb_each_text(terms) e);
    terms := terms || jsonb_build_object('unknown_history', greatest(0, quartile - own));
    own := greatest(own, quartile);
    insert into safeguarding_rankeditem
        (incident_id, floored, floors, score, place, terms, known, edition, reported_at, ranked_at)
    select c.id, true,
           case when today - iops.local_date(c.reported_at) >= (w ->> 'longest_wait_days')::integer
                then '["no_assessment", "unresolved", "waited"]'::jsonb else '["no_assessment", "unresolved"]'::jsonb end,
           own, iops.ranking_place(w, own, '[]', iops.local_date(c.reported_at)),
           terms, false, w ->> 'edition', c.reported_at, iops.now()
    from changed c where c.domestic and c.closed_at is null;
    return null;
end $$;

create or replace function iops.rank_altered() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
declare
    ids bigint[] := array(
        select c.id from changed c join former f on f.id = c.id
        where (c.domestic or f.domestic)
          and (c.domestic, c.closed_at is null, c.reported_at) is distinct from
              (f.domestic, f.closed_at is null, f.reported_at));
begin
    if cardinality(ids) > 0 then
        perform iops.rank_incidents(ids);
        perform iops.rank_others(iops.ranking_people(ids), ids);
    end if;
    return null;
end $$;

create or replace function iops.rank_linked() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
declare
    ids bigint[] := array(
        select distinct c.to_id from changed c join control_incident i on i.id = c.to_id and i.domestic
        where c.to_kind = 'incident' and c.from_kind = 'person');
begin
    if cardinality(ids) > 0 then
        perform iops.rank_incidents(ids);
        -- A link that was withdrawn no longer leads to the person, so the people are taken from the link itself too.
        perform iops.rank_others(
            iops.ranking_people(ids)
            || array(select distinct c.from_id from changed c where c.to_id = any(ids) and c.from_kind = 'person'), ids);
    end if;
    return null;
end $$;

drop trigger if exists ranking_insert on control_incident;
create trigger ranking_insert after insert on control_incident
referencing new table as changed for each statement execute function iops.rank_opened();
drop trigger if exists ranking_update on control_incident;
create trigger ranking_update after update on control_incident
referencing old table as former new table as changed for each statement execute function iops.rank_altered();
drop trigger if exists ranking_insert on pole_link;
create trigger ranking_insert after insert on pole_link
referencing new table as changed for each statement execute function iops.rank_linked();
drop trigger if exists ranking_update on pole_link;
create trigger ranking_update after update on pole_link
referencing new table as changed for each statement execute function iops.rank_linked();
drop trigger if exists ranking_insert on safeguarding_riskassessment;
create trigger ranking_insert after insert on safeguarding_riskassessment
referencing new table as changed for each statement execute function iops.rank_assessed();
drop trigger if exists ranking_insert on safeguarding_riskgrading;
create trigger ranking_insert after insert on safeguarding_riskgrading
referencing new table as changed for each statement execute function iops.rank_graded();
drop trigger if exists ranking_insert on crime_recordingdecision;
create trigger ranking_insert after insert on crime_recordingdecision
referencing new table as changed for each statement execute function iops.rank_recorded();

-- Nominals that became one person, or are no longer one, and a description that got a name: what was not known of their
-- other incidents is known now, or the other way round.
create or replace function iops.rank_identified() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
begin
    perform iops.rank_others(array_agg(c.person_id), '{}') from changed c having count(*) > 0;
    return null;
end $$;

create or replace function iops.rank_named() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
begin
    perform iops.rank_others(array_agg(c.id), '{}')
    from changed c join former f on f.id = c.id where c.described <> f.described having count(*) > 0;
    return null;
end $$;

drop trigger if exists ranking_insert on pole_identity;
create trigger ranking_insert after insert on pole_identity
referencing new table as changed for each statement execute function iops.rank_identified();
drop trigger if exists ranking_update on pole_identity;
create trigger ranking_update after update on pole_identity
referencing new table as changed for each statement execute function iops.rank_identified();
drop trigger if exists ranking_delete on pole_identity;
create trigger ranking_delete after delete on pole_identity
referencing old table as changed for each statement execute function iops.rank_identified();
drop trigger if exists ranking_update on pole_person;
create trigger ranking_update after update on pole_person
referencing old table as former new table as changed for each statement execute function iops.rank_named();
