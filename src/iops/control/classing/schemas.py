"""What the API takes and says about classing. Times are UTC."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from iops.foundation.api import Line, Text
from iops.rulebook.needs import Needed

MOST_CODES = 100
Code = Annotated[str, Field(min_length=1, max_length=40)]
Codes = Annotated[list[Code], Field(max_length=MOST_CODES)]


class ClassIn(Schema):
    """What kind of incident it is; `declined` says why domestic abuse is not given where it is suggested."""

    category: Annotated[Code, Needed("incident-category")]
    qualifiers: Codes = []
    behaviours: Codes = []
    declined: Text = ""
    reason: Text = ""


class NotDomesticIn(Schema):
    """Why it is not domestic abuse."""

    reason: Annotated[Text, Needed("da-mark-decide")]


class SuggestionOut(Schema):
    """One suggested qualifier and why."""

    code: str
    title: str
    because: list[str]
    needs_reason: bool


class ElementOut(Schema):
    """One element of the definition: `held` is yes, maybe, not_told or no; `asks` what must be asked."""

    name: str
    held: Literal["yes", "maybe", "not_told", "no"]
    says: str
    asks: str


class DomesticOut(Schema):
    """What the definition in force says: `answer` of all facts, the rest of what the caller may see."""

    answer: Literal["qualifies", "may", "not"]
    definition: Line
    basis: str
    elements: list[ElementOut]
    missing: list[str]
    children: list[str]
    hidden: bool
    decided: bool | None
    decided_at: dt.datetime | None
    reason: str


class ClassOut(Schema):
    """What kind of incident it is; `category` is empty until it is classed or its opening words name one."""

    edition: str
    category: str
    title: str
    at: dt.datetime | None
    qualifiers: list[str]
    behaviours: list[str]
    suggested: list[SuggestionOut]
    domestic: DomesticOut


class EntryOut(Schema):
    """One code with its name and what it means."""

    code: str
    title: str
    means: str = ""
    group: str = ""


class ClassesOut(Schema):
    """The classes in force on a day."""

    code: str
    title: str
    categories: list[EntryOut]
    qualifiers: list[EntryOut]
    results: list[EntryOut]
