"""Who is near a postal area: partners where they stand, found ring by ring on a grid."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Protocol

from dnm.demo.geography import Place

CELL = 0.2
DEGREE_KM = 111.2
FARTHEST_RINGS = 60


class Standing(Protocol):
    """Somebody at a place."""

    number: int
    latitude: float
    longitude: float


class Nearby:
    """Partners by position. `around` answers with the nearest ones of a postal area, nearest first.

    Distances are planar with the longitude shrunk at the asking place: exact enough for ranking neighbours a
    few hundred kilometres apart, and several times cheaper than the sphere.
    """

    def __init__(self, places: Sequence[Place], partners: Iterable[Standing]) -> None:
        self.places = places
        self.cells: dict[tuple[int, int], list[tuple[float, float, int]]] = defaultdict(list)
        for partner in partners:
            lat, lon = partner.latitude, partner.longitude
            self.cells[math.floor(lat / CELL), math.floor(lon / CELL)].append((lat, lon, partner.number))

    def around(self, place: int, count: int, farthest_km: float = math.inf) -> list[tuple[float, int]]:
        """(kilometres, partner) of the `count` nearest within `farthest_km`."""
        lat, lon = self.places[place].latitude, self.places[place].longitude
        row, column, shrink = math.floor(lat / CELL), math.floor(lon / CELL), math.cos(math.radians(lat))
        found: list[tuple[float, int]] = []
        enough = farthest_km
        for ring in range(FARTHEST_RINGS):
            # Whatever is not yet seen lies beyond the rings that are complete.
            if (ring - 1) * CELL * DEGREE_KM * shrink > enough:
                break
            found += [
                (DEGREE_KM * math.hypot(at_lat - lat, (at_lon - lon) * shrink), number)
                for at_lat, at_lon, number in self._ring(row, column, ring)
            ]
            if len(found) >= count:
                found.sort()
                enough = min(enough, found[count - 1][0])
        found.sort()
        return [each for each in found[:count] if each[0] <= farthest_km]

    def _ring(self, row: int, column: int, ring: int) -> list[tuple[float, float, int]]:
        cells = self.cells
        points: list[tuple[float, float, int]] = []
        for step in range(-ring, ring + 1):
            edge = range(-ring, ring + 1) if abs(step) == ring else (-ring, ring)
            for across in edge:
                if cell := cells.get((row + step, column + across)):
                    points += cell
        return points
