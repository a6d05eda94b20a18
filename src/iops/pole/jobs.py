"""Background work of POLE."""

from __future__ import annotations

from iops.foundation.jobs import nightly
from iops.foundation.logs import log
from iops.pole.identity.run import find_duplicates


@nightly(45, "find-duplicates")
def look_for_duplicates() -> int:
    """Compare the nominals with each other, from where a stopped run left off; returns how many pairs it proposed."""
    done = find_duplicates()
    log.info("duplicate-run", count=done.compared)
    return done.proposed
