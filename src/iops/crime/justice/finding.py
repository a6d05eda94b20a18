"""Finds the arrest, bail, release or charge that a verb goes on from: the last of this person for this crime."""

from __future__ import annotations

from iops.crime.models import Arrest, Bail, Charge, ReleasedUnderInvestigation
from iops.crime.recorded.finding import asked_of_database
from iops.foundation.errors import ConflictError


def same_person(person_id: int) -> list[int]:
    """All nominals that are decided to be this person."""
    found = asked_of_database("same_person", person_id)
    return [int(one) for one in found] if isinstance(found, list) else [person_id]


def arrest_of(crime_id: int, person_id: int) -> Arrest:
    """The last arrest of somebody for a crime; ConflictError when there was none."""
    found = (
        Arrest.objects.filter(crime_id=crime_id, person_id__in=same_person(person_id)).order_by("-at", "-id").first()
    )
    if found is None:
        raise ConflictError("They were not arrested for this crime.", mend="Put the arrest on record first.")
    return found


def bail_of(crime_id: int, person_id: int) -> Bail:
    """The bail somebody is on for a crime; ConflictError when they are on none."""
    found = Bail.objects.filter(crime_id=crime_id, person_id__in=same_person(person_id), after=None, ended=None)
    last = found.order_by("-id").first()
    if last is None:
        raise ConflictError("They are not on bail for this crime.")
    return last


def release_of(crime_id: int, person_id: int) -> ReleasedUnderInvestigation:
    """The last release under investigation of somebody for a crime; ConflictError when there was none."""
    found = ReleasedUnderInvestigation.objects.filter(crime_id=crime_id, person_id__in=same_person(person_id))
    last = found.order_by("-at", "-id").first()
    if last is None:
        raise ConflictError("They were not released under investigation for this crime.")
    return last


def charge_of(crime_id: int, person_id: int) -> Charge:
    """The last charge of somebody for a crime; ConflictError when there was none."""
    found = (
        Charge.objects.filter(crime_id=crime_id, person_id__in=same_person(person_id)).order_by("-at", "-id").first()
    )
    if found is None:
        raise ConflictError("They were not charged with this crime.", mend="Put the charge on record first.")
    return found
