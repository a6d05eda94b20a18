"""The questions asked of the control room: one incident with all that stands on it, and lists of incidents.

Row-level security hides restricted incidents from whoever is not on their list: here, they are simply not found. Each
question that shows incidents writes the consultation log.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from iops.control.models import Deployment, Grading, Incident, IncidentAccess, LogEntry
from iops.foundation.consultation import consults, shows_no_record
from iops.foundation.errors import NotFoundError
from iops.foundation.paging import MOST_COUNTED, PAGE_SIZE, Page, Turn, key, read_key
from iops.foundation.rows import OneRow
from iops.obligations.records import RecordLabel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from iops.foundation.models import User

REFERENCE = re.compile(r"\s*([0-9]{1,6})\s*(?:/|\s|of\s)\s*([0-9]{2})[-/. ]?([0-9]{2})[-/. ]?([0-9]{4})\s*")
"""A reference as people write it: 412/05072019, 412/05-07-2019, 412 05/07/2019."""


class State(StrEnum):
    """Which incidents a list shows by whether they are closed."""

    ANY = "any"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class IncidentsFilter:
    """What a list of incidents shows; the empty filter is all of them."""

    state: State = State.ANY
    domestic: bool = False
    district_id: int | None = None
    reference: str = ""
    page: int = 1
    after: str = ""
    before: str = ""

    @property
    def turn(self) -> Turn:
        """Which page."""
        return Turn(self.page, self.after, self.before)


@dataclass(frozen=True)
class IncidentRow:
    """One incident of a list with its present grade (None before it is graded)."""

    incident: Incident
    grade: int | None

    @property
    def label(self) -> RecordLabel:
        """How the incident is named on screen."""
        return label(self.incident, self.grade)


@dataclass(frozen=True)
class IncidentDetail:
    """One incident and all that the control room holds on it; every list is in the order of time."""

    incident: Incident
    gradings: tuple[Grading, ...]
    deployments: tuple[Deployment, ...]
    log: tuple[LogEntry, ...]
    access: tuple[str, ...]

    @property
    def grade(self) -> int | None:
        """The present grade: the latest grading."""
        return self.gradings[-1].grade if self.gradings else None


WITH_ALL = OneRow(
    Incident,
    "contact",
    "contact__taken_by",
    "district",
    "opened_by",
    "closed_by",
    extra="""array[exists (select from control_grading x where x.incident_id = row.id),
    exists (select from control_deployment x where x.incident_id = row.id),
    exists (select from control_logentry x where x.incident_id = row.id)]""",
)
"""An incident, and which lists hang on it: they are asked for only where there is something, on a new one nothing."""


def _shown_in_detail(detail: IncidentDetail) -> list[int]:
    return [detail.incident.id]


def _shown_in_list(page: Page[IncidentRow]) -> list[int]:
    return [row.incident.id for row in page.rows]


@shows_no_record("reads a text")
def parse_reference(typed: str) -> tuple[int, dt.date] | None:
    """The number and day in a reference as typed; None when it is not one."""
    found = REFERENCE.fullmatch(typed)
    if found is None:
        return None
    number, day, month, year = (int(part) for part in found.groups())
    try:
        return number, dt.date(year, month, day)
    except ValueError:
        return None


@shows_no_record("finds an incident by its number; `incident` shows it and logs the look")
def by_reference(number: int, day: dt.date) -> Incident:
    """The incident with this number of this day; NotFoundError when there is none that this person may see."""
    found = Incident.objects.filter(day=day, number=number).first()
    if found is None:
        raise NotFoundError(f"There is no incident {number}/{day:%d%m%Y}.", mend="Check the number and the day.")
    return found


@consults("incident", ids=_shown_in_detail)
def incident(incident_id: int, viewer: User) -> IncidentDetail:  # noqa: ARG001 - read by `consults`
    """One incident with its gradings, deployments and log. Raises NotFoundError; writes the consultation log."""
    answer = WITH_ALL.find(incident_id)
    if answer is None:
        raise NotFoundError("There is no such incident.", mend="Check the number and the day.")
    found, (graded, sent, logged) = answer
    return IncidentDetail(
        incident=found,
        gradings=tuple(found.gradings.select_related("by").order_by("at", "id")) if graded else (),
        deployments=tuple(found.deployments.select_related("assigned_by").order_by("assigned_at", "id"))
        if sent
        else (),
        log=tuple(found.log.select_related("author").order_by("at", "id")) if logged else (),
        access=_access(found),
    )


def _access(found: Incident) -> tuple[str, ...]:
    if not found.restricted:
        return ()
    entries = IncidentAccess.objects.filter(incident=found).select_related("user", "team").order_by("id")
    return tuple(str(e.user or e.team) for e in entries)


@consults("incident", ids=_shown_in_list)
def incidents(viewer: User, wanted: IncidentsFilter) -> Page[IncidentRow]:  # noqa: ARG001 - read by `consults`
    """Incidents, the newest first. Restricted ones are there only for those on their list; the look is logged."""
    found, turn = _matching(wanted), wanted.turn
    order = ("reported_at", "id") if turn.backwards else ("-reported_at", "-id")
    here = _from(found, turn).order_by(*order).select_related("district")
    rows = [IncidentRow(i, _grade_of(i)) for i in _with_grade(here)[turn.skip : turn.skip + PAGE_SIZE + 1]]
    counted = found[: MOST_COUNTED + 1].count()
    return turn.cut(rows, _key, total=min(counted, MOST_COUNTED), at_least=counted > MOST_COUNTED)


def _key(row: IncidentRow) -> str:
    return key(row.incident.reported_at, row.incident.id)


def _from(found: QuerySet[Incident], turn: Turn) -> QuerySet[Incident]:
    """Those that lie beyond the key. Raises InvalidError for a key of no incident list."""
    if not turn.key:
        return found
    at, last = read_key(turn.key, dt.datetime, int)
    beyond = "gt" if turn.backwards else "lt"
    # The first condition is a range of the index; the second leaves out what was shown of the same moment.
    return found.filter(**{f"reported_at__{beyond}e": at}).filter(
        Q(**{f"reported_at__{beyond}": at}) | Q(**{f"id__{beyond}": last})
    )


def _matching(wanted: IncidentsFilter) -> QuerySet[Incident]:
    found = Incident.objects.all()
    if wanted.state != State.ANY:
        found = found.filter(closed_at__isnull=wanted.state == State.OPEN)
    if wanted.domestic:
        found = found.filter(domestic=True)
    if wanted.district_id is not None:
        found = found.filter(district_id=wanted.district_id)
    return found.filter(_means(wanted.reference)) if wanted.reference else found


def _means(typed: str) -> Q:
    """A whole reference names one incident; a bare number names that number of every day."""
    whole = parse_reference(typed)
    if whole is not None:
        return Q(number=whole[0], day=whole[1])
    bare = typed.strip()
    if bare.isascii() and bare.isdigit() and len(bare) <= 6:  # noqa: PLR2004 - digits of a number
        return Q(number=int(bare))
    return Q(pk__in=[])


def _with_grade(found: QuerySet[Incident]) -> QuerySet[Incident]:
    latest = Grading.objects.filter(incident=OuterRef("pk")).order_by("-at", "-id").values("grade")[:1]
    return found.annotate(present_grade=Subquery(latest))


def _grade_of(found: Incident) -> int | None:
    grade: int | None = getattr(found, "present_grade", None)
    return grade


@shows_no_record("makes an address")
def address(found: Incident) -> str:
    """Where the page of the incident is."""
    return reverse("incident", args=[found.number, found.day])


@shows_no_record("names an incident that somebody else has found, and logged")
def label(found: Incident, grade: int | None) -> RecordLabel:
    """How the incident is named in lists of every area: reference, place, and its tags in words."""
    tags = [f"Grade {grade}" if grade else "Not graded"]
    tags += ["Domestic"] if found.domestic else []
    tags += ["Restricted"] if found.restricted else []
    tags += ["Closed"] if found.closed_at else []
    return RecordLabel(found.reference, address(found), found.where, tuple(tags))


@shows_no_record("names incidents for worklists, which log their looks")
def labels(ids: Sequence[int]) -> Mapping[int, RecordLabel]:
    """The labels of incidents by id, for worklists; those that may not be seen are left out."""
    return {i.id: label(i, _grade_of(i)) for i in _with_grade(Incident.objects.filter(id__in=ids))}


@shows_no_record("an id for a worklist's filter")
def find_id(reference: str) -> int | None:
    """The id of the incident that a reference names, for worklists; None when there is none."""
    whole = parse_reference(reference)
    if whole is None:
        return None
    return Incident.objects.filter(number=whole[0], day=whole[1]).values_list("id", flat=True).first()
