"""What the API takes and says about closing. Times are UTC."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from iops.control.classing.schemas import Code, Codes
from iops.foundation.api import PageOut, Text
from iops.rulebook.needs import Needed


class CloseIn(Schema):
    """Closing an incident. `code` left out, what was classed stands; `qualifiers` likewise."""

    note: Annotated[Text, Needed("closing-note")]
    code: Annotated[str, Field(max_length=40)] = ""
    qualifiers: Codes | None = None
    results: Codes = []
    declined: Text = ""


class CheckIn(Schema):
    """A check of one closure."""

    verdict: Annotated[Literal["agree", "advise", "reopen"], Needed("closure-check")]
    findings: list[Code] = Field(default=[], max_length=100)
    note: Text = ""


class CheckOut(Schema):
    """One check."""

    at: dt.datetime
    by: str
    verdict: str
    findings: list[str]
    note: str


class ClosureOut(Schema):
    """One closing; `sampled` says that it was drawn for a check, `strata` of which kinds it is."""

    id: int
    reference: str
    at: dt.datetime
    by: str | None
    code: str
    title: str
    qualifiers: list[str]
    results: list[str]
    text: str
    strata: list[str]
    sampled: bool
    check: CheckOut | None


class ClosuresOut(Schema):
    """Closures that wait for a check."""

    page: PageOut
    rows: list[ClosureOut]


class StratumOut(Schema):
    """The closures of one kind; rates in tenths of a per cent with the 95 % interval of Wilson."""

    code: str
    title: str
    closed: int
    drawn: int
    checked: int
    agreed: int
    per_mille: int | None
    low: int
    high: int
