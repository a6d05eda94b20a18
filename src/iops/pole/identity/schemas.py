"""What the API of identity takes and gives."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal

from ninja import Schema
from pydantic import Field

from iops.foundation.api import Id, Line, PageOut, Text
from iops.rulebook.needs import Needed

if TYPE_CHECKING:
    from iops.pole.identity.selectors import Waiting
    from iops.pole.models import IdentityDecision


class FieldOut(Schema):
    """One field of the model's account: bits for (+) or against (-) one person."""

    field: str
    level: str
    says: str
    weight: Decimal


class DecisionOut(Schema):
    """One decision on a pair of nominals. `weight` is what the model said at the time, in bits."""

    id: int
    one_id: int
    other_id: int
    verdict: Literal["same", "different", "open"]
    reason: str
    at: dt.datetime
    by_id: int | None
    weight: Decimal | None
    model: str
    explanation: list[FieldOut]


class DecisionsOut(Schema):
    """The nominals of one person, every decision about them (latest first), and the ids of those that stand."""

    members: list[int]
    decisions: list[DecisionOut]
    standing: list[int]


class RatioOut(Schema):
    """The duplicate ratio, with the sentence by which it may be quoted."""

    nominals: int
    persons: int
    per_person: Decimal
    likely_pairs: int
    expected_duplicates: int
    run_finished_at: dt.datetime | None
    text: str


class PairOut(Schema):
    """One pair that waits for a decision. `seen` is given back with the decision on it."""

    one_id: int
    other_id: int
    weight: Decimal
    probability: Decimal
    model: str
    explanation: list[FieldOut]
    found_at: dt.datetime
    seen: str


class PairsOut(Schema):
    """A page of pairs, the weightiest first."""

    page: PageOut
    rows: list[PairOut]


class MergeIn(Schema):
    """Which nominals are one person, and why. `seen` refuses the merge when something was decided since."""

    person_ids: Annotated[list[Id], Field(min_length=2, max_length=20), Needed("which-record")]
    reason: Annotated[Text, Needed("identity-reason")]
    seen: Line = ""


class NotSameIn(Schema):
    """Which two are not the same person, and why."""

    one_id: Annotated[Id, Needed("which-record")]
    other_id: Annotated[Id, Needed("which-record")]
    reason: Annotated[Text, Needed("identity-reason")]
    seen: Line = ""


class RestateIn(Schema):
    """One value that was added to one nominal and belongs to another."""

    kind: Annotated[Literal["name", "birth", "detail", "identifier", "link"], Needed("value-itself")]
    value_id: Annotated[Id, Needed("which-record")]
    to_id: Annotated[Id, Needed("which-record")]


class UnmergeIn(Schema):
    """Why a nominal stands alone again, and what belongs elsewhere."""

    reason: Annotated[Text, Needed("identity-reason")]
    seen: Line = ""
    restate: Annotated[list[RestateIn], Field(max_length=500)] = []


class ReasonIn(Schema):
    """Why."""

    reason: Annotated[Text, Needed("identity-reason")]


def decision(made: IdentityDecision) -> DecisionOut:
    """One decision as it is told."""
    return DecisionOut.model_validate({name: getattr(made, name) for name in DecisionOut.model_fields})


def pair(row: Waiting) -> PairOut:
    """One pair as it is told."""
    told = {name: getattr(row.pair, name) for name in PairOut.model_fields if name != "seen"}
    return PairOut.model_validate(told | {"seen": row.token})
