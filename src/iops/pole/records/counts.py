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

COUNT = """
    select i.role, i.record_kind, grouping(i.role), grouping(i.record_kind),
        count(distinct (i.record_kind, i.record_id)) filter (where i.at >= (select iops.a_year_ago())),
        count(distinct (i.record_kind, i.record_id))
    from iops.record_involvement i
    where i.subject_kind = %s and i.subject_id = any (%s)
    group by grouping sets ((), (i.role), (i.record_kind))
"""
EVENTS = """
    select i.record_kind, i.record_id, array_agg(distinct i.role order by i.role), min(i.at)
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


def counts(kind: str, ids: Sequence[int], always: Sequence[str] = ()) -> Counts:
    """The counts of some records of one kind taken together: all the nominals of a person, or one place.

    The twelve months begin at local midnight at the start of the same day a year ago. Only what the viewer may see is
    counted. A record counts once, however many nominals and links lead to it.
    """
    total, roles, kinds = Count("all", 0, 0), {r: Count(r, 0, 0) for r in always}, {}
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [kind, list(ids)])
        for role, record_kind, all_roles, all_kinds, year, ever in cursor.fetchall():
            if all_roles and all_kinds:
                total = Count("all", year, ever)
            elif all_roles:
                kinds[record_kind] = Count(record_kind, year, ever)
            else:
                roles[role] = Count(role, year, ever)
    order = {role: place for place, role in enumerate(ALWAYS)}
    by_role = sorted(roles.values(), key=lambda c: (order.get(c.what, len(order)), c.what == "other", -c.ever, c.what))
    return Counts(total, tuple(by_role), tuple(sorted(kinds.values(), key=lambda c: (-c.ever, c.what))))


def events(kind: str, ids: Sequence[int]) -> tuple[Event, ...]:
    """Every record in which some records of one kind are involved, each once, the latest first."""
    with connection.cursor() as cursor:
        cursor.execute(EVENTS, [kind, list(ids)])
        return tuple(Event(k, i, tuple(roles), at) for k, i, roles, at in cursor.fetchall())
