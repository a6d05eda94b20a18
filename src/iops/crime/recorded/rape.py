"""A rape crime that should have been a reported incident of rape: turned into an N100 record (CRR2026 p63)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.crime.models import CrimeCancellation, Removal, ReportedIncident
from iops.crime.recorded.deciding import decider_of, judged
from iops.crime.recorded.finding import asked_of_database, class_of, open_crime
from iops.crime.recorded.recording import RAPE_REPORT
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError
from iops.obligations.services import text, writing
from iops.rulebook.library import class_lists
from iops.rulebook.recording import decide

if TYPE_CHECKING:
    from iops.crime.models import Crime
    from iops.foundation.models import User

CODES = {
    "N100/01": "not confirmed to be a crime, or the victim was not traced",
    "N100/02": "credible evidence to the contrary",
    "N100/03": "committed in another force area, or outside the United Kingdom",
}
"""The reported incidents of rape (recording.md D3)."""


def is_rape(crime: Crime) -> bool:
    """Whether the crime stands under a class of rape."""
    return class_of(crime).name in class_lists()["rape"].classes


def investigated(crime: Crime) -> bool:
    """Whether its substantive investigation has begun: an action of the plan has a result (local decision)."""
    return bool(asked_of_database("crime_investigated", crime.id))


@verb
def turn_into_report(crime_id: int, code: str, ground: str, reason: str, by: User) -> CrimeCancellation:
    """Turn a rape crime into a reported incident of rape, `code` N100/01 to N100/03, before it is investigated.

    Only an accredited registrar may, on new information or for an error in the first class (CRR2026 p63). The record
    made by an earlier turn that was undone is used again: one record of one relationship. Raises RulesForbidError with
    what the rulebook says, ConflictError for another crime, InvalidError.
    """
    crime = open_crime(crime_id)
    if code not in CODES:
        raise InvalidError("That is not a reported incident of rape.", details={"field": "code"})
    if not is_rape(crime):
        raise ConflictError("Only a rape crime is turned into a reported incident.", mend="See the removals C1 to C5.")
    facts = {
        "change_ground": ground,
        "decider": decider_of(by),
        "rape_to_n100": "yes",
        "investigated": "yes" if investigated(crime) else "no",
    }
    check = {"crime": class_of(crime).name, "facts": facts}
    judged(decide({"reported": clock.today(), "reclassification": check}), "reclassify", RAPE_REPORT)
    why = text(reason, "Reason")
    with writing(by, reason=f"turned into {code}"):
        made = CrimeCancellation.objects.create(
            crime=crime,
            category=Removal.N100,
            facts=facts,
            reason=why,
            reported=_record(crime, code, by),
            at=clock.now(),
            by=by,
        )
        made.refresh_from_db()
    return made


def _record(crime: Crime, code: str, by: User) -> ReportedIncident:
    """The N100 record of this crime: the one it was upgraded from or turned into before, if it has the code."""
    before = ReportedIncident.objects.filter(turned_from__crime=crime, code=code).first()
    source = crime.upgraded_from
    if before is None and source is not None and source.code == code:
        before = source
    return before or ReportedIncident.objects.create(
        incident=crime.incident, decision=crime.decision, code=code, at=clock.now(), by=by
    )
