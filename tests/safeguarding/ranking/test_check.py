"""How well the ranking did: counted by hand, small numbers withheld, and nothing said from too little data."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from iops.foundation import clock
from iops.foundation.roles import Role
from iops.pole import services as pole
from iops.safeguarding.jobs import check_ranking
from iops.safeguarding.models import RankingCheck
from iops.safeguarding.ranking.check import SMALLEST, Followed, band, measured, thousandths
from iops.safeguarding.ranking.scorer import upper_quartile
from tests.force import Force

if TYPE_CHECKING:
    from django.test import Client


def perfect(many: int = 400) -> list[Followed]:
    """A fifth of them are followed by another, and these have the highest scores."""
    return [
        Followed(
            10_000 - n,
            True,
            again=n < many // 5,
            crime=n < many // 10,
            sex=("female", "male")[n % 2],
            age=30,
            ethnicity="A1",
        )
        for n in range(many)
    ]


def test_a_ranking_that_is_always_right_captures_everything_at_the_capacity_it_takes() -> None:
    page = measured(reversed(perfect()), upper_quartile)
    assert [d["again"] for d in page["deciles"]] == [40, 40, *[None] * 8]
    assert [d["share"] for d in page["deciles"]][:2] == [1000, 1000]
    assert {c["percent"]: (c["again"], c["crime"], c["missed"]) for c in page["capture"]} == {
        5: (250, 500, 158),
        10: (500, 1000, 111),
        20: (1000, 1000, 0),
        30: (1000, 1000, 0),
        50: (1000, 1000, 0),
    }


@pytest.mark.parametrize("rows", [[], perfect(199), [Followed(1, True, again=False, crime=False)] * 5000])
def test_with_too_little_data_nothing_is_told(rows: list[Followed]) -> None:
    assert measured(rows, upper_quartile) == {"followed": len(rows), "enough": False}


def test_an_unknown_history_is_checked_where_it_stands_in_the_queue() -> None:
    rows = [*perfect(), *(Followed(0, False, again=True, crime=False) for _ in range(40))]
    page = measured(rows, upper_quartile)
    assert page["unknown"] == 40
    # After the upper quarter of the 400 known ones: 31 in the third tenth, 9 in the fourth, which are too few to tell.
    assert [d["again"] for d in page["deciles"]] == [44, 36, 31, *[None] * 7]


def test_a_small_group_is_withheld_and_so_is_the_one_from_which_it_could_be_worked_out() -> None:
    few = [Followed(1, True, again=True, crime=False, sex="female", age=70, ethnicity="B9")] * (SMALLEST - 1)
    others = [Followed(1, True, again=False, crime=False, sex="male", age=20, ethnicity="W1")] * 15
    page = measured([*perfect(), *few, *others], upper_quartile)
    told = page["groups"]["ethnicity"]
    assert [g["group"] for g in told] == ["A1", None]
    assert told[-1] == {"group": None, "groups": 2}
    assert "B9" not in str(page)
    assert "W1" not in str(page)


numbers = st.builds(
    Followed,
    score=st.integers(0, 9000),
    known=st.booleans(),
    again=st.booleans(),
    crime=st.booleans(),
    sex=st.sampled_from(["female", "male", ""]),
    age=st.none() | st.integers(0, 110),
    ethnicity=st.sampled_from(["W1", "A1", "B1", "", "M1"]),
)


@given(st.lists(numbers, min_size=200, max_size=260))
def test_no_count_of_few_is_ever_told(rows: list[Followed]) -> None:
    page = measured(rows, upper_quartile)
    if not page["enough"]:
        return
    assert all(d["again"] is None or d["again"] >= SMALLEST for d in page["deciles"])
    assert sum(d["incidents"] for d in page["deciles"]) == len(rows)
    for groups in page["groups"].values():
        told = [g for g in groups if g["group"] is not None]
        assert all(g["incidents"] >= SMALLEST for g in told)
        hidden = len(rows) - sum(g["incidents"] for g in told)
        assert hidden == 0 or hidden >= SMALLEST or not told
        assert all(0 <= g[k] <= 1000 for g in told for k in ("first", "again", "captured") if g[k] is not None)


@pytest.mark.parametrize(
    ("age", "words"), [(None, "not recorded"), (15, "under 16"), (16, "16 to 24"), (65, "65 and over")]
)
def test_ages_are_told_by_bands(age: int | None, words: str) -> None:
    assert band(age) == words


@pytest.mark.parametrize(("part", "whole", "share"), [(1, 3, 333), (2, 3, 667), (1, 2000, 1), (0, 5, 0), (0, 0, None)])
def test_shares_are_rounded_half_up_in_whole_thousandths(part: int, whole: int, share: int | None) -> None:
    assert thousandths(part, whole) == share


@pytest.mark.django_db
def test_an_incident_is_followed_by_what_came_after_and_scored_by_what_came_before(client: Client) -> None:
    force = Force()
    by = force.one(Role.RESPONSE)
    suspect, victim = (pole.register_person(f"{who} made up", by).id for who in ("Suspect", "Victim"))
    for days in (500, 200, 150, 3):
        incident = force.incident(domestic=True, reported_at=clock.now() - dt.timedelta(days=days))
        pole.link(("person", suspect), "suspect", ("incident", incident.id), by)
        pole.link(("person", victim), "victim", ("incident", incident.id), by)
    with connection.cursor() as cursor:
        today = clock.today()
        cursor.execute(
            "select score, known, again, crime from iops.ranking_followed(%s, %s, 90, 100) order by score",
            [today - dt.timedelta(days=400), today - dt.timedelta(days=91)],
        )
        found = cursor.fetchall()
    assert [(known, again, crime) for _, known, again, crime in found] == [(True, True, False), (True, False, False)]
    assert 0 < found[0][0] < found[1][0]
    assert check_ranking() == 2
    assert RankingCheck.objects.get().page["enough"] is False
    client.force_login(force.one(Role.SAFEGUARDING))
    assert "too little data" in client.get("/hub/ranking/").content.decode()


@pytest.mark.django_db
def test_the_page_shows_the_tables_and_says_what_is_withheld(client: Client) -> None:
    force = Force()
    client.force_login(force.one(Role.SAFEGUARDING))
    assert "Not counted yet" in client.get("/hub/ranking/").content.decode()
    span = {"since": "2025-01-01", "until": "2025-12-31", "days": 90, "most": 20_000}
    RankingCheck.objects.create(at=clock.now(), edition="default-1", page=measured(perfect(), upper_quartile) | span)
    page = client.get("/hub/ranking/").content.decode()
    assert "25.0%" in page
    assert "fewer than 10" in page
    assert "withheld" in page
    assert "Pressure on the neck" in page
