"""Who sees referrals: whoever sees the incident. The system itself sees them too, to deliver and to take answers."""

from __future__ import annotations

from iops.control.models import Incident
from iops.foundation.policy import AnyOf, Policy, ThroughParent
from iops.safeguarding.models import (
    Delivery,
    DeliveryAttempt,
    Disclosure,
    PartnerLink,
    Referral,
    ReferralStep,
    RejectionDecision,
    SharingBar,
)
from iops.safeguarding.referrals.system import TheSystem

OF_THE_INCIDENT = AnyOf(TheSystem(), ThroughParent(Incident, "incident_id"))

POLICIES = (
    Policy(Referral, sees=OF_THE_INCIDENT),
    Policy(ReferralStep, sees=OF_THE_INCIDENT),
    Policy(RejectionDecision, sees=OF_THE_INCIDENT),
    Policy(SharingBar, sees=OF_THE_INCIDENT),
    Policy(Disclosure, sees=OF_THE_INCIDENT),
    Policy(Delivery, sees=OF_THE_INCIDENT),
    Policy(DeliveryAttempt, sees=ThroughParent(Delivery, "delivery_id")),
    Policy(PartnerLink, sees=ThroughParent(Referral, "referral_id")),
)
