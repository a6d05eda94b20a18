"""Background work of the obligations engine."""

from __future__ import annotations

from iops.foundation.context import acting
from iops.foundation.identifiers import uuid7
from iops.foundation.jobs import nightly
from iops.foundation.logs import log
from iops.obligations import conservation


@nightly(30, "check-conservation")
def check_conservation() -> int:
    """Hold what the rules ask against what stands in the table; returns how many rows differ, which must be none."""
    with acting(request_id=str(uuid7()), reason="nightly conservation check"):
        run = conservation.check_conservation()
    off = run.missing + run.surplus
    if off:
        log.error("obligations-not-conserved", count=off)
    return off
