"""The map: everything with a place is on it, inside its edges, and told in the table too."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from iops.control.board.map import MOST_LINES, WIDE, drawn

PLACES = st.lists(st.none() | st.tuples(st.integers(0, 699_999), st.integers(0, 1_299_999)), max_size=12)


def board(incidents: list[tuple[int, int] | None], units: list[tuple[int, int] | None]) -> Any:
    def thing(name: str, place: tuple[int, int] | None) -> SimpleNamespace:
        east, north = place or (None, None)
        return SimpleNamespace(reference=name, callsign=name, easting=east, northing=north)

    return SimpleNamespace(
        rows=[thing(f"{n}/1", p) for n, p in enumerate(incidents)],
        units=[thing(f"A{n}", p) for n, p in enumerate(units)],
    )


@given(PLACES, PLACES)
@example([(0, 0)], [(699_999, 1_299_999)])
@example([(384_000, 398_000)], [])
def test_everything_with_a_place_is_within_the_drawing(
    incidents: list[tuple[int, int] | None], units: list[tuple[int, int] | None]
) -> None:
    placed = [p for p in (*incidents, *units) if p is not None]
    found = drawn(cast("Any", board(incidents, units)))
    if not placed:
        assert found is None
        return
    assert found is not None
    assert [(p.easting, p.northing) for p in found.points] == placed
    assert all(0 <= p.x <= WIDE and 0 <= p.y <= found.height for p in found.points)
    assert found.placeless == len(incidents) + len(units) - len(placed)


@given(PLACES)
def test_north_is_up_and_east_is_right(places: list[tuple[int, int] | None]) -> None:
    found = drawn(cast("Any", board(places, [])))
    for one in found.points if found else ():
        for other in found.points if found else ():
            assert (one.northing <= other.northing) or one.y <= other.y
            assert (one.easting <= other.easting) or one.x >= other.x


@pytest.mark.parametrize("wide", [1, 30, 90, 650])
def test_there_are_never_so_many_lines_that_nothing_else_is_seen(wide: int) -> None:
    found = drawn(cast("Any", board([(10_000, 400_000), (10_000 + wide * 1_000, 400_500)], [])))
    assert found is not None
    assert len([line for line in found.lines if line.x1 == line.x2]) <= MOST_LINES + 1
