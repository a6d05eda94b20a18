"""Background work of POLE."""

from __future__ import annotations

from django.db import connection

from iops.foundation.jobs import nightly
from iops.foundation.logs import log
from iops.pole.identity.run import find_duplicates


@nightly(25, "recount-words-of-names")
def recount_words() -> int:
    """Bring up to date how many people bear each word of a name; how many words changed.

    By these counts half-typed names are completed.
    """
    with connection.cursor() as cursor:
        cursor.execute("select iops.recount_words()")
        return int(cursor.fetchone()[0])


@nightly(45, "find-duplicates")
def look_for_duplicates() -> int:
    """Compare the nominals with each other, from where a stopped run left off; returns how many pairs it proposed."""
    done = find_duplicates()
    log.info("duplicate-run", count=done.compared)
    return done.proposed
