"""Albers' conic equal-area projection and the two windows of the house on it.

Equal area, because the eye compares areas: parallels 40° and 62° around 72° E for the region, 38° and 58°
around 45° E for Central Asia with Europe. Snyder, J. P. (1987), Map Projections: A Working Manual, USGS
Professional Paper 1395, equations 14-1 to 14-6."""

from __future__ import annotations

import math
from dataclasses import dataclass

LonLat = tuple[float, float]
Spot = tuple[float, float]


@dataclass(frozen=True)
class Albers:
    """Two standard parallels and a central meridian, in degrees; a sphere of radius 1."""

    south: float
    north: float
    meridian: float

    @property
    def _cone(self) -> float:
        return (math.sin(math.radians(self.south)) + math.sin(math.radians(self.north))) / 2

    @property
    def _constant(self) -> float:
        return math.cos(math.radians(self.south)) ** 2 + 2 * self._cone * math.sin(math.radians(self.south))

    def __call__(self, place: LonLat) -> Spot:
        """East and south of the pole of the cone, in radii of the earth."""
        radius = (
            math.sqrt(max(self._constant - 2 * self._cone * math.sin(math.radians(place[1])), 0)) / self._cone
        )
        angle = self._cone * math.radians(place[0] - self.meridian)
        return radius * math.sin(angle), radius * math.cos(angle)


@dataclass(frozen=True)
class Window:
    """The part of a projected map that is shown: left and right edge, top and bottom, in radii of the
    earth."""

    projection: Albers
    left: float
    right: float
    top: float
    bottom: float

    def height_at(self, width: float) -> float:
        """Pixels high when it is ``width`` pixels wide."""
        return width * (self.bottom - self.top) / (self.right - self.left)

    def place(self, place: LonLat, width: float) -> Spot:
        """Pixels of a place in a window drawn ``width`` pixels wide."""
        scale = width / (self.right - self.left)
        x, y = self.projection(place)
        return (x - self.left) * scale, (y - self.top) * scale


REGION = Albers(40, 62, 72)
CENTRAL_ASIA_AND_EUROPE = Albers(38, 58, 45)

REGION_WINDOW = Window(REGION, -0.615, 0.645, 0.325, 1.09)
# On a telephone the empty east of the map goes: no symbol stands there.
REGION_NARROW = Window(REGION, -0.585, 0.135, 0.48, 1.155)
EUROPE_WINDOW = Window(CENTRAL_ASIA_AND_EUROPE, -0.42, 0.50, 0.60, 1.13)
