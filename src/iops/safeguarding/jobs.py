"""Background work of safeguarding."""

from __future__ import annotations

from iops.foundation.jobs import scheduled
from iops.safeguarding.referrals.outbox import deliver_due
from iops.safeguarding.schemes.notices import note_lapses


@scheduled("* * * * *", "deliver-referrals")
def deliver_referrals() -> int:
    """Deliver the referrals that are due, every minute; returns how many arrived."""
    return deliver_due()


@scheduled("*/5 * * * *", "note-lapsed-notices")
def note_lapsed_notices() -> int:
    """Write down protection notices whose hours have passed without a hearing, every five minutes (I28)."""
    return note_lapses()
