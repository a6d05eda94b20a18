"""Who sees what of safeguarding: whoever sees the incident it belongs to."""

from __future__ import annotations

from iops.control.models import Incident
from iops.foundation.policy import Policy, ThroughParent
from iops.safeguarding.models import AssessmentReview, ChildDecision, IncidentChild, RiskAssessment

POLICIES = (
    Policy(RiskAssessment, sees=ThroughParent(Incident, "incident_id")),
    Policy(AssessmentReview, sees=ThroughParent(RiskAssessment, "assessment_id")),
    Policy(IncidentChild, sees=ThroughParent(Incident, "incident_id")),
    Policy(ChildDecision, sees=ThroughParent(IncidentChild, "child_id")),
)
