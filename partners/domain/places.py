"""Where a postal code lies."""

import math
from dataclasses import dataclass

from partners.models import PostalArea, Territory

EARTH_RADIUS_KM = 6371.0088
"""Mean radius (IUGG). Distances are great-circle distances on this sphere."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a postal code tells: its territory, name and coordinates (None where nobody knows)."""

    territory: Territory
    name: str = ""
    latitude: float | None = None
    longitude: float | None = None
    known: bool = False


def locate(*, postal_code: str, country: str) -> Place:
    """The place of a postal code; for an unknown one the root territory, not `known`.

    `country` is where a bare code is looked for first. A network over several countries knows further ones; a
    code that only one of them has is found there.
    """
    code = "".join(postal_code.upper().split())
    areas = list(PostalArea.objects.select_related("territory").filter(code__in={code, postal_code})[:10])
    at_home = [area for area in areas if area.country == country]
    area = at_home[0] if at_home else areas[0] if len(areas) == 1 else None
    if area is None:
        return Place(territory=root_territory())
    if area.latitude is None:
        return Place(area.territory, area.name, area.territory.latitude, area.territory.longitude, known=True)
    return Place(area.territory, area.name, area.latitude, area.longitude, known=True)


def root_territory() -> Territory:
    """The network's whole geography."""
    return Territory.objects.filter(parent=None).order_by("pk")[:1].get()


def unit_vector(latitude: float, longitude: float) -> tuple[float, float, float]:
    """Degrees to a point on the unit sphere: how positions are indexed."""
    lat, lon = math.radians(latitude), math.radians(longitude)
    return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)


def chord_to_km(chord: float) -> float:
    """Straight distance between two points of the unit sphere to kilometres along the great circle."""
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, chord / 2))


def km_to_chord(km: float) -> float:
    """The inverse of `chord_to_km`, for distances up to half the globe."""
    return 2 * math.sin(min(math.pi / 2, km / (2 * EARTH_RADIUS_KM)))


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance between two (latitude, longitude) pairs in degrees."""
    return chord_to_km(math.dist(unit_vector(*a), unit_vector(*b)))
