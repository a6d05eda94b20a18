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
        when 'days' then return iops.london(wall::date + n + coalesce(by_time, wall::time));
        when 'working days', 'school days' then
            day := case n when 0 then wall::date else iops.nth_day(wall::date, n, unit) end;
            return case when by_time is null then iops.london((day + 1)::timestamp) else iops.london(day + by_time) end;
        else
            raise exception 'There is no unit of time called %.', unit using errcode = 'IO500';
    end case;
end $$;
