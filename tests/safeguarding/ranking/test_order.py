"""The order of the queue as arithmetic (I13), and that nothing acts on a score."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

import iops
from iops.safeguarding.ranking.weights import CODES, editions

pytestmark = pytest.mark.django_db
W = editions()[-1]
SOURCE = Path(iops.__file__).parent
RANK = re.compile(r"RankedItem|rankeditem|ranking\.scorer|ranking\.queue")
MAY_READ_A_RANK = ("safeguarding/ranking/", "safeguarding/models/", "safeguarding/migrations/", "safeguarding/sql/")

NO_DANGER = ("no_assessment", "unresolved", "waited")
DANGERS = tuple(code for code in CODES if code not in NO_DANGER)
HIGHEST = 20_000
Item = tuple[frozenset[str], int, int]
"""Floors, score, day of the report."""
items: st.SearchStrategy[Item] = st.tuples(
    st.frozensets(st.sampled_from(CODES)), st.integers(0, HIGHEST), st.integers(0, 400)
)


def places(*asked: Item) -> list[int]:
    """Where the database puts each within the band of the floored."""
    page = json.dumps({"ageing_per_day": W.ageing_per_day, "longest_wait_days": W.longest_wait_days})
    with connection.cursor() as cursor:
        cursor.execute(
            "select iops.ranking_place(%s::jsonb, x.score, x.floors::jsonb, date '2000-01-01' + x.day)"
            " from unnest(%s::int[], %s::text[], %s::int[]) with ordinality as x(score, floors, day, n) order by x.n",
            [page, [s for _, s, _ in asked], [json.dumps(sorted(f)) for f, _, _ in asked], [d for _, _, d in asked]],
        )
        return [row[0] for row in cursor.fetchall()]


def weight(item: Item, today: int) -> int:
    """Score, dangers and waiting in plain arithmetic."""
    floors, score, day = item
    waits = today - day + W.longest_wait_days * len(floors - set(NO_DANGER))
    return score + W.ageing_per_day * waits


@given(items, items, st.integers(400, 2400))
def test_two_items_of_one_band_stand_by_score_dangers_and_waiting_and_keep_their_order(
    one: Item, two: Item, today: int
) -> None:
    first, second = places(one, two)
    assert (first < second) == (weight(one, today) < weight(two, today))


@given(items)
def test_nobody_starves_among_those_who_come_later(item: Item) -> None:
    """After a bounded wait nothing that is reported later can stand before it, whatever its score and its dangers."""
    bound = HIGHEST // W.ageing_per_day + W.longest_wait_days * len(DANGERS) + 1
    mine, newest = places(item, (frozenset(CODES), HIGHEST, item[2] + bound))
    assert mine > newest


@given(st.frozensets(st.sampled_from(NO_DANGER)), st.integers(0, HIGHEST), st.integers(0, 120))
def test_four_months_of_waiting_do_not_stand_before_five_dangers_of_today(
    floors: frozenset[str], score: int, waited: int
) -> None:
    old, new = places((floors, score, 400 - waited), (frozenset(DANGERS[:5]), score, 400))
    assert new > old


def test_nothing_but_the_queue_reads_a_rank_so_a_score_closes_lowers_and_shares_nothing() -> None:
    found = []
    for path in [*SOURCE.rglob("*.py"), *SOURCE.rglob("*.sql")]:
        name = path.relative_to(SOURCE).as_posix()
        text = path.read_text("utf-8")
        if re.search(r"RankedItem|rankeditem|ranking\.scorer|ranking\.queue", text) and not name.startswith(
            MAY_READ_A_RANK
        ):
            found.append(name)
    assert sorted(found) == ["foundation/grants.py", "safeguarding/policies.py"]


def test_the_queue_changes_nothing() -> None:
    for name in ("queue.py", "views.py", "scorer.py", "weights.py"):
        text = (SOURCE / "safeguarding/ranking" / name).read_text("utf-8")
        assert not re.search(r"services|writing\(|\.save\(|\.create\(|\.update\(|\.delete\(", text), name


def test_only_the_table_of_ranks_is_written_by_the_sql_of_the_ranking() -> None:
    text = (SOURCE / "safeguarding/sql/60_ranking.sql").read_text("utf-8")
    written = re.findall(r"(?:insert into|delete from|^\s*update)\s+([\w.]+)", text, re.MULTILINE)
    assert set(written) == {"safeguarding_rankeditem", "safeguarding_rankingwait", "iops.ranking_quartile"}
