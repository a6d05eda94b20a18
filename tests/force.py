"""A force for tests: one district, one account for each role, and short words for the steps of an incident."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

from iops.control import services as control
from iops.foundation.models import District, Membership, Team, User
from iops.foundation.roles import Role
from iops.obligations.models import Obligation
from iops.pole import services as pole
from iops.safeguarding.vulnerability.services import Told, raise_record

if TYPE_CHECKING:
    from iops.control.models import Incident
    from iops.safeguarding.models import VulnerabilityRecord


@dataclass
class Force:
    """One district and whoever is needed."""

    district: District = field(default_factory=lambda: District.objects.create(code="N", name="North (made up)"))
    _people: dict[Role, User] = field(default_factory=dict)

    def one(self, role: Role) -> User:
        """The person of the force who holds that role, force-wide."""
        if role not in self._people:
            self._people[role] = self._account(role, role.value)
        return self._people[role]

    def another(self, role: Role) -> User:
        """Somebody else who holds that role, force-wide."""
        return self._account(role, f"{role.value}-{uuid4().hex[:8]}")

    def _account(self, role: Role, username: str) -> User:
        team, _ = Team.objects.get_or_create(name="Everywhere (made up)")
        user = User.objects.create(username=username, name=f"{role.label} (made up)", made_up=True)
        Membership.objects.create(user=user, team=team, role=role)
        return user

    def incident(self, **facts: object) -> Incident:
        """An incident opened by the call handler: where and what are filled in unless given."""
        told: dict[str, object] = {
            "where": "1 Mill Lane",
            "what": "Shouting heard",
            "district_id": self.district.id,
            "by": self.one(Role.CALL_HANDLER),
        }
        return control.open_incident(**(told | facts))  # type: ignore[arg-type]

    def record_victim(self, incident: Incident) -> VulnerabilityRecord:
        """The record of the adult who suffers the domestic abuse, as the officer raises it."""
        officer = self.one(Role.RESPONSE)
        victim = pole.register_person("Ann Brown (made up)", officer, born="1990-02-03")
        told = Told(victim.id, "da_adult", "medium", "He pushed her", "given")
        return raise_record(incident.id, told, officer)


def owed(incident: Incident) -> dict[str, str]:
    """What stands on an incident: rule to state (open, met, waived)."""
    rows = Obligation.objects.filter(record_kind="incident", record_id=incident.id)
    return {row.rule_id: "met" if row.met_at else "waived" if row.waived_at else "open" for row in rows}
