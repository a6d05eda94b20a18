"""The API of the recording rules: decide a report, describe one, say what changed between two days. Saves nothing."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

import msgspec
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, field_validator

from iops.foundation.errors import InvalidError
from iops.rulebook.differences import differences
from iops.rulebook.needs import Needed
from iops.rulebook.reading import EARLIEST, LATEST
from iops.rulebook.recording import decide
from iops.rulebook.schema import report_schema

router = Router(tags=["recording rules"])

MOST_BYTES = 256 * 1024
"""Of a request: a report of ten thousand victims written out would not be a report but a file."""
MOST_ENTRIES = 100
"""People, offences or charges of one report: each pair of offences may have to be compared."""
Day = Annotated[dt.date, Field(ge=EARLIEST, le=LATEST)]


class TooMuchError(InvalidError):
    """A report is larger than one decision takes."""

    code = "too-large"
    status = 413


class ReportIn(Schema):
    """A report as `GET recording/schema` describes it, and the day whose rules are asked for, if not its own."""

    report: Annotated[dict[str, Any], Needed("crime-report-day")]
    as_at: Day | None = None

    @field_validator("report")
    @classmethod
    def _not_empty(cls, value: dict[str, Any]) -> dict[str, Any]:
        if not value:
            raise ValueError("A report says at least when it was reported.")
        return value


class Between(Schema):
    """Two days."""

    first: Annotated[Day, Needed("period-of-question")] = Field(alias="from")
    second: Annotated[Day, Needed("period-of-question")] = Field(alias="to")


class DifferenceOut(Schema):
    """One change between two days, in words, with its sources."""

    about: str
    says: str
    cite: list[str]
    unsure: str


class DifferencesOut(Schema):
    """Every change of the recording rules between two days."""

    count: int
    differences: list[DifferenceOut]


@router.post("recording/decide", response=dict[str, Any])
def decide_report(request: HttpRequest, given: ReportIn) -> Any:
    """What must be recorded for a report, and why: kind, crimes, needs, steps, presumed, unsure, audit, approve."""
    _check_size(request, given.report)
    return msgspec.to_builtins(decide(given.report, as_at=given.as_at))


@router.get("recording/schema", response=dict[str, Any])
def schema(request: HttpRequest) -> Any:
    """The JSON Schema of a report, with examples."""
    return report_schema()


@router.get("recording/diff", response=DifferencesOut)
def diff(request: HttpRequest, days: Query[Between]) -> DifferencesOut:
    """What changed in the recording rules between two days, in words."""
    found = differences(days.first, days.second)
    shown = [DifferenceOut(about=d.about, says=d.says, cite=list(d.cite), unsure=d.unsure) for d in found]
    return DifferencesOut(count=len(shown), differences=shown)


def _check_size(request: HttpRequest, report: dict[str, Any]) -> None:
    if len(request.body) > MOST_BYTES:
        raise TooMuchError("The report is too large.", mend=f"Send at most {MOST_BYTES // 1024} KiB.")
    for name, value in report.items():
        if isinstance(value, list) and len(value) > MOST_ENTRIES:
            raise TooMuchError(
                f'"{name[:40]}" has {len(value):,} entries.',
                mend=f'List at most {MOST_ENTRIES}; those who are alike share one entry with a "count".',
            )
