"""A safeguarding desk: a force, a domestic incident with a child, and agencies that packages are dropped for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from iops.foundation.roles import Role
from iops.pole import services as pole
from iops.safeguarding import services as safeguarding
from iops.safeguarding.referrals import services as referrals
from iops.safeguarding.referrals.services import Draft
from tests.conftest import as_owner, worker_database
from tests.force import Force

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from iops.control.models import Incident
    from iops.foundation.models import User
    from iops.pole.models import Person
    from iops.safeguarding.models import Agency, Referral


@dataclass
class Desk:
    """A force with agencies; every part is made when it is first asked for."""

    force: Force = field(default_factory=Force)
    _agencies: dict[str, Agency] = field(default_factory=dict)
    _incident: Incident | None = None
    _victim: Person | None = None

    @property
    def officer(self) -> User:
        return self.force.one(Role.RESPONSE)

    @property
    def keeper(self) -> User:
        return self.force.one(Role.SAFEGUARDING)

    @property
    def sergeant(self) -> User:
        return self.force.one(Role.SERGEANT)

    @property
    def stranger(self) -> User:
        """Somebody of the force who refers nobody."""
        return self.force.one(Role.ANALYST)

    @property
    def incident(self) -> Incident:
        if self._incident is None:
            self._incident = self.force.incident(domestic=True, what="He pushed her at 12 Oak Road, she left")
        return self._incident

    @property
    def victim(self) -> Person:
        if self._victim is None:
            self._victim = pole.register_person("Ann Brown (made up)", self.officer, born="1990-02-03")
        return self._victim

    def agency(self, kind: str = "children_services", channel: str = "folder", address: str = "") -> Agency:
        if kind not in self._agencies:
            self._agencies[kind] = referrals.register_agency(
                f"North {kind} (made up)", kind, channel, address or kind.replace("_", "-"), self.keeper, made_up=True
            )
        return self._agencies[kind]

    def told(self, kind: str = "children_services", **changed: Any) -> Draft:
        """What a referral is drafted with, unless told otherwise."""
        usual: dict[str, Any] = {
            "person_id": changed.pop("person", self.victim).id,
            "agency_id": self.agency(kind).id,
            "strand": "child",
            "urgency": "routine",
            "summary": "She is afraid for the children",
            "basis": "safeguard_child",
            "grounds": "They were in the room",
        }
        return Draft(**(usual | changed))

    def draft(self, kind: str = "children_services", **changed: Any) -> Referral:
        incident = changed.pop("incident", self.incident)
        return referrals.draft(incident.id, self.told(kind, **changed), self.officer)

    def sent(self, kind: str = "children_services", **changed: Any) -> Referral:
        made = self.draft(kind, **changed)
        referrals.send(made.id, self.officer)
        return made

    def child(self, name: str = "Tom Brown (made up)") -> Any:
        return safeguarding.link_child(self.incident.id, name, None, self.officer)


@pytest.fixture
def desk(db: None) -> Desk:
    return Desk()


@pytest.fixture(autouse=True)
def outbox_folder(tmp_path: Path, settings: Any) -> Path:
    """The folder that packages are dropped into."""
    settings.IOPS_OUTBOX = tmp_path / "outbox"
    settings.IOPS_PARTNER_URL = "https://iops.example"
    return tmp_path / "outbox"


@pytest.fixture
def own_clock() -> Iterator[None]:
    """A force whose clock may be set, for the length of one test."""
    with psycopg.connect(as_owner(worker_database()), autocommit=True) as owner:
        owner.execute("insert into foundation_clock (id, adjustable) values (1, true)")
        yield
        owner.execute("delete from foundation_clock")
