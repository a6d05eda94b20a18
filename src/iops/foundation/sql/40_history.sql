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
create index if not exists foundation_history_by_id on foundation_history using brin (id);

-- Make the partitions of this month and the next ones. What falls outside goes to the default partition and is not lost.
create or replace function iops.ensure_history_partitions(ahead integer) returns integer
language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp as $$
declare
    month date;
    made integer := 0;
begin
    for month in select generate_series(date_trunc('month', iops.wall_time() at time zone 'UTC'),
                                        date_trunc('month', iops.wall_time() at time zone 'UTC')
                                        + make_interval(months => ahead), interval '1 month')::date
    loop
        if to_regclass(format('public.foundation_history_%s', to_char(month, 'YYYYMM'))) is null then
            execute format(
                'create table public.foundation_history_%s partition of public.foundation_history for values from (%L) to (%L)',
                to_char(month, 'YYYYMM'), month::timestamp at time zone 'UTC',
                (month + interval '1 month')::timestamp at time zone 'UTC');
            made := made + 1;
        end if;
    end loop;
    return made;
end $$;
select iops.ensure_history_partitions(3);

create or replace function iops.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'What is written in % is never changed or removed.', tg_table_name using errcode = 'IO403';
end $$;

drop trigger if exists history_is_final on foundation_history;
create trigger history_is_final before update or delete on foundation_history
for each row execute function iops.refuse_change();
drop trigger if exists history_is_not_truncated on foundation_history;
create trigger history_is_not_truncated before truncate on foundation_history
for each statement execute function iops.refuse_change();

create or replace function iops.as_number(setting text) returns bigint stable language sql as $$
    select nullif(current_setting(setting, true), '')::bigint
$$;

-- The first change of a row after a moment. A definer function, because the application cannot read history at large;
-- it answers only for rows the caller may see now, which the caller's own query on the table decides.
create or replace function iops.history_after(of_table text, of_row bigint, moment timestamptz)
returns table (op text, before jsonb) stable language sql
security definer set search_path = pg_catalog, public, pg_temp as $$
    select h.op, h.before from foundation_history h
    where h.table_name = of_table and h.row_id = of_row and h.at > moment
    order by h.id limit 1
$$;
