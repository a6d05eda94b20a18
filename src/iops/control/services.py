"""The verbs of the control room. Each is one transaction; each raises a named error and loses nothing typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.db import connection

from iops.control.classing.services import keep_decision
from iops.control.dispatch.deploying import assign_unit, record_arrival, stand_down
from iops.control.finding import find, open_one
from iops.control.grading.services import grade
from iops.control.models import Incident, IncidentAccess
from iops.control.opening import Told, open_once
from iops.control.record.log import add_log_entry, correct_log_entry
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError
from iops.foundation.models import District
from iops.foundation.roles import Role
from iops.obligations.services import text, writing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from iops.foundation.models import User

__all__ = [
    "add_log_entry",
    "assign_unit",
    "close",
    "correct_log_entry",
    "find",
    "grade",
    "mark_domestic",
    "next_number",
    "open_incident",
    "open_one",
    "record_arrival",
    "reopen",
    "restrict",
    "set_district",
    "stand_down",
]


def open_incident(
    *,
    where: str,
    what: str,
    by: User,
    district_id: int | None = None,
    call_back: str = "",
    caller_name: str = "",
    channel: str = "999",
    reported_at: datetime | None = None,
    domestic: bool = False,
    crime_reported: bool = False,
    category: str = "",
    grade: int | None = None,
    contact_id: int | None = None,
) -> Incident:
    """Open an incident from a contact: where, what and how to call back are enough (U18).

    A district that is not known yet never holds a call up: the incident stands under "not known yet" on the
    worklists of whoever is force-wide, until `set_district`.

    `reported_at` is when the caller was answered (now, unless a call is written up afterwards); it may not lie ahead.
    `contact_id` is the contact it is opened from, when that was taken on its own before: then it is the outcome of it.
    `grade` is the first grading, when it is known at once.
    Raises InvalidError for empty text, an unknown channel, district or grade, or a time to come.
    """
    told = Told(
        where=where,
        what=what,
        district_id=district_id,
        call_back=call_back,
        caller_name=caller_name,
        channel=channel,
        reported_at=reported_at,
        domestic=domestic,
        crime_reported=crime_reported,
        category=category,
        grade=grade,
        contact_id=contact_id,
    )
    return cast("Incident", open_once(told, by).incident)


NOT_KNOWN_YET = "?"
"""The code of the district that stands for "not known yet" (sql/80_opening.sql)."""


@verb
def set_district(incident_id: int, district_id: int, by: User) -> Incident:
    """Say in which district an incident is of which that is not known; what is owed on it goes to its worklists.

    ConflictError when it is in another one already: that one lets go of it by a transfer, which the other accepts.
    """
    incident = open_one(incident_id)
    _check_district(district_id)
    if incident.district.code != NOT_KNOWN_YET and incident.district_id != district_id:
        raise ConflictError(
            f"Incident {incident.reference} is in {incident.district} already.",
            mend="Offer it to the other district: it moves when they accept.",
        )
    with writing(by, reason="district set"):
        incident.district_id = district_id
        incident.save(update_fields=["district"])
    return incident


def _check_district(district_id: int | None) -> None:
    if district_id is not None and not District.objects.filter(id=district_id).exists():
        raise InvalidError("There is no such district.", details={"field": "district"})


def next_number(reported: datetime) -> tuple[date, int]:
    """The local day of a report and the next incident number of that day; numbers have no gaps."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select d.day, iops.take_numbers('incident', d.day, 1) from (select iops.local_date(%s) as day) d",
            [reported],
        )
        day, number = cursor.fetchone()
        return day, number


@verb
def mark_domestic(incident_id: int, domestic: bool, reason: str, by: User) -> Incident:
    """Mark an incident as domestic abuse, or take the mark away.

    Taking it away needs a sergeant or above and a reason (invariant I03); nothing assessed is lost by it.
    """
    incident = open_one(incident_id)
    if incident.domestic == domestic:
        return incident
    if not domestic:
        if not by.holds((Role.SERGEANT, Role.INSPECTOR)):
            raise NotAllowedError("The domestic mark is taken away by a sergeant or above.")
        text(reason, "Reason")
    with writing(by, reason=reason or "marked domestic"):
        incident.domestic = domestic
        incident.save(update_fields=["domestic"])
        keep_decision(incident, domestic, reason, by)
    return incident


@verb
def restrict(incident_id: int, user_ids: Sequence[int], team_ids: Sequence[int], reason: str, by: User) -> Incident:
    """Restrict an incident to a list of people and teams: to everybody else it does not exist, on any route.

    Who restricts it is always on the list. Needs a sergeant or above, or safeguarding, and a reason.
    """
    incident = find(incident_id)
    if not by.holds((Role.SERGEANT, Role.INSPECTOR, Role.SAFEGUARDING)):
        raise NotAllowedError("An incident is restricted by a sergeant or above, or by safeguarding.")
    text(reason, "Reason")
    with writing(by, reason=reason):
        wanted = [IncidentAccess(incident=incident, user_id=u) for u in {*user_ids, by.id}]
        wanted += [IncidentAccess(incident=incident, team_id=t) for t in set(team_ids)]
        IncidentAccess.objects.bulk_create(wanted, ignore_conflicts=True)
        incident.restricted = True
        incident.save(update_fields=["restricted"])
    return incident


@verb
def close(incident_id: int, note: str, by: User) -> Incident:
    """Close an incident. BlockedError lists what is still owed; the database refuses it too, whoever asks."""
    incident = open_one(incident_id)
    with writing(by, reason="closed"):
        now = clock.now()
        done = Incident.objects.filter(id=incident_id, closed_at=None).update(
            closed_at=now, closed_by=by, closing_note=text(note, "Closing note")
        )
        if not done:
            raise ConflictError(f"Incident {incident.reference} is closed.")
    incident.refresh_from_db()
    return incident


@verb
def reopen(incident_id: int, reason: str, by: User) -> Incident:
    """Open a closed incident again, with a reason; when it was first closed stays in history."""
    incident = find(incident_id)
    if incident.closed_at is None:
        raise ConflictError(f"Incident {incident.reference} is open.")
    text(reason, "Reason")
    with writing(by, reason=reason):
        incident.closed_at = None
        incident.closed_by = None
        incident.save(update_fields=["closed_at", "closed_by"])
    return incident
