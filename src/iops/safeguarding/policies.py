"""Who sees what of safeguarding: whoever sees the incident it belongs to."""

from __future__ import annotations

from iops.control.models import Incident
from iops.foundation.policy import AllOf, AnyOf, Column, NoneHidden, Policy, ThroughParent
from iops.pole.models import Person
from iops.pole.policies import RESTRICTED_PERSON
from iops.safeguarding.models import (
    AssessmentReview,
    ChildDecision,
    IncidentChild,
    NoReferralProposal,
    RankedItem,
    RankingWait,
    RiskAssessment,
    RiskDowngrade,
    RiskGrading,
)
from iops.safeguarding.referrals.policies import POLICIES as REFERRALS

POLICIES = (
    # A child who is known only through a restricted incident is as secret as the incident.
    Policy(Person, sees=AllOf(RESTRICTED_PERSON, AnyOf(Column("own_right"), NoneHidden(IncidentChild, "person_id")))),
    Policy(RiskAssessment, sees=ThroughParent(Incident, "incident_id")),
    Policy(AssessmentReview, sees=ThroughParent(RiskAssessment, "assessment_id")),
    Policy(RiskDowngrade, sees=ThroughParent(RiskAssessment, "assessment_id")),
    Policy(RiskGrading, sees=ThroughParent(RiskAssessment, "assessment_id")),
    Policy(IncidentChild, sees=ThroughParent(Incident, "incident_id")),
    Policy(RankedItem, sees=ThroughParent(Incident, "incident_id")),
    Policy(RankingWait, sees=ThroughParent(Incident, "incident_id")),
    Policy(NoReferralProposal, sees=ThroughParent(IncidentChild, "child_id")),
    Policy(ChildDecision, sees=ThroughParent(IncidentChild, "child_id")),
    *REFERRALS,
)
