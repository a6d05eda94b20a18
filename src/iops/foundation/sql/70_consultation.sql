-- Who looked at a record is asked by the record's id. Under row-level security the planner may not use an index for
-- `@>` (its function is not leakproof), so the ids come from a function of the owner and the rows are then read under
-- the policy, which shows them only to those who may ask.
create index if not exists consultation_by_record on foundation_consultation using gin (record_ids);

create or replace function iops.looks_at(wanted_kind text, wanted bigint) returns setof bigint
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $$
    select c.id from foundation_consultation c
    where c.record_ids @> array[wanted] and c.kind = wanted_kind
      and iops.viewer_holds(array['administrator', 'inspector'])
$$;
