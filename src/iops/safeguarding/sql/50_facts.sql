-- What rules may see of safeguarding. Columns are described in rulebook/data/facts/.

drop view if exists facts.incident__safeguarding cascade;
create view facts.incident__safeguarding with (security_invoker = true) as
select i.id, a.assessed_at, coalesce(c.child_count, 0)::integer as child_count
from control_incident i
left join lateral (
    -- What a partner supplied stands beside the assessment of the police and is not it.
    select min(x.at) as assessed_at
    from safeguarding_riskassessment x where x.incident_id = i.id and x.medium <> 'partner'
) a on true
left join lateral (
    select count(*) as child_count from safeguarding_incidentchild x where x.incident_id = i.id
) c on true;

drop view if exists facts.risk_assessment cascade;
create view facts.risk_assessment with (security_invoker = true) as
select a.id, a.incident_id, i.reported_at, i.district_id, i.restricted,
       (case e.grade when 'high' then 90 when 'medium' then 60 else 40 end)::integer as risk,
       e.grade, a.at as assessed_at, r.reviewed_at, r.review_agreed_at,
       case when e.grade <> 'high' then null when a.grade = 'high' then a.at else g.high_at end as high_since,
       a.ticks::integer as ticks,
       a.medium in ('telephone', 'partner') or a.answered_by = 'third_party' as remote,
       p.in_person_at, g.secondary_at
from safeguarding_riskassessment a
join control_incident i on i.id = a.incident_id
cross join lateral (select iops.risk_effective(a.id) as grade) e
left join lateral (
    select min(x.at) as reviewed_at, min(x.at) filter (where x.agreed) as review_agreed_at
    from safeguarding_assessmentreview x where x.assessment_id = a.id
) r on true
left join lateral (
    select min(x.at) filter (where x.grade = 'high') as high_at,
           min(x.at) filter (where x.graded_as in ('specialist', 'multi_agency')) as secondary_at
    from safeguarding_riskgrading x where x.assessment_id = a.id
) g on true
left join lateral (
    select min(x.at) as in_person_at from safeguarding_riskassessment x
    where x.incident_id = a.incident_id and x.medium = 'in_person' and x.answered_by <> 'third_party'
) p on true;

drop view if exists facts.incident_child cascade;
create view facts.incident_child with (security_invoker = true) as
select c.id, c.incident_id, i.reported_at, i.district_id, i.restricted, 80 as risk,
       i.domestic, c.linked_at, c.known_at, f.decided_at, d.decision, d.decision_since
from safeguarding_incidentchild c
join control_incident i on i.id = c.incident_id
left join lateral (
    select min(x.at) as decided_at from safeguarding_childdecision x where x.child_id = c.id
) f on true
left join lateral (
    -- The decision that stands: each names the one it replaces, so it is the last.
    select x.at as decision_since, x.decision
    from safeguarding_childdecision x where x.child_id = c.id order by x.id desc limit 1
) d on true;
