-- What the hub's page asks: pairs at high risk, repeat victims and serial perpetrators (safeguarding.md I30), and how
-- each queue of duties flows (I16, I17). All of it is derived when it is asked, as whoever asks: what somebody may not
-- see is not counted for them. A nominal stands under the lead of its merged nominals.

create index if not exists incident_domestic_newest on control_incident (reported_at) include (id) where domestic;
create index if not exists assessment_high on safeguarding_riskassessment (incident_id) where grade = 'high';
create index if not exists grading_high on safeguarding_riskgrading (assessment_id) where grade = 'high';
create index if not exists link_victim on pole_link (to_id, from_id)
    where to_kind = 'incident' and from_kind = 'person' and role = 'victim' and withdrawn_at is null;
create index if not exists link_suspect on pole_link (to_id, from_id)
    where to_kind = 'incident' and from_kind = 'person' and role in ('suspect', 'offender') and withdrawn_at is null;

-- Victim and suspect of incidents that are open and whose grade that stands is high.
create or replace function iops.high_risk_pairs()
returns table (victim_id bigint, suspect_id bigint, incidents bigint, first_at timestamptz, latest_at timestamptz)
language sql stable as $pairs$
    with high as materialized (
        select distinct i.id, i.reported_at
        from safeguarding_riskassessment a
        join control_incident i on i.id = a.incident_id and i.closed_at is null
        where (a.grade = 'high' or a.id in (select g.assessment_id from safeguarding_riskgrading g where g.grade = 'high'))
          and iops.risk_effective(a.id) = 'high'
    ), pair as (
        select coalesce(vi.lead_id, v.from_id) as victim, coalesce(si.lead_id, s.from_id) as suspect, h.id, h.reported_at
        from high h
        join pole_link v on v.to_kind = 'incident' and v.to_id = h.id and v.from_kind = 'person'
            and v.role = 'victim' and v.withdrawn_at is null
        join pole_link s on s.to_kind = 'incident' and s.to_id = h.id and s.from_kind = 'person'
            and s.role in ('suspect', 'offender') and s.withdrawn_at is null
        left join pole_identity vi on vi.person_id = v.from_id
        left join pole_identity si on si.person_id = s.from_id
    )
    select victim, suspect, count(distinct id), min(reported_at), max(reported_at)
    from pair where victim <> suspect group by victim, suspect
$pairs$;

-- Victims of at least so many domestic incidents reported since a moment.
create or replace function iops.repeat_victims(begins timestamptz, least_incidents integer)
returns table (person_id bigint, incidents bigint, first_at timestamptz, latest_at timestamptz)
language sql stable as $repeats$
    select coalesce(n.lead_id, v.from_id), count(distinct i.id), min(i.reported_at), max(i.reported_at)
    from control_incident i
    join pole_link v on v.to_kind = 'incident' and v.to_id = i.id and v.from_kind = 'person'
        and v.role = 'victim' and v.withdrawn_at is null
    left join pole_identity n on n.person_id = v.from_id
    where i.domestic and i.reported_at >= begins
    group by 1 having count(distinct i.id) >= least_incidents
$repeats$;

-- Suspects of domestic incidents, reported since a moment, against at least so many victims. Somebody whose date of
-- birth is not known counts: unknown is not young.
create or replace function iops.serial_perpetrators(begins timestamptz, least_victims integer, least_age integer)
returns table (person_id bigint, victims bigint, incidents bigint, first_at timestamptz, latest_at timestamptz)
language sql stable as $serial$
    with suspected as materialized (
        select coalesce(n.lead_id, s.from_id) as suspect, i.id, i.reported_at
        from control_incident i
        join pole_link s on s.to_kind = 'incident' and s.to_id = i.id and s.from_kind = 'person'
            and s.role in ('suspect', 'offender') and s.withdrawn_at is null
        join pole_person p on p.id = s.from_id
        left join pole_identity n on n.person_id = s.from_id
        where i.domestic and i.reported_at >= begins
          and (p.born is null or p.born + make_interval(years => least_age) <= iops.local_date(i.reported_at))
    ), more as (
        select x.suspect, coalesce(m.lead_id, v.from_id) as victim, x.id, x.reported_at
        from suspected x
        join pole_link v on v.to_kind = 'incident' and v.to_id = x.id and v.from_kind = 'person'
            and v.role = 'victim' and v.withdrawn_at is null
        left join pole_identity m on m.person_id = v.from_id
    )
    select suspect, count(distinct victim), count(distinct id), min(reported_at), max(reported_at)
    from more where victim <> suspect
    group by suspect having count(distinct victim) >= least_victims and count(distinct id) > 1
$serial$;

-- When somebody last opened a queue: its own list, or the worklist narrowed to one of its duties (I17). Whoever asks is
-- told moments, not who looked at what.
create index if not exists consultation_of_queue
    on foundation_consultation (coalesce(query ->> 'queue', query ->> 'rule'), at)
    where coalesce(query ->> 'queue', query ->> 'rule') > '';

create or replace function iops.queues_last_opened(names text[]) returns table (name text, at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $opened$
    select n.name, (select max(c.at) from foundation_consultation c
                    where coalesce(c.query ->> 'queue', c.query ->> 'rule') = n.name
                      and coalesce(c.query ->> 'queue', c.query ->> 'rule') > '')
    from unnest(names) as n(name)
$opened$;

-- How the duties of some rules stand and flow: open, late, the oldest, what came in and what was cleared since a moment.
-- What was withdrawn because a fact was corrected came in and went out, so it stands in neither. Counts only.
create index if not exists obligation_came_in on obligations_obligation (rule, arose_at)
    where subject <> 'incident' or rule like 'da-%';
create index if not exists obligation_cleared on obligations_obligation (rule, (coalesce(met_at, waived_at)))
    where (subject <> 'incident' or rule like 'da-%') and coalesce(met_at, waived_at) is not null;

create or replace function iops.queue_flow(rules text[], since timestamptz)
returns table (rule text, owner text, open bigint, late bigint, oldest timestamptz, came_in bigint, cleared bigint)
language sql stable as $flow$
    select r.code::text, r.owner::text, o.open, o.late, o.oldest,
        (select count(*) from obligations_obligation x
         where x.rule = r.code and x.arose_at >= since and x.arose_at <= iops.now()
           and (x.subject <> 'incident' or x.rule like 'da-%')),
        (select count(*) from obligations_obligation x
         where x.rule = r.code and coalesce(x.met_at, x.waived_at) >= since
           and coalesce(x.met_at, x.waived_at) <= iops.now()
           and (x.subject <> 'incident' or x.rule like 'da-%'))
    from unnest(rules) as m(code)
    join obligations_rule r on r.code = m.code
    cross join lateral (
        select count(*) as open, count(*) filter (where x.due_at < iops.now()) as late, min(x.arose_at) as oldest
        from obligations_obligation x where x.rule = r.code and x.met_at is null and x.waived_at is null
    ) o
$flow$;
