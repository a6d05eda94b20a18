"""A map without outside tiles: incidents and units as points over the national grid, and outlines that were loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from iops.control.board.outlines import Outline, Place, Ring
    from iops.control.board.selectors import Board

KILOMETRE = 1_000
EDGE = 2
"""Kilometres shown around the outermost point."""
WIDE = 1_000
"""Width of the drawing, in its own units."""
MOST_LINES = 40
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500)


@dataclass(frozen=True)
class Point:
    """One thing on the map: where it is drawn, and where it is (metres on the national grid)."""

    kind: str
    says: str
    x: int
    y: int
    easting: int
    northing: int


@dataclass(frozen=True)
class Line:
    """One line of the grid, named by its kilometre."""

    x1: int
    y1: int
    x2: int
    y2: int
    says: str


@dataclass(frozen=True)
class Shape:
    """One area of a boundary file: its name, and its outline in the manner of SVG."""

    says: str
    path: str


@dataclass(frozen=True)
class Map:
    """The drawing, 1,000 wide: its height, points, lines, kilometres between lines, who has no place, and areas."""

    height: int
    points: tuple[Point, ...]
    lines: tuple[Line, ...]
    step: int
    placeless: int
    areas: tuple[Shape, ...] = ()


def drawn(board: Board, outlines: Iterable[Outline] = ()) -> Map | None:
    """The map of a board, over those outlines that lie in it; None when nothing on the board has a place."""
    things = [("incident", row.reference, row.easting, row.northing) for row in board.rows]
    things += [("unit", unit.callsign, unit.easting, unit.northing) for unit in board.units]
    placed = [(kind, says, east, north) for kind, says, east, north in things if east is not None and north is not None]
    if not placed:
        return None
    west, east = _span(east for _, _, east, _ in placed)
    south, north = _span(north for *_, north in placed)
    scale = max(east - west, 1)
    height = max(WIDE // 4, (north - south) * WIDE // scale)

    def at(easting: int, northing: int) -> tuple[int, int]:
        return (easting - west) * WIDE // scale, height - (northing - south) * WIDE // scale

    points = tuple(Point(kind, says, *at(e, n), e, n) for kind, says, e, n in placed)
    step = next((s for s in STEPS if scale <= s * KILOMETRE * MOST_LINES), STEPS[-1])
    lines = [
        Line(at(e, south)[0], 0, at(e, south)[0], height, f"{e // KILOMETRE}") for e in _marks(west, east, step)
    ] + [Line(0, at(west, n)[1], WIDE, at(west, n)[1], f"{n // KILOMETRE}") for n in _marks(south, north, step)]
    seen = tuple(o for o in outlines if _touches(o, (west, south, east, north)))
    areas = tuple(Shape(o.name, " ".join(_drawn(ring, at) for ring in o.rings)) for o in seen)
    return Map(height, points, tuple(lines), step, len(things) - len(placed), areas)


def _touches(outline: Outline, view: tuple[int, int, int, int]) -> bool:
    """Whether the box around an outline and the view have anything in common."""
    west, south, east, north = view
    eastings = [easting for ring in outline.rings for easting, _ in ring]
    northings = [northing for ring in outline.rings for _, northing in ring]
    return min(eastings) <= east and max(eastings) >= west and min(northings) <= north and max(northings) >= south


def _drawn(ring: Ring, at: Callable[[int, int], Place]) -> str:
    """A ring as a path; points that fall on the one before are left out."""
    path: list[Place] = []
    for easting, northing in ring:
        point = at(easting, northing)
        if not path or point != path[-1]:
            path.append(point)
    return "M" + "L".join(f"{x} {y}" for x, y in path) + "Z"


def _span(values: Iterable[int]) -> tuple[int, int]:
    """The whole kilometres around some values, with an edge."""
    known = list(values)
    return (min(known) // KILOMETRE - EDGE) * KILOMETRE, (max(known) // KILOMETRE + 1 + EDGE) * KILOMETRE


def _marks(first: int, last: int, step: int) -> range:
    every = step * KILOMETRE
    return range(-(-first // every) * every, last + 1, every)
