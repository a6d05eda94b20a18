"""The facts of safeguarding: risk assessments, their grades and reviews, children, decisions on children."""

from iops.safeguarding.models.assessments import AnsweredBy, AssessmentReview, Medium, RiskAssessment, RiskGrade
from iops.safeguarding.models.children import ChildDecision, ChildDecisionKind, IncidentChild
from iops.safeguarding.models.risk_grades import GradedAs, RiskDowngrade, RiskGrading

__all__ = [
    "AnsweredBy",
    "AssessmentReview",
    "ChildDecision",
    "ChildDecisionKind",
    "GradedAs",
    "IncidentChild",
    "Medium",
    "RiskAssessment",
    "RiskDowngrade",
    "RiskGrade",
    "RiskGrading",
]
