"""Assurance: counting duties met, late, waived, withdrawn and open, by rule, as at any moment."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from django.db import connection

from iops.foundation import clock
from iops.obligations.models import ConservationRun, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable

AGES = ("0 to 24 hours", "1 to 3 days", "3 to 7 days", "7 to 28 days", "over 28 days")
"""The bands in which the ages of open duties are counted: from the moment a duty arose, lower bound included."""


@dataclass(frozen=True)
class DutyCounts:
    """How the duties of a rule stood at a moment. `opened` is always the sum of the five states.

    `open_late` is a part of `open`; `ages` are the open ones by age, in the bands of AGES.
    """

    opened: int = 0
    met_in_time: int = 0
    met_late: int = 0
    waived: int = 0
    withdrawn: int = 0
    open: int = 0
    open_late: int = 0
    ages: tuple[int, ...] = (0,) * len(AGES)

    @property
    def accounted(self) -> bool:
        """Whether every duty that arose is in one of the five states, and every open one in a band of age."""
        states = self.met_in_time + self.met_late + self.waived + self.withdrawn + self.open
        return states == self.opened and sum(self.ages) == self.open


NOTHING = DutyCounts()
STATES = tuple(f.name for f in fields(DutyCounts) if f.name != "ages")


def total(counts: Iterable[DutyCounts]) -> DutyCounts:
    """The sum of counts, field by field."""
    counted = list(counts)
    sums = {name: sum(getattr(c, name) for c in counted) for name in STATES}
    return DutyCounts(
        **sums, ages=tuple(sum(band) for band in zip(*(c.ages for c in counted), strict=True)) or NOTHING.ages
    )


@dataclass(frozen=True)
class AssuranceFilter:
    """Which duties to count: those of a district (None: all), that arose in the last `arose_within` days (None: ever).

    `as_at` is the moment to count at, UTC; None is now.
    """

    district_id: int | None = None
    arose_within: int | None = None
    as_at: dt.datetime | None = None


@dataclass(frozen=True)
class AssuranceRow:
    """The counts of one rule. `in_rulebook` is False for one that is no longer in it but once asked for something."""

    rule: str
    title: str
    owner: str
    in_rulebook: bool
    counts: DutyCounts


@dataclass(frozen=True)
class Assurance:
    """The counts by rule and in all as at a moment (UTC), and the latest conservation check, if one has run."""

    as_at: dt.datetime
    rows: tuple[AssuranceRow, ...]
    total: DutyCounts
    check: ConservationRun | None


def assurance(wanted: AssuranceFilter) -> Assurance:
    """Count the duties under every rule. Restricted records are counted too: a number must not depend on who asks."""
    as_at = wanted.as_at or clock.now()
    since = as_at - dt.timedelta(days=wanted.arose_within) if wanted.arose_within is not None else None
    counted = _counted(as_at, wanted.district_id, since)
    rows = tuple(
        AssuranceRow(rule.code, rule.title, rule.owner, not rule.withdrawn, counted.get(rule.code, NOTHING))
        for rule in Rule.objects.order_by("code")
        if not rule.withdrawn or rule.code in counted
    )
    return Assurance(
        as_at, rows, total(counted.values()), ConservationRun.objects.order_by("-started_at", "-id").first()
    )


def rule_numbers(as_at: dt.datetime | None = None) -> dict[str, DutyCounts]:
    """The counts of every rule that has ever asked for something, by code, as at a moment (UTC; None is now)."""
    return _counted(as_at or clock.now(), None, None)


def _counted(as_at: dt.datetime, district_id: int | None, since: dt.datetime | None) -> dict[str, DutyCounts]:
    areas = None if district_id is None else [district_id]
    with connection.cursor() as cursor:
        cursor.execute("select * from iops.duty_counts(%s, %s::bigint[], %s::timestamptz)", [as_at, areas, since])
        return {row[0]: _duty_counts(row) for row in cursor.fetchall()}


def _duty_counts(row: tuple[Any, ...]) -> DutyCounts:
    states = dict(zip(STATES, row[1 : 1 + len(STATES)], strict=True))
    return DutyCounts(**states, ages=tuple(row[1 + len(STATES) :]))
