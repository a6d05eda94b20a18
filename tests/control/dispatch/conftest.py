"""A small control room: one district, a dispatcher, a sergeant, and units with their crews."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest

from iops.control.dispatch import services as dispatch
from iops.foundation import clock
from iops.foundation.models import Membership, Team, User
from iops.foundation.roles import Role
from iops.obligations.conservation import check_conservation
from iops.pole import services as pole
from tests.conftest import as_owner, worker_database
from tests.force import Force

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from iops.control.models import Incident, Unit
    from iops.pole.models import Location, Person, WarningMarker


@dataclass
class Room:
    """A force with units."""

    force: Force = field(default_factory=Force)

    @property
    def dispatcher(self) -> User:
        return self.force.one(Role.DISPATCHER)

    @property
    def sergeant(self) -> User:
        return self.force.one(Role.SERGEANT)

    @property
    def inspector(self) -> User:
        return self.force.one(Role.INSPECTOR)

    @property
    def stranger(self) -> User:
        """Somebody of the force who has nothing to do with units."""
        return self.force.one(Role.ANALYST)

    def officer(self, name: str) -> User:
        """A response officer of that name."""
        user, made = User.objects.get_or_create(username=name.lower(), defaults={"name": f"PC {name} (made up)"})
        if made:
            team, _ = Team.objects.get_or_create(name="Everywhere (made up)")
            Membership.objects.create(user=user, team=team, role=Role.RESPONSE)
        return user

    def unit(self, callsign: str, *, kind: str = "response") -> Unit:
        """A registered unit, off duty."""
        return dispatch.register_unit(callsign, kind, self.force.district.id, self.sergeant, made_up=True)

    def on_duty(
        self,
        callsign: str,
        *,
        crew: Collection[str] = (),
        skills: Collection[str] = (),
        at: tuple[int, int] | None = None,
    ) -> Unit:
        """A unit on duty and available; its crew is one officer named after it unless told."""
        unit = self.unit(callsign)
        people = [self.officer(name) for name in crew or (f"of {callsign}",)]
        until = clock.now() + timedelta(hours=8)
        dispatch.book_on(unit.id, [p.id for p in people], until, self.dispatcher, vehicle="MX70 ABC", skills=skills)
        dispatch.set_state(unit.id, 2, self.dispatcher)
        if at is not None:
            dispatch.report_position(unit.id, *at, self.dispatcher)
        return unit

    def crew(self, callsign: str) -> User:
        """The officer that `on_duty` put into the unit."""
        return self.officer(f"of {callsign}")

    def person_on(self, incident: Incident, name: str = "John Smith", role: str = "suspect") -> Person:
        """A nominal linked to an incident."""
        person = pole.register_person(name, self.dispatcher)
        pole.link(("person", person.id), role, ("incident", incident.id), self.dispatcher)
        return person

    def place_of(self, incident: Incident, at: tuple[int, int] | None = None, said: str = "1 Mill Lane") -> Location:
        """The scene of an incident."""
        parts = pole.Parts(easting=at[0], northing=at[1]) if at else pole.Parts()
        place = pole.register_location(said, self.dispatcher, parts=parts)
        pole.link(("location", place.id), "scene", ("incident", incident.id), self.dispatcher)
        return place

    def marker(self, *, kind: str = "firearms", severity: str = "grave", **on: int) -> WarningMarker:
        """A warning on a person or a place (`person_id` or `location_id`)."""
        return pole.propose_marker(kind=kind, severity=severity, grounds="seen", by=self.dispatcher, **on)  # type: ignore[arg-type]


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def own_clock() -> Iterator[None]:
    """A force whose clock may be set, for the length of one test."""
    with psycopg.connect(as_owner(worker_database()), autocommit=True) as owner:
        owner.execute("insert into foundation_clock (id, adjustable) values (1, true)")
        yield
        owner.execute("delete from foundation_clock")


@pytest.fixture(autouse=True)
def the_table_is_the_view_after_each_test(request: pytest.FixtureRequest) -> Iterator[None]:
    """Conservation: after whatever a test did, the obligations are exactly those that the rules ask for."""
    yield
    if "room" in request.fixturenames:
        run = check_conservation()
        assert (run.missing, run.surplus) == (0, 0), run.examples
