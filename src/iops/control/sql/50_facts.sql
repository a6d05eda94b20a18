-- What rules may see of an incident. Columns are described in rulebook/data/facts/incident.yaml, and the installer
-- refuses a view that differs from it. security_invoker: who asks through the view sees only what they may see.

drop view if exists facts.incident cascade;
create view facts.incident with (security_invoker = true) as
select i.id,
       i.reported_at,
       i.district_id,
       -- Higher is more urgent. Domestic, vulnerable and fast grades come first in every list; the safeguarding
       -- ranking by history takes this place when it exists.
       (case g.grade when 1 then 60 when 2 then 40 when 3 then 20 else 10 end
        + case when i.domestic then 25 else 0 end)::integer as risk,
       i.restricted,
       g.grade::integer as grade,
       s.graded_at,
       s.grade_since,
       i.domestic,
       i.crime_reported,
       d.resourced_at,
       d.attended_at,
       i.closed_at
from control_incident i
left join lateral (
    select x.grade from control_grading x where x.incident_id = i.id order by x.at desc, x.id desc limit 1
) g on true
left join lateral (
    -- The clock of a grade starts when the incident first reached it (or a more urgent one) and has not been less
    -- urgent since: grading again cannot start it anew.
    select min(x.at) as graded_at,
           min(x.at) filter (where x.at > coalesce((select max(y.at) from control_grading y
                                                    where y.incident_id = i.id and y.grade > g.grade),
                                                   '-infinity')) as grade_since
    from control_grading x
    where x.incident_id = i.id
) s on g.grade is not null
left join lateral (
    -- A unit that was taken off to another incident before it arrived resources this one no longer: the clock runs on.
    select min(x.assigned_at) filter (where x.diverted_at is null or x.arrived_at is not null) as resourced_at,
           min(x.arrived_at) as attended_at
    from control_deployment x where x.incident_id = i.id
) d on true;

drop view if exists facts.welfare_check cascade;
create view facts.welfare_check with (security_invoker = true) as
select w.id, w.unit_id, w.due_at, w.answered_at, w.well, u.district_id, 80 as risk, false as restricted
from control_welfarecheck w join control_unit u on u.id = w.unit_id;

drop view if exists facts.emergency_press cascade;
create view facts.emergency_press with (security_invoker = true) as
select e.id, e.unit_id, e.at as pressed_at, e.answered_at, u.district_id, 100 as risk, false as restricted
from control_emergencypress e join control_unit u on u.id = e.unit_id;

drop view if exists facts.grade_proposal cascade;
create view facts.grade_proposal with (security_invoker = true) as
select p.id, p.incident_id, p.at as proposed_at, p.decided_at, p.confirmed, i.closed_at, i.district_id,
       (case p.was when 1 then 80 when 2 then 60 else 40 end)::integer as risk, i.restricted
from control_gradeproposal p join control_incident i on i.id = p.incident_id;

-- Owed where the receiver is: a district that is offered an incident answers for the offer, and ours chases another force.
drop view if exists facts.incident_transfer cascade;
create view facts.incident_transfer with (security_invoker = true) as
select t.id, t.incident_id, t.offered_at, t.to_force <> '' as to_another_force,
       coalesce(t.answered_at, t.withdrawn_at) as ended_at, coalesce(t.to_district_id, i.district_id) as district_id,
       60 as risk, i.restricted
from control_transfer t join control_incident i on i.id = t.incident_id;
