-- The clock of the system. Nothing else in the product asks the time.

-- The moment of the running transaction; in training and tests, where the clock is adjustable, the moment it is set to.
create or replace function iops.now() returns timestamptz stable parallel safe language sql
security definer set search_path = pg_catalog, public, pg_temp as $$
    select coalesce(
        (select coalesce(nullif(current_setting('iops.clock', true), '')::timestamptz, c.set_to)
         from foundation_clock c where c.adjustable),
        transaction_timestamp())
$$;

-- The true moment, for ledgers, whatever the clock is set to.
create or replace function iops.wall_time() returns timestamptz stable parallel safe language sql as $$
    select transaction_timestamp()
$$;

-- The day of a moment as people in England and Wales name it.
create or replace function iops.local_date(moment timestamptz) returns date stable strict parallel safe language sql as $$
    select (moment at time zone 'Europe/London')::date
$$;
