"""For how long each authority may bail a suspect before charge, as dated data (crime/data/bail.yaml)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from iops.control import configuration
from iops.crime.models import BailAuthority

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from iops.rulebook.shapes import Node

DATA = Path(__file__).resolve().parent.parent / "data"
NAME = "bail.yaml"
MOST_MONTHS = 36


@dataclass(frozen=True)
class Limits:
    """The months that each authority may bail for, from a local day on."""

    since: dt.date
    months: Mapping[str, int]


@cache
def limits() -> tuple[Limits, ...]:
    """The limits by date. Raises RuleFileError."""
    return read_limits(configuration.open_node(DATA / NAME))


def read_limits(root: Node) -> tuple[Limits, ...]:
    """The limits from their file, in the order of their days. Raises RuleFileError."""
    root.keys(("kind", "in_force"), ("kind", "in_force")).child("kind").choice(("bail-limits",))
    found: list[Limits] = []
    for node in root.child("in_force").each():
        node.keys(("from", "months"), ("from", "months"))
        since = node.child("from").date()
        if since is None or (found and since <= found[-1].since):
            raise node.fail("the days do not run forward", "Write the editions in order, each with its own day.")
        given = node.child("months").keys(tuple(BailAuthority.values), ())
        found.append(Limits(since, {name: configuration.number(one, 1, MOST_MONTHS) for name, one in given.items()}))
    if not found:
        raise root.child("in_force").fail("no limits are in force", "Add an entry with `from` and `months`.")
    return tuple(found)


def months_of(authority: str, day: dt.date) -> int | None:
    """How many months an authority may bail for on a local day; None where nothing limits it."""
    held = [one for one in limits() if one.since <= day]
    return held[-1].months.get(authority) if held else None


def statements() -> Iterator[str]:
    """`iops.bail_months(authority, day)`: null where nothing limits it."""
    rows = ", ".join(f"('{name}', date '{one.since}', {n})" for one in limits() for name, n in one.months.items())
    # Every word comes from a file that was checked when it was read.
    yield f"""
create or replace function iops.bail_months(held text, on_day date) returns integer
language sql immutable parallel safe as $months$
    with edition as (
        select v.authority, v.months, rank() over (order by v.since desc) as place
        from (values {rows}) v(authority, since, months) where v.since <= on_day
    )
    select e.months from edition e where e.place = 1 and e.authority = held
$months$;
"""  # noqa: S608
