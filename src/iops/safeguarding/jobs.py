"""Background work of safeguarding."""

from __future__ import annotations

from iops.foundation.jobs import scheduled
from iops.safeguarding.referrals.outbox import deliver_due


@scheduled("* * * * *", "deliver-referrals")
def deliver_referrals() -> int:
    """Deliver the referrals that are due, every minute; returns how many arrived."""
    return deliver_due()
