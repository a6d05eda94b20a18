"""Who sees what of the registrar's desk: registrars and reviewers, what they may see of the incidents besides."""

from __future__ import annotations

from iops.control.models import Incident
from iops.foundation.policy import AllOf, AnyOf, Holds, Nobody, Own, Policy, ThroughParent
from iops.foundation.roles import Role
from iops.integrity.models import (
    AuditAdjudication,
    AuditAnswer,
    AuditComparison,
    AuditItem,
    SuspicionDecision,
)

REGISTRARS = Holds((Role.REGISTRAR,))
AUDITORS = Holds((Role.REGISTRAR, Role.REVIEWER))
OF_THE_ITEM = ThroughParent(AuditItem, "item_id")

POLICIES = (
    # Who works on an incident does not see that it is audited; a restricted one is there for its list alone.
    Policy(AuditItem, sees=AllOf(AUDITORS, ThroughParent(Incident, "incident_id")), writes=Nobody()),
    # Blind: an answer is its author's alone until the comparison is there, which bears the id of the item.
    Policy(
        AuditAnswer,
        sees=AllOf(OF_THE_ITEM, AnyOf(Own("by_id"), ThroughParent(AuditComparison, "item_id"))),
        writes=AllOf(OF_THE_ITEM, Own("by_id")),
    ),
    Policy(AuditComparison, sees=OF_THE_ITEM, writes=Nobody()),
    Policy(AuditAdjudication, sees=OF_THE_ITEM, writes=AllOf(OF_THE_ITEM, REGISTRARS)),
    Policy(SuspicionDecision, sees=AllOf(REGISTRARS, ThroughParent(Incident, "incident_id"))),
)
