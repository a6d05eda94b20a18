"""What is outstanding at a desk, who is on, and the handovers there were."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, F, Min, OuterRef, Q, Subquery

from iops.control.handover.desks import desk
from iops.control.models import (
    Deployment,
    DeskDuty,
    DeskMessage,
    Escalation,
    Grading,
    Handover,
    Incident,
    Transfer,
)
from iops.control.selectors import address
from iops.foundation import clock
from iops.foundation.consultation import consulted, consults, shows_no_record
from iops.foundation.models import Membership, Team
from iops.obligations import records
from iops.obligations.models import Obligation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from iops.foundation.models import User
    from iops.obligations.records import RecordLabel

HOURS = 8
"""The next so many hours whose duties are shown, unless asked otherwise: a shift."""
MOST_HOURS = 72
MOST = 300
"""The most rows of each kind on the page; the counts are always of all."""


@dataclass(frozen=True)
class OpenIncident:
    """One open incident: its grade, and the duty of it that is due first (None when nothing is open on it)."""

    incident: Incident
    grade: int | None
    next_due: dt.datetime | None
    address: str


@dataclass(frozen=True)
class DutyDue:
    """One open duty that is late or due within the hours; `label` names its record, where its area can."""

    duty: Obligation
    label: RecordLabel | None


@dataclass(frozen=True)
class Outstanding:
    """All that one shift leaves to the next at a desk, as at `at` (UTC). Lists are cut at MOST; `counts` are of all.

    Restricted incidents are there only for who may see them; the worklist tells how many duties are withheld.
    """

    team: Team
    at: dt.datetime
    hours: int
    incidents: tuple[OpenIncident, ...]
    units: tuple[Deployment, ...]
    duties: tuple[DutyDue, ...]
    transfers: tuple[Transfer, ...]
    messages: tuple[DeskMessage, ...]
    counts: dict[str, int]

    @property
    def kinds(self) -> set[str]:
        """The kinds of record that its duties stand on."""
        return {row.duty.record_kind for row in self.duties}

    def records(self, kind: str) -> set[int]:
        """The ids of the records of a kind that are shown."""
        found = {row.duty.record_id for row in self.duties if row.duty.record_kind == kind}
        if kind == "incident":
            found |= {r.incident.id for r in self.incidents} | {d.incident_id for d in self.units}
            found |= {t.incident_id for t in self.transfers}
        return found

    def snapshot(self) -> dict[str, object]:
        """The ids and counts, to be kept with a handover: no words, so that it tells nothing that one may not read."""
        return {
            "at": self.at.isoformat(),
            "hours": self.hours,
            "counts": self.counts,
            "incidents": [
                {"id": r.incident.id, "grade": r.grade, "next_due": r.next_due.isoformat() if r.next_due else None}
                for r in self.incidents
            ],
            "units": [{"deployment": d.id, "incident": d.incident_id} for d in self.units],
            "duties": [[d.duty.rule_id, d.duty.subject, d.duty.subject_id] for d in self.duties],
            "transfers": [t.id for t in self.transfers],
            "messages": [m.id for m in self.messages],
        }


@consults("incident", ids=lambda found: found.records("incident"))
def outstanding(team_id: int, viewer: User, hours: int = HOURS) -> Outstanding:
    """What is outstanding at a desk: in its district, or everywhere for a desk of the whole force. The look is logged.

    A fixed number of statements, however much there is. Raises NotFoundError for an unknown desk.
    """
    team, at = desk(team_id), clock.now()
    hours = min(max(hours, 1), MOST_HOURS)
    duties = _in(Obligation.objects.filter(met_at=None, waived_at=None), team)
    soon = duties.filter(due_at__lt=at + dt.timedelta(hours=hours)).select_related("rule").order_by("due_at", "rule")
    incidents, units = _incidents(team), _units(team)
    transfers, messages = _transfers(team), DeskMessage.objects.filter(team=team, taken_at=None).select_related("by")
    shown = _shown_incidents(incidents)
    found = Outstanding(
        team=team,
        at=at,
        hours=hours,
        incidents=shown,
        units=tuple(units[:MOST]),
        duties=_shown_duties(list(soon[:MOST])),
        transfers=tuple(transfers[:MOST]),
        messages=tuple(messages.order_by("at", "id")[:MOST]),
        counts=_counts(incidents, units, soon, transfers, messages, at),
    )
    for kind in found.kinds - {"incident"}:
        consulted(kind, found.records(kind), viewer, {"handover": team.id, "hours": hours})
    return found


def _in(rows: QuerySet[Obligation], team: Team) -> QuerySet[Obligation]:
    return rows if team.district_id is None else rows.filter(district_id=team.district_id)


def _incidents(team: Team) -> QuerySet[Incident]:
    found = Incident.objects.filter(closed_at=None)
    return found if team.district_id is None else found.filter(district_id=team.district_id)


def _units(team: Team) -> QuerySet[Deployment]:
    found = Deployment.objects.filter(stood_down_at=None).select_related("incident", "incident__district")
    mine = found if team.district_id is None else found.filter(incident__district_id=team.district_id)
    return mine.order_by("assigned_at", "id")


def _transfers(team: Team) -> QuerySet[Transfer]:
    """Offers that wait for an answer: those to this district, and those from it."""
    found = Transfer.objects.filter(answered_at=None, withdrawn_at=None)
    if team.district_id is not None:
        found = found.filter(Q(to_district_id=team.district_id) | Q(from_district_id=team.district_id))
    return found.select_related("incident", "to_district", "from_district").order_by("offered_at", "id")


def _shown_incidents(found: QuerySet[Incident]) -> tuple[OpenIncident, ...]:
    """By grade, the most urgent first and the ungraded before all, then by the clock that runs out first."""
    latest = Grading.objects.filter(incident=OuterRef("pk")).order_by("-at", "-id").values("grade")[:1]
    due = (
        Obligation.objects.filter(record_kind="incident", record_id=OuterRef("pk"), met_at=None, waived_at=None)
        .order_by()
        .values("record_id")
        .annotate(first=Min("due_at"))
        .values("first")
    )
    rows = (
        found.select_related("district")
        .annotate(present_grade=Subquery(latest), next_due=Subquery(due))
        .order_by(F("present_grade").asc(nulls_first=True), F("next_due").asc(nulls_last=True), "reported_at", "id")
    )
    return tuple(OpenIncident(i, i.present_grade, i.next_due, address(i)) for i in rows[:MOST])


def _shown_duties(found: Sequence[Obligation]) -> tuple[DutyDue, ...]:
    named = records.labels((o.record_kind, o.record_id) for o in found)
    return tuple(DutyDue(o, named.get((o.record_kind, o.record_id))) for o in found)


def _counts(
    incidents: QuerySet[Incident],
    units: QuerySet[Deployment],
    soon: QuerySet[Obligation],
    transfers: QuerySet[Transfer],
    messages: QuerySet[DeskMessage],
    at: dt.datetime,
) -> dict[str, int]:
    duties = soon.aggregate(all=Count("subject_id"), late=Count("subject_id", filter=Q(due_at__lt=at)))
    return {
        "incidents": incidents.count(),
        "units": units.count(),
        "duties": duties["all"],
        "late": duties["late"],
        "transfers": transfers.count(),
        "messages": messages.count(),
    }


@shows_no_record("who is at work, no record of anybody")
def on_at(team_id: int) -> list[DeskDuty]:
    """Who is on duty at a desk, the longest first."""
    return list(DeskDuty.objects.filter(team_id=team_id, ended_at=None).select_related("user").order_by("since", "id"))


@shows_no_record("desks, no record of anybody")
def desks_of(viewer: User) -> list[Team]:
    """The desks at which somebody holds a role, by name."""
    return list(Team.objects.filter(memberships__user=viewer).select_related("district").distinct().order_by("name"))


@shows_no_record("roles, no record of anybody")
def roles_at(team_id: int, viewer: User) -> list[str]:
    """The roles that somebody holds at a desk."""
    return list(Membership.objects.filter(team_id=team_id, user=viewer).order_by("role").values_list("role", flat=True))


@shows_no_record("who handed over to whom; what stood open is ids and counts")
def handovers(team_id: int, most: int = 20) -> list[Handover]:
    """The handovers of a desk, the newest first."""
    found = Handover.objects.filter(team_id=team_id).select_related("handed_by", "accepted_by")
    return list(found.order_by("-handed_at", "-id")[:most])


@dataclass(frozen=True)
class ToldOf:
    """One escalation that somebody was told of, and the record it is on, where its area can name it."""

    escalation: Escalation
    label: RecordLabel | None


@consults("incident", ids=lambda told: {t.escalation.on_id for t in told if t.escalation.on_kind == "incident"})
def told_to(viewer: User, since: dt.datetime) -> list[ToldOf]:
    """The escalations that somebody was told of since a moment (UTC), the newest first. The look is logged."""
    found = list(Escalation.objects.filter(told=viewer, raised_at__gte=since).order_by("-raised_at", "-id")[:MOST])
    for kind in {e.on_kind for e in found} - {"incident"}:
        consulted(kind, sorted({e.on_id for e in found if e.on_kind == kind}), viewer, {"escalations": True})
    named = records.labels((e.on_kind, e.on_id) for e in found)
    return [ToldOf(e, named.get((e.on_kind, e.on_id))) for e in found]
