"""The scorer: what moves a rank, what must not, and what cannot even be given to it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import inspect
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iops.safeguarding.ranking import scorer
from iops.safeguarding.ranking.scorer import Assessed, History, Offence, rank
from iops.safeguarding.ranking.weights import CODES, in_force

W = in_force(dt.date(2026, 1, 1))
CONCEPTS = (
    "injury", "fear", "separation", "escalation", "strangulation", "weapon", "threat_to_kill", "control", "stalking",
    "suicide", "victim_suicidal", "perpetrator_suicidal", "pregnancy", "child_hurt", "children", "sexual_violence",
    "honour_based", "order_breached", "suspect_gone", "victim_declines",
)  # fmt: skip
offences = st.lists(st.builds(Offence, st.integers(0, 6000), st.integers(0, 4000)), max_size=5).map(tuple)
histories = st.builds(
    History,
    known=st.booleans(),
    days_since_last=st.none() | st.integers(0, 5000),
    incidents_12m=st.integers(0, 50),
    incidents_24m=st.integers(0, 90),
    offences=offences,
    distinct_victims_36m=st.integers(0, 9),
    order_breached=st.booleans(),
    marac_12m=st.booleans(),
)
assessments = st.builds(
    Assessed,
    st.frozensets(st.sampled_from(CONCEPTS)),
    st.integers(0, 27),
    st.sampled_from(("standard", "medium", "high")),
)


@given(histories, assessments)
def test_the_same_facts_always_give_the_same_rank_and_the_shares_make_up_the_score(h: History, a: Assessed) -> None:
    found = rank(h, a, W)
    assert found == rank(h, a, W)
    assert found.score == sum(found.terms.values())
    assert all(type(share) is int and share >= 0 for share in found.terms.values())
    assert set(found.floors) <= set(CODES)


@given(histories, assessments, st.sampled_from(CONCEPTS))
def test_no_answer_ever_lowers_a_score_or_takes_a_floor_away(h: History, a: Assessed, concept: str) -> None:
    before, after = rank(h, a, W), rank(h, replace(a, yes=a.yes | {concept}), W)
    assert after.score >= before.score
    assert set(after.floors) >= set(before.floors)


@given(histories, assessments, st.integers(1, 9))
def test_more_history_never_lowers_a_score(h: History, a: Assessed, more: int) -> None:
    worse = replace(
        h,
        incidents_12m=h.incidents_12m + more,
        incidents_24m=h.incidents_24m + more,
        offences=(*h.offences, Offence(365, 10)),
        distinct_victims_36m=h.distinct_victims_36m + more,
        days_since_last=0,
    )
    assert rank(worse, a, W).score >= rank(h, a, W).score
    assert set(rank(worse, a, W).floors) >= set(rank(h, a, W).floors)


@given(st.lists(histories, min_size=4, max_size=9))
def test_an_unknown_history_stands_at_the_upper_quartile_of_the_known(known: list[History]) -> None:
    scores = [rank(replace(h, known=True), None, W).score for h in known]
    quartile = scorer.upper_quartile(scores)
    assert quartile is not None
    assert rank(History(known=False), None, W, quartile).score == quartile
    assert 4 * sum(s <= quartile for s in scores) >= 3 * len(scores)


def test_an_unknown_history_is_never_zero_even_when_nothing_is_known_of_anybody() -> None:
    found = rank(History(known=False), None, W)
    assert scorer.upper_quartile(()) is None
    assert found.score == W.unknown_history > 0
    assert "unresolved" in found.floors


def test_taking_the_questionnaire_away_moves_the_order_little_and_taking_history_away_moves_it_a_lot() -> None:
    cases = [
        (History(True, d, n // 2, n, (Offence(g, d),), v), Assessed(frozenset(CONCEPTS[:t]), t, "medium"))
        for d, n, g, v, t in [
            (3, 9, 900, 3, 2), (10, 5, 365, 2, 6), (40, 4, 365, 1, 1), (90, 3, 10, 1, 9), (200, 2, 10, 1, 0),
            (400, 1, 10, 1, 8), (700, 0, 2, 0, 4), (900, 0, 0, 0, 9),
        ]
    ]  # fmt: skip

    def order(ranked: list[int]) -> list[int]:
        return sorted(range(len(ranked)), key=lambda i: (-ranked[i], i))

    whole = order([rank(h, a, W).score for h, a in cases])
    no_form = order([rank(h, None, W).score for h, _ in cases])
    no_history = order([rank(History(True), a, W).score for _, a in cases])

    def moved(other: list[int]) -> int:
        return sum(abs(whole.index(i) - other.index(i)) for i in range(len(cases)))

    assert moved(no_form) <= 2
    assert moved(no_history) >= 12


@pytest.mark.parametrize(
    ("history", "assessed", "floor"),
    [
        (History(True), None, "no_assessment"),
        (History(True), Assessed(frozenset(), 14, "medium"), "ticks_below_high"),
        (History(True), Assessed(frozenset({"stalking", "separation"}), 2, "medium"), "stalking_after_separation"),
        (History(True), Assessed(frozenset({"victim_suicidal"}), 1, "standard"), "suicide"),
        (History(True, incidents_12m=2), Assessed(frozenset(), 0, "standard"), "third_incident"),
        (History(True, distinct_victims_36m=2), Assessed(frozenset(), 0, "standard"), "serial"),
        (History(True, marac_12m=True), Assessed(frozenset(), 0, "standard"), "marac"),
        (History(True, order_breached=True), Assessed(frozenset(), 0, "standard"), "order_breached"),
        (History(False), Assessed(frozenset(), 0, "standard"), "unresolved"),
    ],
)
def test_a_floor_holds_whatever_the_score(history: History, assessed: Assessed | None, floor: str) -> None:
    assert floor in rank(history, assessed, W).floors


def test_a_standard_case_without_history_has_no_floor() -> None:
    assert rank(History(True), Assessed(frozenset({"fear"}), 1, "standard"), W).floors == ()


def test_who_somebody_is_and_where_they_live_cannot_be_given_to_the_scorer() -> None:
    fields = {f.name for kind in (History, Assessed, Offence) for f in dataclasses.fields(kind)}
    assert fields == {
        "known", "days_since_last", "incidents_12m", "incidents_24m", "offences", "distinct_victims_36m",
        "order_breached", "marac_12m", "yes", "ticks", "grade", "harm_days", "age_days",
    }  # fmt: skip
    assert list(inspect.signature(rank).parameters) == ["history", "assessed", "weights", "upper_quartile"]
