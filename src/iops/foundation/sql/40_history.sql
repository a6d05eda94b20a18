-- History: one append-only table for every fact table, partitioned by month. Written by generated triggers only
-- (iops.foundation.history); nobody, the owner included, changes or removes an entry without disabling a trigger, and
-- `iops verify` tells who did.

create sequence if not exists foundation_history_id;

create table if not exists foundation_history (
    id bigint not null default nextval('foundation_history_id'),
    at timestamptz not null,
    tx xid8 not null,
    table_name text not null,
    row_id bigint not null,
    op text not null check (op in ('I', 'U', 'D')),
    actor_id bigint,
    db_user text not null,
    request_id text,
    reason text,
    before jsonb,
    -- SHA-256 of the row after the change; null for a deletion.
    row_hash bytea,
    primary key (at, id)
) partition by range (at);

create table if not exists foundation_history_other partition of foundation_history default;
create index if not exists foundation_history_of_row on foundation_history (table_name, row_id, id);
-- In order of ids, for the sealer: a block-range index stays behind its table until the next vacuum, and the sealer,
-- who comes every few seconds, would read all that it lacks.
drop index if exists foundation_history_by_id;
create index if not exists foundation_history_in_order on foundation_history (id);

create or replace function iops.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'What is written in % is never changed or removed.', tg_table_name using errcode = 'IO403';
end $$;

drop trigger if exists history_is_final on foundation_history;
create trigger history_is_final before update or delete on foundation_history
for each row execute function iops.refuse_change();

-- A row trigger reaches the partitions by itself; one against TRUNCATE must stand on each of them.
create or replace function iops.refuse_truncation(of_table regclass) returns void language plpgsql as $$
begin
    execute format('drop trigger if exists is_not_truncated on %s', of_table);
    execute format('create trigger is_not_truncated before truncate on %s'
                   ' for each statement execute function iops.refuse_change()', of_table);
end $$;
select iops.refuse_truncation('public.foundation_history');
select iops.refuse_truncation(inhrelid) from pg_inherits where inhparent = 'public.foundation_history'::regclass;

-- Make the partitions of this month and the next ones, two years of them at most. What was written outside them stands
-- in the default partition; it moves to its month when that is made, because a month cannot be made beside it.
create or replace function iops.ensure_history_partitions(ahead integer) returns integer
language plpgsql security definer
set search_path = pg_catalog, public, iops, pg_temp set timezone = 'UTC' set lock_timeout = '10s' as $$
declare
    this_month timestamptz := date_trunc('month', iops.wall_time());
    month timestamptz;
    part text;
    made integer := 0;
begin
    if ahead not between 0 and 24 then
        raise exception 'Partitions are made for 0 to 24 months ahead, not %.', ahead using errcode = 'IO500';
    end if;
    for n in 0 .. ahead loop
        month := this_month + make_interval(months => n);
        part := 'foundation_history_' || to_char(month, 'YYYYMM');
        continue when to_regclass('public.' || part) is not null;
        execute format('create table public.%I (like public.foundation_history'
                       ' including defaults including constraints)', part);
        alter table public.foundation_history_other disable trigger user;
        execute format('with moved as (delete from public.foundation_history_other where at >= %L and at < %L returning *)'
                       ' insert into public.%I select * from moved', month, month + interval '1 month', part);
        alter table public.foundation_history_other enable trigger user;
        execute format('alter table public.foundation_history attach partition public.%I for values from (%L) to (%L)',
                       part, month, month + interval '1 month');
        perform iops.refuse_truncation(format('public.%I', part)::regclass);
        made := made + 1;
    end loop;
    return made;
end $$;
select iops.ensure_history_partitions(3);

-- SHA-256 of a row as jsonb. Nulls do not count, so that a nullable column added later changes no fingerprint. Whoever
-- calls it fixes the time zone and the output settings, which decide how values are written in the jsonb.
create or replace function iops.fingerprint(of_row jsonb) returns bytea immutable parallel safe language sql as $$
    select sha256(convert_to(jsonb_strip_nulls(of_row)::text, 'UTF8'))
$$;

create or replace function iops.as_number(setting text) returns bigint stable language sql as $$
    select nullif(current_setting(setting, true), '')::bigint
$$;

-- The columns of each fact table when it was last installed.
create table if not exists foundation_history_shape (
    table_name text primary key,
    columns text[] not null
);

-- Fingerprints cover every column, so a column added with a default would make each row look changed. Restating writes
-- one entry for each row that agreed without the new columns: the entry before it still fits, and so does the row now.
-- A row that did not agree gets no entry and stays found. Answers how many rows were restated. Runs as who calls it: only the
-- owner, who installs, may write history by hand.
create or replace function iops.restate(of_table text, omitted text[]) returns bigint language plpgsql
set search_path = pg_catalog, public, iops, pg_temp set timezone = 'UTC' set bytea_output = 'hex'
set intervalstyle = 'iso_8601' set extra_float_digits = 1 as $$
declare
    present text[] := array(select attname::text from pg_attribute
                            where attrelid = of_table::regclass and attnum > 0 and not attisdropped
                              and attname::text <> all(omitted) order by 1);
    known text[] := (select columns from foundation_history_shape where table_name = of_table);
    added text[] := array(select unnest(present) except select unnest(known) order by 1);
    gone text[] := array(select unnest(known) except select unnest(present) order by 1);
    restated bigint := 0;
begin
    if gone <> '{}' and exists (select from foundation_history where table_name = of_table) then
        raise exception 'The columns % are gone from %, whose history was written with them.', gone, of_table
            using errcode = 'IO500', hint = 'A fact is never destroyed: keep the column, and add a new one beside it.';
    end if;
    if known is not null and added <> '{}' then
        execute format($restate$
            insert into foundation_history
                (at, tx, table_name, row_id, op, db_user, reason, before, row_hash)
            select iops.wall_time(), pg_current_xact_id(), %L, c.id, 'U', session_user, %L,
                   to_jsonb(c) - $1 - $2, iops.fingerprint(to_jsonb(c) - $1)
            from %I c join lateral (
                select h.row_hash from foundation_history h
                where h.table_name = %L and h.row_id = c.id order by h.id desc limit 1) latest
              on latest.row_hash = iops.fingerprint(to_jsonb(c) - $1 - $2)
            where latest.row_hash <> iops.fingerprint(to_jsonb(c) - $1)
            order by c.id$restate$,
            of_table, 'columns added: ' || array_to_string(added, ', '), of_table, of_table) using omitted, added;
        get diagnostics restated = row_count;
    end if;
    insert into foundation_history_shape values (of_table, present)
    on conflict (table_name) do update set columns = excluded.columns;
    return restated;
end $$;
