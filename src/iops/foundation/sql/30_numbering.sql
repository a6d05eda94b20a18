-- Numbers without gaps. The counter's row stays locked until the transaction ends: whoever takes the next number waits
-- for it, and a rollback gives the number back. What is missing from the row of numbers was never there.
create or replace function iops.take_numbers(series text, day date, n integer) returns integer
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    insert into foundation_number_series as s (series, day, last) values (series, day, n)
    on conflict (series, day) do update set last = s.last + excluded.last
    returning last - n + 1
$$;
