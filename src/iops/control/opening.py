"""Opening one incident: what may be typed is judged here, everything else happens in one statement.

`iops.open_incident` (sql/80_opening.sql) writes the contact, the incident with its number of the day, its first
grading, what is owed on it and the key of the form. Pages, the API and `services.open_incident` all go through
`open_once`.
"""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import connection, transaction

from iops.control.grading.schemes import choices
from iops.control.models import Channel, Incident
from iops.foundation.context import current
from iops.foundation.errors import InvalidError
from iops.foundation.refusals import named_refusals
from iops.obligations.services import text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from iops.foundation.models import User

OPEN: Final = """
select * from iops.open_incident(
    %s::bigint, %s::text, %s::uuid, %s::text, %s::timestamptz, %s::text, %s::text, %s::text, %s::text, %s::bigint,
    %s::boolean, %s::boolean, %s::text, %s::smallint, %s::jsonb, %s::bigint, %s::boolean)
"""


@dataclass(frozen=True)
class Told:
    """What a contact told: where and what are enough (U18); `grade` is the first grading, when it is given at once.

    `reported_at` is when the caller was answered (now, unless a call is written up afterwards); it may not lie ahead.
    Without a district the incident stands under "not known yet". `contact_id` is the contact it is opened from, when
    that was taken on its own before: the report is then as old as the answer to it.
    """

    where: str
    what: str
    district_id: int | None = None
    call_back: str = ""
    caller_name: str = ""
    channel: str = "999"
    reported_at: datetime | None = None
    domestic: bool = False
    crime_reported: bool = False
    category: str = ""
    grade: int | None = None
    contact_id: int | None = None

    def checked(self) -> list[object]:
        """The values of the statement after the key. Raises InvalidError for what is not text or a channel."""
        if self.channel not in Channel.values:
            raise InvalidError(f"“{self.channel}” is not a channel.", details={"field": "channel"})
        return [
            self.channel,
            self.reported_at,
            text(self.call_back, "Call back", needed=False),
            text(self.caller_name, "Caller", needed=False),
            text(self.where, "Where"),
            text(self.what, "What"),
            self.district_id,
            self.domestic,
            self.crime_reported,
            text(self.category, "Category", needed=False),
            self.grade,
            _schemes(self.grade),
            self.contact_id,
        ]


@dataclass(frozen=True)
class Opened:
    """What came of a sending: the incident if it was made now; only its id when an earlier sending had made it."""

    incident_id: int
    incident: Incident | None

    @property
    def made(self) -> bool:
        """Whether it was made now."""
        return self.incident is not None


def _schemes(grade: int | None) -> str | None:
    """The schemes of grades and the days they came into force, when there is a grade to hold against the one of today.

    Raises InvalidError for a grade that none of them ever had. Which day it is only the database says (simulated time),
    and the statement is to stay one statement.
    """
    if grade is None:
        return None
    known = [
        {"since": f"{c.since}", "code": c.scheme.code, "grades": [g.grade for g in c.scheme.grades]} for c in choices()
    ]
    if not any(grade in scheme["grades"] for scheme in known):
        raise InvalidError(f"{grade} is not a grade of any scheme.", details={"field": "grade"})
    return json.dumps(known)


def open_once(
    told: Told, by: User, *, key: UUID | None = None, request_id: str | None = None, confirmed_later: bool = False
) -> Opened:
    """Open an incident, or find the one that an earlier sending of the form `key` opened.

    One statement, and one transaction of its own unless the caller has one already. With `confirmed_later` the caller
    promises to tell nobody of it before `context.confirming` has ended: the commit then does not wait for the disk, and
    the counter of the day is free that much sooner. Inside a transaction of the caller's it changes nothing.

    Raises InvalidError for empty text, an unknown channel or district, a grade that is not in the scheme in force, or a
    time to come; ConflictError for the key of another form.
    """
    later = confirmed_later and not connection.in_atomic_block
    number = current().request_id if request_id is None else request_id
    values = [by.id, number, key, *told.checked(), later]
    # Within a transaction of the caller's a refusal must leave that transaction usable.
    kept = transaction.atomic() if connection.in_atomic_block else nullcontext()
    with named_refusals(), kept, connection.cursor() as cursor:
        cursor.execute(OPEN, values)  # type: ignore[arg-type]  # the stubs do not know UUID
        made, *row = cursor.fetchone()
    return Opened(row[0], _incident(told, by, row) if made else None)


def _incident(told: Told, by: User, row: Sequence[Any]) -> Incident:
    """The incident as it now stands in the database, without asking again."""
    incident = Incident(
        **dict(zip(("id", "day", "number", "contact_id", "reported_at", "district_id"), row, strict=True)),
        where=told.where,
        what=told.what,
        opened_by=by,
        domestic=told.domestic,
        crime_reported=told.crime_reported,
        category=told.category,
    )
    incident._state.adding, incident._state.db = False, connection.alias
    return incident
