"""Record a place, as it was said and in its parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iops.foundation.context import verb
from iops.foundation.errors import InvalidError
from iops.foundation.models import District
from iops.obligations.services import text, writing
from iops.pole import said
from iops.pole.models import Location
from iops.pole.services.common import find_location, line

if TYPE_CHECKING:
    from iops.foundation.models import User

EAST, NORTH = 700_000, 1_300_000
"""The extent of the national grid, in metres."""


@dataclass(frozen=True)
class Parts:
    """The parts of an address, as far as they are known; coordinates in metres on the national grid."""

    flat: str = ""
    building: str = ""
    number: str = ""
    street: str = ""
    locality: str = ""
    town: str = ""
    postcode: str = ""
    easting: int | None = None
    northing: int | None = None
    uprn: int | None = None
    ward: str = ""
    beat: str = ""

    def spoken(self) -> str:
        """The address in one line."""
        street = " ".join(p for p in (self.number, self.street) if p)
        return ", ".join(
            p for p in (self.flat, self.building, street, self.locality, self.town, self.postcode) if p.strip()
        )


@verb
def register_location(
    where: str,
    by: User,
    *,
    parts: Parts | None = None,
    district_id: int | None = None,
    access_notes: str = "",
    validated: bool = False,
    made_up: bool = False,
) -> Location:
    """Record a place. The words alone are enough; a postcode in them is read. Raises InvalidError naming the field."""
    known = parts or Parts()
    _check(known, district_id)
    code = said.postcode(known.postcode) or said.postcode(where)
    if known.postcode.strip() and not code:
        raise InvalidError(f"“{known.postcode[:40]}” is not a postcode.", details={"field": "postcode"})
    with writing(by, reason="place recorded"):
        return Location.objects.create(
            said=line(where or known.spoken(), "Where", 400),
            flat=line(known.flat, "Flat", 60, needed=False),
            building=line(known.building, "Building", 120, needed=False),
            number=line(known.number, "Number", 20, needed=False),
            street=line(known.street, "Street", 120, needed=False),
            locality=line(known.locality, "Locality", 80, needed=False),
            town=line(known.town, "Town", 80, needed=False),
            postcode=code,
            easting=known.easting,
            northing=known.northing,
            uprn=known.uprn,
            district_id=district_id,
            ward=line(known.ward, "Ward", 80, needed=False),
            beat=line(known.beat, "Beat", 40, needed=False),
            access_notes=text(access_notes, "Access notes", needed=False),
            validated=validated,
            made_up=made_up,
        )


def _check(parts: Parts, district_id: int | None) -> None:
    if (parts.easting is None) != (parts.northing is None):
        raise InvalidError("Easting and northing come together.", details={"field": "easting"})
    if parts.easting is not None and parts.northing is not None:
        on_grid = 0 <= parts.easting < EAST and 0 <= parts.northing < NORTH
        if not on_grid:
            raise InvalidError("That point is not on the national grid.", details={"field": "easting"})
    if parts.uprn is not None and not 0 < parts.uprn < 10**12:
        raise InvalidError("A UPRN has at most twelve figures.", details={"field": "uprn"})
    if district_id is not None and not District.objects.filter(id=district_id).exists():
        raise InvalidError("There is no such district.", details={"field": "district"})


@verb
def set_access_notes(location_id: int, access_notes: str, by: User) -> Location:
    """Say how to get in: codes, dogs, which door. What stood there before stays in history."""
    location = find_location(location_id)
    with writing(by, reason="access notes"):
        location.access_notes = text(access_notes, "Access notes", needed=False)
        location.save(update_fields=["access_notes"])
    return location
