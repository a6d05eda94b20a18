"""Background work of safeguarding."""

from __future__ import annotations

from django.db import connection

from iops.foundation.context import acting
from iops.foundation.identifiers import uuid7
from iops.foundation.jobs import nightly, scheduled
from iops.safeguarding.hub.queues.services import raise_alarms as raise_queue_alarms
from iops.safeguarding.hub.services import raise_alarms
from iops.safeguarding.ranking import checking
from iops.safeguarding.referrals.outbox import deliver_due
from iops.safeguarding.schemes.notices import note_lapses

AT_A_TIME = 500
"""Items ranked in one transaction: a lot of work for one person never holds the others up for long."""


@scheduled("* * * * *", "deliver-referrals")
def deliver_referrals() -> int:
    """Deliver the referrals that are due, every minute; returns how many arrived."""
    return deliver_due()


@scheduled("*/15 * * * *", "absence-alarm")
def look_for_absence() -> int:
    """See whether referrals come as they ought to, every quarter of an hour; returns how many alarms were raised."""
    return len(raise_alarms())


@scheduled("5-59/15 * * * *", "queue-alarm")
def look_at_queues() -> int:
    """See whether a queue fills or lies unopened, every quarter of an hour; returns how many alarms were raised."""
    return len(raise_queue_alarms())


@scheduled("* * * * * */30", "rank-waiting")
def rank_waiting() -> int:
    """Rank anew what waits because something new is on record of its people, twice a minute (I14: within 60 s)."""
    done = 0
    while taken := _ranked("select iops.rank_waiting(%s)", [AT_A_TIME]):
        done += taken
    return done


@nightly(10, "rank-all", hour=3)
def rank_all() -> int:
    """Rank every open domestic incident anew, so that time moves scores and bounds waits; returns the number of parts.

    Each part is a transaction of its own; those of unknown history are ranked again once the upper quartile is known.
    """
    _ranked("select iops.rank_missing()", [])
    done = _in_parts(unknown_only=False)
    _ranked("select iops.rank_quartile()", [])
    _in_parts(unknown_only=True)
    return done


def _in_parts(*, unknown_only: bool) -> int:
    last: int | None = 0
    parts = 0
    while last is not None:
        last = _ranked("select iops.rank_part(%s, %s, %s)", [last, AT_A_TIME, unknown_only])
        parts += last is not None
    return parts


@scheduled("40 3 * * 1", "check-ranking")
def check_ranking() -> int:
    """Count each week how well the ranking did; returns how many incidents were followed up."""
    with acting(request_id=str(uuid7()), reason="ranking checked"):
        return int(checking.check_ranking().page["followed"])


def _ranked(statement: str, values: list[int]) -> int | None:
    with acting(request_id=str(uuid7()), reason="ranked anew"), connection.cursor() as cursor:
        cursor.execute(statement, values)
        found = cursor.fetchone()[0]
        return int(found) if found else None


@scheduled("*/5 * * * *", "note-lapsed-notices")
def note_lapsed_notices() -> int:
    """Write down protection notices whose hours have passed without a hearing, every five minutes (I28)."""
    return note_lapses()
