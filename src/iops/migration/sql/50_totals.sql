-- Control totals of a load by fate, counted from the facts themselves, restricted ones included: numbers only.
-- `standing` counts rows whose contact and incident are really there. A row that was set aside because its key is here
-- with other content carries its own facts, so that the totals of the source come out.
drop function if exists iops.load_totals(bigint);
create function iops.load_totals(wanted bigint)
returns table (fate text, lines bigint, standing bigint, domestic bigint, crime_reported bigint, graded bigint)
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp
-- It reads a whole load: statistics taken in the middle of one must not make it compare every row with every row.
set enable_nestloop = off as $$
    select l.fate::text, count(*), count(i.id),
           count(*) filter (where coalesce(i.domestic, (l.raw->'facts'->>'domestic')::boolean)),
           count(*) filter (where coalesce(i.crime_reported, (l.raw->'facts'->>'crime_reported')::boolean)),
           count(*) filter (where case when i.id is null then (l.raw->'facts'->>'graded')::boolean
                                       else exists (select from control_grading g where g.incident_id = i.id) end)
    from migration_ledgerrow l
    left join control_contact c on c.id = l.contact_id
    left join control_incident i on i.contact_id = c.id
    where l.load_id = wanted
    group by l.fate
$$;
