"""What the API takes and says about the log, links, transfers and major incidents. All times are UTC, ISO 8601."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Self

from ninja import Schema
from pydantic import Field

from iops.foundation.api import Id, Line, Moment, Text
from iops.rulebook.needs import Needed

if TYPE_CHECKING:
    from iops.control.models import MajorIncident, Methane, Transfer
    from iops.control.record.log import Line as LogLine
    from iops.control.record.selectors import Major, Tie, Ties


class LineIn(Schema):
    """A line of the log; `at` is when it happened, if that was not now."""

    text: Annotated[Text, Needed("incident-log")]
    at: Moment | None = None


class LineOut(Schema):
    """One line. `recorded_at` is the system's own time; `corrects` and `corrected_by` are ids of other lines."""

    id: int
    at: dt.datetime
    recorded_at: dt.datetime | None
    author: str | None
    kind: str
    text: str
    corrects: int | None
    corrected_by: list[int]
    incident: str | None = None

    @classmethod
    def of(cls, line: LogLine, *, named: bool = False) -> Self:
        """A line as it is told; `named` says of which incident it is."""
        entry = line.entry
        return cls(
            id=entry.id,
            at=entry.at,
            recorded_at=entry.recorded_at,
            author=entry.author.name if entry.author else None,
            kind=entry.kind,
            text=entry.text,
            corrects=entry.corrects_id,
            corrected_by=[c.id for c in line.corrected_by],
            incident=entry.incident.reference if named else None,
        )


class ReasonIn(Schema):
    """A step that needs a reason."""

    reason: Annotated[Text, Needed("change-reason")]


class LinkIn(ReasonIn):
    """How an incident, `kind` (same_as, duplicate_of, related_to, series), belongs to another, by its id."""

    other_id: Annotated[Id, Needed("which-record")]
    kind: Annotated[Line, Field(max_length=12), Needed("role-of-link")]


class LinkOut(Schema):
    """A link as it reads from the incident that was asked about."""

    id: int
    words: str
    other: str
    reason: str
    at: dt.datetime
    by: str | None
    withdrawn_at: dt.datetime | None
    withdrawn_reason: str

    @classmethod
    def of(cls, tie: Tie) -> Self:
        """A link as it is told."""
        link = tie.link
        return cls(
            id=link.id,
            words=tie.words,
            other=tie.other.reference,
            reason=link.reason,
            at=link.at,
            by=link.by.name if link.by else None,
            withdrawn_at=link.withdrawn_at,
            withdrawn_reason=link.withdrawn_reason,
        )


class TransferIn(ReasonIn):
    """Where an incident is offered: `district_id`, or `force` by name."""

    district_id: Id | None = None
    force: Annotated[Line, Field(max_length=120)] = ""


class AcceptIn(Schema):
    """Acceptance; of another force, who accepts it and its number with them."""

    accepted_name: Annotated[Line, Field(max_length=120)] = ""
    reference: Annotated[Line, Field(max_length=60)] = ""


class TransferOut(Schema):
    """One offer and what became of it. `accepted` is null while nobody has answered."""

    id: int
    to: str
    another_force: bool
    reason: str
    offered_at: dt.datetime
    answered_at: dt.datetime | None
    accepted: bool | None
    accepted_name: str
    reference: str
    answer: str
    withdrawn_at: dt.datetime | None

    @classmethod
    def of(cls, t: Transfer) -> Self:
        """An offer as it is told."""
        same = {name: getattr(t, name) for name in cls.model_fields if name not in {"to", "another_force"}}
        return cls(to=t.to, another_force=bool(t.to_force), **same)


class TiesOut(Schema):
    """What ties an incident to others."""

    links: list[LinkOut]
    transfers: list[TransferOut]
    major_incidents: list[int]

    @classmethod
    def of(cls, ties: Ties) -> Self:
        """The ties as they are told; of major incidents, the ids of those that stand."""
        return cls(
            links=[LinkOut.of(tie) for tie in ties.links],
            transfers=[TransferOut.of(t) for t in ties.transfers],
            major_incidents=[p.major_id for p in ties.standing],
        )


class ReportIn(Schema):
    """A METHANE report; `casualties` is null while nobody can tell."""

    exact_location: Annotated[Text, Needed("methane")]
    type: Annotated[Text, Needed("methane")]
    hazards: Text = ""
    access: Text = ""
    casualties: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    casualties_said: Text = ""
    emergency_services: Text = ""
    declared: bool = True


class DeclareIn(ReportIn):
    """The name of a major incident and its first report."""

    name: Annotated[Line, Field(max_length=120), Needed("methane")]


class ReportOut(ReportIn):
    """A METHANE report as it was told."""

    at: dt.datetime

    @classmethod
    def of(cls, report: Methane) -> Self:
        """A report as it is told."""
        return cls(**{name: getattr(report, name) for name in cls.model_fields})


class MajorOut(Schema):
    """A major incident: name, since when, and its end."""

    id: int
    name: str
    declared_at: dt.datetime
    stood_down_at: dt.datetime | None
    stand_down_reason: str

    @classmethod
    def of(cls, major: MajorIncident) -> Self:
        """A major incident as it is told."""
        return cls(**{name: getattr(major, name) for name in MajorOut.model_fields})


class MajorDetailOut(MajorOut):
    """A major incident with its reports, the latest first, its incidents, and their lines in one order."""

    reports: list[ReportOut]
    incidents: list[str]
    lines: list[LineOut]
    more: bool

    @classmethod
    def told(cls, found: Major) -> Self:
        """All of it, as this person may see it."""
        same = {name: getattr(found.major, name) for name in MajorOut.model_fields}
        return cls(
            **same,
            reports=[ReportOut.of(r) for r in found.reports],
            incidents=[p.incident.reference for p in found.parts if p.withdrawn_at is None],
            lines=[LineOut.of(line, named=True) for line in found.log.lines],
            more=found.more,
        )
