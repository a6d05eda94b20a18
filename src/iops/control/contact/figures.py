"""How fast contacts are answered, by channel: counts and whole milliseconds, never a rate without its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from iops.control.models import Channel
from iops.foundation.consultation import shows_no_record

if TYPE_CHECKING:
    import datetime as dt

TARGET_SECONDS = 10
"""A 999 call is to be answered within this time (National Contact Management Standards; 9 in 10 of them)."""

ANSWERS = """
    with rang as (
        select c.channel, c.answered_at, c.abandoned_at,
               (extract(epoch from c.answered_at - c.rang_at) * 1000)::bigint as waited
        from control_contact c where c.rang_at >= %s and c.rang_at < %s
    )
    select channel, count(*), count(waited), count(*) filter (where answered_at is null and abandoned_at is not null),
           round(avg(waited))::bigint,
           percentile_disc(0.5) within group (order by waited), percentile_disc(0.9) within group (order by waited),
           count(*) filter (where waited <= %s)
    from rang group by channel
"""


@dataclass(frozen=True)
class AnswerTimes:
    """How contacts of one channel that rang within a time were answered. Waiting is from ring to answer.

    `mean`, `median` and `nine_in_ten` are whole milliseconds, None when none was answered. `gone` rang off unanswered.
    `in_target` were answered within TARGET_SECONDS.
    """

    channel: str
    rang: int
    answered: int
    gone: int
    mean: int | None
    median: int | None
    nine_in_ten: int | None
    in_target: int

    @property
    def title(self) -> str:
        """The channel in words."""
        return Channel(self.channel).label

    @property
    def target_percent(self) -> int | None:
        """How many in a hundred of those answered were so within the target, cut; None when none was answered."""
        return self.in_target * 100 // self.answered if self.answered else None


@shows_no_record("counts only")
def answer_times(since: dt.datetime, until: dt.datetime) -> tuple[AnswerTimes, ...]:
    """How the contacts that rang from `since` to before `until` (UTC) were answered, by channel in the usual order.

    Counts what the viewer may see: contacts of restricted incidents are in the figures of those on their lists alone.
    """
    with connection.cursor() as cursor:
        cursor.execute(ANSWERS, [since, until, TARGET_SECONDS * 1000])
        found = {row[0]: AnswerTimes(*row) for row in cursor.fetchall()}
    return tuple(found[c] for c in Channel.values if c in found)
