"""What the API takes and says about people, places, things, links and warnings. Days are local; times are UTC."""

from __future__ import annotations

import datetime as dt
from typing import Annotated
from uuid import UUID

from ninja import Schema
from pydantic import Field

from iops.foundation.api import Id, Line, Text
from iops.pole.models import Confidence, Source
from iops.pole.services import Parts, Provenance
from iops.rulebook.needs import Needed

Word = Annotated[Line, Field(max_length=40)]


class SourcedIn(Schema):
    """Where a value comes from, how sure, and for what period (both days included)."""

    source: Word = Source.UNKNOWN
    source_detail: Annotated[Line, Field(max_length=200)] = ""
    confidence: Word = Confidence.UNCONFIRMED
    since: dt.date | None = None
    until: dt.date | None = None

    def provenance(self) -> Provenance:
        """The provenance."""
        return Provenance(self.source, self.source_detail, self.confidence, self.since, self.until)


class PersonIn(SourcedIn):
    """A nominal: a name, or a description with `described`. `born` as said: 12/3/1985, March 1985, 34, 30s.

    `key` is made by the sender for each form: sent twice with one key, a nominal is recorded once. `despite` says why
    this is somebody else, when a strong match stands already.
    """

    name: Annotated[Line, Needed("nominal-name")]
    given: Annotated[Line, Field(max_length=200)] = ""
    family: Annotated[Line, Field(max_length=200)] = ""
    born: Annotated[Line, Field(max_length=100)] = ""
    sex: Word = ""
    described: bool = False
    address: Line = ""
    phone: Annotated[Line, Field(max_length=60)] = ""
    despite: Text = ""
    key: UUID | None = None


class PersonOut(Schema):
    """A nominal as it is listed."""

    id: int
    name: str
    born: dt.date | None
    described: bool
    restricted: bool
    made_up: bool


class NameIn(SourcedIn):
    """A further name."""

    full: Annotated[Line, Needed("value-itself")]
    kind: Word = "alias"
    given: Annotated[Line, Field(max_length=200)] = ""
    family: Annotated[Line, Field(max_length=200)] = ""


class BirthIn(SourcedIn):
    """When somebody was born, as said."""

    born: Annotated[Line, Needed("value-itself")]


class DetailIn(SourcedIn):
    """A detail in words or as a code."""

    kind: Annotated[Word, Needed("value-itself")]
    value: Annotated[Text, Needed("value-itself")]


class IdentifierIn(SourcedIn):
    """A number of another system."""

    kind: Annotated[Word, Needed("value-itself")]
    value: Annotated[Line, Needed("value-itself")]


class ValueOut(Schema):
    """What was recorded: its kind and its id, by which it can be withdrawn."""

    kind: str
    id: int


class LocationIn(Schema):
    """A place: as said, in parts, or both. Coordinates are metres on the national grid."""

    where: Line = ""
    flat: Line = ""
    building: Line = ""
    number: Word = ""
    street: Line = ""
    locality: Line = ""
    town: Line = ""
    postcode: Annotated[Line, Field(max_length=12)] = ""
    easting: int | None = None
    northing: int | None = None
    uprn: int | None = None
    ward: Line = ""
    beat: Word = ""
    district_id: Id | None = None
    access_notes: Text = ""

    def parts(self) -> Parts:
        """The parts of the address."""
        return Parts(**self.dict(exclude={"where", "district_id", "access_notes"}))


class VehicleIn(Schema):
    """A vehicle, by its mark or by how it looked."""

    registration: Word = ""
    make: Line = ""
    model: Line = ""
    colour: Word = ""
    vin: Word = ""
    description: Text = ""


class PhoneIn(Schema):
    """A telephone number, however written."""

    number: Annotated[Line, Needed("value-itself")]


class EmailIn(Schema):
    """An e-mail address or online name."""

    address: Annotated[Line, Needed("value-itself")]


class OrganisationIn(Schema):
    """A business, charity, school, agency or group."""

    name: Annotated[Line, Needed("nominal-name")]
    also_known_as: Line = ""
    kind: Line = ""
    number: Word = ""


class ItemIn(Schema):
    """An object."""

    kind: Annotated[Line, Needed("value-itself")]
    description: Text = ""
    serial: Line = ""


class RecordOut(Schema):
    """A record by its kind and id, and how it is named."""

    kind: str
    id: int
    named: str


class LinkIn(SourcedIn):
    """Read as: from is the <role> of to."""

    from_kind: Annotated[Word, Needed("which-record")]
    from_id: Annotated[Id, Needed("which-record")]
    role: Annotated[Word, Needed("role-of-link")]
    to_kind: Annotated[Word, Needed("which-record")]
    to_id: Annotated[Id, Needed("which-record")]
    note: Text = ""


class WithdrawIn(Schema):
    """Why a value was wrong."""

    reason: Annotated[Text, Needed("change-reason")]


class MarkerIn(Schema):
    """A warning on one person or one place."""

    person_id: Id | None = None
    location_id: Id | None = None
    kind: Annotated[Word, Needed("marker-decide")]
    severity: Annotated[Word, Needed("marker-decide")]
    grounds: Annotated[Text, Needed("marker-decide")]
    owner_id: Id | None = None
    review_on: dt.date | None = None
    expires_on: dt.date | None = None


class MarkerDecisionIn(Schema):
    """Confirm, or refuse with a reason."""

    confirmed: Annotated[bool, Needed("marker-decide")]
    reason: Text = ""


class MarkerReviewIn(Schema):
    """Keep until the next review, or end."""

    kept: Annotated[bool, Needed("marker-review")]
    note: Annotated[Text, Needed("marker-review")]
    next_review: dt.date | None = None


class MarkerOut(Schema):
    """A warning marker. `confirmed` is null while it is only proposed."""

    id: int
    person_id: int | None
    location_id: int | None
    kind: str
    severity: str
    grounds: str
    confirmed: bool | None
    proposed_at: dt.datetime
    review_on: dt.date
    expires_on: dt.date | None
    ended_at: dt.datetime | None
