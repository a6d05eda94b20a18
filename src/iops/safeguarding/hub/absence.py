"""Whether fewer came than ought to have: a control chart for counts that speaks on the day itself (invariant I32).

The usual number of a day is the mean of the same weekday in the baseline; of today, only the share that has come by
this hour on other days. So few as were seen are an alarm when they would come by chance less often than one-sided
three sigma: the exact lower tail of the Poisson distribution, a Shewhart chart for counts without the normal
approximation, which fails where numbers are small. Or when a week fell by a set share. Counts are integers,
expectations are fractions.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from iops.safeguarding.hub.settings import Absence

HOURS = 24
DIGITS = 40
LIMIT, DROP = "limit", "drop"


@dataclass(frozen=True)
class Day:
    """What came on one local day, by hour of the clock on the wall."""

    hours: tuple[int, ...]

    @property
    def count(self) -> int:
        """All of the day."""
        return sum(self.hours)

    def before(self, hour: int) -> int:
        """What came before this hour."""
        return sum(self.hours[:hour])


NOTHING = Day((0,) * HOURS)


@dataclass(frozen=True)
class Found:
    """What was found too low: in how many days, seen and expected, and by which rule."""

    rule: str
    days: int
    seen: int
    expected: Fraction


@dataclass(frozen=True)
class Verdict:
    """What can be said of one series now. `young`: too few days of baseline to say anything, which is said."""

    young: bool
    found: Found | None
    seen_today: int
    expected_now: Fraction


@dataclass(frozen=True)
class Series:
    """What came day by day: days that are missing had nothing; `began` is the first day of the series at all."""

    days: Mapping[dt.date, Day]
    began: dt.date

    def day(self, when: dt.date) -> Day:
        """One day."""
        return self.days.get(when, NOTHING)


def judge(
    series: Series,
    now: dt.datetime,
    told: Absence,
    shares: tuple[Fraction, ...],
    out: AbstractSet[dt.date] = frozenset(),
) -> Verdict:
    """Judge one series at a local moment. `shares` is which part of a day's number has come before each hour.

    `out` are days that were alarms themselves: they do not lower what is usual.
    """
    today, hour = now.date(), now.hour
    usual = Usual(series, today, told, out)
    seen, expected = series.day(today).before(hour), usual.of(today) * shares[hour]
    if usual.known < told.least_days:
        return Verdict(True, None, seen, expected)
    found = None
    for window in told.windows:
        so_far = _window(series, usual, today, window, (seen, expected))
        if found is None and by_chance(so_far.seen, so_far.expected) < told.chance:
            found = so_far
    week = _window(series, usual, today, told.drop_window, (seen, expected), DROP)
    if found is None and week.expected >= told.drop_least and week.seen <= week.expected * (1 - told.drop):
        found = week
    return Verdict(False, found, seen, expected)


@dataclass(frozen=True)
class Usual:
    """The usual number of a weekday in the days before the longest window."""

    series: Series
    today: dt.date
    told: Absence
    out: AbstractSet[dt.date]

    def _days(self) -> list[dt.date]:
        longest = max(*self.told.windows, self.told.drop_window)
        last = self.today - dt.timedelta(days=longest)
        first = max(last - dt.timedelta(days=self.told.baseline_days - 1), self.series.began)
        span = (last - first).days + 1
        return [day for n in range(max(0, span)) if (day := first + dt.timedelta(days=n)) not in self.out]

    @property
    def known(self) -> int:
        """How many days of baseline there are."""
        return len(self._days())

    def of(self, day: dt.date) -> Fraction:
        """What is usual on the weekday of this day: the mean of those in the baseline."""
        same = [self.series.day(d).count for d in self._days() if d.weekday() == day.weekday()]
        return Fraction(sum(same), len(same)) if same else Fraction(0)


def _window(
    series: Series, usual: Usual, today: dt.date, days: int, now: tuple[int, Fraction], rule: str = LIMIT
) -> Found:
    before = [today - dt.timedelta(days=n) for n in range(1, days)]
    seen = now[0] + sum(series.day(day).count for day in before)
    return Found(rule, days, seen, now[1] + sum(map(usual.of, before), Fraction(0)))


def by_chance(seen: int, expected: Fraction) -> Fraction:
    """How likely so few or fewer are when so many are usual: the lower tail of the Poisson distribution."""
    if expected <= 0 or seen >= expected:
        return Fraction(1)
    with localcontext() as context:
        context.prec = DIGITS
        mean = Decimal(expected.numerator) / Decimal(expected.denominator)
        term = total = (-mean).exp()
        for number in range(1, seen + 1):
            term = term * mean / number
            total += term
    return Fraction(total)


def limit(expected: Fraction, chance: Fraction) -> int:
    """The lowest number that is no alarm: the lower line of the chart."""
    low = 0
    while low < expected and by_chance(low, expected) < chance:
        low += 1
    return low


def shares_of(days: list[Day]) -> tuple[Fraction, ...]:
    """Which part of a day's number has come before each hour, over many days; of nothing at all, evenly."""
    total = sum(day.count for day in days)
    if not total:
        return tuple(Fraction(hour, HOURS) for hour in range(HOURS))
    return tuple(Fraction(sum(day.before(hour) for day in days), total) for hour in range(HOURS))
