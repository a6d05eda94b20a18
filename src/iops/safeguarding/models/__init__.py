"""The facts of safeguarding: risk assessments, their grades and reviews, children, decisions on children, referrals."""

from iops.safeguarding.models.assessments import AnsweredBy, AssessmentReview, Medium, RiskAssessment, RiskGrade
from iops.safeguarding.models.children import (
    ChildDecision,
    ChildDecisionKind,
    FoundHow,
    IncidentChild,
    NoReferralProposal,
    SchoolKnown,
    Seen,
)
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
from iops.safeguarding.models.risk_grades import GradedAs, RiskDowngrade, RiskGrading

__all__ = [
    "Agency",
    "AgencyKind",
    "AnsweredBy",
    "AssessmentReview",
    "BarKind",
    "Channel",
    "ChildDecision",
    "ChildDecisionKind",
    "Delivery",
    "DeliveryAttempt",
    "Disclosure",
    "Follow",
    "FoundHow",
    "GradedAs",
    "IncidentChild",
    "Medium",
    "NoReferralProposal",
    "PartnerLink",
    "RankedItem",
    "RankingCheck",
    "RankingWait",
    "Referral",
    "ReferralState",
    "ReferralStep",
    "RejectionDecision",
    "RiskAssessment",
    "RiskDowngrade",
    "RiskGrade",
    "RiskGrading",
    "SchoolKnown",
    "Seen",
    "SharingBar",
    "Strand",
    "Urgency",
]
