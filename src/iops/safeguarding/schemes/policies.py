"""Who sees what of the schemes: whoever sees the incident. Schools and meetings tell of no person: everybody."""

from __future__ import annotations

from iops.control.models import Incident
from iops.foundation.policy import Policy, ThroughParent
from iops.safeguarding.models import (
    ChildProtection,
    ChildSchool,
    DisclosureApplication,
    DisclosureStep,
    EncompassStep,
    MaracAction,
    MaracCase,
    MaracPerpetrator,
    MatacNomination,
    NoticeStep,
    ProtectionConference,
    ProtectionNotice,
    StrategyDiscussion,
    VictimRights,
    VictimStep,
)

OF_INCIDENTS = (
    ProtectionNotice,
    NoticeStep,
    DisclosureApplication,
    DisclosureStep,
    MaracCase,
    MaracPerpetrator,
    MaracAction,
    ChildSchool,
    EncompassStep,
    ChildProtection,
    StrategyDiscussion,
    ProtectionConference,
    MatacNomination,
    VictimRights,
    VictimStep,
)
POLICIES = tuple(Policy(model, sees=ThroughParent(Incident, "incident_id")) for model in OF_INCIDENTS)
