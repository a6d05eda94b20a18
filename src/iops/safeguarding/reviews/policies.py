"""Who sees reviews and feedback: of those who see the incident, the officer, who reviewed, and supervisors."""

from __future__ import annotations

from iops.control.models import Incident
from iops.foundation.policy import AllOf, AnyOf, Holds, Own, Policy, ThroughParent
from iops.foundation.roles import LADDER
from iops.safeguarding.models import FirstLineReview, ReviewFeedback

THEIRS = AnyOf(Own("officer_id"), Own("by_id"), Holds(LADDER))

POLICIES = (
    Policy(FirstLineReview, sees=AllOf(ThroughParent(Incident, "incident_id"), THEIRS)),
    Policy(ReviewFeedback, sees=AllOf(ThroughParent(Incident, "incident_id"), THEIRS)),
)
