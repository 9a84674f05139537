"""Whether coordinates can be right, and what to take when they cannot.

Lists of places come with latitude and longitude exchanged, with degrees and minutes run together, and with
one number twice. What the network knows of its own geography tells them apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from partners.domain.places import distance_km

NEAR_KM = 150.0
"""How far from its postal code's centre a partner may lie before its coordinates count as wrong."""
ENOUGH_PLACES = 10
MARGIN_DEGREES = 1.0

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """The part of the world in which the network's places lie, with a margin. Degrees."""

    south: float
    west: float
    north: float
    east: float

    @classmethod
    def around(cls, points: Iterable[Point]) -> "Box | None":
        """The box of the points; None when they are too few to tell where a network is not."""
        known = list(points)
        if len(known) < ENOUGH_PLACES:
            return None
        latitudes, longitudes = zip(*known, strict=True)
        return cls(
            min(latitudes) - MARGIN_DEGREES,
            min(longitudes) - MARGIN_DEGREES,
            max(latitudes) + MARGIN_DEGREES,
            max(longitudes) + MARGIN_DEGREES,
        )

    def holds(self, point: Point) -> bool:
        return self.south <= point[0] <= self.north and self.west <= point[1] <= self.east


@dataclass(frozen=True, slots=True)
class Verdict:
    """`point` to use (None for none) and whether latitude and longitude were exchanged to get it."""

    point: Point | None
    exchanged: bool = False


def judge(point: Point, *, centre: Point | None, box: Box | None) -> Verdict:
    """Take a pair as it stands, exchanged, or not at all.

    `centre` is the middle of the row's postal code, when it is known; `box` where the network's places lie.
    """
    if _plausible(point, centre, box):
        return Verdict(point)
    turned = (point[1], point[0])
    if _plausible(turned, centre, box):
        return Verdict(turned, exchanged=True)
    return Verdict(None)


def _plausible(point: Point, centre: Point | None, box: Box | None) -> bool:
    if not (-90 <= point[0] <= 90 and -180 <= point[1] <= 180) or point == (0.0, 0.0):
        return False
    if centre is not None:
        return distance_km(point, centre) <= NEAR_KM
    return box is None or box.holds(point)
