"""Who lives where: the communities of Greater Manchester and the naming traditions of each.

Thousands of residents in each borough at the Census of 21 March 2021 (Office for National Statistics, table of ethnic
group by local authority), rounded to hundreds. Irish holds Gypsy or Irish Traveller, other white holds Roma,
Caribbean holds other Black. The census does not ask for naming tradition, so the shares of traditions within
a community are estimates of ours, good for a made-up force and for nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt


@dataclass(frozen=True)
class Borough:
    """One of the ten districts: its people in thousands (Census 2021) and a rough box of grid metres around it."""

    name: str
    thousands: float
    east: tuple[int, int]
    north: tuple[int, int]


BOROUGHS = (
    Borough("Bolton", 296.0, (363_000, 377_000), (402_000, 416_000)),
    Borough("Bury", 193.9, (374_000, 384_000), (402_000, 419_000)),
    Borough("Manchester", 551.9, (379_500, 390_500), (383_500, 404_000)),
    Borough("Oldham", 242.1, (389_000, 404_000), (401_000, 412_000)),
    Borough("Rochdale", 223.8, (383_500, 397_000), (403_500, 420_000)),
    Borough("Salford", 269.9, (366_500, 384_000), (392_000, 405_000)),
    Borough("Stockport", 294.8, (384_500, 399_000), (381_500, 394_000)),
    Borough("Tameside", 231.1, (388_500, 402_000), (390_500, 404_000)),
    Borough("Trafford", 235.1, (369_500, 384_000), (385_500, 398_000)),
    Borough("Wigan", 329.3, (351_000, 372_000), (396_500, 412_000)),
)


@dataclass(frozen=True)
class Community:
    """A community: its residents in thousands in each borough (in the order of `BOROUGHS`), and how it names people."""

    name: str
    thousands: tuple[float, ...]
    traditions: Mapping[str, float]

    @property
    def total(self) -> float:
        """Thousands of residents in the whole of Greater Manchester."""
        return sum(self.thousands)


COMMUNITIES = (
    Community(
        "White British", (203.5, 151.5, 268.6, 157.9, 156.7, 199.6, 245.8, 190.3, 169.6, 302.5), {"english": 1.0}
    ),
    Community(
        "White Irish", (1.9, 2.3, 10.0, 1.5, 1.9, 3.2, 4.3, 1.6, 4.9, 1.6), {"irish": 0.93, "irish_gaelic": 0.07}
    ),
    Community(
        "Other white",
        (7.5, 6.9, 35.0, 5.5, 6.9, 19.5, 7.4, 5.7, 8.3, 8.9),
        {
            "polish": 0.36,
            "romanian": 0.16,
            "italian": 0.08,
            "spanish": 0.07,
            "portuguese": 0.05,
            "german": 0.05,
            "french": 0.05,
            "czech": 0.05,
            "hungarian": 0.03,
            "baltic": 0.04,
            "ukrainian": 0.03,
            "bulgarian": 0.02,
            "greek": 0.01,
        },
    ),
    Community("Pakistani", (27.9, 15.1, 65.9, 32.8, 30.5, 4.1, 11.0, 9.0, 11.5, 1.3), {"pakistani": 1.0}),
    Community(
        "Indian", (26.2, 1.9, 14.9, 1.7, 1.2, 3.7, 4.4, 3.7, 10.2, 1.5), {"gujarati": 0.45, "indian": 0.35, "sikh": 0.2}
    ),
    Community("Bangladeshi", (1.0, 0.5, 9.7, 21.8, 5.2, 0.8, 1.0, 5.8, 0.6, 0.2), {"bangladeshi": 1.0}),
    Community("Chinese", (1.1, 1.1, 12.6, 0.8, 0.9, 3.3, 2.3, 1.4, 4.8, 1.2), {"chinese": 0.55, "hong_kong": 0.45}),
    Community(
        "Other Asian",
        (3.4, 2.0, 12.1, 2.5, 3.7, 3.0, 2.8, 1.3, 2.5, 1.6),
        {"iranian": 0.35, "pakistani": 0.2, "tamil": 0.2, "vietnamese": 0.1, "indian": 0.15},
    ),
    Community(
        "Black African",
        (9.3, 2.5, 47.9, 6.1, 6.5, 13.5, 2.0, 4.1, 3.6, 3.1),
        {"nigerian": 0.45, "somali": 0.2, "east_african": 0.15, "ghanaian": 0.1, "southern_african": 0.1},
    ),
    Community("Caribbean", (1.9, 1.2, 18.0, 2.1, 1.5, 3.0, 1.4, 1.2, 4.4, 0.8), {"english": 1.0}),
    Community(
        "Mixed",
        (6.6, 5.1, 29.0, 6.1, 5.3, 8.5, 7.7, 5.0, 8.8, 4.4),
        {"english": 0.75, "pakistani": 0.1, "nigerian": 0.05, "arab": 0.05, "indian": 0.05},
    ),
    Community("Arab", (1.8, 0.7, 15.0, 0.5, 0.8, 3.2, 1.5, 0.5, 2.5, 0.7), {"arab": 1.0}),
    Community(
        "Other",
        (3.7, 3.0, 13.3, 2.8, 2.9, 4.5, 3.2, 1.4, 3.3, 1.6),
        {"kurdish": 0.4, "iranian": 0.2, "turkish": 0.15, "arab": 0.15, "portuguese": 0.1},
    ),
)

TRADITIONS = tuple(sorted({name for community in COMMUNITIES for name in community.traditions}))
"""Every naming tradition, in alphabetical order: a household's tradition is a position in this tuple."""


@cache
def borough_steps() -> npt.NDArray[np.float64]:
    """The cumulative shares of the boroughs."""
    return cumulative([borough.thousands for borough in BOROUGHS])


@cache
def household_steps() -> tuple[npt.NDArray[np.float64], tuple[tuple[int, int], ...]]:
    """For each borough the cumulative shares of (community, tradition), and the pairs those columns stand for."""
    pairs = tuple(
        (number, TRADITIONS.index(tradition))
        for number, community in enumerate(COMMUNITIES)
        for tradition in community.traditions
    )
    rows = [
        cumulative(
            [
                community.thousands[borough] * share
                for community in COMMUNITIES
                for share in community.traditions.values()
            ]
        )
        for borough in range(len(BOROUGHS))
    ]
    return np.array(rows), pairs


def cumulative(weights: list[float]) -> npt.NDArray[np.float64]:
    """Weights as cumulative shares that end at exactly one, ready for a draw with `searchsorted`."""
    steps = np.cumsum(np.asarray(weights, dtype=np.float64))
    shares: npt.NDArray[np.float64] = steps / steps[-1]
    shares[-1] = 1.0
    return shares
