"""The score of two tellings being about one thing: symmetric, falling with distance and time, at most 1, explained."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iops.control.contact.same import Rarity, Told, rarity, score

NOW = datetime(2026, 5, 5, 21, tzinfo=UTC)
FIRE = Told("14 Acacia Road, Bolton", "Two youths setting fire to a wheelie bin", NOW, 371_500, 409_200)

texts = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(
            ["fire", "bin", "youths", "shouting", "14", "16", "acacia", "road", "rd", "mill", "lane", "the", "a"]
        ),
        max_size=8,
    ).map(" ".join),
)
moments = st.integers(0, 10**6).map(lambda s: NOW - timedelta(seconds=s))
points = st.one_of(st.just((None, None)), st.tuples(st.integers(0, 699_999), st.integers(0, 1_299_999)))
tellings = st.builds(
    lambda where, what, at, point, line: Told(where, what, at, point[0], point[1], line),
    texts, texts, moments, points, st.sampled_from(["", "7700900123", "1614960123"]),
)  # fmt: skip


@given(tellings, tellings, st.lists(tellings, max_size=4))
def test_it_is_the_same_whichever_comes_first_and_lies_between_0_and_1(
    one: Told, other: Told, rest: list[Told]
) -> None:
    weights = rarity([one, other, *rest])
    there, back = score(one, other, weights), score(other, one, weights)
    assert there == back
    assert 0.0 <= there.value <= 1.0
    assert 0 <= there.percent <= 100


@given(tellings, tellings, st.integers(0, 10**5), st.integers(0, 10**5))
def test_it_never_rises_with_the_time_between(one: Told, other: Told, near: int, further: int) -> None:
    sooner = replace(other, at=one.at - timedelta(seconds=near))
    later = replace(other, at=one.at - timedelta(seconds=near + further))
    assert score(one, later).value <= score(one, sooner).value


@given(tellings, tellings, st.integers(0, 2000), st.integers(0, 2000))
def test_it_never_rises_with_distance(one: Told, other: Told, near: int, further: int) -> None:
    one = replace(one, easting=300_000, northing=400_000)
    closer = replace(other, easting=300_000 + near, northing=400_000)
    away = replace(other, easting=300_000 + near + further, northing=400_000)
    assert score(one, away).value <= score(one, closer).value


@given(tellings)
def test_a_score_of_nothing_has_no_reason_and_any_other_has_one(one: Told) -> None:
    for other in (FIRE, one, replace(FIRE, where="", easting=None, northing=None)):
        found = score(one, other)
        assert bool(found.reasons) or found.value < 0.1


@pytest.mark.parametrize(
    ("where", "what", "least", "reason"),
    [
        ("14 acacia rd bolton", "bin on fire", 0.75, "the same street and number"),
        ("acacia road", "there's a fire", 0.5, "the same street"),
        ("22 Acacia Road", "kids have set fire to a bin", 0.4, "another number"),
        ("14 Acasia Rd", "fire", 0.6, "the same street and number"),
    ],
)
def test_the_same_thing_told_otherwise_scores_high_and_says_why(
    where: str, what: str, least: float, reason: str
) -> None:
    found = score(FIRE, Told(where, what, NOW + timedelta(minutes=9)))
    assert found.value >= least, found
    assert any(reason in r for r in found.reasons)
    assert found.reasons[-1] == "9 min apart"


@pytest.mark.parametrize(
    ("where", "what"),
    [
        ("3 Mill Lane", "Neighbour playing loud music"),
        ("14 Park View", "Purse stolen on the bus"),
        ("", ""),
        ("14", "the"),
    ],
)
def test_another_thing_elsewhere_scores_low(where: str, what: str) -> None:
    assert score(FIRE, Told(where, what, NOW)).value < 0.3


def test_a_word_that_stands_in_every_log_tells_less_than_a_rare_one() -> None:
    common = [Told("", f"shouting in the street {n}", NOW) for n in range(20)]
    weights = rarity([*common, Told("", "shouting peacock", NOW)])
    one = Told("", "shouting and a peacock loose", NOW)
    assert weights.said["peacock"] > weights.said["shouting"]
    by_rare = score(one, Told("", "peacock on a car", NOW), weights).value
    assert by_rare > score(one, Told("", "shouting on a car", NOW), weights).value


def test_the_shared_words_are_named_the_most_telling_first() -> None:
    weights = Rarity({"peacock": 3.0, "shouting": 0.2}, {})
    found = score(Told("", "shouting peacock", NOW), Told("", "peacock shouting", NOW), weights)
    assert found.reasons[0] == "the same words: peacock, shouting"


def test_the_same_line_within_minutes_is_a_strong_sign() -> None:
    one = Told("", "line dropped", NOW, line="7700900123")
    found = score(one, Told("", "help", NOW + timedelta(minutes=2), line="7700900123"))
    assert found.value > 0.55
    assert "the same number" in found.reasons


@pytest.mark.parametrize("text", ["x" * 100_000, "\u202e", "\x00", "😀 " * 500, "٣٤ ملعب"])
def test_whatever_is_typed_is_scored(text: str) -> None:
    assert 0.0 <= score(Told(text, text, NOW), FIRE).value <= 1.0


def test_the_town_of_everybody_is_no_sign() -> None:
    towns = [Told(f"{n} Street{chr(97 + n)} Bolton", "x", NOW) for n in range(25)]
    weights = rarity([*towns, FIRE])
    assert score(FIRE, Told("Bolton", "lost dog", NOW), weights).value < 0.1
    assert score(FIRE, Told("Acacia", "lost dog", NOW), weights).value > 0.3
