"""The worklist: the open duties that a person's roles own, or that have gone up to them. There is no other queue."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db import connection

from iops.foundation import clock
from iops.foundation.consultation import consulted, shows_no_record
from iops.foundation.models import District
from iops.foundation.paging import PAGE_SIZE, Turn
from iops.obligations import records
from iops.obligations.models import EscalationStep, Rule
from iops.obligations.selectors.turning import first_of_each, key_of, whole_order

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from iops.foundation.models import User
    from iops.foundation.paging import Page
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
    after: str = ""
    before: str = ""

    @property
    def turn(self) -> Turn:
        """Which page."""
        return Turn(self.page, self.after, self.before)


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


@dataclass(frozen=True)
class Claim:
    """Which duties of one rule lie on a worklist: those of an edition (None: any) that arose at or before `before`."""

    rule: str
    edition: dt.date | None
    before: dt.datetime


# The claims and the open duties they reach. Claims are few and made beforehand, so that each is one walk of the index.
_CLAIMS = """unnest(%(rules)s::text[], %(editions)s::date[], %(befores)s::timestamptz[]) as m(rule, edition, before)"""
_REACHED = """o.rule = m.rule and o.met_at is null and o.waived_at is null
              and (m.edition is null or o.edition = m.edition) and o.arose_at <= m.before"""


@shows_no_record("logs its looks itself, by kind of record")
def worklist(viewer: User, wanted: WorklistFilter) -> Worklist:
    """The open duties of the viewer's roles in their districts, the highest risk first, then the earliest due."""
    at = clock.now()
    steps = _all_steps()
    areas = _areas(viewer, wanted.district_id)
    claims = _claims(viewer, wanted.reach, steps, at)
    counts = _counts(claims, areas, wanted, at)
    chosen = [c for c in counts if wanted.rule in ("", c.rule)]
    read = _rows([c for c in claims if wanted.rule in ("", c.rule)], areas, wanted, at, steps)
    page = wanted.turn.cut(read, key_of, total=sum(c.total for c in chosen))
    _log_looks(viewer, wanted, page.rows)
    return Worklist(
        at=at,
        page=page,
        counts=counts,
        late=sum(c.late for c in chosen),
        withheld=_withheld(_claims(viewer, Reach.ALL, steps, at), _areas(viewer, None)),
    )


Steps = dict[tuple[str, "dt.date"], list["EscalationStep"]]


def _all_steps() -> Steps:
    found: Steps = {}
    for step in EscalationStep.objects.order_by("after"):
        found.setdefault((step.rule_id, step.edition), []).append(step)
    return found


def _claims(viewer: User, reach: Reach, steps: Steps, at: dt.datetime) -> list[Claim]:
    """A duty is somebody's when one of their roles owns the rule, or when a step to one of their roles has passed."""
    owned = set() if reach == Reach.ESCALATED else {r.code for r in Rule.objects.filter(owner__in=sorted(viewer.roles))}
    claims = [Claim(code, None, at) for code in sorted(owned)]
    if reach != Reach.MINE:
        for (rule, edition), ladder in sorted(steps.items()):
            mine = [step.after for step in ladder if step.to_role in viewer.roles]
            if mine and rule not in owned:
                claims.append(Claim(rule, edition, at - min(mine)))
    return claims


def _log_looks(viewer: User, wanted: WorklistFilter, rows: tuple[WorklistRow, ...]) -> None:
    asked = {"worklist": True, "rule": wanted.rule, "record": wanted.record, "page": wanted.page}
    for kind in {row.record_kind for row in rows}:
        consulted(kind, [row.record_id for row in rows if row.record_kind == kind], viewer, asked)


def _areas(viewer: User, asked: int | None) -> list[int]:
    """The districts to look in: the viewer's, narrowed to the one asked for."""
    own = viewer.district_ids
    if own is None:
        # 0 is the district of what has none yet: it is on nobody else's worklist.
        own = frozenset(District.objects.values_list("id", flat=True)) | {0}
    return sorted(own if asked is None else own & {asked})


def _known(claims: Sequence[Claim], areas: list[int]) -> dict[str, Any]:
    return {
        "rules": [c.rule for c in claims],
        "editions": [c.edition for c in claims],
        "befores": [c.before for c in claims],
        "areas": areas,
    }


def _narrowed(wanted: WorklistFilter, known: dict[str, Any], at: dt.datetime) -> str:
    """The rest of the filter as SQL; the values go into `known`."""
    known["at"] = at
    parts = ["o.due_at < %(at)s"] if wanted.late_only else []
    if wanted.record:
        known["kind"], known["record"] = records.find(wanted.record) or ("", 0)
        parts.append("o.record_kind = %(kind)s and o.record_id = %(record)s")
    return "".join(f" and {part}" for part in parts)


def _counts(
    claims: Sequence[Claim], areas: list[int], wanted: WorklistFilter, at: dt.datetime
) -> tuple[RuleCount, ...]:
    known = _known(claims, areas)
    sql = f"""
        select m.rule, r.title, sum(c.total)::bigint, sum(c.late)::bigint
        from {_CLAIMS}
        join obligations_rule r on r.code = m.rule
        cross join lateral (
            select count(*) as total, count(*) filter (where o.due_at < %(at)s) as late
            from obligations_obligation o
            where {_REACHED} and o.district_id = any(%(areas)s::bigint[]) {_narrowed(wanted, known, at)}
        ) c
        group by m.rule, r.title having sum(c.total) > 0 order by 3 desc, 1"""  # noqa: S608 - fixed parts, values by name
    with connection.cursor() as cursor:
        cursor.execute(sql, known)
        return tuple(RuleCount(*row) for row in cursor.fetchall())


def _rows(
    claims: Sequence[Claim], areas: list[int], wanted: WorklistFilter, at: dt.datetime, steps: Steps
) -> tuple[WorklistRow, ...]:
    """The rows of the page, in the order in which they are read, and one more where there are more."""
    turn = wanted.turn
    known = _known(claims, areas) | {"size": PAGE_SIZE + 1, "skip": turn.skip}
    duties = f"{_REACHED} and o.district_id = a.id {_narrowed(wanted, known, at)}"
    # Of each rule in each district the first ones come from the index, in its order; the page is cut from them.
    sql = f"""
        select o.subject, o.subject_id, o.rule, r.title, r.owner, o.record_kind, o.record_id,
               coalesce(d.name, 'District not known yet'), o.risk,
               o.arose_at, o.due_at, m.edition is null, o.edition
        from {_CLAIMS}
        cross join unnest(%(areas)s::bigint[]) as a(id)
        cross join lateral ({first_of_each(turn, duties, known)}) o
        join obligations_rule r on r.code = o.rule
        left join foundation_district d on d.id = o.district_id
        order by {whole_order(turn)} limit %(size)s offset %(skip)s"""  # noqa: S608 - fixed parts, values by name
    with connection.cursor() as cursor:
        cursor.execute(sql, known)
        found = cursor.fetchall()
    named = records.labels((row[5], row[6]) for row in found[:PAGE_SIZE])
    return tuple(
        WorklistRow(
            **dict(zip(FROM_SQL, row, strict=False)),
            gone_up=_gone_up(steps, row, at),
            label=named.get((row[5], row[6])),
        )
        for row in found
    )


def _gone_up(steps: Steps, row: tuple[Any, ...], at: dt.datetime) -> tuple[str, ...]:
    rule, arose_at, edition = row[2], row[9], row[12]
    return tuple(s.to_role for s in steps.get((rule, edition), []) if arose_at + s.after <= at)


def _withheld(claims: Sequence[Claim], areas: list[int]) -> int:
    """Open duties on restricted records that lie on this worklist but that the viewer may not see."""
    seen = f"""select count(*) from {_CLAIMS} join obligations_obligation o on {_REACHED}
               where o.restricted and o.district_id = any(%(areas)s::bigint[])"""  # noqa: S608 - fixed parts
    known = _known(claims, areas)
    all_of_them = "iops.restricted_on_worklist(%(rules)s, %(editions)s::date[], %(befores)s, %(areas)s)"
    with connection.cursor() as cursor:
        cursor.execute(f"select {all_of_them} - ({seen})", known)
        return int(cursor.fetchone()[0])
