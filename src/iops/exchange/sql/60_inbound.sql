-- Whether a partner's reference belongs to an incident of ours, also one that the partner's account may not see (any more).
create or replace function iops.is_shared(of_account bigint, their_reference text) returns boolean
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $$
    select exists (select from exchange_sharedincident where account_id = of_account and reference = their_reference)
$$;

-- A held message about an incident that its sender may not see (any more) is put under it, and is then as secret as it.
create or replace function iops.hide_message(held bigint) returns void
language sql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
    update exchange_inboundmessage m set incident_id = x.incident_id
    from exchange_sharedincident x
    where m.id = held and m.outcome = 'held' and x.account_id = m.account_id and x.reference = m.reference
$$;

-- How many messages of each partner became what: a number does not depend on who asks.
create or replace function iops.inbound_counts()
returns table (partner text, opened bigint, added bigint, held bigint, refused bigint, waiting bigint)
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $$
    select u.name, count(*) filter (where m.outcome = 'opened'), count(*) filter (where m.outcome = 'added'),
           count(*) filter (where m.outcome = 'held'), count(*) filter (where m.outcome = 'refused'),
           count(*) filter (where m.outcome in ('held', 'refused') and m.settled_at is null)
    from exchange_inboundmessage m join foundation_user u on u.id = m.account_id
    group by u.id, u.name order by u.name
$$;
