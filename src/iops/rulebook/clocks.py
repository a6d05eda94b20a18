"""How long a duty may take: minutes, hours, court hours, days, working days, school days.

Minutes and hours are elapsed time. Days are calendar days at the same wall time in Europe/London. Working and school
days are counted the statutory way: the day of the event does not count, and the duty may be done until the end of the
last day, which is midnight at the start of the day after it. `by HH:MM` replaces the time of day on the last day.
A wall time that the clock change skips moves forward by the hour that is lost; one that happens twice is the later one,
so that the person who owes the duty is never given less than the rule gives. Court hours are hours in whose count
certain days are disregarded (Crime and Security Act 2010 section 27, Domestic Abuse Act 2021 section 29): Sundays,
Christmas Day, Good Friday and bank holidays; a Saturday counts.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, Protocol
from zoneinfo import ZoneInfo

from iops.foundation.errors import InvalidError

Dialect = Literal["postgres", "duckdb"]

LONDON: Final = ZoneInfo("Europe/London")
LONGEST: Final = 100_000
"""The largest number a span may carry, of any unit."""

_SPAN: Final = re.compile(
    r"([0-9]{1,9}) (minutes?|(?:court )?hours?|(?:(?:working|school) )?days?)(?: by ([0-9]{2}:[0-9]{2}))?"
)


class SpanError(InvalidError):
    """A span of time that is not in the grammar."""

    code = "span-invalid"


class CalendarError(InvalidError):
    """The calendar of working and school days does not reach far enough to tell when a duty is due."""

    code = "calendar-too-short"


class Unit(StrEnum):
    """What a span counts."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WORKING_DAYS = "working days"
    SCHOOL_DAYS = "school days"
    COURT_HOURS = "court hours"


ELAPSED: Final = frozenset({Unit.MINUTES, Unit.HOURS})
TIMELESS: Final = ELAPSED | {Unit.COURT_HOURS}
"""What counts hours to the minute, so that a time of day (`by`) has no meaning."""
_WHOLE_DAY: Final = dt.timedelta(days=1)
_SATURDAY: Final = 5
_SUNDAY: Final = 6
_MINUTES: Final = {Unit.MINUTES: 1, Unit.HOURS: 60, Unit.DAYS: 24 * 60}


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time in a rule; `by` is a local time of day on its last day."""

    amount: int
    unit: Unit
    by: dt.time | None = None

    def __str__(self) -> str:
        unit = self.unit.removesuffix("s") if self.amount == 1 else str(self.unit)
        return f"{self.amount} {unit}" + (f" by {self.by:%H:%M}" if self.by else "")

    @property
    def is_elapsed(self) -> bool:
        """Whether the span is plain elapsed time, which needs no calendar and no time zone."""
        return self.unit in ELAPSED

    @property
    def elapsed(self) -> dt.timedelta:
        """The span as elapsed time, a day being 24 hours: what escalation counts in.

        Raises SpanError for working and school days, whose length depends on the calendar.
        """
        if self.unit not in _MINUTES:
            raise SpanError(f"{self} is no elapsed time.", mend="Use minutes, hours or days.")
        return dt.timedelta(minutes=self.amount * _MINUTES[self.unit])


def parse_span(text: str) -> Span:
    """Read `8 hours`, `1 working day`, `1 school day by 09:00`.

    Raises SpanError: the text is not in the grammar, or names an hour that does not exist.
    """
    match = _SPAN.fullmatch(text)
    if not match:
        raise SpanError(
            f"{text!r} is not a length of time.",
            mend="Write `<n> minutes|hours|court hours|days|working days|school days`, days perhaps with `by HH:MM`.",
        )
    amount, word, by = int(match[1]), match[2], match[3]
    unit = Unit(word if word.endswith("s") else f"{word}s")
    if amount > LONGEST:
        raise SpanError(f"{text!r} is longer than {LONGEST:,} {unit}.", mend="Use a larger unit.")
    if by and unit in TIMELESS:
        raise SpanError(f"{text!r} gives elapsed time a time of day.", mend="Use `by HH:MM` with days only.")
    return Span(amount, unit, _time_of_day(by, text) if by else None)


def _time_of_day(text: str, span: str) -> dt.time:
    try:
        return dt.time.fromisoformat(text)
    except ValueError:
        raise SpanError(f"{span!r} names a time of day that does not exist.", mend="Write 00:00 to 23:59.") from None


class Calendar(Protocol):
    """Which days count. A day outside the calendar raises CalendarError."""

    def counts(self, day: dt.date, unit: Unit) -> bool:
        """Whether the day is a working day or a school day, as the unit asks."""
        ...


def london_instant(day: dt.date, time: dt.time = dt.time.min) -> dt.datetime:
    """The UTC instant of a wall time in Europe/London; see the module for skipped and doubled times."""
    wall = dt.datetime.combine(day, time, LONDON)
    early, late = (wall.replace(fold=fold).astimezone(dt.UTC) for fold in (0, 1))
    # In the doubled hour the later reading is meant; in the skipped hour the reading with the offset of before.
    return max(early, late)


def due(starts: dt.datetime, span: Span, calendar: Calendar | None = None) -> dt.datetime:
    """When the span that starts at an instant is over, as a UTC instant: the meaning that both SQL forms must keep.

    Raises CalendarError: working or school days are counted and the calendar is missing or ends too early.
    """
    if span.is_elapsed:
        return starts.astimezone(dt.UTC) + dt.timedelta(minutes=span.amount * _MINUTES[span.unit])
    local = starts.astimezone(LONDON)
    if span.unit is Unit.DAYS:
        return london_instant(local.date() + dt.timedelta(days=span.amount), span.by or local.time())
    if span.unit is Unit.COURT_HOURS:
        return _court_due(local, span.amount, _given(calendar, span.unit))
    last = _nth_day(local.date(), span, _given(calendar, span.unit))
    return london_instant(last, span.by) if span.by else london_instant(last + dt.timedelta(days=1))


def _given(calendar: Calendar | None, unit: Unit) -> Calendar:
    if calendar is None:
        raise CalendarError(f"No calendar to count {unit} with.", mend="Give a calendar.")
    return calendar


def counts_for_court(day: dt.date, calendar: Calendar) -> bool:
    """Whether the hours of a day count towards a hearing of a protection notice: not on Sunday or a holiday.

    A bank holiday is a day from Monday to Friday that is no working day, Christmas Day, or 26 December whichever day
    it is. (1 January on a Saturday is none: the Monday after it is.)
    """
    if day.weekday() == _SUNDAY or (day.month, day.day) in {(12, 25), (12, 26)}:
        return False
    return day.weekday() == _SATURDAY or bool(calendar.counts(day, Unit.WORKING_DAYS))


def _court_due(local: dt.datetime, hours: int, calendar: Calendar) -> dt.datetime:
    """A counted day always has 24 hours: the clocks change on Sundays."""
    day, passed = local.date(), local.replace(tzinfo=None) - dt.datetime.combine(local.date(), dt.time.min)
    while not counts_for_court(day, calendar):
        day, passed = day + _WHOLE_DAY, dt.timedelta()
    left = passed + dt.timedelta(hours=hours)
    while left > _WHOLE_DAY:
        day, left = day + _WHOLE_DAY, left - _WHOLE_DAY
        while not counts_for_court(day, calendar):
            day += _WHOLE_DAY
    return london_instant(day) + left


def _nth_day(start: dt.date, span: Span, calendar: Calendar) -> dt.date:
    day, left = start, span.amount
    while left > 0:
        day += dt.timedelta(days=1)
        left -= calendar.counts(day, span.unit)
    return day


def due_sql(starts: str, span: Span, dialect: Dialect) -> str:
    """The SQL of `due` for a timestamptz expression: inline for elapsed time, else a call of the due function.

    PostgreSQL calls `iops.due(timestamptz, integer, text, time)`, DuckDB the macro of `duckdb_macros`.
    """
    if span.is_elapsed:
        return f"{starts} + interval '{span.amount} {span.unit}'"
    by = f"time '{span.by:%H:%M}'" if span.by else "null"
    name = "iops.due" if dialect == "postgres" else "due"
    return f"{name}({starts}, {span.amount}, '{span.unit}', {by})"


def duckdb_macros() -> tuple[str, ...]:
    """`create macro due(...)` for DuckDB, over a table `calendar_day` (see docs/rulebook.md).

    `working_ordinal` and `school_ordinal` count such days up to and including the day. A calendar that does not reach
    the last day stops the run: a duty without a due time would never become late.
    """
    return (
        """create or replace macro london_instant(day, t) as
    timezone('Europe/London', (day + cast(t as time))::timestamp)""",
        """create or replace macro nth_day(starts, n, unit) as (
    select min(d.day) from calendar_day d, calendar_day s
    where s.day = timezone('Europe/London', starts)::date
      and case unit when 'working days' then d.working and d.working_ordinal = s.working_ordinal + n
                    else d.school and d.school_ordinal = s.school_ordinal + n end)""",
        """create or replace macro court_seconds(starts, n) as
    (case when (select count(*) from calendar_day d where d.day = timezone('Europe/London', starts)::date
                and isodow(d.day) <> 7 and not (month(d.day) = 12 and day(d.day) in (25, 26))
                and (d.working or isodow(d.day) = 6)) > 0
          then epoch_us(timezone('Europe/London', starts))
             - epoch_us(timezone('Europe/London', starts)::date::timestamp) else 0 end + n::bigint * 3600000000)""",
        """create or replace macro court_due(starts, n) as (
    select timezone('Europe/London',
                    list(d.day order by d.day)[((court_seconds(starts, n) - 1) // 86400000000) + 1]::timestamp)
         + to_microseconds((court_seconds(starts, n) - 1) % 86400000000 + 1)
    from calendar_day d
    where d.day between timezone('Europe/London', starts)::date
                    and timezone('Europe/London', starts)::date + (n // 12 + 30)::integer
      and isodow(d.day) <> 7 and not (month(d.day) = 12 and day(d.day) in (25, 26))
      and (d.working or isodow(d.day) = 6))""",
        """create or replace macro due(starts, n, unit, by_time) as case
    when starts is null then null
    when unit = 'court hours' then coalesce(court_due(starts, n),
        error('calendar_day does not reach ' || n || ' ' || unit || ' after ' || starts))
    when unit = 'days' then london_instant(
        timezone('Europe/London', starts)::date + n::integer,
        coalesce(by_time, timezone('Europe/London', starts)::time))
    else coalesce(
        case when by_time is null then london_instant(nth_day(starts, n, unit) + 1, time '00:00')
             else london_instant(nth_day(starts, n, unit), by_time) end,
        error('calendar_day does not reach ' || n || ' ' || unit || ' after ' || starts)) end""",
    )
