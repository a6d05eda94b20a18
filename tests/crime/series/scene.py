"""A thief who was at several shops, for the tests of series."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.crime.recorded import deciding, life, recording
from iops.crime.series import services
from iops.foundation.roles import Role
from iops.pole import services as pole
from tests.crime.recorded.scene import SHOPLIFTING

AVI = {"additional": "yes", "verifiable": "yes", "shows_no_crime": "yes", "coerced": "no"}

if TYPE_CHECKING:
    import datetime as dt

    from iops.crime.models import Crime, Series
    from iops.pole.models import Location, Person, Vehicle
    from tests.force import Force


ROLES = {"vehicle": "connected", "location": "scene"}


def thief(force: Force, name: str = "Tom Reed (made up)") -> Person:
    return pole.register_person(name, force.one(Role.RESPONSE), born="1991-01-01")


def theft(
    force: Force,
    suspect: Person | None = None,
    *,
    victim: Person | None = None,
    things: tuple[Vehicle | Location, ...] = (),
    day: dt.date | None = None,
) -> Crime:
    """A recorded theft from a shop: by whom, of whom, where and with what."""
    officer = force.one(Role.RESPONSE)
    incident = force.incident(what="A man took razor blades", crime_reported=True)
    keeper = victim or pole.register_person("Kay Shah (made up)", officer, born="1980-05-06")
    pole.link(("person", keeper.id), "victim", ("incident", incident.id), officer)
    if suspect is not None:
        pole.link(("person", suspect.id), "suspect", ("incident", incident.id), officer)
    for thing in things:
        kind = thing._meta.model_name or ""
        pole.link((kind, thing.id), ROLES[kind], ("incident", incident.id), officer)
    made = recording.record_crimes(incident.id, SHOPLIFTING, officer, committed_from=day, committed_to=day)
    return made.crimes[0]


def remove(force: Force, crime: Crime) -> None:
    """Remove a crime as none, once its victim was told."""
    life.tell_victim(crime.id, "removal", "by telephone", "It was paid", force.one(Role.RESPONSE))
    deciding.cancel(crime.id, "C2", "Paid", force.one(Role.REGISTRAR), facts=AVI, avi="Till roll")


def series(force: Force, *crimes: Crime, title: str = "Razor") -> Series:
    """A series of these crimes, owned by the sergeant; the first leads."""
    return services.make_series(
        title, "Razor blades, same man", crimes[0].id, force.one(Role.SERGEANT), others=[c.id for c in crimes[1:]]
    )
