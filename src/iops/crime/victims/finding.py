"""Finds a victim for a verb, and what stands of them now: enhanced rights, contact plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from iops.crime.models import CrimeVictim
from iops.foundation.errors import ConflictError, NotFoundError

if TYPE_CHECKING:
    from iops.crime.models import ContactPlan

STANDING = """
    select iops.is_victim(v.crime_id, v.person_id), iops.victim_enhanced(v.id, iops.now()),
           iops.victim_enhanced_by_nature(v.id)
    from crime_crimevictim v where v.id = %s
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether somebody still is a victim of the crime, has enhanced rights, and which they have by nature ("" none)."""

    stands: bool
    enhanced: bool
    by_nature: str


def find_victim(victim_id: int, *, crime_id: int | None = None) -> CrimeVictim:
    """The victim (of the crime, when given); NotFoundError for one that may not be seen too."""
    found = CrimeVictim.objects.select_related("crime", "crime__incident", "person").filter(id=victim_id)
    victim = (found if crime_id is None else found.filter(crime_id=crime_id)).first()
    if victim is None:
        raise NotFoundError("There is no such victim of a crime.")
    return victim


def standing_victim(victim_id: int) -> CrimeVictim:
    """The victim, who is one still. Raises ConflictError when the link to the crime was withdrawn."""
    victim = find_victim(victim_id)
    if not standing_of(victim).stands:
        raise ConflictError("This person is not a victim of the crime any more.", mend="Link them again if they are.")
    return victim


def standing_of(victim: CrimeVictim) -> Standing:
    """What stands of a victim at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING, [victim.id])
        return Standing(*cursor.fetchone())


def plan_of(victim: CrimeVictim) -> ContactPlan | None:
    """The contact plan that stands; None while nothing is agreed."""
    return victim.plans.select_related("officer", "by").order_by("-id").first()
