"""What the API says about duties. All times are UTC, ISO 8601."""

from __future__ import annotations

import datetime as dt

from iops.foundation.api import Answer


class StepOut(Answer):
    """One step of escalation."""

    to_role: str
    at: dt.datetime


class WaiverOut(Answer):
    """A waiver as given."""

    by: str
    role: str
    at: dt.datetime
    reason: str


class DutyOut(Answer):
    """One duty on a record; `waiver_roles` says who may waive it, `blocks` which steps it holds back while open."""

    subject: str
    subject_id: int
    rule: str
    title: str
    edition: dt.date
    owner: str
    waiver_roles: list[str]
    blocks: list[str]
    risk: int
    arose_at: dt.datetime
    due_at: dt.datetime
    met_at: dt.datetime | None
    waived_at: dt.datetime | None
    steps: list[StepOut]
    waiver: WaiverOut | None


class LabelOut(Answer):
    """How a record is named on screen."""

    reference: str
    address: str
    place: str
    tags: list[str]


class WorklistRowOut(Answer):
    """One open duty of a worklist."""

    subject: str
    subject_id: int
    rule: str
    title: str
    owner: str
    record_kind: str
    record_id: int
    district: str | None
    risk: int
    arose_at: dt.datetime
    due_at: dt.datetime
    mine: bool
    gone_up: list[str]
    label: LabelOut | None


class RuleCountOut(Answer):
    """How many duties of a rule are on the worklist."""

    rule: str
    title: str
    total: int
    late: int


class CountsOut(Answer):
    """How the duties of a rule stood: `opened` is the sum of the five states; `ages` follow the bands of the answer."""

    opened: int
    met_in_time: int
    met_late: int
    waived: int
    withdrawn: int
    open: int
    open_late: int
    ages: list[int]


class AssuranceRowOut(Answer):
    """The counts of one rule."""

    rule: str
    title: str
    owner: str
    in_rulebook: bool
    counts: CountsOut


class CheckOut(Answer):
    """One run of the conservation check."""

    started_at: dt.datetime
    checked: int
    missing: int
    surplus: int


class AssuranceOut(Answer):
    """The counts by rule and in all."""

    as_at: dt.datetime
    age_bands: list[str]
    rows: list[AssuranceRowOut]
    total: CountsOut
    accounted: bool
    check: CheckOut | None


class RuleOut(Answer):
    """One rule in the edition that applies on the day asked for."""

    code: str
    title: str
    subject: str
    owner: str
    waivable_by: str | None
    blocks: list[str]
    basis: str
    unsure: str | None
    in_force_from: dt.date
    in_force_to: dt.date | None
    sentences: list[str]
    open: int
    open_late: int


class RulebookOut(Answer):
    """The rules in force on a day (Europe/London)."""

    as_at: dt.date
    rules: list[RuleOut]
