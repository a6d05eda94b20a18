-- What makes a closure without a crime look like one: facts of the record, patterns over incidents, words of its text.
-- Read under the wall: a restricted incident is there for its list alone.

create or replace function iops.suspicions(since date, until date, asked text, crimes text[], telling text[])
returns table (closing_id bigint, incident_id bigint, code text, detail text)
language sql stable set search_path = pg_catalog, public, iops, pg_temp as $suspicions$
    with closed as materialized (
        select distinct on (c.incident_id) c.id, c.incident_id, c.code, c.text, c.results, i.what, i."where", i.reported_at,
               i.crime_reported, i.contact_id
        from control_closing c
        join control_incident i on i.id = c.incident_id
        left join lateral (
            select d.result from crime_recordingdecision d where d.incident_id = c.incident_id
            order by d.at desc, d.id desc limit 1) r on true
        where c.at >= (since::timestamp at time zone 'Europe/London')
          and c.at < ((until + 1)::timestamp at time zone 'Europe/London')
          and i.closed_at is not null
          and coalesce(r.result, '') not in ('crime', 'transferred')
          and not c.results ? 'crime-recorded'
        order by c.incident_id, c.at desc, c.id desc)
    select c.id, c.incident_id, 'category', c.code from closed c where c.code = any (crimes)
    union all
    select c.id, c.incident_id, 'reported', '' from closed c where c.crime_reported
    union all
    select c.id, c.incident_id, 'result', x.value from closed c, jsonb_array_elements_text(c.results) x
    where x.value = any (telling)
    union all
    select c.id, c.incident_id, 'injury', a.form from closed c
    join safeguarding_riskassessment a on a.incident_id = c.incident_id
    where exists (select from jsonb_each_text(a.answers) v where v.key like 'injury%' and v.value = 'yes')
    union all
    -- The same victim and suspect on other incidents of the twelve months before: what each shows may be little.
    select c.id, c.incident_id, 'pattern', count(distinct o.to_id)::text from closed c
    join pole_link v on v.to_kind = 'incident' and v.to_id = c.incident_id and v.from_kind = 'person'
                    and v.role in ('victim', 'aggrieved') and v.withdrawn_at is null
    join pole_link s on s.to_kind = 'incident' and s.to_id = c.incident_id and s.from_kind = 'person'
                    and s.role in ('suspect', 'offender') and s.withdrawn_at is null
    join pole_link o on o.to_kind = 'incident' and o.to_id <> c.incident_id and o.from_kind = 'person'
                    and o.from_id = v.from_id and o.role in ('victim', 'aggrieved') and o.withdrawn_at is null
    join pole_link p on p.to_kind = 'incident' and p.to_id = o.to_id and p.from_kind = 'person'
                    and p.from_id = s.from_id and p.role in ('suspect', 'offender') and p.withdrawn_at is null
    join control_incident b on b.id = o.to_id and b.reported_at between c.reported_at - interval '1 year' and c.reported_at
    group by c.id, c.incident_id having count(distinct o.to_id) >= 1
    union all
    -- Calls to the same address in the four weeks before.
    select c.id, c.incident_id, 'repeat', count(*)::text from closed c
    join control_incident b on b.id <> c.incident_id and lower(btrim(b."where")) = lower(btrim(c."where"))
                           and b.reported_at between c.reported_at - interval '28 days' and c.reported_at
    group by c.id, c.incident_id having count(*) >= 2
    union all
    select c.id, c.incident_id, 'linked', l.kind from closed c
    join control_incidentlink l on c.incident_id in (l.incident_id, l.other_id) and l.withdrawn_at is null
                               and l.kind = 'series'
    union all
    select c.id, c.incident_id, 'text', w.said from closed c, lateral (
        select c.what as said where iops.plain_words(c.what) @@ asked::tsquery
        union all
        select c.text where iops.plain_words(c.text) @@ asked::tsquery
        union all
        select e.text from control_logentry e where e.incident_id = c.incident_id and e.kind = 'typed'
                                              and iops.plain_words(e.text) @@ asked::tsquery) w
$suspicions$;
