-- What rules may see of referrals, and their counts by day. Columns are described in rulebook/data/facts/.

drop view if exists facts.referral cascade;
create view facts.referral with (security_invoker = true) as
select r.id, r.incident_id, i.reported_at, r.district_id, i.restricted,
       (case when r.urgency = 'immediate' then 90 else 60 end)::integer as risk,
       r.urgency, a.kind as agency_kind, r.strand, r.drafted_at,
       s.sent_at, s.received_at, s.decided_at, s.rejected_at, s.revoked_at,
       f.at as follow_decided_at, d.dead_at, d.settled_at
from safeguarding_referral r
join control_incident i on i.id = r.incident_id
join safeguarding_agency a on a.id = r.agency_id
left join lateral (
    select max(x.at) filter (where x.state = 'sent') as sent_at,
           max(x.at) filter (where x.state = 'received') as received_at,
           min(x.at) filter (where x.state in ('accepted', 'rejected')) as decided_at,
           max(x.at) filter (where x.state = 'rejected') as rejected_at,
           max(x.at) filter (where x.state = 'revoked') as revoked_at
    from safeguarding_referralstep x where x.referral_id = r.id
) s on true
left join safeguarding_rejectiondecision f on f.referral_id = r.id
left join lateral (
    select x.dead_at, x.settled_at
    from safeguarding_delivery x join safeguarding_disclosure y on y.id = x.disclosure_id
    where y.referral_id = r.id and x.dead_at is not null order by x.id desc limit 1
) d on true;

-- A decision to refer a child is carried out when a referral of the child has been sent and was not taken back before.
drop view if exists facts.incident_child__referrals cascade;
create view facts.incident_child__referrals with (security_invoker = true) as
select c.id, s.at as referral_sent_at
from safeguarding_incidentchild c
left join lateral (
    select min(x.at) as at
    from safeguarding_referral r
    join safeguarding_referralstep x on x.referral_id = r.id and x.state = 'sent'
    where r.incident_id = c.incident_id and r.person_id = c.person_id
) s on true;

-- I27: the specialist services a high risk must reach.
drop view if exists facts.risk_assessment__referrals cascade;
create view facts.risk_assessment__referrals with (security_invoker = true) as
select a.id, s.at as specialist_referred_at
from safeguarding_riskassessment a
left join lateral (
    select min(x.at) as at
    from safeguarding_referral r
    join safeguarding_agency g on g.id = r.agency_id and g.kind in ('marac', 'idva')
    join safeguarding_referralstep x on x.referral_id = r.id and x.state = 'sent'
    where r.incident_id = a.incident_id
) s on true;

-- How many referrals reached which state on which local day, by district and agency: for control charts (I32). Counts
-- restricted ones too, so that a number does not depend on who asks; it tells nothing but numbers.
create or replace function iops.referral_counts(since date, until date)
returns table (day date, district_id bigint, agency_kind text, agency_id bigint, state text, referrals bigint)
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $counts$
    select (s.at at time zone 'Europe/London')::date, r.district_id, a.kind::text, a.id, s.state::text, count(*)
    from safeguarding_referralstep s
    join safeguarding_referral r on r.id = s.referral_id
    join safeguarding_agency a on a.id = r.agency_id
    where s.at >= (since::timestamp at time zone 'Europe/London')
      and s.at < ((until + 1)::timestamp at time zone 'Europe/London')
    group by 1, 2, 3, 4, 5
$counts$;

-- Names and e-mail addresses of the suspects of an incident, restricted ones too: what a recipient is held against.
create or replace function iops.sharing_suspects(wanted bigint) returns table (told text)
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $suspects$
    with suspect as (
        select distinct l.from_id as id from pole_link l
        where l.to_kind = 'incident' and l.to_id = wanted and l.from_kind = 'person'
          and l.role in ('suspect', 'offender') and l.withdrawn_at is null
    )
    -- One word alone is too little to know somebody by; a description is nobody's name.
    select p.name::text from suspect s join pole_person p on p.id = s.id
    where not p.described and p.name ~ '\S\s+\S'
    union
    select n."full"::text from suspect s join pole_name n on n.person_id = s.id
    where n.withdrawn_at is null and n.kind <> 'description' and n."full" ~ '\S\s+\S'
    union
    select e.address::text from suspect s
    join pole_link l on l.from_kind = 'person' and l.from_id = s.id and l.to_kind = 'email' and l.withdrawn_at is null
    join pole_email e on e.id = l.to_id
$suspects$;
