"""Outlines of areas: what a boundary file holds, what is wrong with it, and where its places lie on the grid."""

from __future__ import annotations

import csv
import json
from math import radians
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from iops.control.board import grid, outlines
from iops.control.board.commands import top_level
from iops.control.board.map import WIDE, drawn
from iops.foundation.errors import InvalidError

SHARED = Path(__file__).parents[3].parent / "shared" / "data"
SQUARE = [[-2.3, 53.4], [-2.2, 53.4], [-2.2, 53.5], [-2.3, 53.5], [-2.3, 53.4]]
ON_GRID = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}


def feature(ring: object = SQUARE, name: object = "Mill Ward", kind: str = "Polygon") -> dict[str, Any]:
    coordinates = [ring] if kind == "Polygon" else [[ring]]
    return {
        "type": "Feature",
        "properties": {"area_name": name},
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def collection(*features: object, crs: object = None) -> bytes:
    return json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}).encode()


@pytest.fixture(autouse=True)
def var(tmp_path: Path, settings: Any) -> Path:
    settings.VAR = tmp_path
    return tmp_path


class TestTheGrid:
    def test_the_projection_agrees_with_the_worked_example_of_its_publisher(self) -> None:
        east = radians(1 + 43 / 60 + 4.5177 / 3600)
        north = radians(52 + 39 / 60 + 27.2531 / 3600)
        assert grid._projected(east, north) == (651_410, 313_177)

    def test_real_places_lie_within_five_metres_of_where_their_publisher_has_them(self) -> None:
        source = SHARED / "calls" / "lfb_incident_sample.csv"
        if not source.exists():
            pytest.skip("the real incidents of the London Fire Brigade are not here")
        with source.open(encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if (row["Latitude"] or "0") not in {"0", "NULL"}]
        rows = [row for row in rows if row["Easting_m"] not in {"", "NULL"}]
        assert len(rows) > 10
        for row in rows:
            east, north = grid.to_grid(float(row["Longitude"]), float(row["Latitude"]))
            assert abs(east - float(row["Easting_m"])) <= 5
            assert abs(north - float(row["Northing_m"])) <= 5

    @given(st.floats(-7, 1.5), st.floats(50, 58), st.floats(0.001, 0.5))
    def test_further_east_and_north_is_further_east_and_north(self, east: float, north: float, by: float) -> None:
        here = grid.to_grid(east, north)
        assert grid.to_grid(east + by, north)[0] > here[0]
        assert grid.to_grid(east, north + by)[1] > here[1]


class TestAFile:
    @pytest.mark.parametrize("kind", ["Polygon", "MultiPolygon"])
    def test_its_areas_are_read_with_their_names(self, kind: str) -> None:
        found = outlines.read(collection(feature(kind=kind)))
        assert found.refused == ()
        assert found.areas[0].name == "Mill Ward"
        (ring,) = found.areas[0].rings
        assert len(ring) == 5
        assert ring[0] == grid.to_grid(-2.3, 53.4)

    def test_one_on_the_national_grid_is_taken_as_it_is(self) -> None:
        ring = [[380_000, 390_000], [390_000, 390_000], [390_000, 400_000], [380_000, 390_000]]
        found = outlines.read(collection(feature(ring), crs=ON_GRID))
        assert found.areas[0].rings[0][1] == (390_000, 390_000)

    @pytest.mark.parametrize(
        ("data", "says"),
        [
            (b"", "no JSON"),
            (b"{", "no JSON"),
            (b"\xff\xfe", "no JSON"),
            (b"[]", "no areas"),
            (b"{}", "no areas"),
            (b'{"features": {}}', "no areas"),
            (b'{"features": []}', "no areas"),
        ],
    )
    def test_what_is_no_boundary_file_is_refused_whole(self, data: bytes, says: str) -> None:
        with pytest.raises(InvalidError, match=says):
            outlines.read(data)

    @pytest.mark.parametrize(
        ("bad", "says"),
        [
            (None, "no shape"),
            ("x", "no shape"),
            ({"geometry": None}, "no shape"),
            ({"geometry": {"type": "Point", "coordinates": [1, 2]}}, "not a polygon"),
            ({"geometry": {"type": "Polygon", "coordinates": "x"}}, "no list"),
            ({"geometry": {"type": "MultiPolygon", "coordinates": []}}, "empty"),
            (feature([]), "fewer than 4"),
            (feature("x"), "fewer than 4"),
            (feature([[1, 2], [3], [4, 5], [1, 2]]), "Great Britain"),
            (feature([["1", "2"]] * 4), "no pair of numbers"),
            (feature([[True, False]] * 4), "no pair of numbers"),
            (feature([[53.4, -2.3]] * 4), "Great Britain"),
        ],
    )
    def test_a_bad_area_is_told_and_hides_no_good_one(self, bad: object, says: str) -> None:
        found = outlines.read(collection(feature(name="Good"), bad))
        assert [area.name for area in found.areas] == ["Good"]
        assert len(found.refused) == 1
        assert says in found.refused[0]
        assert found.refused[0].startswith("Area 2")

    def test_too_much_is_refused_and_says_what_to_do(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(outlines, "MOST_POINTS", 4)
        with pytest.raises(InvalidError) as refused:
            outlines.read(collection(feature()))
        assert "generalised" in refused.value.mend
        monkeypatch.setattr(outlines, "MOST_BYTES", 10)
        with pytest.raises(InvalidError, match="over"):
            outlines.read(collection(feature()))

    @pytest.mark.parametrize("name", ["", " ", 7, None, ["x"]])
    def test_an_area_without_a_name_has_its_number(self, name: object) -> None:
        assert outlines.read(collection(feature(name=name))).areas[0].name == "area 1"

    def test_a_name_is_cut_where_no_name_ends(self) -> None:
        assert len(outlines.read(collection(feature(name="x" * 10_000))).areas[0].name) == outlines.LONGEST_NAME


class TestLoading:
    def test_a_file_is_kept_once_it_was_checked_and_a_later_one_takes_its_place(self, tmp_path: Path) -> None:
        wards = tmp_path / "wards.geojson"
        wards.write_bytes(collection(feature(name="Old")))
        outlines.keep(wards)
        wards.write_bytes(collection(feature(name="New"), feature(name="More")))
        outlines.keep(wards)
        assert [area.name for area in outlines.kept().areas] == ["New", "More"]

    def test_nothing_is_kept_of_a_file_that_cannot_be_drawn(self, tmp_path: Path) -> None:
        (tmp_path / "bad.geojson").write_bytes(collection(feature([])))
        with pytest.raises(InvalidError, match="Nothing of"):
            outlines.keep(tmp_path / "bad.geojson")
        with pytest.raises(InvalidError, match="no file"):
            outlines.keep(tmp_path / "absent.geojson")
        assert outlines.kept() == outlines.Outlines(())

    def test_a_kept_file_that_was_damaged_is_told_and_hides_no_other(self, tmp_path: Path) -> None:
        for name in ("a", "b"):
            (tmp_path / f"{name}.geojson").write_bytes(collection(feature(name=name)))
            outlines.keep(tmp_path / f"{name}.geojson")
        (outlines.folder() / "a.geojson").write_bytes(b"{")
        found = outlines.kept()
        assert [area.name for area in found.areas] == ["b"]
        assert found.refused[0].startswith("a.geojson: This is no JSON")

    def test_the_command_says_what_was_kept_and_what_was_refused(self, tmp_path: Path) -> None:
        (tmp_path / "w.geojson").write_bytes(collection(feature(), None))
        done = CliRunner().invoke(top_level, [str(tmp_path / "w.geojson")])
        assert "w.geojson: 1 areas, 1 refused." in done.output
        assert "Area 2 has no shape." in done.output


class TestOnTheMap:
    def board(self, *places: tuple[int, int]) -> Any:
        rows = [SimpleNamespace(reference="1/1", easting=east, northing=north) for east, north in places]
        return cast("Any", SimpleNamespace(rows=rows, units=[]))

    def test_an_area_around_an_incident_is_drawn_and_one_far_away_is_not(self) -> None:
        far = [[x + 1, y] for x, y in SQUARE]
        areas = outlines.read(collection(feature(), feature(far, name="Far"))).areas
        made = drawn(self.board(grid.to_grid(-2.25, 53.45)), areas)
        assert made is not None
        assert [area.says for area in made.areas] == ["Mill Ward"]
        assert made.areas[0].path.startswith("M")
        assert made.areas[0].path.endswith("Z")

    def test_points_that_fall_together_are_drawn_once(self) -> None:
        east, north = grid.to_grid(-2.25, 53.45)
        ring = (*((east + step, north) for step in range(200)), (east, north + 3_000), (east, north))
        made = drawn(self.board((east, north), (east + 50_000, north)), [outlines.Outline("x", (ring,))])
        assert made is not None
        assert made.areas[0].path.count("L") < 10
        assert made.height <= WIDE

    def test_the_real_wards_of_a_whole_force_are_drawn(self) -> None:
        source = SHARED / "geo" / "combined_authority_2017_GM_combined_authority_generalised.geojson"
        if not source.exists():
            pytest.skip("the real boundaries are not here")
        found = outlines.read(source.read_bytes())
        assert found.refused == ()
        assert found.areas[0].name == "Greater Manchester"
        made = drawn(self.board((384_000, 398_000)), found.areas)
        assert made is not None
        assert [area.says for area in made.areas] == ["Greater Manchester"]
