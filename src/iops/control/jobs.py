"""Background work of the control room."""

from __future__ import annotations

from iops.control.handover.desks import round_of_escalation
from iops.foundation.jobs import scheduled


@scheduled("* * * * *", "raise-escalations")
def raise_escalations() -> int:
    """Tell people of every escalation that came due; returns how many were told.

    Nothing depends on its running: what a duty reached while it stood open is raised when it closes, and lateness is a
    question asked of the clock.
    """
    return round_of_escalation()
