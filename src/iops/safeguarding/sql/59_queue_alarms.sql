-- What rules may see of a queue alarm (rulebook/data/facts/queue_alarm.yaml), and that an answer stands.

drop view if exists facts.queue_alarm cascade;
create view facts.queue_alarm with (security_invoker = true) as
select a.id, a.raised_at, 0::bigint as district_id, 80 as risk, false as restricted, a.answered_at
from safeguarding_queuealarm a;

-- An alarm is answered once, by an inspector or above, and nothing else of it is ever changed.
create or replace function iops.queue_alarm_kept() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $kept$
begin
    if old.answered_at is not null
        or to_jsonb(old) - array['answered_at', 'answered_by_id', 'answer']
           <> to_jsonb(new) - array['answered_at', 'answered_by_id', 'answer'] then
        raise exception 'An alarm is answered once and not rewritten.' using errcode = 'IO409';
    end if;
    if new.answered_by_id <> iops.as_number('iops.user_id') or not iops.viewer_holds(array['inspector']) then
        raise exception 'An alarm of a queue is answered by an inspector, in person.' using errcode = 'IO409';
    end if;
    return new;
end $kept$;
drop trigger if exists b_queue_alarm_kept on safeguarding_queuealarm;
create trigger b_queue_alarm_kept before update on safeguarding_queuealarm
for each row execute function iops.queue_alarm_kept();
