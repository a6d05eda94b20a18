"""Times, spans and counts as people say them. Every time shown is Europe/London; every time kept is UTC."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from iops.foundation.roles import Role

if TYPE_CHECKING:
    from fractions import Fraction

LONDON = ZoneInfo("Europe/London")
MINUTE, HOUR, DAY = 60, 3600, 86400
DASH = "\N{EN DASH}"
"""Stands where nothing is known."""
SOON = dt.timedelta(hours=1)
"""Open duties due within this time are marked as pressing."""


def moment(value: dt.datetime | None) -> str:
    """A local date and time: "03:12 on 22 Nov 2026"; a dash for a time that is not known."""
    if value is None:
        return DASH
    local = value.astimezone(LONDON)
    return f"{local:%H:%M} on {local.day} {local:%b %Y}"


def day(value: dt.date | None) -> str:
    """A date in full: "5 July 2019"; a dash for one that is not known."""
    return DASH if value is None else f"{value.day} {value:%B %Y}"


def moment_day(value: dt.datetime) -> str:
    """The local day of a moment of which no more is known: "5 July 2019"."""
    return day(value.astimezone(LONDON).date())


def hour(value: dt.datetime) -> str:
    """The local time of day to the second: "03:12:09"."""
    return f"{value.astimezone(LONDON):%H:%M:%S}"


def iso(value: dt.datetime) -> str:
    """A time for machines, in UTC: the `datetime` attribute of a `<time>`."""
    return value.astimezone(dt.UTC).isoformat(timespec="seconds")


def span(value: dt.timedelta) -> str:
    """A length of time in its two largest units, cut and not rounded: "2 h 10 min", "3 days 4 h"; never negative."""
    seconds = abs(int(value.total_seconds()))
    days, rest = divmod(seconds, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes = rest // MINUTE
    if days:
        named = f"{days:,} day" if days == 1 else f"{days:,} days"
        return f"{named} {hours} h" if hours else named
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min" if minutes else "less than 1 min"


def tenths(value: Fraction) -> str:
    """A fraction to one place, rounded down: a number that is to be expected, never one that was counted."""
    whole, rest = divmod(int(value * 10), 10)
    return f"{whole}.{rest}"


def number(value: int) -> str:
    """A count with its thousands marked: "1,234"."""
    return f"{value:,}"


def role(value: str) -> str:
    """A role as people say it, "call handler"; a word that is no role is shown as it stands."""
    return Role(value).label if value in set(Role) else value.replace("_", " ")


@dataclass(frozen=True)
class DueState:
    """How a duty stands, for the eye and for the ear: never told by colour alone.

    `symbol` is decoration (hidden from screen readers), `words` says everything, `colour` names a tag colour.
    """

    words: str
    symbol: str
    colour: str


def due_state(
    now: dt.datetime, due_at: dt.datetime, met_at: dt.datetime | None = None, waived_at: dt.datetime | None = None
) -> DueState:
    """How a duty stands at `now`: late by so much, due in so much, met in time, met late, or waived."""
    if met_at is not None:
        if met_at > due_at:
            return DueState(f"Met, {span(met_at - due_at)} late", "✓", "orange")
        return DueState("Met in time", "✓", "green")
    if waived_at is not None:
        return DueState("Waived", DASH, "grey")
    if now > due_at:
        return DueState(f"Late by {span(now - due_at)}", "▲", "red")
    if due_at - now <= SOON:
        return DueState(f"Due in {span(due_at - now)}", "●", "yellow")
    return DueState(f"Due in {span(due_at - now)}", "○", "blue")
