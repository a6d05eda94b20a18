"""Longitude and latitude to the national grid, good to some metres: enough to draw, never to measure by.

The formulas are those that the Ordnance Survey publishes for its grid: a shift of seven values from WGS 84 to the datum
of 1936, and a transverse Mercator projection on Airy's ellipsoid.
"""

from __future__ import annotations

from math import atan2, cos, hypot, radians, sin, sqrt, tan

WGS84 = (6_378_137.0, 6_356_752.314245)
AIRY = (6_377_563.396, 6_356_256.909)
"""Half axes of the two ellipsoids, in metres."""
SHIFT = (-446.448, 125.157, -542.060)
"""Metres along x, y and z."""
TURN = tuple(radians(seconds / 3600) for seconds in (-0.1502, -0.2470, -0.8421))
SCALE = 20.4894e-6
MERIDIAN_SCALE = 0.9996012717
TRUE_ORIGIN = (radians(49), radians(-2))
FALSE_ORIGIN = (400_000, -100_000)
GOOD_ENOUGH = 1e-12


def to_grid(longitude: float, latitude: float) -> tuple[int, int]:
    """Easting and northing in whole metres of a point in degrees on WGS 84, in or around Great Britain."""
    return _projected(*_on_datum_of_1936(radians(longitude), radians(latitude)))


def _on_datum_of_1936(longitude: float, latitude: float) -> tuple[float, float]:
    """The same point on the datum of the grid: longitude and latitude in radians."""
    a, b = WGS84
    squared = 1 - (b / a) ** 2
    across = a / sqrt(1 - squared * sin(latitude) ** 2)
    x, y = across * cos(latitude) * cos(longitude), across * cos(latitude) * sin(longitude)
    z = across * (1 - squared) * sin(latitude)
    rx, ry, rz = TURN
    grown = 1 + SCALE
    return _from_axes(
        SHIFT[0] + grown * x - rz * y + ry * z,
        SHIFT[1] + rz * x + grown * y - rx * z,
        SHIFT[2] - ry * x + rx * y + grown * z,
    )


def _from_axes(x: float, y: float, z: float) -> tuple[float, float]:
    a, b = AIRY
    squared = 1 - (b / a) ** 2
    out = hypot(x, y)
    latitude, before = atan2(z, out * (1 - squared)), 0.0
    while abs(latitude - before) > GOOD_ENOUGH:
        before = latitude
        across = a / sqrt(1 - squared * sin(latitude) ** 2)
        latitude = atan2(z + squared * across * sin(latitude), out)
    return atan2(y, x), latitude


def _projected(longitude: float, latitude: float) -> tuple[int, int]:
    a, b = AIRY
    squared = 1 - (b / a) ** 2
    sine, cosine, slope = sin(latitude), cos(latitude), tan(latitude) ** 2
    across = a * MERIDIAN_SCALE / sqrt(1 - squared * sine**2)
    along = a * MERIDIAN_SCALE * (1 - squared) / (1 - squared * sine**2) ** 1.5
    excess = across / along - 1
    east = longitude - TRUE_ORIGIN[1]
    north = (
        _meridian(latitude)
        + FALSE_ORIGIN[1]
        + east**2 * across / 2 * sine * cosine
        + east**4 * across / 24 * sine * cosine**3 * (5 - slope + 9 * excess)
        + east**6 * across / 720 * sine * cosine**5 * (61 - 58 * slope + slope**2)
    )
    easting = (
        FALSE_ORIGIN[0]
        + east * across * cosine
        + east**3 * across / 6 * cosine**3 * (across / along - slope)
        + east**5 * across / 120 * cosine**5 * (5 - 18 * slope + slope**2 + 14 * excess - 58 * slope * excess)
    )
    return round(easting), round(north)


def _meridian(latitude: float) -> float:
    """Metres along the meridian from the true origin."""
    a, b = AIRY
    n = (a - b) / (a + b)
    off, both = latitude - TRUE_ORIGIN[0], latitude + TRUE_ORIGIN[0]
    return (
        b
        * MERIDIAN_SCALE
        * (
            (1 + n + 5 / 4 * n**2 + 5 / 4 * n**3) * off
            - (3 * n + 3 * n**2 + 21 / 8 * n**3) * sin(off) * cos(both)
            + (15 / 8 * n**2 + 15 / 8 * n**3) * sin(2 * off) * cos(2 * both)
            - 35 / 24 * n**3 * sin(3 * off) * cos(3 * both)
        )
    )
