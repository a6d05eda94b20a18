"""The facts of the schemes: notices, disclosure, MARAC, Encompass, child protection, MATAC, victims' rights."""

from iops.safeguarding.models.schemes.disclosure import (
    DisclosureApplication,
    DisclosureRoute,
    DisclosureStep,
    DisclosureStepKind,
)
from iops.safeguarding.models.schemes.encompass import (
    ChildSchool,
    EncompassException,
    EncompassKind,
    EncompassStep,
    School,
    SchoolStanding,
    SchoolYear,
)
from iops.safeguarding.models.schemes.marac import MaracAction, MaracCase, MaracMeeting, MaracPerpetrator, MaracRoute
from iops.safeguarding.models.schemes.notices import NoticeKind, NoticeStep, NoticeStepKind, ProtectionNotice, Rank
from iops.safeguarding.models.schemes.perpetrators import MatacDecision, MatacNomination
from iops.safeguarding.models.schemes.protection import (
    ChildProtection,
    DiscussionOutcome,
    ProtectionConference,
    StrategyDiscussion,
)
from iops.safeguarding.models.schemes.victims import VictimRights, VictimStep, VictimStepKind

__all__ = [
    "ChildProtection",
    "ChildSchool",
    "DisclosureApplication",
    "DisclosureRoute",
    "DisclosureStep",
    "DisclosureStepKind",
    "DiscussionOutcome",
    "EncompassException",
    "EncompassKind",
    "EncompassStep",
    "MaracAction",
    "MaracCase",
    "MaracMeeting",
    "MaracPerpetrator",
    "MaracRoute",
    "MatacDecision",
    "MatacNomination",
    "NoticeKind",
    "NoticeStep",
    "NoticeStepKind",
    "ProtectionConference",
    "ProtectionNotice",
    "Rank",
    "School",
    "SchoolStanding",
    "SchoolYear",
    "StrategyDiscussion",
    "VictimRights",
    "VictimStep",
    "VictimStepKind",
]
