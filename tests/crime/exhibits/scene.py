"""A crime with a knife that was seized, a store, and the people of a property chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.crime.exhibits import services
from iops.crime.exhibits.services import Going, Seized
from iops.foundation.roles import Role
from tests.crime.recorded.scene import recorded

if TYPE_CHECKING:
    from iops.crime.models import Exhibit, PropertyStore
    from tests.force import Force

KNIFE = Seized("JS/1", "weapon", "Kitchen knife, black handle (made up)", "pace_32", "Hall of 1 Mill Lane")


def knife(force: Force, told: Seized = KNIFE) -> Exhibit:
    """A knife of a recorded crime, in the hands of the response officer."""
    return services.seize(told, force.one(Role.RESPONSE), crime_id=recorded(force).id)


def store(force: Force, code: str = "NORTH") -> PropertyStore:
    """A property store."""
    return services.open_store(code, f"{code.capitalize()} store (made up)", force.one(Role.SERGEANT))


def stored(force: Force, told: Seized = KNIFE) -> tuple[Exhibit, PropertyStore]:
    """A knife in a store."""
    one, where = knife(force, told), store(force)
    services.move(one.id, Going("stored", "Booked in", to_store_id=where.id, shelf="A1"), force.one(Role.RESPONSE))
    return one, where
