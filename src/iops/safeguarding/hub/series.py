"""The series that the absence alarm looks at: referrals sent, by district and agency, day and hour."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import connection

from iops.safeguarding.hub.absence import HOURS, Day, Series, Verdict, judge, shares_of
from iops.safeguarding.hub.settings import absence
from iops.safeguarding.models import AbsenceAlarm

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from fractions import Fraction

LONDON = ZoneInfo("Europe/London")
Key = tuple[int, int | None]
"""A district and an agency; None is every agency of the district together."""


@dataclass(frozen=True)
class Judged:
    """One series with what can be said of it now."""

    district_id: int
    agency_id: int | None
    series: Series
    verdict: Verdict


@dataclass(frozen=True)
class Called:
    """Decisions to refer a child, by district and local day."""

    by_day: Mapping[tuple[int, dt.date], int]

    def in_days(self, district_id: int, last: dt.date, days: int) -> int:
        """How many in so many days up to the last one."""
        return sum(self.by_day.get((district_id, last - dt.timedelta(days=n)), 0) for n in range(days))


def local(moment: dt.datetime) -> dt.datetime:
    """A moment by the clock on the wall."""
    return moment.astimezone(LONDON)


def judged(now: dt.datetime) -> Iterator[Judged]:
    """Every series there is, with its verdict; the hours of a day are those of the whole force."""
    here, told = local(now), absence()
    since = here.date() - dt.timedelta(days=told.baseline_days + max(*told.windows, told.drop_window))
    found = sent(since, here.date())
    shares = hours_of(found, here.date())
    out = _alarmed(since)
    for (district, agency), days in sorted(found.items(), key=lambda pair: (pair[0][0], pair[0][1] or 0)):
        one = Series(days, min(days))
        yield Judged(district, agency, one, judge(one, here, told, shares, out.get((district, agency), frozenset())))


def hours_of(found: Mapping[Key, Mapping[dt.date, Day]], today: dt.date) -> tuple[Fraction, ...]:
    """Which part of a day's referrals has come before each hour, over the whole force and every day before today."""
    before = [day for (_, agency), days in found.items() if agency is None for d, day in days.items() if d < today]
    return shares_of(before)


def sent(since: dt.date, until: dt.date) -> dict[Key, dict[dt.date, Day]]:
    """Referrals sent by day and hour, for each agency of each district and for each district as a whole."""
    with connection.cursor() as cursor:
        cursor.execute("select * from iops.referrals_sent(%s, %s)", [since, until])
        rows = cursor.fetchall()
    hours: dict[Key, dict[dt.date, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0] * HOURS))
    for day, hour, district, agency, count in rows:
        for key in ((district, agency), (district, None)):
            hours[key][day][hour] += count
    return {key: {day: Day(tuple(counts)) for day, counts in days.items()} for key, days in hours.items()}


def called_for(today: dt.date) -> Called:
    """Decisions to refer a child in the days of the longest window."""
    longest = max(*absence().windows, absence().drop_window)
    with connection.cursor() as cursor:
        since = today - dt.timedelta(days=longest - 1)
        cursor.execute("select * from iops.referrals_called_for(%s, %s)", [since, today])
        return Called({(district, day): count for day, district, count in cursor.fetchall()})


def _alarmed(since: dt.date) -> dict[Key, frozenset[dt.date]]:
    found: dict[Key, set[dt.date]] = defaultdict(set)
    for alarm in AbsenceAlarm.objects.filter(day__gte=since).only("day", "district_id", "agency_id"):
        found[alarm.district_id, alarm.agency_id].add(alarm.day)
    return {key: frozenset(days) for key, days in found.items()}
