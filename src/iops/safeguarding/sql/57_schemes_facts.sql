-- What rules may see of the schemes. Columns are described in rulebook/data/facts/.

drop view if exists facts.protection_notice cascade;
create view facts.protection_notice with (security_invoker = true) as
select n.id, n.incident_id, i.reported_at, i.district_id, i.restricted, 95 as risk, n.kind, n.served_at,
       s.hearing_listed_at, s.court_sat_at, s.withdrawn_at, s.lapsed_at, s.lapse_reviewed_at
from safeguarding_protectionnotice n
join control_incident i on i.id = n.incident_id
left join lateral (
    -- A listing counts when the court is to sit while the notice holds.
    select min(x.at) filter (where x.kind = 'listed'
                             and x.listed_for <= iops.due(n.served_at, 48, 'court hours', null)) as hearing_listed_at,
           min(x.at) filter (where x.kind in ('adjourned', 'order_made', 'refused')) as court_sat_at,
           min(x.at) filter (where x.kind = 'withdrawn') as withdrawn_at,
           min(x.at) filter (where x.kind = 'lapsed') as lapsed_at,
           min(x.at) filter (where x.kind = 'reviewed') as lapse_reviewed_at
    from safeguarding_noticestep x where x.notice_id = n.id
) s on true;

drop view if exists facts.disclosure_application cascade;
create view facts.disclosure_application with (security_invoker = true) as
select a.id, a.incident_id, i.reported_at, i.district_id, i.restricted, 75 as risk, a.route, a.received_at,
       s.checked_at, s.met_at, s.decided_at, s.concluded_at
from safeguarding_disclosureapplication a
join control_incident i on i.id = a.incident_id
left join lateral (
    select min(x.at) filter (where x.kind = 'checked') as checked_at,
           min(x.at) filter (where x.kind = 'met') as met_at,
           min(x.at) filter (where x.kind in ('to_disclose', 'not_to_disclose')) as decided_at,
           min(x.at) filter (where x.kind in ('disclosed', 'not_to_disclose')) as concluded_at
    from safeguarding_disclosurestep x where x.application_id = a.id
) s on true;

drop view if exists facts.marac_case cascade;
create view facts.marac_case with (security_invoker = true) as
select c.id, c.incident_id, i.reported_at, i.district_id, i.restricted, 95 as risk, c.route, c.emergency,
       c.referred_at, c.listed_at, m.at as meeting_at, c.heard_at
from safeguarding_maraccase c
join control_incident i on i.id = c.incident_id
left join safeguarding_maracmeeting m on m.id = c.meeting_id;

drop view if exists facts.marac_action cascade;
create view facts.marac_action with (security_invoker = true) as
select a.id, a.incident_id, i.reported_at, i.district_id, i.restricted, 85 as risk, a.agreed_at,
       -- An action may be done until the end of its day.
       iops.london((a.due_on + 1)::timestamp) as due_by, a.done_at
from safeguarding_maracaction a
join control_incident i on i.id = a.incident_id;

-- I27: a MARAC case out of an incident is a specialist referral of its own.
drop view if exists facts.risk_assessment__schemes cascade;
create view facts.risk_assessment__schemes with (security_invoker = true) as
select a.id, m.at as marac_referred_at
from safeguarding_riskassessment a
left join lateral (
    select min(x.referred_at) as at from safeguarding_maraccase x where x.incident_id = a.incident_id
) m on true;

drop view if exists facts.incident_child__encompass cascade;
create view facts.incident_child__encompass with (security_invoker = true) as
select c.id,
       -- From four, when children may start school, until eighteen; an age that is not known is not taken for too old.
       coalesce(date_part('year', age(iops.local_date(i.reported_at), p.born)) between 4 and 17, true) as of_school_age,
       iops.london(d.opens + d.hour) as school_opens_at,
       -- Working days that pass before it opens: then a weekend or a bank holiday is not the reason.
       exists (select from foundation_calendar_day x where x.working and x.day >= d.first and x.day < d.opens)
           as school_on_holiday,
       least(s.told_at, r.told_at) as encompass_told_at, s.agencies_told_at
from safeguarding_incidentchild c
join control_incident i on i.id = c.incident_id
join pole_person p on p.id = c.person_id
left join lateral (
    select x.school_id from safeguarding_childschool x where x.child_id = c.id order by x.at desc, x.id desc limit 1
) k on true
cross join lateral iops.school_day(k.school_id, c.linked_at) d
left join lateral (
    select min(x.at) filter (where x.kind in ('told', 'exception')) as told_at,
           min(x.at) filter (where x.kind in ('agencies_told', 'exception')) as agencies_told_at
    from safeguarding_encompassstep x where x.child_id = c.id
) s on true
left join lateral (
    select min(x.at) as told_at
    from safeguarding_referral f
    join safeguarding_agency g on g.id = f.agency_id and g.kind = 'school'
    join safeguarding_referralstep x on x.referral_id = f.id and x.state = 'sent'
    where f.incident_id = c.incident_id and f.person_id = c.person_id
) r on true;

drop view if exists facts.child_protection cascade;
create view facts.child_protection with (security_invoker = true) as
select p.id, p.incident_id, i.reported_at, i.district_id, i.restricted, 98 as risk, p.suspected_at,
       d.discussed_at, l.held_at as last_discussed_at, coalesce(l.conference, false) as conference_wanted,
       f.held_at as conference_at
from safeguarding_childprotection p
join control_incident i on i.id = p.incident_id
left join lateral (
    select min(x.held_at) as held_at from safeguarding_protectionconference x where x.protection_id = p.id
) f on true
left join lateral (
    select min(x.held_at) as discussed_at from safeguarding_strategydiscussion x where x.protection_id = p.id
) d on true
left join lateral (
    -- The last discussion before the conference counts; what is discussed after it starts no clock again.
    select x.held_at, x.conference from safeguarding_strategydiscussion x
    where x.protection_id = p.id and (f.held_at is null or x.held_at <= f.held_at)
    order by x.held_at desc, x.id desc limit 1
) l on true;

drop view if exists facts.matac_nomination cascade;
create view facts.matac_nomination with (security_invoker = true) as
select n.id, n.incident_id, i.reported_at, i.district_id, i.restricted, 80 as risk, n.nominated_at, n.considered_at
from safeguarding_matacnomination n
join control_incident i on i.id = n.incident_id;

drop view if exists facts.victim_rights cascade;
create view facts.victim_rights with (security_invoker = true) as
select v.id, v.incident_id, i.reported_at, i.district_id, i.restricted, 70 as risk, v.enhanced,
       -- A victim who was linked by mistake is owed nothing any more.
       i.domestic and exists (
           select from pole_link l
           where l.to_kind = 'incident' and l.to_id = v.incident_id and l.from_kind = 'person'
             and l.from_id = v.victim_id and l.role in ('victim', 'aggrieved') and l.withdrawn_at is null
       ) as stands,
       s.needs_assessed_at, s.support_at
from safeguarding_victimrights v
join control_incident i on i.id = v.incident_id
left join lateral (
    select min(x.at) filter (where x.kind = 'needs_assessed') as needs_assessed_at,
           min(x.at) filter (where x.kind in ('support_contact', 'support_declined')) as support_at
    from safeguarding_victimstep x where x.rights_id = v.id
) s on true;
