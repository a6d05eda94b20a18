"""What tests of classing share: a force, and short words for who is involved and how they are connected."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from iops.foundation.roles import Role
from iops.obligations.conservation import check_conservation
from iops.pole import services as pole
from tests.force import Force

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iops.control.models import Incident
    from iops.foundation.models import User
    from iops.pole.models import Person


@dataclass
class Scene:
    """A force, and people put into its incidents."""

    force: Force = field(default_factory=Force)

    @property
    def handler(self) -> User:
        return self.force.one(Role.CALL_HANDLER)

    @property
    def sergeant(self) -> User:
        return self.force.one(Role.SERGEANT)

    def person(self, name: str, born: str = "12/3/1985", sex: str = "") -> Person:
        """A nominal; `born` empty leaves the age unknown."""
        return pole.register_person(name, self.handler, born=born, sex=sex)

    def involve(self, incident: Incident, person: Person, role: str) -> None:
        """Link somebody to an incident."""
        pole.link(("person", person.id), role, ("incident", incident.id), self.handler)

    def relate(self, one: Person, role: str, other: Person) -> None:
        """One is the `role` of other."""
        pole.link(("person", one.id), role, ("person", other.id), self.handler)

    def couple(self, incident: Incident, *, role: str = "ex-partner", born: str = "12/3/1985") -> tuple[Person, Person]:
        """A victim and a suspect who are connected."""
        victim, suspect = self.person("Ann Lee", born), self.person("Bob Roe")
        self.involve(incident, victim, "victim")
        self.involve(incident, suspect, "suspect")
        self.relate(suspect, role, victim)
        return victim, suspect


@pytest.fixture
def scene() -> Scene:
    return Scene()


@pytest.fixture(autouse=True)
def _the_table_is_the_view_after_each_test(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "scene" in request.fixturenames:
        run = check_conservation()
        assert (run.missing, run.surplus) == (0, 0), run.examples
