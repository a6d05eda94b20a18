"""The facts of safeguarding: assessments and their review, children and decisions, referrals, vulnerability."""

from iops.safeguarding.models.assessments import AssessmentReview, RiskAssessment, RiskGrade
from iops.safeguarding.models.children import ChildDecision, ChildDecisionKind, IncidentChild
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
from iops.safeguarding.models.vulnerability import (
    Concern,
    Consent,
    RecordState,
    Response,
    Unassessed,
    VulnerabilityDecision,
    VulnerabilityOwner,
    VulnerabilityRecord,
    VulnerabilityStep,
)

__all__ = [
    "Agency",
    "AgencyKind",
    "AssessmentReview",
    "BarKind",
    "Channel",
    "ChildDecision",
    "ChildDecisionKind",
    "Concern",
    "Consent",
    "Delivery",
    "DeliveryAttempt",
    "Disclosure",
    "Follow",
    "IncidentChild",
    "PartnerLink",
    "RecordState",
    "Referral",
    "ReferralState",
    "ReferralStep",
    "RejectionDecision",
    "Response",
    "RiskAssessment",
    "RiskGrade",
    "SharingBar",
    "Strand",
    "Unassessed",
    "Urgency",
    "VulnerabilityDecision",
    "VulnerabilityOwner",
    "VulnerabilityRecord",
    "VulnerabilityStep",
]
