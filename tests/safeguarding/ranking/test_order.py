"""The order of the queue as arithmetic (I13), and that nothing acts on a score."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import iops
from iops.safeguarding.ranking.weights import editions

W = editions()[-1]
SOURCE = Path(iops.__file__).parent
RANK = re.compile(r"RankedItem|rankeditem|ranking\.scorer|ranking\.queue")
MAY_READ_A_RANK = ("safeguarding/ranking/", "safeguarding/models/", "safeguarding/migrations/", "safeguarding/sql/")

items = st.tuples(st.booleans(), st.integers(0, 20_000), st.integers(0, 400))
"""Floor, score, day of the report."""


def place(item: tuple[bool, int, int], today: int = 400) -> tuple[bool, int, int]:
    """The key of the queue, the largest first; what waited longest joins the floors."""
    floored, score, day = item
    return (floored or today - day >= W.longest_wait_days, score - W.ageing_per_day * day, -day)


@given(items, items, st.integers(1, 2000))
def test_two_items_of_one_band_keep_their_order_while_both_wait(
    one: tuple[bool, int, int], two: tuple[bool, int, int], days: int
) -> None:
    def boosted(item: tuple[bool, int, int], today: int) -> int:
        return item[1] + W.ageing_per_day * (today - item[2])

    assert (boosted(one, 400) < boosted(two, 400)) == (boosted(one, 400 + days) < boosted(two, 400 + days))


@given(items)
def test_nobody_starves_among_those_who_come_later(item: tuple[bool, int, int]) -> None:
    """After a bounded wait nothing that is reported later can stand before it, whatever its score up to the highest."""
    bound = 20_000 // W.ageing_per_day + 1
    newest = (True, 20_000, item[2] + bound)
    assert place(item, item[2] + bound) > place(newest, item[2] + bound)


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
