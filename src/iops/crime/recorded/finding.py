"""Finds a crime for a verb, and what stands of it now: its class, its owner, whether it has ended."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from iops.crime.models import Crime, CrimeCancellation, CrimeOutcome, Removal
from iops.foundation.errors import ConflictError, NotFoundError
from iops.rulebook.classes import register

if TYPE_CHECKING:
    from iops.crime.models import CrimeOwner
    from iops.rulebook.classes import CrimeClass

REFERENCE = re.compile(r"\s*(?:CR[/\s-]*)?([0-9]{1,7})[/\s-]+((?:19|20)[0-9]{2})\s*", re.IGNORECASE)


def parse_reference(typed: str) -> tuple[int, dt.date] | None:
    """The number and the year (its 1 January) in a crime number as typed, such as CR/412/2026; None when it is none."""
    found = REFERENCE.fullmatch(typed)
    return (int(found[1]), dt.date(int(found[2]), 1, 1)) if found else None


def find(crime_id: int) -> Crime:
    """The crime, or NotFoundError: one that is restricted looks the same as one that does not exist."""
    crime = Crime.objects.select_related("incident").filter(id=crime_id).first()
    if crime is None:
        raise NotFoundError("There is no such crime.", mend="Check the number and the year.")
    return crime


@dataclass(frozen=True)
class Ending:
    """How a crime ended: exactly one of the two is there."""

    outcome: CrimeOutcome | None
    cancellation: CrimeCancellation | None

    @property
    def at(self) -> dt.datetime:
        """When."""
        one = self.outcome or self.cancellation
        assert one is not None  # noqa: S101 - one of the two is there
        return one.at

    @property
    def words(self) -> str:
        """The ending in a few words: "outcome 16" or "removed (C2)"."""
        if self.outcome is not None:
            return f"outcome {self.outcome.code}"
        assert self.cancellation is not None  # noqa: S101 - one of the two is there
        if self.cancellation.category == Removal.N100:
            return "turned into a reported incident of rape (N100)"
        return f"removed ({self.cancellation.category})"


def ending_of(crime: Crime) -> Ending | None:
    """The ending that stands; None while the crime is open."""
    outcome = crime.outcomes.filter(reopening=None).select_related("by").first()
    cancellation = None if outcome else crime.cancellations.filter(reopening=None).select_related("by").first()
    return Ending(outcome, cancellation) if outcome or cancellation else None


def open_crime(crime_id: int) -> Crime:
    """The crime if it is open; ConflictError when it has ended. The database refuses it too."""
    crime = find(crime_id)
    if (ending := ending_of(crime)) is not None:
        raise ConflictError(
            f"Crime {crime.reference} has ended: {ending.words}.", mend="Reopen it first, with a reason."
        )
    return crime


@dataclass(frozen=True)
class Class:
    """The class and the Home Office code (empty while not known) under which a crime stands."""

    name: str
    code: str

    @property
    def listed(self) -> CrimeClass:
        """The class as the notifiable offence list has it."""
        return register().get(self.name)


def class_of(crime: Crime) -> Class:
    """The class a crime has now: the latest it was given."""
    later = crime.classings.order_by("-id").first()
    return Class(later.crime_class, later.code) if later else Class(crime.crime_class, crime.code)


def owner_of(crime: Crime) -> CrimeOwner | None:
    """To whom it is allocated now; None while it is to nobody."""
    return crime.owners.select_related("user", "team").order_by("-id").first()


def asked_of_database(function: str, *values: int | dt.date) -> object:
    """One answer of a function of sql/60_life.sql, which the triggers ask too, so that both say the same."""
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(values))
        cursor.execute(f"select iops.{function}({marks})", values)
        return cursor.fetchone()[0]
