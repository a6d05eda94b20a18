"""A shop, its thief and the people of the force, for the tests of recorded crimes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.crime.recorded import recording
from iops.foundation.roles import Role
from iops.pole import services as pole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.control.models import Incident
    from iops.crime.models import Crime
    from iops.pole.models import Person
    from tests.force import Force

SHOPLIFTING = {"class": "46", "a.all.reporter": "victim"}


def shoplifting(force: Force, **facts: object) -> tuple[Incident, Person]:
    """An incident of theft from a shop with a victim and a named suspect."""
    officer = force.one(Role.RESPONSE)
    incident = force.incident(what="A man took two bottles of spirits", crime_reported=True, **facts)
    keeper = pole.register_person("Kay Shah (made up)", officer, born="1980-05-06")
    thief = pole.register_person("Tom Reed (made up)", officer, born="1991-01-01")
    pole.link(("person", keeper.id), "victim", ("incident", incident.id), officer)
    pole.link(("person", thief.id), "suspect", ("incident", incident.id), officer)
    return incident, thief


def recorded(force: Force, answers: Mapping[str, str] = SHOPLIFTING, **facts: object) -> Crime:
    """One recorded crime."""
    incident, _ = shoplifting(force, **facts)
    made = recording.record_crimes(incident.id, answers, force.one(Role.RESPONSE))
    return made.crimes[0]
