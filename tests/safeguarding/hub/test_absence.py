"""Whether too few are too few: the chart for counts, against worked figures, steady series and series that stop."""

from __future__ import annotations

import datetime as dt
import random
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iops.control.configuration import open_node
from iops.foundation.errors import IopsError
from iops.safeguarding.hub.absence import HOURS, Day, Series, Usual, by_chance, judge, limit, shares_of
from iops.safeguarding.hub.settings import DATA, NAME, absence, read_absence

if TYPE_CHECKING:
    from pathlib import Path

TODAY = dt.date(2019, 9, 17)
THREE_SIGMA = Fraction(1350, 1_000_000)


def day(count: int) -> Day:
    """A day whose referrals come evenly from 8 to 20 hours."""
    return Day(tuple(count // 12 + (n < count % 12) if 0 <= (n := hour - 8) < 12 else 0 for hour in range(HOURS)))


def series(counts: list[int], last: dt.date = TODAY) -> Series:
    """The counts of as many days, the last one today."""
    first = last - dt.timedelta(days=len(counts) - 1)
    return Series({first + dt.timedelta(days=n): day(c) for n, c in enumerate(counts)}, first)


def at(hour: int) -> dt.datetime:
    return dt.datetime.combine(TODAY, dt.time(hour))


SHARES = shares_of([day(12)])


@pytest.mark.parametrize(
    ("seen", "expected", "likely"),
    [(0, Fraction(1), "0.3679"), (0, Fraction(7), "0.0009"), (3, Fraction(10), "0.0103"), (20, Fraction(20), "1.0000")],
)
def test_the_lower_tail_is_that_of_the_tables(seen: int, expected: Fraction, likely: str) -> None:
    assert f"{float(by_chance(seen, expected)):.4f}" == likely


@given(st.integers(0, 60), st.fractions(0, 60))
def test_more_are_never_less_likely_than_fewer(seen: int, expected: Fraction) -> None:
    assert 0 < by_chance(seen, expected) <= by_chance(seen + 1, expected) <= 1


@given(st.fractions(0, 80))
def test_the_lower_line_is_the_first_number_that_is_no_alarm(expected: Fraction) -> None:
    low = limit(expected, THREE_SIGMA)
    assert low == 0 or by_chance(low - 1, expected) < THREE_SIGMA
    assert low >= expected or by_chance(low, expected) >= THREE_SIGMA


def test_by_noon_only_what_comes_by_noon_is_expected() -> None:
    verdict = judge(series([24] * 63 + [0]), at(14), absence(), SHARES)
    assert verdict.expected_now == 12
    assert verdict.seen_today == 0


def test_what_stops_is_an_alarm_on_the_same_day() -> None:
    steady = [24] * 63
    assert judge(series([*steady, 0]), at(9), absence(), SHARES).found is None
    found = judge(series([*steady, 0]), at(12), absence(), SHARES).found
    assert found is not None
    assert (found.rule, found.days, found.seen, found.expected) == ("limit", 1, 0, Fraction(8))


def test_a_small_series_that_stops_is_an_alarm_within_days() -> None:
    fired = [judge(series([3] * 63 + [0] * n), at(23), absence(), SHARES).found for n in range(1, 5)]
    assert fired[0] is None
    assert fired[2] is not None
    assert fired[2].days == 3


def test_a_week_that_falls_by_a_fifth_is_an_alarm_where_numbers_are_large() -> None:
    fallen = judge(series([40] * 63 + [31] * 7), at(23), absence(), SHARES).found
    assert fallen is not None
    assert (fallen.days, fallen.rule in {"limit", "drop"}) == (7, True)
    assert judge(series([4] * 63 + [3] * 7), at(23), absence(), SHARES).found is None


def test_quiet_weekends_are_no_alarm_and_a_silent_monday_is() -> None:
    weekly = {5: 1, 6: 0}
    first = TODAY - dt.timedelta(days=70)
    days = {first + dt.timedelta(days=n): (first + dt.timedelta(days=n)).weekday() for n in range(71)}
    quiet = Series({d: day(weekly.get(w, 20)) for d, w in days.items()}, first)
    sunday = TODAY - dt.timedelta(days=TODAY.weekday() + 1)
    assert judge(quiet, dt.datetime.combine(sunday, dt.time(22)), absence(), SHARES).found is None
    monday = sunday + dt.timedelta(days=1)
    silent = Series({**quiet.days, monday: day(0)}, first)
    assert judge(silent, dt.datetime.combine(monday, dt.time(18)), absence(), SHARES).found is not None


@pytest.mark.parametrize("seed", range(6))
def test_steady_series_hardly_ever_ring(seed: int) -> None:
    chance = random.Random(seed)
    rung = 0
    for _ in range(40):
        counts = [sum(chance.random() < 0.1 for _ in range(120)) for _ in range(64)]
        rung += judge(series(counts), at(23), absence(), SHARES).found is not None
    assert rung <= 1


@pytest.mark.parametrize("per_day", [8, 12, 30, 90])
@pytest.mark.parametrize("seed", range(3))
def test_what_halves_rings_within_the_week(per_day: int, seed: int) -> None:
    chance = random.Random(seed)
    counts = [sum(chance.random() < 0.1 for _ in range(per_day * 10)) for _ in range(63)]
    counts += [sum(chance.random() < 0.05 for _ in range(per_day * 10)) for _ in range(7)]
    assert any(judge(series(counts[: 63 + n], TODAY), at(23), absence(), SHARES).found is not None for n in range(1, 8))


def test_days_that_were_alarms_do_not_lower_what_is_usual() -> None:
    counts = [20] * 49 + [0] * 7 + [20] * 8
    told = series(counts)
    out = {day for day, what in told.days.items() if what.count == 0}
    assert Usual(told, TODAY, absence(), frozenset()).of(TODAY) < 20
    assert Usual(told, TODAY, absence(), out).of(TODAY) == 20


@pytest.mark.parametrize("counts", [[], [0], [5] * 20])
def test_of_a_young_series_it_is_said_that_nothing_can_be_said(counts: list[int]) -> None:
    verdict = judge(series([*counts, 0]), at(20), absence(), SHARES)
    assert verdict.young
    assert verdict.found is None


def test_a_series_of_nothing_never_rings() -> None:
    assert judge(series([0] * 70), at(23), absence(), shares_of([])).found is None


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ("kind: absence", "kind: presence", "presence"),
        ("from: 2019-07-01", "from: soon", "soon"),
        ("windows: [1, 3, 7]", "windows: []", "one"),
        ("windows: [1, 3, 7]", "windows: [1, 1]", "once"),
        ("windows: [1, 3, 7]", "windows: [0]", "0"),
        ("baseline_days: 56", "baseline_days: 3.5", "3.5"),
        ("baseline_days: 56", "baseline_days: 100000", "100000"),
        ("drop_percent: 20", "drop_percent: 0", "0"),
        ("drop_percent: 20", "drop_percent: true", "True"),
        ("drop_least: 100", "drop_leest: 100", "drop_leest"),
        ("chance_per_million: 1350", "chance_per_million: -1", "-1"),
    ],
)
def test_a_wrong_configuration_is_refused_by_name(tmp_path: Path, good: str, bad: str, said: str) -> None:
    text = (DATA / NAME).read_text(encoding="utf-8")
    assert good in text
    file = tmp_path / NAME
    file.write_text(text.replace(good, bad), encoding="utf-8")
    with pytest.raises(IopsError, match=said):
        read_absence(open_node(file))
