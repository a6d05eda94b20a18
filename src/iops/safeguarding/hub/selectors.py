"""The questions asked of the absence alarm: the alarms, and the chart of each series."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from iops.foundation import clock
from iops.foundation.consultation import shows_no_record
from iops.foundation.models import District
from iops.obligations.records import RecordLabel
from iops.safeguarding.hub import series
from iops.safeguarding.hub.absence import Usual, limit
from iops.safeguarding.hub.settings import absence
from iops.safeguarding.models import AbsenceAlarm, Agency

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from iops.safeguarding.hub.series import Judged, Key

NUMBERS = "tells numbers of a district, and nobody's name"
SHOWN_DAYS = 42


@dataclass(frozen=True)
class Point:
    """One day of a chart: what came, what was usual then, and the lowest number that is no alarm."""

    day: dt.date
    seen: int
    usual: Fraction
    low: int
    alarmed: bool
    unfinished: bool


@dataclass(frozen=True)
class Chart:
    """One series of the last weeks; `agency` is None for all agencies of the district together."""

    district: District
    agency: Agency | None
    points: tuple[Point, ...]
    young: bool
    seen_today: int
    expected_now: Fraction

    @property
    def name(self) -> str:
        """Whose referrals to whom."""
        return f"{self.district.name} to {self.agency.name if self.agency else 'all agencies'}"


@shows_no_record(NUMBERS)
def labels(ids: Sequence[int]) -> Mapping[int, RecordLabel]:
    """The labels of alarms by id, for worklists."""
    found = AbsenceAlarm.objects.select_related("district", "agency").filter(id__in=ids)
    return {alarm.id: RecordLabel(str(alarm), f"{reverse('absence')}#alarm-{alarm.id}") for alarm in found}


@shows_no_record(NUMBERS)
def alarms(*, most: int = 100) -> list[AbsenceAlarm]:
    """The alarms, those that wait for an answer first, then the newest."""
    found = AbsenceAlarm.objects.select_related("district", "agency", "answered_by")
    waiting = list(found.filter(answered_at=None).order_by("raised_at", "id")[:most])
    return [*waiting, *found.exclude(answered_at=None).order_by("-raised_at", "-id")[:most]]


@shows_no_record(NUMBERS)
def charts() -> list[Chart]:
    """The chart of every series, by district and agency; each district as a whole first."""
    now = clock.now()
    today = series.local(now).date()
    judged = list(series.judged(now))
    districts = {d.id: d for d in District.objects.all()}
    agencies = {a.id: a for a in Agency.objects.all()}
    since = today - dt.timedelta(days=SHOWN_DAYS)
    alarmed = {(a.day, a.district_id, a.agency_id) for a in AbsenceAlarm.objects.filter(day__gte=since)}
    return [
        Chart(
            districts[one.district_id],
            agencies[one.agency_id] if one.agency_id else None,
            tuple(_points(one, today, alarmed)),
            one.verdict.young,
            one.verdict.seen_today,
            one.verdict.expected_now,
        )
        for one in sorted(judged, key=lambda j: _order(j, districts, agencies))
    ]


def _order(one: Judged, districts: Mapping[int, District], agencies: Mapping[int, Agency]) -> tuple[str, str]:
    return districts[one.district_id].name, agencies[one.agency_id].name if one.agency_id else ""


def _points(one: Judged, today: dt.date, alarmed: set[tuple[dt.date, int, int | None]]) -> list[Point]:
    """The days of a chart. Each is held against what was usual before the longest window of today."""
    told, key = absence(), _key(one)
    usual = Usual(one.series, today, told, frozenset(d for d, *rest in alarmed if tuple(rest) == key))
    days = [today - dt.timedelta(days=n) for n in range(SHOWN_DAYS - 1, -1, -1)]
    by_weekday = {day.weekday(): usual.of(day) for day in days[-7:]}
    low = {weekday: limit(expected, told.chance) for weekday, expected in by_weekday.items()}
    return [
        Point(
            day,
            one.series.day(day).count,
            by_weekday[day.weekday()],
            low[day.weekday()],
            (day, *key) in alarmed,
            day == today,
        )
        for day in days
        if day >= one.series.began
    ]


def _key(one: Judged) -> Key:
    return one.district_id, one.agency_id
