"""Background work of the foundation, and the word by which every area schedules its own: `@nightly`.

Jobs run in the worker (`iops worker`), one at a time for each name, in the name of the system itself. Times are UTC.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

from django.db import connection
from procrastinate.contrib.django import app

from iops.foundation.context import acting
from iops.foundation.identifiers import uuid7
from iops.foundation.logs import log
from iops.foundation.sessions import SessionStore

if TYPE_CHECKING:
    from collections.abc import Callable

MONTHS_AHEAD = 3
KEPT_HOURS = 24 * 30
"""How long a finished job stays in the queue's table, for whoever asks when something last ran."""


def scheduled(cron: str, name: str) -> Callable[[Callable[[], int]], Callable[[], int]]:
    """Run a function by a cron line (UTC), never twice at once; the number it returns is logged as its count.

    What goes wrong is logged and the job stands as failed in `procrastinate_jobs`; the next run comes at its time.
    """

    def mark(work: Callable[[], int]) -> Callable[[], int]:
        @wraps(work)
        def run() -> int:
            log.info("job-started", job=name)
            count = work()
            log.info("job-finished", job=name, count=count)
            return count

        def task(timestamp: int) -> int:  # noqa: ARG001 - the scheduled second, which no job needs
            return run()

        app.periodic(cron=cron)(app.task(name=name, queueing_lock=name, lock=name, pass_context=False)(task))
        return run

    return mark


def nightly(minute: int, name: str, *, hour: int = 2) -> Callable[[Callable[[], int]], Callable[[], int]]:
    """Run a function every night at this minute after the hour (UTC)."""
    return scheduled(f"{minute} {hour} * * *", name)


@nightly(5, "clear-expired-sessions")
def clear_expired_sessions() -> int:
    """Delete sessions that have expired; returns how many there were."""
    model = SessionStore.get_model_class()
    with acting(request_id=str(uuid7()), reason="expired sessions cleared"):
        before = model.objects.count()
        SessionStore.clear_expired()
        return before - model.objects.count()


@nightly(10, "clear-finished-jobs")
def clear_finished_jobs() -> int:
    """Delete jobs that ended well more than thirty days ago; failed ones stay until somebody has looked."""
    with acting(request_id=str(uuid7()), reason="finished jobs cleared"), connection.cursor() as cursor:
        cursor.execute(
            "delete from procrastinate_jobs j where j.status = 'succeeded' and not exists (select from"
            " procrastinate_events e where e.job_id = j.id and e.at > iops.wall_time() - make_interval(hours => %s))",
            [KEPT_HOURS],
        )
        return int(cursor.rowcount)


@nightly(15, "ensure-history-partitions")
def ensure_history_partitions() -> int:
    """Make the next months' partitions of the history, long before they are needed; returns how many were made."""
    with acting(request_id=str(uuid7()), reason="history partitions made"), connection.cursor() as cursor:
        cursor.execute("select iops.ensure_history_partitions(%s)", [MONTHS_AHEAD])
        return int(cursor.fetchone()[0])
