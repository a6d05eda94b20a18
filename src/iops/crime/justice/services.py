"""The verbs on suspects: wanted, no longer wanted, arrested or surrendered, released under investigation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.crime.models import Arrest, CameHow, ReleasedUnderInvestigation, SuspectWanted, WantedCancelled
from iops.crime.recorded.finding import find
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotFoundError
from iops.obligations.services import text, writing
from iops.pole.models import Person

if TYPE_CHECKING:
    import datetime as dt

    from iops.foundation.models import User

LONGEST_PLACE = 200


@verb
def want(crime_id: int, person_id: int, reason: str, by: User) -> SuspectWanted:
    """Put a suspect of the crime on the wanted list, and say why.

    The database refuses who is no suspect of it, and who is wanted for it already. Raises NotFoundError, InvalidError.
    """
    crime, person = find(crime_id), _person(person_id)
    with writing(by, reason="suspect wanted"):
        return SuspectWanted.objects.create(
            crime=crime, person=person, reason=text(reason, "Reason"), at=clock.now(), by=by
        )


@verb
def cancel_wanted(wanted_id: int, reason: str, by: User) -> WantedCancelled:
    """Take a name off the wanted list without an arrest, as an inspector, and say why. ConflictError when done."""
    wanted = SuspectWanted.objects.filter(id=wanted_id).first()
    if wanted is None:
        raise NotFoundError("Nobody is wanted so.")
    if WantedCancelled.objects.filter(wanted=wanted).exists():
        raise ConflictError("That was cancelled already.")
    with writing(by, reason="wanted cancelled"):
        return WantedCancelled.objects.create(
            wanted=wanted, crime_id=wanted.crime_id, reason=text(reason, "Reason"), at=clock.now(), by=by
        )


@verb
def arrest(
    crime_id: int, person_id: int, place: str, necessity: str, by: User, *, at: dt.datetime, how: str = CameHow.ARRESTED
) -> Arrest:
    """Keep that a suspect was arrested at a moment (UTC), where, and why it was necessary (PACE s.24(5)).

    Who surrendered is arrested at the station (`how`). It takes them off the wanted list of this crime, not of others.
    Raises NotFoundError, InvalidError.
    """
    if how not in CameHow.values:
        raise InvalidError("That is not how anybody is arrested.", details={"field": "how"})
    where = text(place, "Place").strip()
    if len(where) > LONGEST_PLACE:
        raise InvalidError(f"Place: at most {LONGEST_PLACE} characters.", details={"field": "place"})
    crime, person, why = find(crime_id), _person(person_id), text(necessity, "Necessity")
    with writing(by, reason="suspect arrested"):
        return Arrest.objects.create(
            crime=crime, person=person, how=how, place=where, necessity=why, at=at, recorded_at=clock.now(), by=by
        )


@verb
def release_under_investigation(arrest_id: int, reason: str, by: User) -> ReleasedUnderInvestigation:
    """Release an arrested suspect without bail, with the reason; for domestic abuse only an inspector may."""
    arrested = Arrest.objects.filter(id=arrest_id).first()
    if arrested is None:
        raise NotFoundError("There is no such arrest.")
    if ReleasedUnderInvestigation.objects.filter(arrest=arrested).exists():
        raise ConflictError("That release is on record already.")
    with writing(by, reason="released under investigation"):
        return ReleasedUnderInvestigation.objects.create(
            arrest=arrested, crime_id=arrested.crime_id, reason=text(reason, "Reason"), at=clock.now(), by=by
        )


def _person(person_id: int) -> Person:
    person = Person.objects.filter(id=person_id).first()
    if person is None:
        raise NotFoundError("There is no such person.")
    return person
