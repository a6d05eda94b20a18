"""What ties an incident to others, and a major incident with all its lines in one order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from iops.control.models import (
    INVERSE,
    Incident,
    IncidentLink,
    LinkKind,
    LogEntry,
    MajorIncident,
    MajorIncidentPart,
    Methane,
    Transfer,
)
from iops.control.record import log as logs
from iops.foundation.consultation import consults, shows_no_record
from iops.foundation.errors import NotFoundError
from iops.obligations.records import RecordLabel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from iops.control.record.log import Log, LogView
    from iops.foundation.models import User

MOST_LINES = 1000
"""The newest lines on the page of a major incident; the page says when there are more."""


@dataclass(frozen=True)
class Tie:
    """One link as it is seen from an incident: in which words, and to which other incident."""

    link: IncidentLink
    other: Incident
    words: str

    @property
    def stands(self) -> bool:
        """Whether it has not been withdrawn."""
        return self.link.withdrawn_at is None


@dataclass(frozen=True)
class Ties:
    """What ties one incident to others: links in both directions, transfers, and major incidents, in order of time."""

    incident_id: int
    links: tuple[Tie, ...]
    transfers: tuple[Transfer, ...]
    parts: tuple[MajorIncidentPart, ...]

    @property
    def standing(self) -> tuple[MajorIncidentPart, ...]:
        """The major incidents it belongs to that have not been stood down."""
        return tuple(p for p in self.parts if p.withdrawn_at is None and p.major.stood_down_at is None)

    @property
    def waiting(self) -> Transfer | None:
        """The offer that nobody has answered, if there is one."""
        return next((t for t in self.transfers if t.answered_at is None and t.withdrawn_at is None), None)

    def shown_ids(self) -> list[int]:
        """The incidents that are shown."""
        return [self.incident_id, *(tie.other.id for tie in self.links)]


@consults("incident")
def ties(incident_id: int, viewer: User) -> Ties:  # noqa: ARG001 - read by `consults`
    """What ties an incident to others, as this person may see it; the look is logged."""
    return ties_of(incident_id)


@shows_no_record("a part of the page of an incident, whose look is logged; of other incidents their numbers alone")
def ties_of(incident_id: int) -> Ties:
    """What ties an incident to others: three statements. A link to an incident one may not see is not there."""
    both = Q(incident_id=incident_id) | Q(other_id=incident_id)
    related = ("incident", "other", "by", "withdrawn_by")
    links = IncidentLink.objects.filter(both).select_related(*related).order_by("at", "id")
    moved = Transfer.objects.filter(incident_id=incident_id).order_by("offered_at", "id")
    parts = MajorIncidentPart.objects.filter(incident_id=incident_id).select_related("major").order_by("at", "id")
    return Ties(
        incident_id,
        tuple(_tie(link, incident_id) for link in links),
        tuple(moved.select_related("from_district", "to_district", "offered_by", "answered_by")),
        tuple(parts),
    )


def _tie(link: IncidentLink, seen_from: int) -> Tie:
    kind = LinkKind(link.kind)
    if link.incident_id == seen_from:
        return Tie(link, link.other, str(kind.label))
    return Tie(link, link.incident, INVERSE[kind])


@dataclass(frozen=True)
class Major:
    """A major incident with its reports (the latest first), its incidents, and their lines in one order.

    `more` says whether older lines than MOST_LINES are not shown.
    """

    major: MajorIncident
    reports: tuple[Methane, ...]
    parts: tuple[MajorIncidentPart, ...]
    log: Log
    more: bool

    @property
    def latest(self) -> Methane:
        """How things stand by the latest report."""
        return self.reports[0]

    def shown_ids(self) -> list[int]:
        """The incidents that are shown."""
        return [part.incident_id for part in self.parts]


@consults("incident")
def major(major_id: int, viewer: User, view: LogView | None = None) -> Major:  # noqa: ARG001 - read by `consults`
    """A major incident as this person may see it: incidents they may not see are not among its parts.

    Raises NotFoundError.
    """
    found = MajorIncident.objects.select_related("declared_by", "stood_down_by").filter(id=major_id).first()
    if found is None:
        raise NotFoundError("There is no such major incident.")
    parts = tuple(
        MajorIncidentPart.objects.filter(major=found)
        .select_related("incident", "incident__district")
        .order_by("at", "id")
    )
    standing = [p.incident_id for p in parts if p.withdrawn_at is None]
    lines = LogEntry.objects.filter(incident_id__in=standing).select_related("author", "incident")
    newest = list(lines.order_by("-at", "-id")[: MOST_LINES + 1])
    reports = Methane.objects.filter(major=found).select_related("by").order_by("-at", "-id")
    return Major(
        found,
        tuple(reports),
        parts,
        logs.read(newest[:MOST_LINES], view or logs.LogView()),
        len(newest) > MOST_LINES,
    )


@shows_no_record("names of major incidents, no record of anybody")
def standing_majors() -> list[MajorIncident]:
    """The major incidents that have not been stood down, the newest first."""
    return list(MajorIncident.objects.filter(stood_down_at=None).order_by("-declared_at", "-id"))


@shows_no_record("names of major incidents, no record of anybody")
def majors(most: int = 100) -> list[MajorIncident]:
    """Every major incident, those that stand first, then the newest."""
    return sorted(
        MajorIncident.objects.order_by("-declared_at", "-id")[:most], key=lambda m: m.stood_down_at is not None
    )


@shows_no_record("a number by which a part is taken off; nothing of the incident")
def part_of_major(major_id: int, incident_id: int) -> int:
    """The number of the part that an incident is of a major incident. NotFoundError when it is none now."""
    found = MajorIncidentPart.objects.filter(major_id=major_id, incident_id=incident_id, withdrawn_at=None).first()
    if found is None:
        raise NotFoundError("That incident is not part of this major incident.")
    return found.pk


@shows_no_record("names major incidents for search and worklists")
def major_labels(ids: Sequence[int]) -> Mapping[int, RecordLabel]:
    """How major incidents are named."""
    found = MajorIncident.objects.filter(id__in=ids)
    return {m.id: RecordLabel(m.name, f"/major-incidents/{m.id}/", tags=("Major incident",)) for m in found}
