-- What rules may see of POLE. Columns are described in rulebook/data/facts/.

drop view if exists facts.warning_marker cascade;
create view facts.warning_marker with (security_invoker = true) as
select m.id, m.proposed_at, m.decided_at, m.confirmed, m.ended_at, m.severity,
       -- Local midnight at the start of the day of review: a marker is late from the end of that day.
       (m.review_on::timestamp at time zone 'Europe/London') as review_at,
       ((m.expires_on + 1)::timestamp at time zone 'Europe/London') as expires_at,
       coalesce(l.district_id, t.district_id, 0) as district_id,
       (case m.severity when 'grave' then 90 when 'serious' then 60 else 40 end)::integer as risk,
       coalesce(p.restricted, l.restricted, false) as restricted
from pole_warningmarker m
left join pole_person p on p.id = m.person_id
left join pole_location l on l.id = m.location_id
left join foundation_team t on t.id = m.owner_id;
