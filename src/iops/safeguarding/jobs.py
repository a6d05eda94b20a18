"""Background work of safeguarding."""

from __future__ import annotations

from django.db import connection

from iops.foundation.context import acting
from iops.foundation.identifiers import uuid7
from iops.foundation.jobs import nightly, scheduled
from iops.safeguarding.referrals.outbox import deliver_due


@scheduled("* * * * *", "deliver-referrals")
def deliver_referrals() -> int:
    """Deliver the referrals that are due, every minute; returns how many arrived."""
    return deliver_due()


@nightly(10, "rank-all", hour=3)
def rank_all() -> int:
    """Rank every open domestic incident anew, so that time moves scores and bounds waits; returns how many."""
    with acting(request_id=str(uuid7()), reason="nightly ranking"), connection.cursor() as cursor:
        cursor.execute("select iops.rank_all()")
        row = cursor.fetchone()
    return int(row[0]) if row else 0
