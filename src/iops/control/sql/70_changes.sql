-- The newest changes of one incident and of what the control room holds on it. A definer function, because the
-- application cannot read history at large; it answers for an incident that the viewer may see, by the same condition
-- as the incident's policy, and for no other.
drop function if exists iops.incident_changes(bigint, integer);
create function iops.incident_changes(wanted bigint, most integer)
returns table (id bigint, at timestamptz, table_name text, op text, actor_id bigint, reason text, before jsonb)
language plpgsql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $$
begin
    if not exists (select from control_incident i
                   where i.id = wanted
                     and (not i.restricted or i.id = any(iops.listed_control_incidentaccess()))) then
        return;
    end if;
    return query
    with parts as (
        select 'control_incident' as name, wanted as row_id
        union all select 'control_grading', g.id from control_grading g where g.incident_id = wanted
        union all select 'control_deployment', d.id from control_deployment d where d.incident_id = wanted
        union all select 'control_thrive', t.id from control_thrive t where t.incident_id = wanted
        union all select 'control_gradeproposal', p.id from control_gradeproposal p where p.incident_id = wanted
        union all select 'control_classing', c.id from control_classing c where c.incident_id = wanted
        union all select 'control_domesticdecision', d.id from control_domesticdecision d where d.incident_id = wanted
        union all select 'control_closing', c.id from control_closing c where c.incident_id = wanted
    )
    select h.id, h.at, h.table_name, h.op::text, h.actor_id, h.reason, h.before
    from parts p join foundation_history h on h.table_name = p.name and h.row_id = p.row_id
    order by h.id desc limit most;
end $$;
