"""Background work of safeguarding."""

from __future__ import annotations

from iops.foundation.jobs import scheduled
from iops.safeguarding.hub.services import raise_alarms
from iops.safeguarding.referrals.outbox import deliver_due


@scheduled("* * * * *", "deliver-referrals")
def deliver_referrals() -> int:
    """Deliver the referrals that are due, every minute; returns how many arrived."""
    return deliver_due()


@scheduled("*/15 * * * *", "absence-alarm")
def look_for_absence() -> int:
    """See whether referrals come as they ought to, every quarter of an hour; returns how many alarms were raised."""
    return len(raise_alarms())
