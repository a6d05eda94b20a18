"""The facts of exchange: who is told of what, what partners handed over, and what was said to them."""

from iops.exchange.models.inbound import InboundMessage, Outcome, PartnerMessage, SharedIncident
from iops.exchange.models.webhooks import Delivery, DeliveryState, EscalationTold, Subscription

__all__ = [
    "Delivery",
    "DeliveryState",
    "EscalationTold",
    "InboundMessage",
    "Outcome",
    "PartnerMessage",
    "SharedIncident",
    "Subscription",
]
