"""Draws the chart of a series: dots, the lower line, days that rang as crosses. Nothing is told by colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    from iops.safeguarding.hub.selectors import Chart

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 640, 150, 34, 20, 8


@dataclass(frozen=True)
class Dot:
    """One day: where it stands, and how."""

    x: int
    y: int
    day: dt.date
    seen: int
    alarmed: bool
    unfinished: bool


@dataclass(frozen=True)
class Drawing:
    """A chart in whole pixels: the dots, the path through them, the lower line, and the numbers at the side."""

    dots: tuple[Dot, ...]
    line: str
    low: str
    marks: tuple[tuple[int, int], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT


def draw(chart: Chart) -> Drawing:
    """The drawing of one chart; of no days, an empty one."""
    most = max((max(p.seen, int(p.usual)) for p in chart.points), default=0) or 1
    step = (WIDTH - LEFT - 8) // max(len(chart.points), 1)

    def high(number: int) -> int:
        return HEIGHT - BOTTOM - number * (HEIGHT - BOTTOM - TOP) // most

    dots = tuple(
        Dot(LEFT + 6 + n * step, high(p.seen), p.day, p.seen, p.alarmed, p.unfinished)
        for n, p in enumerate(chart.points)
    )
    steps = [(dot.x - step // 2, high(p.low), step) for dot, p in zip(dots, chart.points, strict=True)]
    return Drawing(
        dots,
        _path([(d.x, d.y) for d in dots if not d.unfinished]),
        " ".join(f"M{x} {y}h{wide}" for x, y, wide in steps),
        tuple(sorted({(high(number), number) for number in (0, most // 2, most)})),
    )


def _path(points: list[tuple[int, int]]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in points) if points else ""
