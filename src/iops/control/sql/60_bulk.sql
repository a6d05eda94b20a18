-- The contacts that were loaded from these keys of a source, restricted ones included: a row that is here must not be
-- loaded again because whoever loads may not see it. It tells ids only, and only to those who hold the key.
create or replace function iops.contacts_of_source(wanted_source text, keys text[])
returns table (source_key text, contact_id bigint)
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $$
    select c.source_key::text, c.id
    from unnest(keys) k
    join control_contact c on c.source = wanted_source and c.source <> '' and c.source_key = k
$$;
