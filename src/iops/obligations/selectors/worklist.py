"""The worklist: the open duties that a person's roles own, or that have gone up to them. There is no other queue."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db import connection

from iops.foundation import clock
from iops.foundation.paging import PAGE_SIZE, Page
from iops.obligations import records
from iops.obligations.models import EscalationStep

if TYPE_CHECKING:
    import datetime as dt

    from iops.foundation.models import User
    from iops.obligations.records import RecordLabel


class Reach(StrEnum):
    """By which way a duty came onto a worklist."""

    ALL = "all"
    MINE = "mine"
    ESCALATED = "escalated"


@dataclass(frozen=True)
class WorklistFilter:
    """What somebody wants to see of their worklist; the empty filter is all of it.

    `rule` is a rule's code, `record` a reference as people say it ("412/05072019").
    """

    rule: str = ""
    district_id: int | None = None
    late_only: bool = False
    reach: Reach = Reach.ALL
    record: str = ""
    page: int = 1


@dataclass(frozen=True)
class WorklistRow:
    """One open duty. `mine`: a role of the viewer owns it; `gone_up` are the roles it has escalated to so far.

    `label` is None when the area of the record could not name it.
    """

    subject: str
    subject_id: int
    rule: str
    title: str
    owner: str
    record_kind: str
    record_id: int
    district: str
    risk: int
    arose_at: dt.datetime
    due_at: dt.datetime
    mine: bool
    gone_up: tuple[str, ...]
    label: RecordLabel | None


FROM_SQL = tuple(f.name for f in fields(WorklistRow))[:-2]
"""The parts of a row that the query gives, in its order."""


@dataclass(frozen=True)
class RuleCount:
    """How many duties of one rule are on the worklist, and how many of them are late."""

    rule: str
    title: str
    total: int
    late: int


@dataclass(frozen=True)
class Worklist:
    """A page of a worklist as at `at` (UTC), with its counts by rule under the same filter (but for the rule).

    `withheld` counts open duties on restricted records that would be on this worklist if the viewer were on the
    records' lists; it ignores the filter, so that narrowing the filter tells nothing about those records.
    """

    at: dt.datetime
    page: Page[WorklistRow]
    counts: tuple[RuleCount, ...]
    late: int
    withheld: int


# A duty is somebody's when one of their roles owns the rule, or when an escalation step to one of them has passed.
_ON_LIST = """
    from obligations_obligation o
    join obligations_rule r on r.code = o.rule
    left join (
        select rule_id, edition, min(after) as after from obligations_escalationstep
        where to_role = any(%(roles)s) group by rule_id, edition
    ) s on s.rule_id = o.rule and s.edition = o.edition
    where o.met_at is null and o.waived_at is null"""


def worklist(viewer: User, wanted: WorklistFilter) -> Worklist:
    """The open duties of the viewer's roles in their districts, the highest risk first, then the earliest due."""
    at = clock.now()
    known = {
        "roles": sorted(viewer.roles),
        "at": at,
        "areas": _areas(viewer, None),
        "wanted_areas": _areas(viewer, wanted.district_id),
        "rule": wanted.rule,
        "size": PAGE_SIZE,
        "skip": (wanted.page - 1) * PAGE_SIZE,
    }
    condition = _condition(wanted, known)
    counts = _counts(condition, known)
    chosen = [c for c in counts if wanted.rule in ("", c.rule)]
    return Worklist(
        at=at,
        page=Page(_rows(condition, known), total=sum(c.total for c in chosen), page=wanted.page),
        counts=counts,
        late=sum(c.late for c in chosen),
        withheld=_withheld(known),
    )


def _areas(viewer: User, asked: int | None) -> list[int] | None:
    """The districts to look in, None for all: the viewer's, narrowed to the one asked for."""
    own = viewer.district_ids
    if asked is None:
        return None if own is None else sorted(own)
    return [asked] if own is None or asked in own else []


def _condition(wanted: WorklistFilter, known: dict[str, Any]) -> str:
    reach = {
        Reach.ALL: "(r.owner = any(%(roles)s) or o.arose_at + s.after <= %(at)s)",
        Reach.MINE: "r.owner = any(%(roles)s)",
        Reach.ESCALATED: "o.arose_at + s.after <= %(at)s",
    }
    parts = [reach[wanted.reach]]
    if known["wanted_areas"] is not None:
        parts.append("o.district_id = any(%(wanted_areas)s)")
    if wanted.late_only:
        parts.append("o.due_at < %(at)s")
    if wanted.record:
        known["kind"], known["record"] = records.find(wanted.record) or ("", 0)
        parts.append("o.record_kind = %(kind)s and o.record_id = %(record)s")
    return " and ".join(parts)


def _counts(condition: str, known: dict[str, Any]) -> tuple[RuleCount, ...]:
    sql = f"""
        select o.rule, r.title, count(*), count(*) filter (where o.due_at < %(at)s)
        {_ON_LIST} and {condition}
        group by o.rule, r.title order by count(*) desc, o.rule"""
    with connection.cursor() as cursor:
        cursor.execute(sql, known)
        return tuple(RuleCount(*row) for row in cursor.fetchall())


def _rows(condition: str, known: dict[str, Any]) -> tuple[WorklistRow, ...]:
    rule = "and o.rule = %(rule)s" if known["rule"] else ""
    sql = f"""
        select o.subject, o.subject_id, o.rule, r.title, r.owner, o.record_kind, o.record_id, d.name, o.risk,
               o.arose_at, o.due_at, r.owner = any(%(roles)s), o.edition
        from (select o.subject, o.subject_id, o.rule {_ON_LIST} and {condition} {rule}
              order by o.risk desc, o.due_at, o.rule, o.subject_id
              limit %(size)s offset %(skip)s) k
        join obligations_obligation o using (subject, subject_id, rule)
        join obligations_rule r on r.code = o.rule
        left join foundation_district d on d.id = o.district_id
        order by o.risk desc, o.due_at, o.rule, o.subject_id"""  # noqa: S608 - fixed parts, values by name
    with connection.cursor() as cursor:
        cursor.execute(sql, known)
        found = cursor.fetchall()
    named = records.labels((row[5], row[6]) for row in found)
    steps = _all_steps()
    return tuple(
        WorklistRow(
            **dict(zip(FROM_SQL, row, strict=False)),
            gone_up=_gone_up(steps, row, known["at"]),
            label=named.get((row[5], row[6])),
        )
        for row in found
    )


def _all_steps() -> dict[tuple[str, dt.date], list[EscalationStep]]:
    found: dict[tuple[str, dt.date], list[EscalationStep]] = {}
    for step in EscalationStep.objects.order_by("after"):
        found.setdefault((step.rule_id, step.edition), []).append(step)
    return found


def _gone_up(
    steps: dict[tuple[str, dt.date], list[EscalationStep]], row: tuple[Any, ...], at: dt.datetime
) -> tuple[str, ...]:
    rule, arose_at, edition = row[2], row[9], row[12]
    return tuple(s.to_role for s in steps.get((rule, edition), []) if arose_at + s.after <= at)


def _withheld(known: dict[str, Any]) -> int:
    """Open duties on restricted records that lie on this worklist but that the viewer may not see."""
    seen = f"""select count(*) {_ON_LIST} and o.restricted
               and (r.owner = any(%(roles)s) or o.arose_at + s.after <= %(at)s)
               and (%(areas)s::bigint[] is null or o.district_id = any(%(areas)s))"""
    with connection.cursor() as cursor:
        cursor.execute(f"select iops.restricted_on_worklist(%(roles)s, %(areas)s, %(at)s) - ({seen})", known)
        return int(cursor.fetchone()[0])
