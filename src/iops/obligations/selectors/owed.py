"""What is owed on one record: every duty, how it stands, who may waive it, and to whom it has gone up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import connection

from iops.foundation.consultation import shows_no_record
from iops.obligations.models import Obligation

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from django.db.backends.utils import CursorWrapper


@shows_no_record("what is owed on a record, whose own area logs the look")
def blocking(record_kind: str, record_id: int, transition: str = "close") -> list[Obligation]:
    """The open obligations that hold a record back from a transition, the most pressing first."""
    return list(
        Obligation.objects.filter(
            record_kind=record_kind,
            record_id=record_id,
            met_at=None,
            waived_at=None,
            rule__blocks__contains=[transition],
        )
        .select_related("rule")
        .order_by("due_at")
    )


@dataclass(frozen=True)
class Step:
    """One step of escalation: at `at` (UTC) the duty, if still open, goes to people in `to_role` too."""

    to_role: str
    at: dt.datetime


@dataclass(frozen=True)
class WaiverGiven:
    """Who decided, in which role, when (UTC) and why, that a duty need not be met."""

    by: str
    role: str
    at: dt.datetime
    reason: str


@dataclass(frozen=True)
class Duty:
    """One duty on a record, as a person needs to read it. All times are UTC.

    `rule` is the rule's code, `edition` the first day of the edition that applies; `met_at` and `waived_at` are null
    while it is open. `blocks` names the transitions it holds back while it is.
    """

    subject: str
    subject_id: int
    rule: str
    title: str
    edition: dt.date
    owner: str
    waiver_roles: tuple[str, ...]
    blocks: tuple[str, ...]
    risk: int
    arose_at: dt.datetime
    due_at: dt.datetime
    met_at: dt.datetime | None
    waived_at: dt.datetime | None
    steps: tuple[Step, ...]
    waiver: WaiverGiven | None

    @property
    def is_open(self) -> bool:
        """Neither met nor waived."""
        return self.met_at is None and self.waived_at is None

    @property
    def key(self) -> str:
        """One word that names the duty among those of all records: for addresses within a page."""
        return f"{self.rule}-{self.subject}-{self.subject_id}"


@shows_no_record("what is owed on a record, whose own area logs the look")
def owed_on(record_kind: str, record_id: int) -> list[Duty]:
    """Every duty on a record: the open ones first, by due time, then the met and waived ones, latest due first.

    One query, whatever the number of duties, and one for the waivers where there are any: their policy looks at the
    records of every subject, and to ask it took longer than all the rest. Row-level security decides what is seen.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"{OWED} where o.record_kind = %s and o.record_id = %s", [record_kind, record_id])
        rows = [row[:-2] for row in cursor.fetchall()]
        waivers = _waivers(cursor, [row[:3] for row in rows if row[WAIVED_AT] is not None])
    duties = [_duty(row, waivers.get(row[:3])) for row in rows]
    still = sorted((d for d in duties if d.is_open), key=lambda d: (d.due_at, d.rule, d.subject_id))
    done = sorted((d for d in duties if not d.is_open), key=lambda d: (d.due_at, d.rule, d.subject_id), reverse=True)
    return still + done


@shows_no_record("what is owed on records, whose own area logs the look")
def open_on(records: Iterable[tuple[str, int]]) -> list[tuple[tuple[str, int], Duty]]:
    """The open duties on many records, each with the kind and id of its record: blocking ones first, then by due time.

    One query, whatever the number of records and duties.
    """
    asked = sorted(set(records))
    if not asked:
        return []
    with connection.cursor() as cursor:
        kinds, ids = [kind for kind, _ in asked], [record_id for _, record_id in asked]
        cursor.execute(f"{OWED} {OPEN_ON}", [kinds, ids])
        duties = [((kind, record_id), _duty(row)) for *row, kind, record_id in cursor.fetchall()]
    return sorted(duties, key=lambda d: (not d[1].blocks, d[1].due_at, d[0], d[1].rule, d[1].subject_id))


OPEN_ON: Final = """
join unnest(%s::text[], %s::bigint[]) as asked(kind, id) on (o.record_kind, o.record_id) = (asked.kind, asked.id)
where o.met_at is null and o.waived_at is null
"""
OWED: Final = """
select o.subject, o.subject_id, o.rule, r.title, o.edition, r.owner, r.waiver_roles, r.blocks, o.risk, o.arose_at,
       o.due_at, o.met_at, o.waived_at, steps.roles, steps.afters, o.record_kind, o.record_id
from obligations_obligation o
join obligations_rule r on r.code = o.rule
left join lateral (
    select array_agg(s.to_role order by s.after) as roles, array_agg(s.after order by s.after) as afters
    from obligations_escalationstep s where s.rule_id = o.rule and s.edition = o.edition) steps on true"""
WAIVED_AT: Final = 12
"""Where the moment of the waiver stands in a row."""
WAIVERS: Final = """
select w.subject, w.subject_id, w.rule, u.name, w.role, w.at, w.reason
from obligations_waiver w join foundation_user u on u.id = w.by_id
join unnest(%s::text[], %s::bigint[], %s::text[]) k(subject, subject_id, rule)
on (w.subject, w.subject_id, w.rule) = (k.subject, k.subject_id, k.rule)"""
Key = tuple[str, int, str]


def _waivers(cursor: CursorWrapper, keys: list[Key]) -> dict[Key, WaiverGiven]:
    if not keys:
        return {}
    cursor.execute(WAIVERS, [list(column) for column in zip(*keys, strict=True)])
    return {row[:3]: WaiverGiven(*row[3:]) for row in cursor.fetchall()}


def _duty(row: Sequence[Any], waiver: WaiverGiven | None = None) -> Duty:
    subject, subject_id, rule, title, edition, owner, waiver_roles, blocks, risk, *rest = row
    arose_at, due_at, met_at, waived_at, roles, afters = rest
    return Duty(
        subject=subject,
        subject_id=subject_id,
        rule=rule,
        title=title,
        edition=edition,
        owner=owner,
        waiver_roles=tuple(waiver_roles),
        blocks=tuple(blocks),
        risk=risk,
        arose_at=arose_at,
        due_at=due_at,
        met_at=met_at,
        waived_at=waived_at,
        steps=tuple(Step(role, arose_at + after) for role, after in zip(roles or (), afters or (), strict=True)),
        waiver=waiver,
    )
