"""The verb of the suspicion list: decide on a closure that looks like an unrecorded crime."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from django.db import connection

from iops.control.models import Closing, Incident
from iops.crime.services import decide_recording
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.roles import Role
from iops.integrity import words
from iops.integrity.models import SuspicionDecision, Verdict
from iops.integrity.suspicion.selectors import found_by
from iops.obligations.services import text, writing
from iops.web.words import LONDON

if TYPE_CHECKING:
    from iops.foundation.models import User


@verb
def decide(closing_id: int, verdict: str, reason: str, by: User) -> SuspicionDecision:
    """Decide that a crime is recorded, or that it is none, and why; what made it look like one is kept with it.

    To record writes the recording decision of the incident too. Raises NotAllowedError for who is no registrar or had a
    part in the closure, NotFoundError, ConflictError when it is decided on, InvalidError naming the field.
    """
    if not by.holds((Role.REGISTRAR,)):
        raise NotAllowedError("The registrar decides on suspicions.", mend="Ask somebody in that role.")
    if verdict not in Verdict.values:
        raise InvalidError("That is not a decision.", mend="Record, or no crime.", details={"field": "verdict"})
    said = text(reason, "Reason").strip()
    with writing(by, reason="suspicion decided"):
        closing = Closing.objects.filter(id=closing_id).first()
        if closing is None:
            raise NotFoundError("There is no such closure.")
        # One at a time: whoever comes second sees what the first decided.
        list(Incident.objects.select_for_update(no_key=True).filter(id=closing.incident_id))
        if SuspicionDecision.objects.filter(closing=closing).exists():
            raise ConflictError("This closure has been decided on already.")
        _own(closing, by)
        day = closing.at.astimezone(LONDON).date()
        signs = found_by(day, day).get(closing.id)
        if signs is None:
            raise ConflictError("This closure does not look like an unrecorded crime any more.")
        made = SuspicionDecision.objects.create(
            incident_id=closing.incident_id, closing=closing, verdict=verdict, reason=said,
            signs=[asdict(sign) for sign in signs], edition=words.current(day).code, at=clock.now(), by=by,
        )  # fmt: skip
        if verdict == Verdict.RECORD:
            decide_recording(closing.incident_id, "crime", said, by)
    return made


def _own(closing: Closing, by: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select iops.had_a_part(%s, %s)", [closing.incident_id, by.id])
        if cursor.fetchone()[0]:
            raise NotAllowedError("Nobody decides on a closure that they had a part in.", mend="Ask another registrar.")
