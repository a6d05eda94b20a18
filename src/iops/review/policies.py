"""Who sees what of a programme: those who review or answer for it, what they may see of the incidents besides."""

from __future__ import annotations

from iops.control.models import Incident
from iops.foundation.policy import AllOf, Holds, Nobody, Policy, ThroughParent
from iops.foundation.roles import Role
from iops.review.models import Frozen, ItemLeft, Programme, ProgrammeItem

REVIEWERS = Holds((Role.REVIEWER, Role.REGISTRAR, Role.SAFEGUARDING, Role.INSPECTOR))
OWNERS = Holds((Role.INSPECTOR, Role.REGISTRAR))
READERS = Holds(
    (Role.REVIEWER, Role.REGISTRAR, Role.SAFEGUARDING, Role.INSPECTOR, Role.ANALYST, Role.PANEL, Role.ADMINISTRATOR)
)
OF_THE_ITEM = ThroughParent(ProgrammeItem, "item_id")

POLICIES = (
    Policy(Programme, sees=READERS, writes=OWNERS),
    Policy(Frozen, sees=READERS, writes=Nobody()),
    Policy(ProgrammeItem, sees=AllOf(REVIEWERS, ThroughParent(Incident, "incident_id")), writes=Nobody()),
    Policy(ItemLeft, sees=OF_THE_ITEM, writes=AllOf(OF_THE_ITEM, Holds((Role.INSPECTOR,)))),
)
