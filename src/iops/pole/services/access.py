"""Restrict a nominal or a place to the people and teams on its list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.foundation.context import verb
from iops.foundation.errors import NotAllowedError
from iops.foundation.roles import LADDER, Role
from iops.obligations.services import text, writing
from iops.pole.models import LocationAccess, PersonAccess
from iops.pole.services.common import find_location, find_person

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iops.foundation.models import User
    from iops.pole.models import Location, Person

RESTRICTERS = (*LADDER, Role.SAFEGUARDING)


@verb
def restrict_person(
    person_id: int, reason: str, by: User, *, user_ids: Sequence[int] = (), team_ids: Sequence[int] = (),
    hinted: bool = True,
) -> Person:  # fmt: skip
    """Restrict a nominal to a list with whoever restricts on it. Needs a sergeant or above, or safeguarding; a reason.

    When `hinted`, a search by anybody else says that one record is withheld; otherwise it is silent.
    """
    _may(by)
    person = find_person(person_id)
    with writing(by, reason=text(reason, "Reason")):
        entries = [PersonAccess(person=person, user_id=u) for u in sorted({*user_ids, by.id})]
        entries += [PersonAccess(person=person, team_id=t) for t in sorted(set(team_ids))]
        PersonAccess.objects.bulk_create(entries, ignore_conflicts=True)
        person.restricted, person.hinted = True, hinted
        person.save(update_fields=["restricted", "hinted"])
    return person


@verb
def restrict_location(
    location_id: int, reason: str, by: User, *, user_ids: Sequence[int] = (), team_ids: Sequence[int] = (),
    hinted: bool = False,
) -> Location:  # fmt: skip
    """Restrict a place to a list: a refuge, the address of somebody in hiding. Silent to others unless `hinted`."""
    _may(by)
    location = find_location(location_id)
    with writing(by, reason=text(reason, "Reason")):
        entries = [LocationAccess(location=location, user_id=u) for u in sorted({*user_ids, by.id})]
        entries += [LocationAccess(location=location, team_id=t) for t in sorted(set(team_ids))]
        LocationAccess.objects.bulk_create(entries, ignore_conflicts=True)
        location.restricted, location.hinted = True, hinted
        location.save(update_fields=["restricted", "hinted"])
    return location


def _may(by: User) -> None:
    if not by.holds(RESTRICTERS):
        raise NotAllowedError("A record is restricted by a sergeant or above, or by safeguarding.")
