"""What the ranking installs besides its files: the dated weights, as the files of the configuration say them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from psycopg import sql

from iops.safeguarding.ranking.weights import TERMS, editions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iops.safeguarding.ranking.weights import Weights


def statements() -> Iterator[str]:
    """The function that gives the weights in force on a day, and a first ranking by them of all that is open.

    A day before the first edition has its weights: nothing that is open goes unranked.
    """
    rows = sql.SQL(", ").join(sql.SQL("({}::date, {}::jsonb)").format(w.start, _page(w)) for w in editions())
    yield (
        sql.SQL(
            "create or replace function iops.ranking_weights(day date) returns jsonb language sql immutable as $$"
            " select e.page from (values {}) e(start, page)"
            " order by e.start > day, abs(e.start - day) limit 1 $$;"
        )
        .format(rows)
        .as_string(None)
    )
    yield "select iops.rank_all();"


def _page(weights: Weights) -> str:
    names = ("edition", "unknown_history", "recorded_crime_harm", "ageing_per_day", "longest_wait_days", *TERMS)
    return json.dumps({name: getattr(weights, name) for name in names})
