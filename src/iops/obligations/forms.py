"""What an address may ask of the worklist, the rulebook and assurance; what makes no sense counts as not asked."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from iops.foundation.paging import page_number
from iops.obligations.selectors import AssuranceFilter, Reach, WorklistFilter

if TYPE_CHECKING:
    from collections.abc import Mapping

LONDON = ZoneInfo("Europe/London")
WITHIN = (1, 7, 28, 90, 365)
"""Days in which counted duties may be asked to have arisen."""
YEARS = range(1900, 2200)
"""Years that may be asked about."""
LONGEST = 60
MOST_DIGITS = 9


def number(asked: str | None) -> int | None:
    """A record number from an address."""
    usable = asked and asked.isascii() and asked.isdigit() and len(asked) <= MOST_DIGITS
    return int(asked) if asked and usable else None


def words(asked: str | None) -> str:
    """A short text from an address, without what the database cannot hold."""
    return (asked or "").replace("\x00", "").strip()[:LONGEST]


def day(asked: str | None) -> dt.date | None:
    """A date written YYYY-MM-DD."""
    try:
        return dt.date.fromisoformat(asked or "")
    except ValueError:
        return None


def moment(asked: str | None) -> dt.datetime | None:
    """A local moment written YYYY-MM-DDTHH:MM, as a UTC moment."""
    try:
        local = dt.datetime.fromisoformat(asked or "")
    except ValueError:
        return None
    if local.year not in YEARS:
        return None
    return local.replace(tzinfo=local.tzinfo or LONDON).astimezone(dt.UTC)


def worklist_filter(asked: Mapping[str, str]) -> WorklistFilter:
    """The filter of a worklist."""
    reach = asked.get("reach", "")
    return WorklistFilter(
        rule=words(asked.get("rule")),
        district_id=number(asked.get("district")),
        late_only=asked.get("late") == "on",
        reach=Reach(reach) if reach in set(Reach) else Reach.ALL,
        record=words(asked.get("record")),
        page=page_number(asked.get("page")),
        after=asked.get("after", ""),
        before=asked.get("before", ""),
    )


def assurance_filter(asked: Mapping[str, str]) -> AssuranceFilter:
    """The filter of the counts."""
    within = number(asked.get("within"))
    return AssuranceFilter(
        district_id=number(asked.get("district")),
        arose_within=within if within in WITHIN else None,
        as_at=moment(asked.get("as_at")),
    )
