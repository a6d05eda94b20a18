"""Classings and closings of the made-up force: told as they were made, some drawn and checked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from iops.control.models import Classing, Closing, ClosureCheck, DomesticDecision
from iops.pole.models import Link

if TYPE_CHECKING:
    from datetime import datetime

    from iops.control.models import Incident
    from iops.foundation.models import User
    from iops.pole.models import Person

EDITION = "nsir-2011"
CHECKED_AFTER = timedelta(hours=5)


def class_it(incident: Incident, code: str, at: datetime, by: User) -> None:
    """Class an incident; one that is marked domestic is decided to be so."""
    qualifiers = ["domestic"] if incident.domestic else []
    Classing.objects.create(incident=incident, at=at, by=by, edition=EDITION, category=code, qualifiers=qualifiers)
    if incident.domestic:
        DomesticDecision.objects.create(incident=incident, at=at, by=by, domestic=True, answer="may")


def relate(one: Person, role: str, other: Person, at: datetime) -> None:
    """Say how two people of a household are connected, once."""
    told = {"from_kind": "person", "from_id": one.id, "role": role, "to_kind": "person", "to_id": other.id}
    if not Link.objects.filter(**told, withdrawn_at=None).exists():
        Link.objects.create(**told, recorded_at=at)


def close_it(incident: Incident, code: str, at: datetime, now: datetime, closer: User, checker: User) -> None:
    """Close an incident with a code and a result; a drawn closure is checked when there was time for it."""
    words = "Made-up closing note."
    closing = Closing.objects.create(
        incident=incident, at=at, by=closer, edition=EDITION, code=code, results=["advice"], text=words
    )
    incident.closed_at, incident.closed_by, incident.closing_note = at, closer, words
    incident.save(update_fields=["closed_at", "closed_by", "closing_note"])
    closing.refresh_from_db(fields=["sampled"])
    if closing.sampled and at + CHECKED_AFTER < now:
        ClosureCheck.objects.create(closing=closing, at=at + CHECKED_AFTER, by=checker, verdict="agree")
