-- Due times. Minutes and hours are elapsed time; days are calendar days at the same wall time in London; working and
-- school days are counted the statutory way: the day of the event does not count, and the duty may be done until the
-- end of the last day. See docs/foundation.md.

-- A wall time in London as a moment. A time that the spring change skips moves on by the lost hour; one that the autumn
-- change repeats is the later one, so that nobody is given less time than the rule gives.
create or replace function iops.london(wall timestamp) returns timestamptz immutable strict parallel safe language sql as $$
    select greatest(wall at time zone 'Europe/London',
                    case when ((wall at time zone 'Europe/London') + interval '1 hour') at time zone 'Europe/London' = wall
                         then (wall at time zone 'Europe/London') + interval '1 hour' end)
$$;

create or replace function iops.nth_day(start date, n integer, unit text) returns date stable strict parallel safe
language plpgsql as $$
declare
    found date;
begin
    if unit = 'working days' then
        select d.day into found from foundation_calendar_day d
        where d.working and d.working_ordinal = n + (select s.working_ordinal from foundation_calendar_day s
                                                      where s.day = start);
    else
        select d.day into found from foundation_calendar_day d
        where d.school and d.school_ordinal = n + (select s.school_ordinal from foundation_calendar_day s
                                                    where s.day = start);
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
    if starts is null or n is null then
        return null;
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
