"""Made-up streets, areas and postcodes in the ten boroughs of Greater Manchester.

There are 20,000 streets of 100 dwellings each, the same in every made-up force; the two million dwellings are handed
out so that no two households share one (until there are more households than dwellings). Names of areas and streets
are put together from common words, so that a name may by chance be that of a real place; no address is.

Postcodes have the form of real ones and are none: their area letters `ZM` have never been given to any post town, and
the letters after the digit are those that the Royal Mail uses there. Every street lies inside its borough's rough box
of grid metres (EPSG 27700), and its dwellings within 300 m of its middle.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from iops.synthetic.people.batches import Numbers, Text, texts, words
from iops.synthetic.people.communities import BOROUGHS, borough_steps
from iops.synthetic.people.randomness import many

if TYPE_CHECKING:
    import numpy.typing as npt

STREETS = 20_000
HOUSES = 100
"""Dwellings in a street, numbered from 1."""
DWELLINGS = STREETS * HOUSES
AREAS = 22
"""Areas in a borough, about as many as it has wards."""
FLATS_FROM, FLATS_TO = 81, 100
"""Dwellings of a street that are flats in one building, when the street has such a building (one street in four)."""

POSTCODE_AREA = "ZM"
UNIT_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"

AREA_FIRST = words("""Upper Lower Old New Great Little Higher Nether North South East West Far Long Broad High""")
AREA_LAST = words("""Ashfield Birchley Clough Crossbank Dalebrook Elmfold Fernhey Greenside Hollins Ivybank Kilnhurst
    Larkhill Millbottom Moorgate Nabside Oakenshaw Pitfield Quarrybank Ridgeway Spinnerfold Thornlea Underbank Weaverham
    Yarnfold""")
STREET_FIRST = words("""Acacia Albert Alder Alexandra Alma Ash Aspen Back Balmoral Bank Beech Birch Bramble Bridge Brook
    Byron Cambridge Canal Castle Cedar Chapel Cherry Chestnut Church Clarence Clifton Coronation Cotton Cross Dale Derby
    Edward Elm Fairfield Factory Fern Field Forge Fountain Garden George Gladstone Grange Grove Hawthorn Hazel
    Heath Henry Highfield Hill Holly Hope Ivy James John Jubilee King Laburnum Larch Laurel Lime Lincoln Lord Manor
    Maple Market Mary Meadow Mill Milton Moor Moss Nelson New North Oak Oldham Orchard Oxford Park Peel Pine Poplar
    Primrose Prince Queen Railway Raven River Rose Rowan School Shakespeare Silver South Spring Stanley Station Sycamore
    Tennyson Thorn Union Vale Victoria Warwick Water Wellington West William Willow Wilton Windsor Wood York""")
STREET_LAST = ("Street", "Road", "Avenue", "Close", "Drive", "Lane", "Grove", "Terrace", "Court", "Crescent", "Way")
STREET_SHARES = (0.32, 0.53, 0.68, 0.75, 0.82, 0.87, 0.91, 0.93, 0.95, 0.97, 1.0)
STREET_SPREAD = 300


@dataclass(frozen=True, slots=True)
class Dwellings:
    """Columns that describe dwellings, in the order in which they were asked for."""

    number: Text
    street: Text
    area: Text
    district: Text
    postcode: Text
    easting: Numbers
    northing: Numbers


@dataclass(frozen=True, slots=True)
class _Streets:
    borough: npt.NDArray[np.intp]
    name: Text
    area: Text
    district: Text
    postcode: Text
    easting: Numbers
    northing: Numbers
    building: Text


def dwelling_of(household: Numbers, seed: int) -> Numbers:
    """The dwelling of each household number: every dwelling is used once before any is used twice."""
    # The step shares no factor with 2,000,000, so that stepping visits every dwelling.
    return (household * 1_234_567 + seed % DWELLINGS) % DWELLINGS


def borough_of(dwelling: Numbers) -> npt.NDArray[np.intp]:
    """The position in `BOROUGHS` of the borough of each dwelling."""
    return _streets().borough[dwelling // HOUSES]


def describe(dwelling: Numbers) -> Dwellings:
    """The address and the grid position of each dwelling."""
    streets, street, house = _streets(), dwelling // HOUSES, dwelling % HOUSES + 1
    number = _house_numbers()[house]
    flats = (street % 4 == 0) & (house >= FLATS_FROM)
    if flats.any():
        inside = (house[flats] - FLATS_FROM + 1).tolist()
        buildings = streets.building[street[flats]].tolist()
        number = number.copy()
        number[flats] = texts([f"Flat {a}, {b}" for a, b in zip(inside, buildings, strict=True)])
    spread = (dwelling * 7919) % (2 * STREET_SPREAD + 1) - STREET_SPREAD
    return Dwellings(
        number,
        streets.name[street],
        streets.area[street],
        streets.district[street],
        streets.postcode[street],
        streets.easting[street] + spread,
        streets.northing[street] + house * 3 - 150,
    )


@cache
def _house_numbers() -> Text:
    return texts([str(house) for house in range(HOUSES + 1)])


@cache
def _streets() -> _Streets:
    """All streets: the world is the same whatever the seed of its people."""
    rng = many(0, 0x57)
    borough = np.sort(np.searchsorted(borough_steps(), rng.random(STREETS), side="right"))
    area = rng.integers(0, AREAS, STREETS)
    first = texts(STREET_FIRST)[rng.integers(0, len(STREET_FIRST), STREETS)]
    last = texts(list(STREET_LAST))[np.searchsorted(STREET_SHARES, rng.random(STREETS), side="right")]
    easting, northing = _positions(rng, borough, area)
    return _Streets(
        borough=borough,
        name=texts([f"{a} {b}" for a, b in zip(first.tolist(), last.tolist(), strict=True)]),
        area=texts([_area_name(b, a) for b, a in zip(borough.tolist(), area.tolist(), strict=True)]),
        district=texts([BOROUGHS[b].name for b in borough.tolist()]),
        postcode=texts([_postcode(street, b) for street, b in enumerate(borough.tolist())]),
        easting=easting,
        northing=northing,
        building=texts([f"{name} House" for name in first.tolist()]),
    )


def _positions(
    rng: np.random.Generator, borough: npt.NDArray[np.intp], area: npt.NDArray[np.int64]
) -> tuple[Numbers, Numbers]:
    """The middles of the streets: areas lie in a grid of six by four inside the borough's box, streets inside them."""
    east, north = (np.array([getattr(b, side) for b in BOROUGHS])[borough] for side in ("east", "north"))
    inside = STREET_SPREAD + 50
    wide, high = (side[:, 1] - side[:, 0] - 2 * inside for side in (east, north))
    across, up = (area % 6 + rng.random(STREETS)) / 6, (area // 6 + rng.random(STREETS)) / 4
    return east[:, 0] + inside + (across * wide).astype(np.int64), north[:, 0] + inside + (up * high).astype(np.int64)


def _area_name(borough: int, area: int) -> str:
    return f"{AREA_FIRST[(borough * 7 + area) % 16]} {AREA_LAST[(borough * 5 + area) % 24]}"


def _postcode(street: int, borough: int) -> str:
    """One postcode a street: an outward part of the borough's nine, and an inward part that no other street has."""
    outward = borough * 9 + street % 9 + 1
    rest = street // 9
    letters = len(UNIT_LETTERS)
    return (
        f"{POSTCODE_AREA}{outward} {rest // letters**2 % 10}"
        f"{UNIT_LETTERS[rest // letters % letters]}{UNIT_LETTERS[rest % letters]}"
    )
