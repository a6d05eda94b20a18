"""Background work of POLE."""

from __future__ import annotations

from django.db import connection

from iops.foundation.jobs import nightly


@nightly(25, "recount-words-of-names")
def recount_words() -> int:
    """Bring up to date how many people bear each word of a name; how many words changed.

    By these counts half-typed names are completed.
    """
    with connection.cursor() as cursor:
        cursor.execute("select iops.recount_words()")
        return int(cursor.fetchone()[0])
