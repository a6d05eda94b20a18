-- Seals: Merkle roots over history entries whose transactions have ended, each chained to the one before. Made outside
-- the writing transaction: hashing there would cost nine tenths of throughput.

create table if not exists foundation_seal (
    id bigint generated always as identity primary key,
    sealed_at timestamptz not null,
    entries bigint not null check (entries > 0),
    members int8multirange not null,
    root bytea not null,
    previous bytea not null,
    chained bytea not null unique
);
drop trigger if exists seal_is_final on foundation_seal;
create trigger seal_is_final before update or delete on foundation_seal
for each row execute function iops.refuse_change();
select iops.refuse_truncation('public.foundation_seal');

-- Where the sealer stands. Every id up to `low` is sealed or was never used; `above` holds what is sealed beyond it.
-- `next_low` becomes `low` once all transactions that were running when it was read have ended (`next_tx`), so that the
-- gaps of rolled back transactions are passed and the note of them does not grow for ever.
create table if not exists foundation_seal_head (
    id smallint primary key default 1 check (id = 1),
    low bigint not null default 0,
    above int8multirange not null default '{}',
    next_low bigint not null default 0,
    next_tx xid8 not null default '0'
);
insert into foundation_seal_head default values on conflict do nothing;

-- The text of an entry that its leaf is the hash of; the byte before it keeps leaves and inner nodes apart.
create or replace function iops.history_leaf(h foundation_history) returns bytea stable language sql
set timezone = 'UTC' set bytea_output = 'hex' as $$
    select sha256('\x00'::bytea || convert_to(jsonb_build_array(
        h.id, h.at, h.tx::text, h.table_name, h.row_id, h.op, h.actor_id, h.db_user, h.request_id, h.reason, h.before,
        h.row_hash)::text, 'UTF8'))
$$;

-- The Merkle root over the entries of a set of ids, in the order of the ids; a node without a partner moves up as it is.
create or replace function iops.history_root(members int8multirange, out entries bigint, out root bytea)
stable language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
declare
    level bytea[];
begin
    select array_agg(iops.history_leaf(h) order by h.id), count(*) into level, entries
    from unnest(members) r join foundation_history h on h.id >= lower(r) and h.id < upper(r);
    while cardinality(level) > 1 loop
        select array_agg(case when y is null then x else sha256('\x01'::bytea || x || y) end order by n) into level
        from (select n, x, lead(x) over (order by n) as y from unnest(level) with ordinality as u(x, n)) pairs
        where n % 2 = 1;
    end loop;
    root := level[1];
end $$;

create or replace function iops.seal_chain(previous bytea, root bytea, entries bigint, members int8multirange)
returns bytea immutable language sql as $$
    select sha256('\x02'::bytea || previous || root || int8send(entries) || convert_to(members::text, 'UTF8'))
$$;

-- Seal what is not sealed yet, at most `most` entries; answers how many were sealed.
create or replace function iops.seal(most integer) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
declare
    head foundation_seal_head;
    horizon xid8;
    newest bigint;
    ids bigint[];
    found_members int8multirange;
    found_root record;
    last_chained bytea;
    alone boolean := pg_current_xact_id_if_assigned() is null;
    present xid8;
begin
    -- In this order: whoever holds a history id up to `newest` began to write before this transaction's own number was
    -- given, and has ended when every transaction below that number has. (The snapshot's xmax is no such number: it
    -- follows the last transaction that has ended, and one that is running may stand above it.)
    -- A sequence that was never asked tells its first number as if it had been given out.
    select case when is_called then last_value else last_value - 1 end into newest from foundation_history_id;
    present := pg_current_xact_id();
    select * into head from foundation_seal_head for update;
    horizon := pg_snapshot_xmin(pg_current_snapshot());
    select array_agg(id order by id) into ids from (
        select h.id from foundation_history h
        where h.id > head.low and h.tx < horizon and not head.above @> h.id
        order by h.id limit most) unsealed;
    if ids is not null then
        select range_agg(int8range(first, last, '[]')) into found_members from (
            select min(x) as first, max(x) as last from (
                select x, x - row_number() over (order by x) as run from unnest(ids) x) runs group by run) joined;
        select * into found_root from iops.history_root(found_members);
        select chained into last_chained from foundation_seal order by id desc limit 1;
        last_chained := coalesce(last_chained, decode(repeat('00', 32), 'hex'));
        insert into foundation_seal (sealed_at, entries, members, root, previous, chained)
        values (iops.wall_time(), found_root.entries, found_members, found_root.root, last_chained,
                iops.seal_chain(last_chained, found_root.root, found_root.entries, found_members));
        head.above := head.above + found_members;
    end if;
    if alone and coalesce(cardinality(ids), 0) < most and horizon >= head.next_tx then
        head.low := greatest(head.low, head.next_low);
        head.above := head.above * int8multirange(int8range(head.low, null, '()'));
        head.next_low := newest;
        head.next_tx := present;
    end if;
    update foundation_seal_head s set (low, above, next_low, next_tx)
        = (head.low, head.above, head.next_low, head.next_tx);
    return coalesce(cardinality(ids), 0);
end $$;
