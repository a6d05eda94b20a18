"""Background work of exchange."""

from __future__ import annotations

from django.db import connection

from iops.foundation.context import acting
from iops.foundation.identifiers import uuid7
from iops.foundation.jobs import nightly

KEPT = "30 days"
"""How long a delivery that has ended well stays, for whoever asks what was told."""


@nightly(25, "clear-deliveries")
def clear_deliveries() -> int:
    """Clear away deliveries acknowledged or withheld more than thirty days ago; how many there were."""
    with acting(request_id=str(uuid7()), reason="old deliveries cleared"), connection.cursor() as cursor:
        cursor.execute("select iops.clear_deliveries(%s)", [KEPT])
        return int(cursor.fetchone()[0])
