"""Who may see and change which row: one table of policies, made into the Python check and the SQL policy (ADR 0003).

Each area lists its policies in `policies.py`; the installer turns them into row-level security for the role of the
application, and `permits` judges a row in Python. A property test holds the two together.
"""

from iops.foundation.policy.expressions import (
    AllOf,
    AnyOf,
    Column,
    Holds,
    Missing,
    Nobody,
    NoneHidden,
    Not,
    OnList,
    Own,
    ThroughParent,
    ThroughRecord,
)
from iops.foundation.policy.parts import Expression, Viewer, World
from iops.foundation.policy.table import Policy, PolicyError, policies, policy_of, unprotected
from iops.foundation.policy.viewer import Stored, permits, viewer_of
from iops.foundation.policy.walls import policy_sql

__all__ = [
    "AllOf",
    "AnyOf",
    "Column",
    "Expression",
    "Holds",
    "Missing",
    "Nobody",
    "NoneHidden",
    "Not",
    "OnList",
    "Own",
    "Policy",
    "PolicyError",
    "Stored",
    "ThroughParent",
    "ThroughRecord",
    "Viewer",
    "World",
    "permits",
    "policies",
    "policy_of",
    "policy_sql",
    "unprotected",
    "viewer_of",
]
