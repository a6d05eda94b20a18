-- Due times. Minutes and hours are elapsed time; days are calendar days at the same wall time in London; working and
-- school days are counted the statutory way: the day of the event does not count, and the duty may be done until the
-- end of the last day. See docs/foundation.md.

-- A wall time in London as a moment. A time that the spring change skips moves on by the lost hour; one that the autumn
-- change repeats is the later one, so that nobody is given less time than the rule gives. (Not strict: the planner would
-- not inline it.)
create or replace function iops.london(wall timestamp) returns timestamptz immutable parallel safe language sql as $$
    select greatest(wall at time zone 'Europe/London',
                    case when ((wall at time zone 'Europe/London') + interval '1 hour') at time zone 'Europe/London' = wall
                         then (wall at time zone 'Europe/London') + interval '1 hour' end)
$$;

-- The nth working or school day after a day, which itself does not count.
create or replace function iops.nth_day(start date, n integer, unit text) returns date stable strict parallel safe
language plpgsql as $$
declare
    found date;
begin
    if unit = 'working days' then
        select d.day into found
        from foundation_calendar_day s join foundation_calendar_day d
          on d.working and d.working_ordinal = s.working_ordinal + n
        where s.day = start;
    else
        select d.day into found
        from foundation_calendar_day s join foundation_calendar_day d
          on d.school and d.school_ordinal = s.school_ordinal + n
        where s.day = start;
    end if;
    if found is null then
        raise exception 'The calendar does not reach % % after %.', n, unit, start using errcode = 'IO500',
            hint = 'Extend the calendar: a duty without a due time would never become late.';
    end if;
    return found;
end $$;

-- Hours towards the hearing of a protection notice: Sundays, Christmas Day, Good Friday and bank holidays are disregarded
-- (Crime and Security Act 2010 s.27, Domestic Abuse Act 2021 s.29). A counted day has 24 hours: clocks change on Sundays.
create or replace function iops.court_due(starts timestamptz, n integer) returns timestamptz
stable strict parallel safe language plpgsql as $$
declare
    wall timestamp := starts at time zone 'Europe/London';
    ends timestamptz;
begin
    with sits as (
        select d.day, row_number() over (order by d.day) - 1 as nth
        from foundation_calendar_day d
        where d.day between wall::date and wall::date + n / 12 + 30
          and extract(isodow from d.day) <> 7 and to_char(d.day, 'MM-DD') not in ('12-25', '12-26')
          and (d.working or extract(isodow from d.day) = 6)
    ),
    spent as (
        select extract(epoch from case when s.day = wall::date then wall - wall::date::timestamp
                                       else interval '0' end) + n * 3600::numeric as seconds
        from sits s where s.nth = 0
    )
    select iops.london(s.day::timestamp) + interval '1 second' * (p.seconds - 86400 * s.nth) into ends
    from sits s, spent p where s.nth = greatest(ceil(p.seconds / 86400) - 1, 0);
    if ends is null then
        raise exception 'The calendar does not reach % court hours after %.', n, starts using errcode = 'IO500',
            hint = 'Extend the calendar: a duty without a due time would never become late.';
    end if;
    return ends;
end $$;

create or replace function iops.due(starts timestamptz, n integer, unit text, by_time time) returns timestamptz
stable parallel safe language plpgsql as $$
declare
    wall timestamp := starts at time zone 'Europe/London';
    day date;
begin
    if starts is null or n is null or unit is null then
        return null;
    end if;
    if n < 0 then
        raise exception 'A duty is not due before it arises: % %.', n, unit using errcode = 'IO500';
    end if;
    case unit
        when 'minutes' then return starts + make_interval(mins => n);
        when 'hours' then return starts + make_interval(hours => n);
        when 'court hours' then return iops.court_due(starts, n);
        when 'days' then return iops.london(wall::date + n + coalesce(by_time, wall::time));
        when 'working days', 'school days' then
            day := case n when 0 then wall::date else iops.nth_day(wall::date, n, unit) end;
            return case when by_time is null then iops.london((day + 1)::timestamp) else iops.london(day + by_time) end;
        else
            raise exception 'There is no unit of time called %.', unit using errcode = 'IO500';
    end case;
end $$;
