"""The shape of a message from a partner's control room, version 1: what is judged, and what is published, are one.

The parts are those that control rooms agree on when they hand an incident over (in field terms, in the manner of the
public Multi-Agency Incident Transfer): who sends, their reference, when, where with coordinates, what, whom to call,
casualties, hazards, what is wanted. Moments carry their offset; places are on the national grid in metres, or decimal
degrees (WGS 84).
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from iops.foundation.api import Moment

VERSION = 1
NAME = "iops-inbound-incident/1"
FILE = Path(__file__).parent / "incident-1.schema.json"
MOST_PROBLEMS = 50
MOST_HAZARDS = 10
EAST, NORTH = 700_000, 1_300_000


def _storable(value: str) -> str:
    if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise ValueError("holds a character that cannot be stored")
    return value


def _said(value: str) -> str:
    if not value.strip():
        raise ValueError("is empty")
    return _storable(value)


def _one_line(value: str) -> str:
    if not value.isprintable():
        raise ValueError("is not one line of printable text")
    return _said(value)


Words = Annotated[str, Field(max_length=500), AfterValidator(_said)]
Line = Annotated[str, Field(max_length=200), AfterValidator(_one_line)]
Reference = Annotated[str, Field(max_length=80), AfterValidator(_one_line)]
Count = Annotated[int, Field(ge=0, le=100_000)]


class Part(BaseModel):
    """A part of a message: nothing unknown is taken, so that nothing misspelt is lost; no number is guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Sender(Part):
    """Who hands over: the system as its account here is called, and the desk or person behind it."""

    system: Line
    desk: Line | None = None
    telephone: Line | None = None


class Where(Part):
    """Where it is: words always, and coordinates in pairs if they are known."""

    text: Annotated[str, Field(max_length=300), AfterValidator(_one_line)]
    postcode: Line | None = None
    easting: Annotated[int, Field(ge=0, lt=EAST)] | None = None
    northing: Annotated[int, Field(ge=0, lt=NORTH)] | None = None
    latitude: Annotated[Decimal, Field(ge=-90, le=90, strict=False)] | None = None
    longitude: Annotated[Decimal, Field(ge=-180, le=180, strict=False)] | None = None

    @model_validator(mode="after")
    def in_pairs(self) -> Where:
        """One coordinate alone is a mistake."""
        for one, other in (("easting", "northing"), ("latitude", "longitude")):
            if (getattr(self, one) is None) != (getattr(self, other) is None):
                raise ValueError(f"{one} and {other} are told together or not at all")
        return self


class Contact(Part):
    """Whom to ask or call back."""

    name: Line | None = None
    telephone: Annotated[str, Field(max_length=120), AfterValidator(_one_line)] | None = None
    role: Line | None = None


class Casualties(Part):
    """How many are hurt, as far as is known."""

    count: Count | None = None
    trapped: Count | None = None
    dead: Count | None = None
    words: Words | None = None


class Hazard(Part):
    """One danger to whoever goes."""

    kind: Literal[
        "fire", "chemical", "electricity", "gas", "water", "structure", "weapon", "violence", "dog", "traffic",
        "infection", "other",
    ]  # fmt: skip
    words: Words | None = None


class Wanted(Part):
    """What is asked of us."""

    attendance: bool
    words: Words | None = None


class Message(Part):
    """One message: a new incident, or an update of one that was handed over under the same reference.

    `message` is the sender's own number of the message; the same one sent again changes nothing.
    """

    schema_: Literal["iops-inbound-incident/1"] = Field(alias="schema")
    message: Reference
    kind: Literal["new", "update"]
    sender: Sender = Field(alias="from")
    reference: Reference
    at: Moment
    what: Annotated[str, Field(max_length=10_000), AfterValidator(_said)]
    where: Where | None = None
    category: Annotated[str, Field(max_length=80), AfterValidator(_one_line)] | None = None
    contact: Contact | None = None
    casualties: Casualties | None = None
    hazards: Annotated[list[Hazard], Field(max_length=MOST_HAZARDS)] = Field(default_factory=list)
    wanted: Wanted | None = None

    @model_validator(mode="after")
    def a_new_one_says_where(self) -> Message:
        """An incident is somewhere."""
        if self.kind == "new" and self.where is None:
            raise ValueError("a new incident says where it is")
        return self


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the shape, as it is published."""
    made = Message.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": NAME, **made}


def published() -> dict[str, Any]:
    """The schema as it was published with this version; a test holds it to `schema()`."""
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def problems(error: ValidationError) -> list[dict[str, str]]:
    """What is wrong, field by field: where it stands in the message, and why. What was sent is not told again."""
    return [
        {"field": ".".join(map(str, mistake["loc"])) or "message", "why": _why(mistake["type"], mistake["msg"])}
        for mistake in error.errors(include_url=False, include_input=False, include_context=False)[:MOST_PROBLEMS]
    ]


PLAIN = {
    "missing": "is missing",
    "extra_forbidden": "is not a field of this message",
}


def _why(kind: str, said: str) -> str:
    return PLAIN.get(kind, said.removeprefix("Value error, "))
