-- What the absence alarm counts (I32), and what rules may see of an alarm (rulebook/data/facts/absence_alarm.yaml).

-- Referrals sent by local day and hour, district and agency. Counts restricted ones too, so that a number does not
-- depend on who asks; it tells nothing but numbers.
create or replace function iops.referrals_sent(since date, until date)
returns table (day date, hour integer, district_id bigint, agency_id bigint, sent bigint)
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $sent$
    select (s.at at time zone 'Europe/London')::date, extract(hour from s.at at time zone 'Europe/London')::integer,
           r.district_id, r.agency_id, count(*)
    from safeguarding_referralstep s join safeguarding_referral r on r.id = s.referral_id
    where s.state = 'sent'
      and s.at >= (since::timestamp at time zone 'Europe/London')
      and s.at < ((until + 1)::timestamp at time zone 'Europe/London')
    group by 1, 2, 3, 4
$sent$;

-- Decisions to refer a child by local day and district: what called for a referral.
create or replace function iops.referrals_called_for(since date, until date)
returns table (day date, district_id bigint, decided bigint)
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $called$
    select (d.at at time zone 'Europe/London')::date, i.district_id, count(*)
    from safeguarding_childdecision d
    join safeguarding_incidentchild c on c.id = d.child_id
    join control_incident i on i.id = c.incident_id
    where d.decision in ('refer_now', 'refer_routine')
      and d.at >= (since::timestamp at time zone 'Europe/London')
      and d.at < ((until + 1)::timestamp at time zone 'Europe/London')
    group by 1, 2
$called$;

drop view if exists facts.absence_alarm cascade;
create view facts.absence_alarm with (security_invoker = true) as
select a.id, a.raised_at, a.district_id, 80 as risk, false as restricted, a.answered_at
from safeguarding_absencealarm a;

-- An alarm is answered once, and nothing else of it is ever changed.
create or replace function iops.absence_alarm_kept() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $kept$
begin
    if old.answered_at is not null or (old.day, old.district_id, old.agency_id, old.rule, old.window_days, old.seen,
        old.expected_thousandths, old.called_for, old.raised_at) is distinct from (new.day, new.district_id,
        new.agency_id, new.rule, new.window_days, new.seen, new.expected_thousandths, new.called_for, new.raised_at) then
        raise exception 'An alarm is answered once and not rewritten.' using errcode = 'IO409';
    end if;
    if new.answered_by_id <> iops.as_number('iops.user_id') then
        raise exception 'Who answers an alarm answers it themselves.' using errcode = 'IO409';
    end if;
    return new;
end $kept$;
drop trigger if exists b_absence_alarm_kept on safeguarding_absencealarm;
create trigger b_absence_alarm_kept before update on safeguarding_absencealarm
for each row execute function iops.absence_alarm_kept();
