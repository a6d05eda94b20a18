"""Outlines under the map: districts, wards or beats, from boundary files (GeoJSON) that a force has loaded.

A file is checked when it is loaded and lies in `boundaries/` beside the database from then on; what is drawn is read
from there. Coordinates are longitude and latitude (the format's own) or, where the file says so, the national grid.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson
from django.conf import settings

from iops.control.board.grid import to_grid
from iops.foundation.errors import InvalidError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_BYTES = 60_000_000
MOST_POINTS = 500_000
MOST_FEATURES = 20_000
LONGEST_NAME = 120
NAMES = ("area_name", "name", "Name", "NAME", "PFA23NM", "WD17NM", "LAD16NM")
"""Where publishers write the name of an area; a property that ends with NM is one too."""
NATIONAL_GRID = "27700"
GRID = (0, 0, 700_000, 1_300_000)
BRITAIN = (-9.5, 49.0, 2.5, 61.5)
"""Degrees, west, south, east, north: what the grid is for."""
RING = 4
"""A ring has at least so many points, the first of them again at the end."""

Place = tuple[int, int]
Ring = tuple[Place, ...]


@dataclass(frozen=True)
class Outline:
    """One area: its name, and its rings in metres on the national grid."""

    name: str
    rings: tuple[Ring, ...]


@dataclass(frozen=True)
class Outlines:
    """What a file holds: the areas that can be drawn, and why others cannot."""

    areas: tuple[Outline, ...]
    refused: tuple[str, ...] = ()


def read(data: bytes) -> Outlines:
    """The areas of a GeoJSON file; a bad area is told and left out. InvalidError when it is none, or too large."""
    if len(data) > MOST_BYTES:
        raise InvalidError(f"The file is over {MOST_BYTES // 1_000_000} MB.", mend="Use a generalised version of it.")
    try:
        given = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise InvalidError(f"This is no JSON: {error}.") from error
    features = given.get("features") if isinstance(given, dict) else None
    if not isinstance(features, list) or not features:
        raise InvalidError("The file has no areas: a GeoJSON file has a list of “features”.")
    if len(features) > MOST_FEATURES:
        raise InvalidError(f"The file has over {MOST_FEATURES:,} areas.")
    on_grid = NATIONAL_GRID in orjson.dumps(given.get("crs")).decode()
    areas, refused, points = [], [], 0
    for number, feature in enumerate(features, 1):
        try:
            area = _area(feature, number, on_grid=on_grid)
        except InvalidError as error:
            refused.append(str(error))
            continue
        points += sum(len(ring) for ring in area.rings)
        if points > MOST_POINTS:
            raise InvalidError(f"The file has over {MOST_POINTS:,} points.", mend="Use a generalised version of it.")
        areas.append(area)
    return Outlines(tuple(areas), tuple(refused))


def _area(feature: object, number: int, *, on_grid: bool) -> Outline:
    shape = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(feature, dict) or not isinstance(shape, dict):
        raise InvalidError(f"Area {number} has no shape.")
    parts = shape.get("coordinates")
    if shape.get("type") == "Polygon":
        parts = [parts]
    elif shape.get("type") != "MultiPolygon":
        raise InvalidError(f"Area {number} is a {str(shape.get('type'))[:40]}, not a polygon.")
    if not isinstance(parts, list) or not all(isinstance(part, list) for part in parts):
        raise InvalidError(f"Area {number} has no list of coordinates.")
    rings = tuple(_ring(ring, number, on_grid=on_grid) for part in parts for ring in part)
    if not rings:
        raise InvalidError(f"Area {number} is empty.")
    return Outline(_name(feature.get("properties"), number), rings)


def _name(properties: object, number: int) -> str:
    told: dict[str, Any] = properties if isinstance(properties, dict) else {}
    keys = [*NAMES, *(key for key in told if key.upper().endswith("NM"))]
    found = next((told[key] for key in keys if isinstance(told.get(key), str) and told[key].strip()), f"area {number}")
    return str(found).strip()[:LONGEST_NAME]


def _ring(ring: object, number: int, *, on_grid: bool) -> Ring:
    if not isinstance(ring, list) or len(ring) < RING:
        raise InvalidError(f"Area {number} has a ring of fewer than {RING} points.")
    return tuple(_place(point, number, on_grid=on_grid) for point in ring)


def _place(point: object, number: int, *, on_grid: bool) -> Place:
    both = point[:2] if isinstance(point, list) else []
    if len(both) != len(("x", "y")) or not all(_is_number(value) for value in both):
        raise InvalidError(f"Area {number} has a point that is no pair of numbers.")
    x, y = both
    west, south, east, north = GRID if on_grid else BRITAIN
    if not (west <= x <= east and south <= y <= north):
        where = "the national grid" if on_grid else "Great Britain (degrees of longitude and latitude)"
        raise InvalidError(f"Area {number} has a point outside {where}.")
    return (round(x), round(y)) if on_grid else to_grid(x, y)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def folder() -> Path:
    """Where boundary files lie."""
    place: Path = settings.VAR / "boundaries"
    return place


def keep(path: Path) -> Outlines:
    """Check a boundary file and keep it for the map. InvalidError when nothing of it can be drawn."""
    if not path.is_file():
        raise InvalidError(f"There is no file {path.name}.")
    data = path.read_bytes() if path.stat().st_size <= MOST_BYTES else b" " * (MOST_BYTES + 1)
    found = read(data)
    if not found.areas:
        raise InvalidError(f"Nothing of {path.name} can be drawn: {found.refused[0]}")
    folder().mkdir(parents=True, exist_ok=True)
    part = folder() / f".{path.stem}.part"
    part.write_bytes(data)
    part.replace(folder() / f"{path.stem}.geojson")
    return found


def kept() -> Outlines:
    """Every area of the files that were loaded; a file that can be read no more is told, and hides no other."""
    areas: list[Outline] = []
    refused: list[str] = []
    for path in sorted(_files()):
        try:
            found = _read_once(path, path.stat().st_mtime_ns)
        except (InvalidError, OSError) as error:
            refused.append(f"{path.name}: {error}")
            continue
        areas.extend(found.areas)
        refused.extend(f"{path.name}: {why}" for why in found.refused)
    return Outlines(tuple(areas), tuple(refused))


def _files() -> Iterator[Path]:
    return folder().glob("*.geojson") if folder().is_dir() else iter(())


@lru_cache(maxsize=16)
def _read_once(path: Path, changed: int) -> Outlines:  # noqa: ARG001 - a file that has changed is read anew
    return read(path.read_bytes())
