-- Escalations told to people. That a duty has gone up is a question asked of the clock (obligations); that somebody was told
-- of it is a fact, written here once for each person. Two ways lead to it, so that none is missed however the rounds run:
-- a round raises what is open, and a duty that closes raises first what came due while it stood open.

-- Who is on duty in a role for a district: at its desks, and at desks of the whole force. What is of no district (0: a call
-- from an unknown place, a queue of the whole force) is told to whoever is on in the role, wherever.
create function iops.on_duty_as(wanted_role text, wanted_district bigint) returns setof bigint
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $$
    select distinct d.user_id
    from control_deskduty d join foundation_team t on t.id = d.team_id
    where d.ended_at is null and d.role = wanted_role and (wanted_district = 0 or t.district_id is null or t.district_id = wanted_district)
$$;

-- One round: every step that an open duty has reached is told to whoever is on in its role, unless somebody who is on has
-- been told of it. So at a change of shift it is told again, to the new people, and never twice to the same. When
-- nobody is on in that role it is raised to the role alone, once, and told to the first who come on.
create function iops.raise_escalations() returns integer
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
declare
    raised integer;
begin
    perform pg_advisory_xact_lock(hashtext('iops.raise_escalations'));
    with reached as materialized (
        select o.subject, o.subject_id, o.rule, o.edition, o.record_kind, o.record_id, o.district_id, o.arose_at,
               s.after, s.to_role, o.arose_at + s.after as due_at
        from obligations_escalationstep s
        join obligations_obligation o on o.rule = s.rule_id and o.edition = s.edition
        where o.met_at is null and o.waived_at is null and o.arose_at + s.after <= iops.now()
    ), people as materialized (
        select p.to_role, p.district_id, u.id as user_id
        from (select distinct r.to_role, r.district_id from reached r) p
        cross join lateral iops.on_duty_as(p.to_role, p.district_id) u(id)
    )
    insert into control_escalation (subject, subject_id, rule, edition, on_kind, on_id, district_id, arose_at, after,
                                    to_role, due_at, raised_at, told_id)
    select r.subject, r.subject_id, r.rule, r.edition, r.record_kind, r.record_id, nullif(r.district_id, 0), r.arose_at, r.after,
           r.to_role, r.due_at, iops.now(), p.user_id
    from reached r left join people p on p.to_role = r.to_role and p.district_id = r.district_id
    where not exists (
        select from control_escalation e
        where (e.subject, e.subject_id, e.rule, e.arose_at, e.after, e.to_role)
            = (r.subject, r.subject_id, r.rule, r.arose_at, r.after, r.to_role)
          and (p.user_id is null
               or exists (select from people q
                          where q.to_role = r.to_role and q.district_id = r.district_id and q.user_id = e.told_id)))
    on conflict do nothing;
    get diagnostics raised = row_count;
    return raised;
end $$;
