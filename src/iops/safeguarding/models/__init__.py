"""The facts of safeguarding: risk assessments and their review, children, decisions on children, referrals."""

from iops.safeguarding.models.assessments import AssessmentReview, RiskAssessment, RiskGrade
from iops.safeguarding.models.children import ChildDecision, ChildDecisionKind, IncidentChild
from iops.safeguarding.models.deliveries import Delivery, DeliveryAttempt, Disclosure, PartnerLink
from iops.safeguarding.models.ranking import RankedItem, RankingCheck, RankingWait
from iops.safeguarding.models.referrals import (
    Agency,
    AgencyKind,
    BarKind,
    Channel,
    Follow,
    Referral,
    ReferralState,
    ReferralStep,
    RejectionDecision,
    SharingBar,
    Strand,
    Urgency,
)

__all__ = [
    "Agency",
    "AgencyKind",
    "AssessmentReview",
    "BarKind",
    "Channel",
    "ChildDecision",
    "ChildDecisionKind",
    "Delivery",
    "DeliveryAttempt",
    "Disclosure",
    "Follow",
    "IncidentChild",
    "PartnerLink",
    "RankedItem",
    "RankingCheck",
    "RankingWait",
    "Referral",
    "ReferralState",
    "ReferralStep",
    "RejectionDecision",
    "RiskAssessment",
    "RiskGrade",
    "SharingBar",
    "Strand",
    "Urgency",
]
