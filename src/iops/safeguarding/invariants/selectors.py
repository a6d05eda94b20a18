"""The questions: how every invariant stands, and which records break one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from iops.foundation.consultation import consulted, shows_no_record
from iops.foundation.context import acting
from iops.foundation.errors import NotFoundError
from iops.foundation.paging import PAGE_SIZE, Page
from iops.obligations import records
from iops.obligations.selectors.assurance import NOTHING, DutyCounts, rule_numbers, total
from iops.safeguarding.hub.page.selectors import READERS, hub, may_read
from iops.safeguarding.invariants.settings import CODES, Invariant, invariants

if TYPE_CHECKING:
    import datetime as dt

    from iops.foundation.models import User
    from iops.obligations.records import RecordLabel


@dataclass(frozen=True)
class Tile:
    """How an invariant stands now. `broken` is None where nothing can be counted; `duties` sums up those it has."""

    invariant: Invariant
    broken: int | None
    oldest: dt.datetime | None
    duties: DutyCounts


@dataclass(frozen=True)
class Breach:
    """One record that breaks an invariant, and since when (UTC); `label` is None when it could not be named."""

    kind: str
    record_id: int
    since: dt.datetime | None
    label: RecordLabel | None


@shows_no_record("counts only")
def tiles(viewer: User) -> tuple[Tile, ...]:
    """Every invariant in its order. Restricted records are counted: a number does not depend on who asks.

    Queues that fill or lie unopened (I16, I17) are those of the hub as the viewer sees it, for who may read it.
    """
    with connection.cursor() as cursor:
        cursor.execute("select invariant, broken, oldest from iops.invariant_counts()")
        counted = {code: (broken, oldest) for code, broken, oldest in cursor.fetchall()}
    owed = rule_numbers()
    found = counted | _queues(viewer)
    return tuple(_tile(each, found, owed) for each in invariants().values())


def _tile(each: Invariant, found: dict[str, tuple[int, dt.datetime | None]], owed: dict[str, DutyCounts]) -> Tile:
    none = (0, None) if each.counted else (None, None)
    broken, oldest = found.get(each.code, none)
    duties = total(owed.get(rule, NOTHING) for rule in each.duties) if each.duties else NOTHING
    return Tile(each, broken, oldest, duties)


def _queues(viewer: User) -> dict[str, tuple[int, dt.datetime | None]]:
    if not viewer.holds(READERS):
        return {}
    queues = hub(viewer).queues
    return {"I16": (sum(q.filling for q in queues), None), "I17": (sum(q.unopened for q in queues), None)}


@shows_no_record("logs its looks itself, by kind of record and with the code of the invariant")
def breaches(code: str, page: int, viewer: User) -> tuple[Invariant, Page[Breach]]:
    """The records that break one invariant, the oldest first, as the viewer may see.

    Raises NotFoundError, NotAllowedError.
    """
    may_read(viewer)
    if code not in CODES:
        raise NotFoundError("There is no such invariant.")
    with acting(user_id=viewer.id):
        rows, many = _breaches(code, page)
        named = records.labels((kind, record_id) for kind, record_id, _ in rows)
        for kind in {row[0] for row in rows}:
            consulted(kind, [row[1] for row in rows if row[0] == kind], viewer, {"invariant": code, "page": page})
    shown = tuple(Breach(*row, label=named.get(row[:2])) for row in rows)
    return invariants()[code], Page(shown, many, page)


def _breaches(code: str, page: int) -> tuple[list[tuple[str, int, dt.datetime | None]], int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select kind, record_id, since, count(*) over () from iops.invariant_breach where invariant = %s"
            " order by since nulls first, record_id limit %s offset %s",
            [code, PAGE_SIZE, (page - 1) * PAGE_SIZE],
        )
        rows = cursor.fetchall()
    return [row[:3] for row in rows], rows[0][3] if rows else 0
