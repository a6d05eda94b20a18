"""The facts of safeguarding: risk assessments, their grades and reviews, children, decisions on children, referrals."""

from iops.safeguarding.models.absence import AbsenceAlarm, AbsenceRule
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
from iops.safeguarding.models.reviews import FirstLineReview, ReviewFeedback
from iops.safeguarding.models.risk_grades import GradedAs, RiskDowngrade, RiskGrading

__all__ = [
    "AbsenceAlarm",
    "AbsenceRule",
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
    "FirstLineReview",
    "Follow",
    "FoundHow",
    "GradedAs",
    "IncidentChild",
    "Medium",
    "NoReferralProposal",
    "PartnerLink",
    "Referral",
    "ReferralState",
    "ReferralStep",
    "RejectionDecision",
    "ReviewFeedback",
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
