-- What rules may see of crime recording. Columns are described in rulebook/data/facts/incident__crime.yaml.

drop view if exists facts.incident__crime cascade;
create view facts.incident__crime with (security_invoker = true) as
select i.id, r.recording_decided_at, r.recording_result
from control_incident i
left join lateral (
    select x.at as recording_decided_at, x.result as recording_result
    from crime_recordingdecision x where x.incident_id = i.id order by x.at, x.id limit 1
) r on true;
