"""The API of worklist, rulebook and assurance: the questions of the screens, answered as JSON."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from iops.foundation import clock
from iops.foundation.api import Id, Line, Moment, PageKey, PageNumber, PageOut, paged, viewer
from iops.obligations.install import book
from iops.obligations.rule_texts import text_of
from iops.obligations.schemas import (
    AssuranceOut,
    AssuranceRowOut,
    CheckOut,
    CountsOut,
    RulebookOut,
    RuleCountOut,
    RuleOut,
    WorklistRowOut,
)
from iops.obligations.selectors import AGES, AssuranceFilter, Reach, WorklistFilter, rule_numbers
from iops.obligations.selectors import assurance as count_duties
from iops.obligations.selectors import worklist as duties_of

if TYPE_CHECKING:
    from iops.obligations.selectors import DutyCounts
    from iops.rulebook.entries import Edition, Rule

Days = Annotated[int, Field(ge=1, le=36_500)]

router = Router(tags=["duties"])


class WorklistOut(Schema):
    """A page of a worklist. `withheld` counts duties on restricted records that the person may not see."""

    at: dt.datetime
    late: int
    withheld: int
    page: PageOut
    counts: list[RuleCountOut]
    rows: list[WorklistRowOut]


@router.get("/worklist", response=WorklistOut)
def worklist(
    request: HttpRequest,
    rule: Line = "",
    district_id: Id | None = None,
    late_only: bool = False,
    reach: Literal["all", "mine", "escalated"] = "all",
    record: Line = "",
    page: PageNumber = 1,
    after: PageKey = "",
    before: PageKey = "",
) -> WorklistOut:
    """The open duties of my roles in my districts, the highest risk first, then the earliest due."""
    wanted = WorklistFilter(rule, district_id, late_only, Reach(reach), record, page, after, before)
    found = duties_of(viewer(request), wanted)
    return WorklistOut(
        at=found.at,
        late=found.late,
        withheld=found.withheld,
        page=paged(found.page),
        counts=[RuleCountOut.model_validate(c) for c in found.counts],
        rows=[WorklistRowOut.model_validate(r) for r in found.page.rows],
    )


@router.get("/rules", response=RulebookOut)
def rules(request: HttpRequest, as_at: dt.date | None = None) -> RulebookOut:
    """The rules in force on a day (today when not given), explained, with how many duties are open under each now."""
    day = as_at or clock.today()
    numbers = rule_numbers()
    return RulebookOut(as_at=day, rules=[_rule(r, e, numbers.get(r.code)) for r, e in book().at(day)])


def _rule(rule: Rule, edition: Edition, numbers: DutyCounts | None) -> RuleOut:
    return RuleOut(
        code=rule.code,
        title=rule.title,
        subject=rule.subject,
        owner=rule.owner,
        waivable_by=rule.waivable_by,
        blocks=[str(b) for b in rule.blocks],
        basis=str(rule.basis),
        unsure=rule.basis.unsure,
        in_force_from=edition.start,
        in_force_to=edition.end,
        sentences=list(text_of(rule, edition).words.sentences),
        open=numbers.open if numbers else 0,
        open_late=numbers.open_late if numbers else 0,
    )


@router.get("/assurance", response=AssuranceOut)
def assurance(
    request: HttpRequest,
    district_id: Id | None = None,
    arose_within: Days | None = None,
    as_at: Moment | None = None,
) -> AssuranceOut:
    """How the duties under every rule stood at a moment (now when not given), and the latest conservation check."""
    found = count_duties(AssuranceFilter(district_id, arose_within, as_at))
    return AssuranceOut(
        as_at=found.as_at,
        age_bands=list(AGES),
        rows=[AssuranceRowOut.model_validate(r) for r in found.rows],
        total=CountsOut.model_validate(found.total),
        accounted=found.total.accounted,
        check=CheckOut.model_validate(found.check) if found.check else None,
    )
