"""A small map without a map service: where the partner is, where the customer is, how far and which way."""

import math
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from dnm.web.formats import kilometres

WIDTH, HEIGHT, MARGIN = 480, 208, 46
KM_PER_DEGREE = 111.195
STEPS = (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
DIRECTIONS = (
    _("north"),
    _("north-east"),
    _("east"),
    _("south-east"),
    _("south"),
    _("south-west"),
    _("west"),
    _("north-west"),
)


@dataclass(frozen=True, slots=True)
class Ring:
    radius: float
    label: str
    y: float


@dataclass(frozen=True, slots=True)
class Sketch:
    """Coordinates in a drawing of WIDTH x HEIGHT, north up; `direction` is from the partner to the
    customer.
    """

    partner: tuple[float, float]
    customer: tuple[float, float]
    middle: tuple[float, float]
    is_steep: bool
    rings: list[Ring]
    distance: str
    direction: str
    customer_dy: int
    partner_dy: int
    width: int = WIDTH
    height: int = HEIGHT


def sketch(partner: tuple[float, float], customer: tuple[float, float], km: float) -> Sketch:
    """Draw two places, given as (latitude, longitude) in degrees, flat: good for what a dealer serves."""
    north = (customer[0] - partner[0]) * KM_PER_DEGREE
    east = (customer[1] - partner[1]) * KM_PER_DEGREE * math.cos(math.radians(partner[0]))
    scale = min(
        (WIDTH - 2 * MARGIN) / max(abs(east), 0.2),
        (HEIGHT - 2 * MARGIN) / max(abs(north), 0.2),
        140 / max(math.hypot(east, north), 0.2) * 1.8,
    )
    half_x, half_y = east * scale / 2, -north * scale / 2
    steep = abs(north) > abs(east)
    middle = (WIDTH / 2, HEIGHT / 2)
    start = (round(middle[0] - half_x, 1), round(middle[1] - half_y, 1))
    return Sketch(
        partner=start,
        customer=(round(middle[0] + half_x, 1), round(middle[1] + half_y, 1)),
        middle=(middle[0] + 14, middle[1] + 5) if steep else (middle[0], middle[1] - 12),
        is_steep=steep,
        rings=_rings(scale, start),
        distance=kilometres(km),
        customer_dy=-16 if north > 0 else 28,
        partner_dy=28 if north > 0 else -16,
        direction=str(DIRECTIONS[round(math.degrees(math.atan2(east, north)) / 45) % 8]),
    )


def _rings(scale: float, centre: tuple[float, float]) -> list[Ring]:
    step = next((one for one in STEPS if one * scale >= 55), STEPS[-1])
    return [
        Ring(
            round(step * turn * scale, 1),
            kilometres(step * turn),
            round(centre[1] - step * turn * scale + 12, 1),
        )
        for turn in (1, 2, 3)
    ]
