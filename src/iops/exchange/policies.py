"""Who sees what of exchange: a system its own, and nothing that leads to a record which is not there for somebody."""

from __future__ import annotations

from iops.control.models import Incident
from iops.exchange.models import Delivery, EscalationTold, InboundMessage, PartnerMessage, SharedIncident, Subscription
from iops.foundation.policy import AllOf, AnyOf, Holds, Missing, Nobody, Own, Policy, ThroughParent, ThroughRecord
from iops.foundation.roles import Role

ADMINISTRATOR = Holds((Role.ADMINISTRATOR,))
CONTROL_ROOM = (Role.CALL_HANDLER, Role.DISPATCHER, Role.SERGEANT, Role.INSPECTOR)
"""Who deals with what partners send: the roles that take calls and those that supervise them."""

POLICIES = (
    Policy(Subscription, sees=AnyOf(Own("account_id"), ADMINISTRATOR)),
    Policy(
        Delivery,
        sees=AllOf(AnyOf(Own("account_id"), ADMINISTRATOR), ThroughRecord("record_kind", "record_id")),
        writes=Nobody(),
    ),
    Policy(EscalationTold, sees=Nobody()),
    Policy(SharedIncident, sees=ThroughParent(Incident, "incident_id")),
    Policy(PartnerMessage, sees=ThroughParent(SharedIncident, "shared_id")),
    # A message that became an incident is as secret as the incident; before, the control room deals with it.
    Policy(
        InboundMessage,
        sees=AllOf(
            AnyOf(Own("account_id"), Holds((*CONTROL_ROOM, Role.ADMINISTRATOR))),
            AnyOf(Missing("incident_id"), ThroughParent(Incident, "incident_id")),
        ),
    ),
)
