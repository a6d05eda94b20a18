-- The ranking of open domestic incidents. See docs/ranking.md; the pure form of it is ranking/scorer.py, and a test
-- holds the two together. `iops.ranking_weights(date)` is made from the dated files by install.py.

-- Filled in by install.py, later in the same transaction.
create or replace function iops.ranking_weights(day date) returns jsonb language sql immutable as
$$ select null::jsonb $$;

create or replace view iops.ranking_party as
select l.to_id as incident_id, l.from_id as person_id, l.role in ('suspect', 'offender') as suspect
from pole_link l
where l.to_kind = 'incident' and l.from_kind = 'person' and l.withdrawn_at is null
  and l.role in ('victim', 'aggrieved', 'person at risk', 'suspect', 'offender');

-- What is on record of the people of each incident, without the incident itself.
create or replace function iops.ranking_history(ids bigint[]) returns table (
    incident_id bigint, known boolean, days_since_last integer, incidents_12m bigint, incidents_24m bigint,
    gravity numeric, distinct_victims_36m bigint
) language sql stable as $$
    with wanted as (select distinct x.id from unnest(ids) x(id)),
    others as (
        select distinct w.id as incident_id, o.incident_id as other_id
        from wanted w
        join iops.ranking_party p on p.incident_id = w.id
        join iops.ranking_party o on o.person_id = p.person_id and o.incident_id <> w.id
    ), past as (
        select o.incident_id, i.id, greatest(0, iops.local_date(iops.now()) - iops.local_date(i.reported_at)) as age,
               exists (select from crime_recordingdecision d where d.incident_id = i.id and d.result = 'crime') as crime
        from others o join control_incident i on i.id = o.other_id and i.domestic
    ), counted as (
        select p.incident_id, min(p.age) as last, count(*) filter (where p.age <= 365) as year,
               count(*) filter (where p.age <= 730) as two,
               sum(exp(-p.age::numeric / 365)) filter (where p.crime) as crimes
        from past p group by p.incident_id
    ), victims as (
        select s.incident_id, count(distinct v.person_id) as hurt
        from wanted w
        join iops.ranking_party s on s.incident_id = w.id and s.suspect
        join iops.ranking_party t on t.person_id = s.person_id and t.suspect
        join control_incident i on i.id = t.incident_id and i.domestic
             and iops.local_date(iops.now()) - iops.local_date(i.reported_at) <= 1095
        join iops.ranking_party v on v.incident_id = t.incident_id and not v.suspect
        group by s.incident_id
    )
    select w.id,
           exists (select from iops.ranking_party p where p.incident_id = w.id and p.suspect)
           and exists (select from iops.ranking_party p where p.incident_id = w.id and not p.suspect),
           c.last, coalesce(c.year, 0), coalesce(c.two, 0),
           coalesce(c.crimes, 0) * (iops.ranking_weights(iops.local_date(iops.now())) ->> 'recorded_crime_harm')::integer,
           coalesce(v.hurt, 0)
    from wanted w left join counted c on c.incident_id = w.id left join victims v on v.incident_id = w.id
$$;

-- Rank these incidents anew: an open domestic one has a row, any other has none.
create or replace function iops.rank_incidents(ids bigint[]) returns void
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
declare
    w jsonb := iops.ranking_weights(iops.local_date(iops.now()));
    quartile integer := coalesce(
        (select percentile_disc(0.75) within group (order by r.score) from safeguarding_rankeditem r where r.known),
        (w ->> 'unknown_history')::integer);
begin
    delete from safeguarding_rankeditem r using unnest(ids) x(id)
    where r.incident_id = x.id
      and not exists (select from control_incident i where i.id = x.id and i.domestic and i.closed_at is null);
    insert into safeguarding_rankeditem
        (incident_id, floored, floors, score, place, terms, known, edition, reported_at, ranked_at)
    select f.id, jsonb_array_length(f.floors) > 0, f.floors, s.score,
           -- Waiting adds the same to all each day, so the day of the report taken away keeps the same order.
           s.score - (w ->> 'ageing_per_day')::bigint * (iops.local_date(f.reported_at) - date '2000-01-01'),
           s.terms, f.known, w ->> 'edition', f.reported_at, iops.now()
    from iops.ranking_facts(ids, w) f
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

create or replace function iops.ranking_facts(ids bigint[], w jsonb) returns table (
    id bigint, reported_at timestamptz, known boolean, terms jsonb, score integer, floors jsonb
) language sql stable as $$
    select i.id, i.reported_at, h.known, t.terms,
           (select sum(e.value::integer)::integer from jsonb_each_text(t.terms) e), fl.floors
    from iops.ranking_history(ids) h
    join control_incident i on i.id = h.incident_id and i.domestic and i.closed_at is null
    left join lateral (
        select x.id, x.grade from safeguarding_riskassessment x where x.incident_id = i.id order by x.at desc, x.id desc
        limit 1
    ) a on true
    cross join lateral (
        select coalesce(array_agg(c.concept), '{}') as yes from iops.risk_concepts(a.id) c where c.answer = 'yes'
    ) q
    cross join lateral (
        select jsonb_build_object(
            'recency', round((w ->> 'recency')::integer * exp(-coalesce(h.days_since_last, 100000)::numeric / 90)),
            'frequency', round((w ->> 'frequency')::integer * ln(1 + h.incidents_24m::numeric)),
            'gravity', round((w ->> 'gravity')::integer * ln(1 + h.gravity)),
            'victims', round((w ->> 'victims')::integer * ln(1 + h.distinct_victims_36m::numeric)),
            'breach', case when 'order_breached' = any(q.yes) then (w ->> 'breach')::integer else 0 end,
            'red_flags', (w ->> 'red_flags')::integer * cardinality(array(
                select unnest(q.yes) intersect
                select unnest('{strangulation,weapon,stalking,threat_to_kill,perpetrator_suicidal}'::text[])))
        ) as terms
    ) t
    cross join lateral (
        select coalesce(jsonb_agg(f.code order by f.code), '[]'::jsonb) as floors from (values
            ('no_assessment', a.id is null),
            ('ticks_below_high', cardinality(q.yes) >= 14 and a.grade <> 'high'),
            ('strangulation', 'strangulation' = any(q.yes)),
            ('threat_to_kill', 'threat_to_kill' = any(q.yes)),
            ('weapon', 'weapon' = any(q.yes)),
            ('stalking_after_separation', q.yes @> '{stalking,separation}'::text[]),
            ('sexual_violence', 'sexual_violence' = any(q.yes)),
            ('suicide', q.yes && '{suicide,victim_suicidal,perpetrator_suicidal}'::text[]),
            ('pregnancy', 'pregnancy' = any(q.yes)),
            ('child_hurt', q.yes && '{child_hurt,children}'::text[]),
            ('honour_based', 'honour_based' = any(q.yes)),
            ('order_breached', 'order_breached' = any(q.yes)),
            ('third_incident', h.incidents_12m >= 2),
            ('serial', h.distinct_victims_36m >= 2),
            ('unresolved', not h.known),
            ('waited', iops.local_date(iops.now()) - iops.local_date(i.reported_at) >= (w ->> 'longest_wait_days')::integer)
        ) f(code, holds) where f.holds
    ) fl
$$;

-- These incidents, and every open one of the people on them: what is new on one is history to the others (I14).
create or replace function iops.rank_with_people(ids bigint[]) returns void
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
begin
    if ids is null then
        return;
    end if;
    perform iops.rank_incidents(array(
        select unnest(ids) union
        select r.incident_id
        from unnest(ids) x(id)
        join iops.ranking_party p on p.incident_id = x.id
        join iops.ranking_party o on o.person_id = p.person_id
        join safeguarding_rankeditem r on r.incident_id = o.incident_id
    ));
end $$;

-- Nightly, and after new weights: every open item. Returns how many.
create or replace function iops.rank_all() returns bigint
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
declare
    ids bigint[] := array(select i.id from control_incident i where i.domestic and i.closed_at is null);
begin
    perform iops.rank_incidents(ids || array(select r.incident_id from safeguarding_rankeditem r));
    return cardinality(ids);
end $$;

create or replace function iops.rank_changed() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
begin
    perform iops.rank_with_people(array_agg(distinct c.incident_id)) from changed c;
    return null;
end $$;

create or replace function iops.rank_changed_incidents() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
begin
    perform iops.rank_with_people(array_agg(c.id))
    from changed c
    where c.domestic or exists (select from safeguarding_rankeditem r where r.incident_id = c.id)
    having count(*) > 0;
    return null;
end $$;

create or replace function iops.rank_changed_links() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
begin
    -- A link that was withdrawn no longer leads to the person, so the people are taken from the link itself.
    perform iops.rank_with_people(array_agg(distinct x.id)) from (
        select c.to_id as id from changed c where c.to_kind = 'incident' and c.from_kind = 'person'
        union
        select p.incident_id from changed c
        join iops.ranking_party p on p.person_id = c.from_id
        join safeguarding_rankeditem r on r.incident_id = p.incident_id
        where c.to_kind = 'incident' and c.from_kind = 'person'
    ) x join control_incident i on i.id = x.id and i.domestic
    having count(*) > 0;
    return null;
end $$;

drop trigger if exists ranking_insert on control_incident;
create trigger ranking_insert after insert on control_incident
referencing new table as changed for each statement execute function iops.rank_changed_incidents();
drop trigger if exists ranking_update on control_incident;
create trigger ranking_update after update on control_incident
referencing new table as changed for each statement execute function iops.rank_changed_incidents();
drop trigger if exists ranking_insert on pole_link;
create trigger ranking_insert after insert on pole_link
referencing new table as changed for each statement execute function iops.rank_changed_links();
drop trigger if exists ranking_update on pole_link;
create trigger ranking_update after update on pole_link
referencing new table as changed for each statement execute function iops.rank_changed_links();
drop trigger if exists ranking_insert on safeguarding_riskassessment;
create trigger ranking_insert after insert on safeguarding_riskassessment
referencing new table as changed for each statement execute function iops.rank_changed();
drop trigger if exists ranking_insert on crime_recordingdecision;
create trigger ranking_insert after insert on crime_recordingdecision
referencing new table as changed for each statement execute function iops.rank_changed();
