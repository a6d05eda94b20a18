"""What the API takes and says about grading. Times are UTC."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from iops.foundation.api import Text
from iops.rulebook.needs import Needed

Severity = Literal["none", "low", "medium", "high"]


class PartIn(Schema):
    """One part of THRIVE: its level and its words."""

    level: Annotated[Severity, Needed("thrive")]
    text: Text = ""


class ThriveIn(Schema):
    """One THRIVE assessment."""

    threat: Annotated[PartIn, Needed("thrive")]
    harm: Annotated[PartIn, Needed("thrive")]
    risk: Annotated[PartIn, Needed("thrive")]
    investigation: Annotated[PartIn, Needed("thrive")]
    vulnerability: Annotated[PartIn, Needed("thrive")]
    engagement: Annotated[PartIn, Needed("thrive")]


class ThriveOut(Schema):
    """One THRIVE assessment, its parts by name."""

    id: int
    at: dt.datetime
    parts: dict[str, PartIn]


class AdviceOut(Schema):
    """A suggested grade, every reason, and the facts that were not told and could make it faster."""

    grade: int
    said: str
    title: str
    reasons: list[str]
    not_told: list[str]


class ProposeIn(Schema):
    """A slower grade, and why."""

    grade: Annotated[int, Field(ge=1, le=5), Needed("grade-itself")]
    reason: Annotated[Text, Needed("grade-proposal-decide")]


class DecideIn(Schema):
    """The second person's decision; a refusal says why."""

    confirmed: Annotated[bool, Needed("grade-proposal-decide")]
    note: Text = ""


class ProposalOut(Schema):
    """One proposal of a slower grade; `confirmed` is null until somebody decides."""

    id: int
    was: int
    grade: int
    reason: str
    at: dt.datetime
    decided_at: dt.datetime | None
    confirmed: bool | None
    decision_note: str


class GradeRuleOut(Schema):
    """One grade of the scheme in force; targets as written ("15 minutes"), null where the scheme sets none."""

    grade: int
    said: str
    title: str
    attend: str | None
    assign: str | None


class SchemeOut(Schema):
    """The scheme of grades in force today."""

    code: str
    title: str
    grades: list[GradeRuleOut]
