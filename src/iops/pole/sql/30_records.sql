-- What the pages of people, places and things ask.

-- All the nominals of several people, whether merged or not, hidden ones included: who is whom is no secret of a record.
create or replace function iops.same_people(wanted bigint[]) returns bigint[]
language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp as $same$
    select coalesce(array_agg(x.id order by x.id), '{}') from (
        select unnest(wanted)
        union
        select i.person_id from pole_identity i
        where i.lead_id in (select j.lead_id from pole_identity j where j.person_id = any (wanted))
    ) x(id)
$same$;

-- The moment at which a day begins in England and Wales.
create or replace function iops.day_begins(day date) returns timestamptz stable strict parallel safe language sql as $$
    select day::timestamp at time zone 'Europe/London'
$$;

-- The first moment of the twelve months up to now: local midnight at the start of the same day a year ago.
create or replace function iops.a_year_ago() returns timestamptz stable parallel safe language sql as $$
    select iops.day_begins((iops.local_date(iops.now()) - interval '12 months')::date)
$$;
