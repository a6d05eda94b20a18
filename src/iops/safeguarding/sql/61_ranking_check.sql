-- How well the ranking did: what a rank would have been on the day of the report, by what was on record before that day
-- alone, and what was recorded of the same people afterwards. Here, and nowhere else in the ranking, are sex, age and
-- ethnicity read, to see whether it does worse for some than for others. Nothing here reaches a score.

create or replace function iops.ranking_followed(since date, until date, follow_days integer, most integer)
returns table (score integer, known boolean, again boolean, crime boolean, sex text, age integer, ethnicity text)
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $$
    with w as materialized (select iops.ranking_weights(iops.local_date(iops.now())) as w),
    -- At most so many, taken by a hash of the number: the same ones each time, and no month before another.
    wanted as materialized (
        select i.id, i.reported_at from control_incident i
        where i.domestic and iops.local_date(i.reported_at) between since and until
        order by hashint8(i.id), i.id limit most
    ), party as materialized (
        select distinct x.id, x.reported_at, p.person_id, p.suspect
        from wanted x join iops.ranking_party p on p.incident_id = x.id
    ), led as materialized (
        select distinct o.person_id, o.incident_id, o.suspect
        from (select distinct y.person_id from party y) q
        cross join lateral unnest(iops.same_person(q.person_id)) m(id)
        join iops.ranking_party o on o.nominal_id = m.id
    ), seen as materialized (
        select i.id, i.reported_at,
               exists (select from crime_recordingdecision d where d.incident_id = i.id and d.result = 'crime') as crime
        from (select distinct l.incident_id from led l) o join control_incident i on i.id = o.incident_id and i.domestic
    ), pairs as (
        select distinct y.id, s.id as other_id, s.crime,
               iops.local_date(y.reported_at) - iops.local_date(s.reported_at) as age
        from party y join led l on l.person_id = y.person_id and l.incident_id <> y.id join seen s on s.id = l.incident_id
        where s.reported_at <> y.reported_at
          and iops.local_date(s.reported_at) - iops.local_date(y.reported_at) <= follow_days
    ), counted as (
        select p.id, min(p.age) filter (where p.age >= 0) as last,
               count(*) filter (where p.age between 0 and 730) as two,
               sum(exp(-greatest(p.age, 0)::numeric / 365)) filter (where p.age >= 0 and p.crime) as crimes,
               coalesce(bool_or(p.age < 0), false) as again, coalesce(bool_or(p.age < 0 and p.crime), false) as crime
        from pairs p group by p.id
    ), victims as (
        select y.id, count(distinct v.person_id) as hurt
        from party y
        join led l on l.person_id = y.person_id and l.suspect
        join seen s on s.id = l.incident_id and s.reported_at <= y.reported_at
             and iops.local_date(y.reported_at) - iops.local_date(s.reported_at) <= 1095
        join iops.ranking_party v on v.incident_id = l.incident_id and not v.suspect
        where y.suspect group by y.id
    ), sides as (
        select y.id, bool_or(y.suspect) and bool_or(not y.suspect) as known,
               min(y.person_id) filter (where not y.suspect) as victim_id
        from party y group by y.id
    )
    select (select sum(e.value::integer)::integer from jsonb_each_text(iops.ranking_terms(
               w.w, c.last, coalesce(c.two, 0), coalesce(c.crimes, 0) * (w.w ->> 'recorded_crime_harm')::integer,
               coalesce(v.hurt, 0), q.yes)) e),
           coalesce(k.known, false), coalesce(c.again, false), coalesce(c.crime, false), coalesce(d.sex, ''),
           extract(year from age(iops.local_date(x.reported_at), b.earliest))::integer, coalesce(d.ethnicity, '')
    from wanted x
    cross join w
    left join sides k on k.id = x.id
    left join counted c on c.id = x.id
    left join victims v on v.id = x.id
    cross join lateral iops.ranking_assessed(x.id) q
    left join lateral (
        select (array_agg(t.value order by t.recorded_at desc, t.id desc) filter (where t.kind = 'sex'))[1] as sex,
               (array_agg(t.value order by t.recorded_at desc, t.id desc)
                   filter (where t.kind = 'ethnicity_self'))[1] as ethnicity
        from pole_detail t
        where t.person_id = k.victim_id and t.withdrawn_at is null and t.kind in ('sex', 'ethnicity_self')
    ) d on true
    left join lateral (
        select t.earliest from pole_birth t
        where t.person_id = k.victim_id and t.withdrawn_at is null and t.latest - t.earliest < 366
        order by t.recorded_at desc, t.id desc limit 1
    ) b on true
$$;
