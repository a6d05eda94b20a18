"""How often somebody or something was involved: in twelve months and ever, by role and by kind of record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

ALWAYS = ("victim", "suspect", "witness", "caller", "child")
"""Roles of a person that are shown even when the count is nought."""

EVENTS = """
    select i.record_kind, i.record_id, array_agg(distinct i.role order by i.role), min(i.at),
        min(i.at) >= (select iops.a_year_ago())
    from iops.record_involvement i
    where i.subject_kind = %s and i.subject_id = any (%s)
    group by i.record_kind, i.record_id
    order by 4 desc, 2 desc
"""


@dataclass(frozen=True)
class Count:
    """How many different records: within the last twelve months, and ever."""

    what: str
    year: int
    ever: int


@dataclass(frozen=True)
class Counts:
    """Distinct records in all, by role, and by kind; one with two roles counts once in each role and once in all."""

    total: Count
    roles: tuple[Count, ...]
    kinds: tuple[Count, ...]


@dataclass(frozen=True)
class Event:
    """One record somebody is involved in, with all their roles; `at` (UTC) is when it was reported."""

    kind: str
    id: int
    roles: tuple[str, ...]
    at: dt.datetime
    within_a_year: bool


def events(kind: str, ids: Sequence[int]) -> tuple[Event, ...]:
    """Every record in which some records of one kind are involved, each once, the latest first.

    Taken together: all the nominals of a person, or one place. Only what the viewer may see is there.
    """
    with connection.cursor() as cursor:
        cursor.execute(EVENTS, [kind, list(ids)])
        return tuple(Event(k, i, tuple(roles), at, year) for k, i, roles, at, year in cursor.fetchall())


def counts(found: Sequence[Event], always: Sequence[str] = ()) -> Counts:
    """How many events there are in all, by role (those of `always` even when there are none), and by kind.

    The twelve months begin at local midnight at the start of the same day a year ago.
    """
    roles = {*always, *(role for event in found for role in event.roles)}
    by_role = [_count(role, [e for e in found if role in e.roles]) for role in roles]
    by_kind = [_count(kind, [e for e in found if e.kind == kind]) for kind in {e.kind for e in found}]
    by_role.sort(key=lambda c: (_place(c.what), -c.ever, c.what))
    by_kind.sort(key=lambda c: (-c.ever, c.what))
    return Counts(_count("all", found), tuple(by_role), tuple(by_kind))


def _count(what: str, found: Sequence[Event]) -> Count:
    return Count(what, sum(e.within_a_year for e in found), len(found))


def _place(role: str) -> int:
    """The place of a role among the counts: the usual ones first, "other" last."""
    order = (*ALWAYS, "", "other")
    return order.index(role) if role in order else order.index("")
