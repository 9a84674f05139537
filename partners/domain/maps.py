"""A map of a territory without a map: squares of postal areas, coloured by region, and partners as bubbles.

No polygons are needed: the postal areas that a network has loaded lie densely enough to show the shape of a
country.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import Floor

from dnm.accounts.actors import Actor
from partners.models import Partner, PostalArea, Territory
from partners.permissions import PartnerCapability
from partners.states import PartnerState

WIDTH = 640
"""Of the drawing, in its own units."""
CELLS_ACROSS = 64
SMALLEST, LARGEST = 5.0, 34.0
"""Radius of the bubbles of one partner and of the region with most."""
CLASSES = 4

Cell = tuple[int, int]


@dataclass(slots=True)
class Region:
    """A part of the territory: its squares as a path, its bubble, and how many live partners are in sight."""

    territory: Territory
    partners: int = 0
    live: int = 0
    path: str = ""
    x: float = 0.0
    y: float = 0.0
    radius: float = 0.0
    shade: int = 0
    cells: list[Cell] = field(default_factory=list)


@dataclass(slots=True)
class Drawing:
    """What the page draws. `rest` are squares and partners in no region."""

    regions: list[Region]
    width: int
    height: int
    rest_path: str
    rest: int
    total: int

    @property
    def is_empty(self) -> bool:
        return not any(region.path or region.radius for region in self.regions)


def draw(territory: Territory, actor: Actor) -> Drawing:
    """The parts of a territory with the live partners that the actor sees in each; four queries."""
    column = f"territory_{territory.level + 1}"
    parts = Territory.objects.filter(parent=territory).order_by("name", "pk")
    regions = {part.pk: Region(part) for part in parts}
    rest = _count(territory, column, regions, actor)
    points = _points(territory, column) or _centres(regions)
    frame = _Frame.around(points)
    if frame is None:
        return Drawing(list(regions.values()), WIDTH, WIDTH // 2, "", rest, _total(regions, rest))
    outside = _colour(points, frame, regions)
    _bubbles(frame, regions)
    ordered = sorted(regions.values(), key=lambda region: (-region.live, region.territory.name))
    return Drawing(ordered, WIDTH, frame.height, frame.path(outside), rest, _total(regions, rest))


def _total(regions: dict[int, Region], rest: int) -> int:
    return rest + sum(region.live for region in regions.values())


def _count(territory: Territory, column: str, regions: dict[int, Region], actor: Actor) -> int:
    """Partners by region; returns how many live ones are in none."""
    seen = Partner.objects.visible_to(actor, PartnerCapability.VIEW).filter(
        **{f"territory_{territory.level}": territory.pk}, parent__isnull=False
    )
    counted = seen.order_by().values(region=F(column))
    rest = 0
    for row in counted.annotate(every=Count("pk"), live=Count("pk", filter=Q(state=PartnerState.LIVE))):
        region = regions.get(row["region"])
        if region is None:
            rest += row["live"]
        else:
            region.partners, region.live = row["every"], row["live"]
    return rest


def _points(territory: Territory, column: str) -> list[tuple[int | None, float, float, int]]:
    """Postal areas below the territory, thinned out: (region, latitude, longitude, how many)."""
    rows = PostalArea.objects.filter(
        **{f"territory__territory_{territory.level}": territory.pk}, latitude__isnull=False
    )
    thinned = rows.annotate(lat=Floor(F("latitude") * 8) / 8.0, lon=Floor(F("longitude") * 8) / 8.0)
    grouped = thinned.order_by().values("lat", "lon", region=F(f"territory__{column}"))
    return list(grouped.annotate(many=Count("pk")).values_list("region", "lat", "lon", "many"))


def _centres(regions: dict[int, Region]) -> list[tuple[int | None, float, float, int]]:
    """The middles of the regions, where there are no postal areas to draw."""
    return [
        (pk, region.territory.latitude, region.territory.longitude, 1)
        for pk, region in regions.items()
        if region.territory.latitude is not None and region.territory.longitude is not None
    ]


@dataclass(slots=True)
class _Frame:
    """Degrees to the drawing: equirectangular, true to scale at the middle latitude."""

    west: float
    north: float
    squeeze: float
    step: float
    side: float
    columns: int
    rows: int

    @property
    def height(self) -> int:
        return math.ceil(self.rows * self.side)

    @classmethod
    def around(cls, points: Iterable[Any]) -> "_Frame | None":
        """Around all but the outermost hundredth of the points: coordinates of post offices are dirty."""
        places = [(latitude, longitude) for _region, latitude, longitude, _many in points]
        if not places:
            return None
        latitudes, longitudes = (_inner(sorted(values)) for values in zip(*places, strict=True))
        middle = (latitudes[0] + latitudes[1]) / 2
        squeeze = math.cos(math.radians(middle))
        across = max((longitudes[1] - longitudes[0]) * squeeze, latitudes[1] - latitudes[0], 0.5)
        step = max(across / CELLS_ACROSS, 0.125)
        rows = math.ceil((latitudes[1] - latitudes[0]) / step) + 2
        columns = math.ceil((longitudes[1] - longitudes[0]) * squeeze / step) + 2
        return cls(longitudes[0], latitudes[1], squeeze, step, WIDTH / columns, columns, rows)

    def cell(self, latitude: float, longitude: float) -> Cell:
        return (
            math.floor((longitude - self.west) * self.squeeze / self.step) + 1,
            math.floor((self.north - latitude) / self.step) + 1,
        )

    def holds(self, cell: Cell) -> bool:
        return 0 <= cell[0] < self.columns and 0 <= cell[1] < self.rows

    def path(self, cells: Iterable[Cell]) -> str:
        """Squares as one path of SVG."""
        side = round(self.side, 2)
        return "".join(
            f"M{round(x * self.side, 1)} {round(y * self.side, 1)}h{side}v{side}h-{side}z"
            for x, y in sorted(cells)
        )

    def centre(self, cells: Iterable[Cell]) -> tuple[float, float]:
        """The middle of the squares."""
        xs, ys = zip(*cells, strict=True)
        middle = (sum(xs) / len(xs) + 0.5, sum(ys) / len(ys) + 0.5)
        return round(middle[0] * self.side, 1), round(middle[1] * self.side, 1)


def _inner(values: list[float]) -> tuple[float, float]:
    cut = len(values) // 100
    return values[cut], values[-1 - cut]


def _colour(points: Iterable[Any], frame: _Frame, regions: dict[int, Region]) -> list[Cell]:
    """Give each square to the region with most postal areas in it; returns those that are nobody's."""
    votes: dict[Cell, Counter[int | None]] = defaultdict(Counter)
    for region, latitude, longitude, many in points:
        cell = frame.cell(latitude, longitude)
        if frame.holds(cell):
            votes[cell][region if region in regions else None] += many
    outside = []
    for cell, counted in votes.items():
        winner = counted.most_common(1)[0][0]
        if winner is None:
            outside.append(cell)
        else:
            regions[winner].cells.append(cell)
    return outside


def _bubbles(frame: _Frame, regions: dict[int, Region]) -> None:
    """Paths, shades by the rank of the number of live partners, and bubbles whose area is that number."""
    most = max((region.live for region in regions.values()), default=0)
    numbers = sorted({region.live for region in regions.values() if region.live})
    for region in regions.values():
        if region.cells:
            region.path = frame.path(region.cells)
            region.x, region.y = frame.centre(region.cells)
        elif region.territory.latitude is not None and region.territory.longitude is not None:
            cell = frame.cell(region.territory.latitude, region.territory.longitude)
            region.x, region.y = frame.centre([cell])
        else:
            continue
        if region.live:
            rank = numbers.index(region.live) + 1
            region.shade = math.ceil(rank / len(numbers) * CLASSES)
            region.radius = round(max(SMALLEST, LARGEST * math.sqrt(region.live / most)), 1)
