-- An incident that another force has, or has been offered, is not closed here while anything is open on it that is not
-- about sending units: a child, a victim or a crime is not got rid of by passing the job on. It is closed when a person has
-- answered what is owed, or somebody who may has waived it.
create function iops.transferred_keeps_duties() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
declare
    owed jsonb;
begin
    select jsonb_agg(jsonb_build_object('rule', o.rule, 'title', r.title, 'subject', o.subject,
                                        'subject_id', o.subject_id, 'record_id', o.record_id, 'due_at', o.due_at)
                     order by o.due_at)
    into owed
    from n join o was using (id)
    join obligations_obligation o on o.record_kind = 'incident' and o.record_id = n.id
    join obligations_rule r on r.code = o.rule
    where n.closed_at is not null and was.closed_at is null and o.met_at is null and o.waived_at is null
      and r.owner not in ('call_handler', 'dispatcher')
      and exists (select from control_transfer t where t.incident_id = n.id and t.to_force <> ''
                    and t.withdrawn_at is null and t.accepted is distinct from false);
    if owed is not null then
        raise exception 'This was transferred to another force and cannot close yet: something is still owed here.'
            using errcode = 'IO423', detail = owed::text,
                  hint = 'A transfer takes no duty away: do what is owed, or have it waived with a reason.';
    end if;
    return null;
end $$;
drop trigger if exists b_transferred_keeps_duties on control_incident;
create trigger b_transferred_keeps_duties after update on control_incident
referencing old table as o new table as n for each statement execute function iops.transferred_keeps_duties();
