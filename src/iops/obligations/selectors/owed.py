"""What is owed on one record: every duty, how it stands, who may waive it, and to whom it has gone up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db.models import Q

from iops.foundation.consultation import shows_no_record
from iops.obligations.models import EscalationStep, Obligation, Waiver

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable


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

    Three queries, whatever the number of duties. Row-level security decides whether the record's duties are seen.
    """
    found = list(Obligation.objects.filter(record_kind=record_kind, record_id=record_id).select_related("rule"))
    steps = _steps({o.rule_id for o in found})
    waivers = _waivers([o for o in found if o.waived_at])
    duties = [_duty(o, steps, waivers) for o in found]
    still = sorted((d for d in duties if d.is_open), key=lambda d: (d.due_at, d.rule, d.subject_id))
    done = sorted((d for d in duties if not d.is_open), key=lambda d: (d.due_at, d.rule, d.subject_id), reverse=True)
    return still + done


@shows_no_record("what is owed on records, whose own area logs the look")
def open_on(records: Iterable[tuple[str, int]]) -> list[tuple[tuple[str, int], Duty]]:
    """The open duties on many records, each with the kind and id of its record: blocking ones first, then by due time.

    Two queries, whatever the number of records and duties.
    """
    asked: dict[str, list[int]] = {}
    for kind, record_id in records:
        asked.setdefault(kind, []).append(record_id)
    if not asked:
        return []
    where = reduce(or_, (Q(record_kind=kind, record_id__in=ids) for kind, ids in asked.items()))
    found = list(Obligation.objects.filter(where, met_at=None, waived_at=None).select_related("rule"))
    steps = _steps({o.rule_id for o in found})
    duties = [((o.record_kind, o.record_id), _duty(o, steps, {})) for o in found]
    return sorted(duties, key=lambda d: (not d[1].blocks, d[1].due_at, d[0], d[1].rule, d[1].subject_id))


Steps = dict[tuple[str, "dt.date"], list["EscalationStep"]]
Waivers = dict[tuple[str, int, str], "Waiver"]


def _steps(rules: Iterable[str]) -> Steps:
    found: Steps = {}
    for step in EscalationStep.objects.filter(rule_id__in=rules).order_by("after"):
        found.setdefault((step.rule_id, step.edition), []).append(step)
    return found


def _waivers(waived: list[Obligation]) -> Waivers:
    if not waived:
        return {}
    given = Waiver.objects.filter(subject_id__in=[o.subject_id for o in waived]).select_related("by")
    return {(w.subject, w.subject_id, w.rule_id): w for w in given}


def _duty(o: Obligation, steps: Steps, waivers: Waivers) -> Duty:
    given = waivers.get((o.subject, o.subject_id, o.rule_id))
    return Duty(
        subject=o.subject,
        subject_id=o.subject_id,
        rule=o.rule_id,
        title=o.rule.title,
        edition=o.edition,
        owner=o.rule.owner,
        waiver_roles=tuple(o.rule.waiver_roles),
        blocks=tuple(o.rule.blocks),
        risk=o.risk,
        arose_at=o.arose_at,
        due_at=o.due_at,
        met_at=o.met_at,
        waived_at=o.waived_at,
        steps=tuple(Step(s.to_role, o.arose_at + s.after) for s in steps.get((o.rule_id, o.edition), [])),
        waiver=WaiverGiven(given.by.name, given.role, given.at, given.reason) if given else None,
    )
