-- Everything of every scheme in one shape, for the panel of an incident and for the lists: who it is about, where it
-- stands, by when the next thing is owed. Reads as whoever asks; a name that may not be seen is null.

drop view if exists iops.scheme_item cascade;
create view iops.scheme_item with (security_invoker = true) as
select 'notices'::text as scheme, n.id, n.incident_id, n.respondent_id as person_id, n.victim_id as other_id,
       n.kind::text as what, coalesce(s.kind, 'served')::text as state, n.served_at as at,
       case when h.heard is null then iops.due(n.served_at, 48, 'court hours', null) end as due_at,
       coalesce(s.kind in ('order_made', 'refused', 'withdrawn', 'reviewed'), false) as ended,
       coalesce(s.note, '')::text as note, null::bigint as part_of
from safeguarding_protectionnotice n
left join lateral (
    select x.kind, x.note from safeguarding_noticestep x where x.notice_id = n.id order by x.id desc limit 1
) s on true
left join lateral (
    select true as heard from safeguarding_noticestep x
    where x.notice_id = n.id and x.kind in ('adjourned', 'order_made', 'refused', 'withdrawn') limit 1
) h on true
union all
select 'disclosure', a.id, a.incident_id, a.at_risk_id, a.other_id, a.route, coalesce(s.kind, 'received'), a.received_at,
       (select o.due_at from obligations_obligation o
        where o.subject = 'disclosure_application' and o.subject_id = a.id and o.rule = 'dvds-disclosure'),
       coalesce(s.kind in ('disclosed', 'not_to_disclose'), false), a.applicant, null
from safeguarding_disclosureapplication a
left join lateral (
    select x.kind from safeguarding_disclosurestep x where x.application_id = a.id order by x.id desc limit 1
) s on true
union all
select 'marac', c.id, c.incident_id, c.victim_id,
       (select min(p.person_id) from safeguarding_maracperpetrator p where p.case_id = c.id), c.route,
       case when c.heard_at is not null then 'heard' when c.meeting_id is not null then 'listed'
            when c.emergency then 'emergency' else 'referred' end,
       c.referred_at, coalesce(m.at, o.due_at), c.heard_at is not null, c.reasons, null
from safeguarding_maraccase c
left join obligations_obligation o on o.subject = 'marac_case' and o.subject_id = c.id
     and o.rule = case when c.emergency then 'marac-emergency' else 'marac-list' end
left join safeguarding_maracmeeting m on m.id = c.meeting_id
union all
select 'marac-actions', a.id, a.incident_id, c.victim_id, null, a.owner, case when a.done_at is null then 'open' else 'done' end,
       a.agreed_at, iops.london((a.due_on + 1)::timestamp), a.done_at is not null, a.what, a.case_id
from safeguarding_maracaction a
join safeguarding_maraccase c on c.id = a.case_id
union all
select 'encompass', c.id, c.incident_id, c.person_id, null,
       coalesce((select h.name from safeguarding_school h where h.id = k.school_id), k.standing, 'unknown'),
       coalesce(s.kind, 'not told'), c.linked_at, iops.school_opens_at(k.school_id, c.linked_at),
       coalesce(s.kind in ('told', 'exception'), false), coalesce(s.said, ''), null
from safeguarding_incidentchild c
join control_incident i on i.id = c.incident_id and i.domestic
left join lateral (
    select x.school_id, x.standing from safeguarding_childschool x where x.child_id = c.id
    order by x.at desc, x.id desc limit 1
) k on true
left join lateral (
    select x.kind, case x.kind when 'exception' then x.code else x.recipient end as said
    from safeguarding_encompassstep x where x.child_id = c.id
    order by x.kind = 'agencies_told', x.at, x.id limit 1
) s on true
union all
select 'child-protection', p.id, p.incident_id, c.person_id, null, coalesce(d.outcome, 'suspected'),
       case when f.id is not null then 'conference held' when d.conference then 'conference owed'
            when d.outcome is not null then 'discussed' else 'discussion owed' end,
       p.suspected_at,
       case when d.outcome is null then iops.due(p.suspected_at, 24, 'hours', null)
            when d.conference then iops.due(d.held_at, 15, 'working days', null) end,
       f.id is not null or (d.outcome is not null and not d.conference), p.grounds, null
from safeguarding_childprotection p
join safeguarding_incidentchild c on c.id = p.child_id
left join lateral (
    select x.id, x.held_at from safeguarding_protectionconference x where x.protection_id = p.id
    order by x.held_at limit 1
) f on true
left join lateral (
    select x.outcome, x.conference, x.held_at from safeguarding_strategydiscussion x
    where x.protection_id = p.id and (f.id is null or x.held_at <= f.held_at)
    order by x.held_at desc, x.id desc limit 1
) d on true
union all
select 'matac', n.id, n.incident_id, n.person_id, null, n.source, coalesce(nullif(n.decision, ''), 'nominated'),
       n.nominated_at, iops.due(n.nominated_at, 28, 'days', null), n.considered_at is not null, n.reasons, null
from safeguarding_matacnomination n
union all
select 'victims', v.id, v.incident_id, v.victim_id, null, case when v.enhanced then 'enhanced' else 'standard' end,
       concat_ws(', ', case when s.assessed then 'needs assessed' else 'needs not assessed' end,
                 case when s.contacted then 'support known' else 'no support yet' end),
       i.reported_at, iops.due(i.reported_at, 2, 'days', null), s.assessed and s.contacted, v.removed_reason, null
from safeguarding_victimrights v
join control_incident i on i.id = v.incident_id
cross join lateral (
    select coalesce(bool_or(x.kind = 'needs_assessed'), false) as assessed,
           coalesce(bool_or(x.kind in ('support_contact', 'support_declined')), false) as contacted
    from safeguarding_victimstep x where x.rights_id = v.id
) s;
grant select on iops.scheme_item to iops_app;
