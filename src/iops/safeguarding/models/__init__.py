"""The facts of safeguarding: risk assessments and their review, children, decisions on children."""

from iops.safeguarding.models.assessments import AssessmentReview, RiskAssessment, RiskGrade
from iops.safeguarding.models.children import ChildDecision, ChildDecisionKind, IncidentChild
from iops.safeguarding.models.ranking import RankedItem

__all__ = [
    "AssessmentReview",
    "ChildDecision",
    "ChildDecisionKind",
    "IncidentChild",
    "RankedItem",
    "RiskAssessment",
    "RiskGrade",
]
