-- What rules may see of crime. Columns are described in rulebook/data/facts/ (incident__crime, crime, recording_refusal).

drop view if exists facts.incident__crime cascade;
create view facts.incident__crime with (security_invoker = true) as
select i.id, r.recording_decided_at, r.recording_result
from control_incident i
left join lateral (
    select x.at as recording_decided_at, x.result as recording_result
    from crime_recordingdecision x where x.incident_id = i.id order by x.at, x.id limit 1
) r on true;

-- Of a crime that has ended everything that was to be done in its investigation is done with that.
drop view if exists facts.crime cascade;
create view facts.crime with (security_invoker = true) as
select c.id, c.incident_id, c.reported_at, c.recorded_at, i.district_id, i.restricted,
       (case when i.domestic then 80 when f.flagged then 70 else 50 end)::integer as risk,
       i.domestic,
       least(o.at, e.at, iops.crime_screened_out(c.id)) as allocated_at,
       case when v.first_at is null or e.at < v.first_at then e.at else v.first_at end as reviewed_7_at,
       case when v.second_at is null or e.at < v.second_at then e.at else v.second_at end as reviewed_14_at,
       case when v.third_at is null or e.at < v.third_at then e.at else v.third_at end as reviewed_28_at,
       e.at as ended_at, e.outcome_at,
       -- People are told each by a clock of their own (66_victims.sql); this one is for bodies.
       coalesce(e.has_victim, false) and exists (
           select from pole_link l where l.to_kind = 'crime' and l.to_id = c.id and l.from_kind = 'organisation'
             and l.role in ('victim', 'aggrieved') and l.withdrawn_at is null) as victim_waits,
       t.at as outcome_told_at
from crime_crime c
join control_incident i on i.id = c.incident_id
cross join lateral (
    select exists (select from crime_crimeflag x where x.crime_id = c.id and x.removed_at is null) as flagged
) f
left join lateral (select min(x.at) as at from crime_crimeowner x where x.crime_id = c.id) o on true
left join lateral (
    -- A review counts once: the first is the one due after seven days, the next the one due after fourteen.
    select min(x.at) filter (where x.nth = 1) as first_at, min(x.at) filter (where x.nth = 2) as second_at,
           min(x.at) filter (where x.nth = 3) as third_at
    from (select y.at, row_number() over (order by y.at, y.id) as nth
          from crime_crimereview y where y.crime_id = c.id) x
) v on true
left join lateral (
    -- At most one ending stands (sql/60_life.sql).
    select x.at, x.outcome_at, x.has_victim from (
        select y.at, y.at as outcome_at, y.has_victim from crime_crimeoutcome y
        where y.crime_id = c.id and not exists (select from crime_reopening z where z.outcome_id = y.id)
        union all
        select y.at, null, false from crime_crimecancellation y
        where y.crime_id = c.id and not exists (select from crime_reopening z where z.cancellation_id = y.id)
    ) x limit 1
) e on true
left join lateral (
    -- Told before it was decided or after; what was told of an outcome that stands no more counts no more.
    select min(x.at) as at from crime_victimtold x
    where x.crime_id = c.id and x.about = 'outcome'
      and x.at >= coalesce((select max(y.at) from crime_reopening y where y.crime_id = c.id), '-infinity')
) t on true;

drop view if exists facts.recording_refusal cascade;
create view facts.recording_refusal with (security_invoker = true) as
select d.id, d.incident_id, d.at as refused_at, i.district_id, i.restricted, 40 as risk,
       d.result in ('not_a_crime', 'crime_related_incident') and i.crime_reported and not exists (
           select from crime_recordingdecision x
           where x.incident_id = d.incident_id and (x.at, x.id) > (d.at, d.id)) as stands,
       t.at as told_at
from crime_recordingdecision d
join control_incident i on i.id = d.incident_id
left join crime_reportertold t on t.decision_id = d.id;
