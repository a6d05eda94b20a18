"""Turnout, travel and attendance from stamps, and against published ones where the records are at hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest

from bench.harness import shared_calls
from bench.response import MOBILISATIONS, Tally, held_together, moment, stamp, whole
from iops.control import services as control
from iops.control.record import times
from iops.foundation import clock
from iops.foundation.roles import Role
from tests.force import Force

SECOND = dt.timedelta(seconds=1)
BEGIN = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)
LONDON = ZoneInfo("Europe/London")


@dataclass
class Unit:
    assigned_at: dt.datetime = BEGIN
    en_route_at: dt.datetime | None = None
    arrived_at: dt.datetime | None = None
    stood_down_at: dt.datetime | None = None


def test_each_span_goes_from_stamp_to_stamp() -> None:
    unit = Unit(BEGIN, BEGIN + 90 * SECOND, BEGIN + 319 * SECOND, BEGIN + 1000 * SECOND)
    assert times.times(unit) == times.Times(90 * SECOND, 229 * SECOND, 319 * SECOND, 681 * SECOND)


def test_what_has_no_stamp_has_no_span() -> None:
    assert times.times(Unit(arrived_at=BEGIN + 5 * SECOND)) == times.Times(None, None, 5 * SECOND, None)
    assert times.times(Unit()) == times.Times(None, None, None, None)


def test_a_night_on_which_the_clock_changes_is_as_long_as_it_was() -> None:
    unit = Unit(
        dt.datetime(2026, 3, 29, 0, 50, tzinfo=LONDON).astimezone(dt.UTC),
        None,
        dt.datetime(2026, 3, 29, 2, 10, tzinfo=LONDON).astimezone(dt.UTC),
    )
    assert times.times(unit).attendance == 20 * 60 * SECOND


@pytest.mark.django_db
def test_the_first_is_the_one_that_arrived_first_whenever_it_was_sent() -> None:
    force = Force()
    dispatcher, now = force.one(Role.DISPATCHER), clock.now()
    incident = force.incident(reported_at=now - 3600 * SECOND)
    early, late = (control.assign_unit(incident.id, name, dispatcher) for name in ("N1", "N2"))
    assert times.response(incident.id, dispatcher).call_to_arrival is None
    control.record_arrival(late.id, dispatcher)
    found = times.response(incident.id, dispatcher)
    assert [unit for unit, _ in found.units] == [late, early]
    assert found.call_to_arrival == 3600 * SECOND
    assert found.first == found.units[0][1]


# --- the comparison itself --------------------------------------------------------------------------------------------


def test_an_equal_an_unequal_and_an_unusable_span_are_told_apart() -> None:
    tally = Tally()
    tally.compare("a", 319 * SECOND, "319.0", "")
    tally.compare("b", 319 * SECOND, "320", "")
    tally.compare("c", None, "320", "mobile")
    tally.compare("d", None, "", "mobile")
    tally.compare("e", 5 * SECOND, " ", "")
    assert (tally.equal, tally.unequal) == (1, ["b: 319 s by us, 320 s published"])
    assert tally.unusable == {
        "no stamp: mobile": 1,
        "not published, and no stamp: mobile": 1,
        "not published": 1,
    }


@pytest.mark.parametrize("said", ["12.5", "x", "nan", "inf"])
def test_seconds_that_are_no_whole_number_are_not_rounded_away(said: str) -> None:
    with pytest.raises((ValueError, OverflowError)):
        whole(said)


def test_stamps_are_local_and_a_blank_is_none() -> None:
    assert stamp("01/07/2009 12:00:00") == dt.datetime(2009, 7, 1, 11, 0, tzinfo=dt.UTC)
    assert stamp(" ") is None
    with pytest.raises(ValueError, match="does not match"):
        moment("2009-07-01", "%d/%m/%Y")


@pytest.mark.django_db
def test_times_recomputed_from_published_stamps_equal_the_published_ones() -> None:
    folder = shared_calls()
    if folder is None or not (folder / MOBILISATIONS).is_file():
        pytest.skip("The published records (../shared/data/calls) are not here.")
    found, refused = held_together(folder)
    assert {name: (t.equal, t.unequal, t.unusable.total()) for name, t in found.items()} == {
        "turnout": (17, [], 3),
        "travel": (17, [], 3),
        "attendance": (20, [], 0),
        "first unit at the incident": (16, [], 4),
        "second unit at the incident": (4, [], 16),
    }
    assert not refused
