"""Who is near: members standing at postal areas, found ring by ring on a grid."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from dnm.demo.geography import Place

CELL = 0.2
DEGREE_KM = 111.2
FARTHEST_RINGS = 60


class Nearby:
    """Members by postal area. `around` answers with the nearest ones first, at least `count` if there are
    so many.

    Distances are planar with the longitude shrunk at the asking place: exact enough for ranking neighbours
    a few hundred kilometres apart, and several times cheaper than the sphere.
    """

    def __init__(self, places: Sequence[Place], members: dict[int, list[int]]) -> None:
        self.places = places
        self.members = members
        self.cells: dict[tuple[int, int], list[tuple[float, float, int]]] = defaultdict(list)
        for place in members:
            lat, lon = places[place].latitude, places[place].longitude
            self.cells[math.floor(lat / CELL), math.floor(lon / CELL)].append((lat, lon, place))

    def around(self, place: int, count: int, farthest_km: float = math.inf) -> list[tuple[float, int]]:
        """(kilometres, member) nearest first; all members of the last postal area needed are in it."""
        lat, lon = self.places[place].latitude, self.places[place].longitude
        shrink = math.cos(math.radians(lat))
        found: list[tuple[float, int]] = []
        enough, have = math.inf, 0
        for ring in range(FARTHEST_RINGS):
            sure_km = (ring - 1) * CELL * DEGREE_KM * shrink
            if sure_km > enough or sure_km > farthest_km:
                break
            for at_lat, at_lon, at in self._ring(math.floor(lat / CELL), math.floor(lon / CELL), ring):
                found.append((DEGREE_KM * math.hypot(at_lat - lat, (at_lon - lon) * shrink), at))
                have += len(self.members[at])
            if have >= count and enough is math.inf:
                enough = self._distance_of(found, count)
        return self._members(found, count, farthest_km)

    def _ring(self, row: int, column: int, ring: int) -> list[tuple[float, float, int]]:
        cells = self.cells
        points: list[tuple[float, float, int]] = []
        for step in range(-ring, ring + 1):
            edge = range(-ring, ring + 1) if abs(step) == ring else (-ring, ring)
            for across in edge:
                if cell := cells.get((row + step, column + across)):
                    points += cell
        return points

    def _distance_of(self, found: list[tuple[float, int]], count: int) -> float:
        have = 0
        for km, place in sorted(found):
            have += len(self.members[place])
            if have >= count:
                return km
        return math.inf

    def _members(
        self, found: list[tuple[float, int]], count: int, farthest_km: float
    ) -> list[tuple[float, int]]:
        answer: list[tuple[float, int]] = []
        for km, place in sorted(found):
            if len(answer) >= count or km > farthest_km:
                break
            answer += [(km, member) for member in self.members[place]]
        return answer


def by_place(partners: Iterable[Any]) -> dict[int, list[int]]:
    """The numbers of the partners, grouped by the postal area they stand at."""
    members: dict[int, list[int]] = defaultdict(list)
    for partner in partners:
        members[partner.place].append(partner.number)
    return members
