"""When a backlog is finished: the worked example, zero weeks, outages, and what is refused."""

from __future__ import annotations

import datetime as dt

import pytest

from iops.review.method.forecast import Backlog, ForecastError, forecast, needed_a_week

WEEKS = (0, 320, 230, 360, 270, 290, 305, 210, 370, 245, 320, 332)
"""Twelve weeks of 271 on average, one of them without any review."""


def test_the_weeks_of_the_worked_example_have_its_average() -> None:
    assert sum(WEEKS) == 271 * 12
    assert WEEKS.count(0) == 1


@pytest.mark.parametrize(
    ("arrivals", "weeks", "apart", "runs"), [(0, (38, 40, 42), 1, 2_000), (150, (83, 91, 97), 2, 800)]
)
def test_the_worked_example_ends_when_the_field_notes_say(
    arrivals: int, weeks: tuple[int, ...], apart: int, runs: int
) -> None:
    """Its twelve weeks are not handed down, only their average and that one is zero: so near is right."""
    told = forecast(Backlog(10_050, WEEKS, arrivals=arrivals), "one", runs=runs)
    found = [told.weeks[p] for p in (50, 85, 95)]
    assert all(f is not None and abs(f - w) <= apart for f, w in zip(found, weeks, strict=True)), found
    assert told.unfinished == 0


def test_the_same_seed_gives_the_same_futures_and_another_seed_others() -> None:
    backlog = Backlog(2_000, WEEKS, arrivals=20, rework=50, outage_chance=30, outage_weeks=4)
    assert forecast(backlog, "x", runs=200) == forecast(backlog, "x", runs=200)
    assert forecast(backlog, "x", runs=50).weeks != forecast(backlog, "another", runs=50).weeks


def test_zero_weeks_are_drawn_too_and_make_it_later() -> None:
    without = forecast(Backlog(5_000, (200, 200, 200, 200)), "x", runs=200)
    with_zero = forecast(Backlog(5_000, (200, 200, 200, 0)), "x", runs=200)
    assert without.weeks[50] == without.weeks[95] == 25
    assert with_zero.weeks[50] is not None
    assert with_zero.weeks[50] > 30


def test_what_comes_back_and_what_stands_still_makes_it_later() -> None:
    plain = forecast(Backlog(2_000, (100,) * 4), "x", runs=200).weeks[85]
    again = forecast(Backlog(2_000, (100,) * 4, rework=200), "x", runs=200).weeks[85]
    paused = forecast(Backlog(2_000, (100,) * 4, outage_chance=100, outage_weeks=3), "x", runs=200).weeks[85]
    assert (plain, again) == (20, 27)  # 25 weeks for the most of it, two for what comes back at the end
    assert paused is not None
    assert paused > 23


def test_a_backlog_that_grows_faster_than_it_is_worked_is_told_as_never_finished() -> None:
    told = forecast(Backlog(100, (10, 10, 10, 10), arrivals=20), "x", runs=20, horizon=60)
    assert told.weeks[50] is None
    assert told.unfinished == 20
    assert told.days(dt.date(2020, 7, 1))[50] is None
    assert "not within" in told.says


def test_dates_are_weeks_from_today_and_no_single_one_is_told() -> None:
    told = forecast(Backlog(400, (100,) * 4), "x", runs=20)
    assert told.days(dt.date(2020, 7, 1))[85] == dt.date(2020, 7, 29)
    assert all(f"{p} of 100" in told.says for p in (50, 85, 95))


def test_nothing_left_is_finished_now() -> None:
    assert forecast(Backlog(0, (1,) * 4), "x", runs=10).weeks[95] == 0


@pytest.mark.parametrize(
    "given",
    [
        {"items": -1},
        {"items": 10**9},
        {"weekly": ()},
        {"weekly": (1, 2, 3)},
        {"weekly": (1, 2, 3, -4)},
        {"arrivals": -1},
        {"rework": 1000},
        {"outage_chance": 1001},
        {"outage_weeks": -1},
    ],
)
def test_what_allows_no_forecast_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ForecastError):
        Backlog(**{"items": 10, "weekly": (1, 2, 3, 4), **given})  # type: ignore[arg-type]


def test_no_future_is_refused() -> None:
    with pytest.raises(ForecastError):
        forecast(Backlog(1, (1,) * 4), "x", runs=0)


def test_what_is_needed_a_week_counts_arrivals_and_what_comes_back() -> None:
    assert needed_a_week(10_050, 40) == 252
    assert needed_a_week(10_050, 40, arrivals=150) == 402
    assert needed_a_week(1_000, 10, rework=200) == 125
    for weeks, rework in ((0, 0), (5, 1000)):
        with pytest.raises(ForecastError):
            needed_a_week(10, weeks, rework=rework)
