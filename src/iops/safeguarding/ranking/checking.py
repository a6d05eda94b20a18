"""Counting how well the ranking did, and the latest count."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import connection

from iops.foundation import clock
from iops.foundation.consultation import shows_no_record
from iops.safeguarding.models import RankingCheck
from iops.safeguarding.ranking.check import Followed, measured
from iops.safeguarding.ranking.scorer import upper_quartile
from iops.safeguarding.ranking.weights import in_force

FOLLOW_DAYS: Final = 90
"""How long after its report an incident is followed."""
WINDOW_DAYS: Final = 365
MOST: Final = 20_000
"""Incidents of the year that are followed at most, taken by a hash."""


def check_ranking() -> RankingCheck:
    """Follow up the incidents of a year that ended `FOLLOW_DAYS` ago, count, and keep the counts."""
    today = clock.today()
    until = today - dt.timedelta(days=FOLLOW_DAYS + 1)
    since = until - dt.timedelta(days=WINDOW_DAYS)
    with connection.cursor() as cursor:
        cursor.execute(
            "select score, known, again, crime, sex, age, ethnicity from iops.ranking_followed(%s, %s, %s, %s)",
            [since, until, FOLLOW_DAYS, MOST],
        )
        page = measured([Followed(*row) for row in cursor.fetchall()], upper_quartile)
    span = {"since": since.isoformat(), "until": until.isoformat(), "days": FOLLOW_DAYS, "most": MOST}
    return RankingCheck.objects.create(at=clock.now(), edition=in_force(today).edition, page=page | span)


@shows_no_record("counts of groups, small ones withheld")
def latest_check() -> RankingCheck | None:
    """The latest count; None before the first."""
    return RankingCheck.objects.order_by("-at", "-id").first()
