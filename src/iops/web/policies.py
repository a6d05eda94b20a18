"""Who sees what of the frame: a draft is there for whoever typed it, and for nobody else."""

from __future__ import annotations

from iops.foundation.policy import Own, Policy
from iops.web.models import Draft

POLICIES = (Policy(Draft, sees=Own()),)
