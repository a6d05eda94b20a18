-- Which records break an invariant of safeguarding (safeguarding.md C3) now: code, record, since when. An invariant that
-- the database holds is looked at all the same: a tile that cannot show a breach would be worth nothing.
-- Duties on paper from before the first edition of their rules are not asked for.

drop view if exists iops.invariant_breach cascade;
create view iops.invariant_breach with (security_invoker = true) as
with domestic as (
    select i.id, i.reported_at, i.closed_at from control_incident i
    where i.domestic and i.reported_at >= timestamptz '2019-07-01 00:00 Europe/London'
), unrecorded as (
    select d.* from domestic d
    where not exists (select from safeguarding_vulnerabilityrecord v where v.incident_id = d.id and v.strand = 'da_adult')
      and not exists (select from obligations_waiver w
                      where (w.subject, w.subject_id, w.rule) = ('incident', d.id, 'da-record'))
)
select 'I01'::text as invariant, 'incident'::text as kind, u.id as record_id, u.closed_at as since
from unrecorded u where u.closed_at is not null
union all
select 'I02', 'incident', d.id, d.closed_at from domestic d
where d.closed_at is not null
  and not exists (select from safeguarding_riskassessment a where a.incident_id = d.id)
  and not exists (select from obligations_waiver w where w.subject = 'incident' and w.subject_id = d.id
                  and w.rule in ('da-risk-assessment', 'da-risk-assessment-unattended'))
union all
select distinct 'I03', 'incident', i.id, a.at from safeguarding_riskassessment a
join control_incident i on i.id = a.incident_id and not i.domestic
where not exists (select from control_domesticdecision x where x.incident_id = i.id and not x.domestic)
union all
select 'I04', 'incident', r.incident_id, r.reported_at from safeguarding_rankeditem r
where not r.known and not r.floors ? 'unresolved'
union all
select 'I05', 'incident', c.incident_id, min(d.at) from safeguarding_childdecision d
join safeguarding_incidentchild c on c.id = d.child_id
where not exists (select from safeguarding_childdecision x where x.replaces_id = d.id)
group by c.incident_id, d.child_id having count(*) > 1
union all
select 'I07', 'incident', y.incident_id, y.dead_at from safeguarding_delivery y
where y.dead_at is not null and y.settled_at is null
  and not exists (select from obligations_obligation o
                  where o.record_kind = 'incident' and o.record_id = y.incident_id
                    and o.rule = 'referral-delivery-failed' and o.met_at is null)
union all
select 'I08', 'incident', u.id, u.reported_at from unrecorded u where u.reported_at < iops.now() - interval '24 hours'
union all
select 'I09', 'incident', d.id, d.closed_at from domestic d
where d.closed_at is not null
  and not exists (select from crime_recordingdecision x where x.incident_id = d.id)
  and not exists (select from obligations_waiver w
                  where (w.subject, w.subject_id, w.rule) = ('incident', d.id, 'crime-recording-decision'))
union all
select 'I10', 'conservation', r.id, r.started_at
from (select * from obligations_conservationrun order by started_at desc, id desc limit 1) r
where r.missing + r.surplus > 0
union all
select 'I12', 'incident', o.record_id, o.arose_at from obligations_obligation o
join obligations_rule r on r.code = o.rule and r.owner = ''
where o.met_at is null and o.waived_at is null
union all
select 'I13', 'incident', d.id, d.reported_at from domestic d
where d.closed_at is null and not exists (select from safeguarding_rankeditem r where r.incident_id = d.id)
union all
select 'I14', 'incident', w.incident_id, min(w.at) from safeguarding_rankingwait w
where w.at < iops.now() - interval '60 seconds' group by w.incident_id
union all
select distinct 'I18', 'incident', a.incident_id, g.at from safeguarding_riskgrading g
join safeguarding_riskassessment a on a.id = g.assessment_id
where iops.risk_weight(g.grade) < iops.risk_weight(coalesce(
          (select e.grade from safeguarding_riskgrading e where e.assessment_id = a.id and e.id < g.id
           order by e.id desc limit 1), a.grade))
  and not exists (select from safeguarding_riskdowngrade p
                  where p.assessment_id = a.id and p.grade = g.grade and p.confirmed and p.decided_at <= g.at)
union all
select 'I19', 'incident', a.incident_id, a.at from safeguarding_riskassessment a
where a.ticks >= 14 and a.grade <> 'high' and a.judgement = ''
union all
select distinct 'I21', 'incident', a.incident_id, i.closed_at from safeguarding_riskassessment a
join control_incident i on i.id = a.incident_id and i.closed_at is not null
where a.medium = 'telephone' and a.grade <> 'standard'
  and not exists (select from safeguarding_riskassessment x where x.incident_id = i.id and x.medium = 'in_person')
  and not exists (select from obligations_waiver w
                  where (w.subject, w.subject_id, w.rule) = ('risk_assessment', a.id, 'da-assessment-in-person'))
union all
select 'I27', 'incident', o.record_id, o.due_at from obligations_obligation o
where o.rule = 'high-risk-referral' and o.met_at is null and o.waived_at is null and o.due_at < iops.now()
union all
select 'I28', 'incident', s.incident_id, s.at from safeguarding_noticestep s where s.kind = 'lapsed'
union all
select 'I31', 'incident', x.incident_id, x.at from safeguarding_disclosure x
where x.recipient = '' or x.basis = '' or x.content_hash = ''
union all
select 'I32', 'absence_alarm', a.id, a.raised_at from safeguarding_absencealarm a where a.answered_at is null
union all
select 'I36', 'incident', c.incident_id, c.linked_at from safeguarding_incidentchild c where c.school_known = 'unknown';

grant select on iops.invariant_breach to iops_app;

-- How many break each, over all records: a number does not depend on who asks. I11 asks the server's own catalogue: which
-- tables of facts (those that keep a history) the application could delete from.
create or replace function iops.invariant_counts() returns table (invariant text, broken bigint, oldest timestamptz)
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $counts$
    select b.invariant, count(*), min(b.since) from iops.invariant_breach b group by b.invariant
    union all
    select 'I11', count(*), null from (
        select distinct t.tgrelid from pg_trigger t
        where t.tgname = 'a_history_insert' and has_table_privilege('iops_app', t.tgrelid, 'delete')) open_to_deletion
$counts$;
