"""The partners of a demo network: how many of each kind, where they stand, and whose downstream they are."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from dnm.demo import names
from dnm.demo.brands import Brand
from dnm.demo.geography import Geography
from dnm.demo.nearby import Nearby

# What stands above a kind, and how often. A dealer may stand directly under the brand owner, a service centre
# anywhere: the depth of the tree is free.
PARENTS = {
    "distributor": (("brand_owner", 1.0),),
    "dealer": (("distributor", 0.97), ("brand_owner", 0.03)),
    "sub_dealer": (("dealer", 1.0),),
    "retailer": (("sub_dealer", 0.8), ("dealer", 0.2)),
    "service_centre": (("sub_dealer", 0.3), ("dealer", 0.5), ("distributor", 0.2)),
}
KINDS = tuple(PARENTS)
SELLING = frozenset({"dealer", "sub_dealer", "retailer"})
CAPACITY = {
    "brand_owner": 0,
    "distributor": 40,
    "dealer": 30,
    "sub_dealer": 15,
    "retailer": 8,
    "service_centre": 6,
}
JITTER_KM = 1.2
NOT_LIVE = (
    ("onboarding", 0.03),
    ("prospect", 0.01),
    ("suspended", 0.03),
    ("exiting", 0.01),
    ("closed", 0.01),
)


@dataclass(slots=True)
class PlannedPartner:
    """One partner, with the habits that shape its leads: these never reach the database, only their effects
    do.

    `number` counts from 0 (the brand owner); `place` is the index of its postal area; `lines` are indexes.
    `acceptance` is the chance that it takes an offer, `patience` the share of the clock it uses at the
    median, `conversion` the chance that an accepted lead is won, `contact_hours` the median time to the
    first contact in working hours. `reserved` slots stay free for the fresh leads. `until` is the moment
    from which it gets no more leads.
    """

    number: int
    kind: str
    parent: int | None
    place: int
    area: str
    state: str
    country: str
    town: str
    latitude: float
    longitude: float
    lines: tuple[int, ...]
    capacity: int
    status: str
    opened: date
    acceptance: float
    patience: float
    conversion: float
    contact_hours: float
    until: int | None = None
    depth: int = 0
    forgets: bool = False
    reserved: int = 0

    @property
    def trade_name(self) -> str:
        """Not for the brand owner, which is called as its brand."""
        return names.trade_name(self.number, self.kind, self.country, self.town)

    @property
    def legal_name(self) -> str:
        return names.legal_name(self.number, self.kind, self.country, self.town)

    @property
    def point(self) -> tuple[float, float]:
        return self.latitude, self.longitude


def kind_counts(brand: Brand, partners: int) -> dict[str, int]:
    """How many partners of each kind there are, the brand owner not among them; the sum is `partners`
    exactly.
    """
    quotas = {kind: brand.channel[kind] * partners for kind in KINDS}
    counts = {kind: math.floor(quota) for kind, quota in quotas.items()}
    for kind in sorted(KINDS, key=lambda kind: counts[kind] - quotas[kind])[
        : partners - sum(counts.values())
    ]:
        counts[kind] += 1
    if partners and not counts["distributor"]:
        counts["distributor"], counts["retailer"] = 1, counts["retailer"] - 1
    return counts


def partners_of(
    brand: Brand, geography: Geography, partners: int, random: Random, today: date
) -> list[PlannedPartner]:
    """The brand owner and `partners` partners below it; parents stand before their children."""
    order = sorted(range(len(geography.places)), key=lambda index: (geography.places[index].area, index))
    cumulated = list(accumulate(geography.places[index].population for index in order))
    maker = _Maker(brand, geography, random, today)
    everyone = [maker.brand_owner()]
    for kind, count in kind_counts(brand, partners).items():
        upstream = {
            above: maker.standing(everyone, above) for above, _ in PARENTS[kind] if above != "brand_owner"
        }
        for place in spread(order, cumulated, count, random):
            at = maker.head_of[geography.places[place].area] if kind == "distributor" else place
            everyone.append(maker.partner(everyone, kind, at, upstream))
    _retire(everyone, random, today)
    return everyone


def spread(order: Sequence[int], cumulated: Sequence[float], count: int, random: Random) -> Iterator[int]:
    """`count` postal areas drawn by population: systematic sampling, so that no region is over- or
    underserved.
    """
    if not count:
        return
    step = cumulated[-1] / count
    start = random.random() * step
    for index in range(count):
        yield order[min(bisect_right(cumulated, start + index * step), len(order) - 1)]


class _Maker:
    def __init__(self, brand: Brand, geography: Geography, random: Random, today: date) -> None:
        self.brand = brand
        self.places = geography.places
        self.random = random
        self.today = today
        self.head_of: dict[str, int] = {}
        by_weight = sorted(
            range(len(self.places)),
            key=lambda index: (self.places[index].head_office, self.places[index].population),
        )
        for index in by_weight:
            self.head_of[self.places[index].area] = index
        self.head = by_weight[-1]

    def brand_owner(self) -> PlannedPartner:
        return self._made(0, "brand_owner", None, self.head, 0)

    def standing(self, everyone: Sequence[PlannedPartner], kind: str) -> dict[int, int]:
        """For every postal area, lazily, the partner of `kind` to belong to: the nearest, in the same
        state.
        """
        near = Nearby(self.places, (partner for partner in everyone if partner.kind == kind))
        return _Upstream(near, everyone)

    def partner(
        self, everyone: Sequence[PlannedPartner], kind: str, place: int, upstream: dict[str, dict[int, int]]
    ) -> PlannedPartner:
        draw = self.random.random()
        above = PARENTS[kind][-1][0]
        for candidate, share in PARENTS[kind]:
            draw -= share
            if draw < 0:
                above = candidate
                break
        parent = 0 if above == "brand_owner" else upstream[above][place]
        return self._made(len(everyone), kind, parent, place, everyone[parent].depth + 1)

    def _made(self, number: int, kind: str, parent: int | None, index: int, depth: int) -> PlannedPartner:
        random, place = self.random, self.places[index]
        turn, far = random.random() * math.tau, math.sqrt(random.random()) * JITTER_KM / 111.2
        return PlannedPartner(
            number=number,
            kind=kind,
            parent=parent,
            place=index,
            area=place.area,
            state=place.state,
            country=place.country,
            town=place.name,
            latitude=round(place.latitude + far * math.sin(turn), 5),
            longitude=round(
                place.longitude + far * math.cos(turn) / math.cos(math.radians(place.latitude)), 5
            ),
            lines=self._lines(kind),
            capacity=max(0, round(CAPACITY[kind] * (0.7 + 0.6 * random.random()))),
            status="live",
            opened=self.today - timedelta(days=int(600 + random.random() * 4000)),
            acceptance=0.68 + 0.27 * random.random(),
            patience=0.05 + 0.35 * random.random() ** 2,
            conversion=0.10 + 0.28 * random.random() ** 1.5,
            contact_hours=0.7 + 4.0 * random.random() ** 2,
            depth=depth,
        )

    def _lines(self, kind: str) -> tuple[int, ...]:
        """Most sell everything; a third specialises. Distributors and the brand owner carry all lines."""
        every = tuple(range(len(self.brand.lines)))
        if kind not in SELLING or self.random.random() < 0.55:
            return every
        left_out = int(self.random.random() * len(every))
        kept = tuple(line for line in every if line != left_out)
        return kept if self.random.random() < 0.7 else kept[:1]


class _Upstream(dict[int, int]):
    """Postal area to the partner upstream of it, worked out when first asked for."""

    def __init__(self, near: Nearby, everyone: Sequence[PlannedPartner]) -> None:
        super().__init__()
        self.near = near
        self.everyone = everyone

    def __missing__(self, place: int) -> int:
        state = self.near.places[place].state
        found = [member for _, member in self.near.around(place, 4)]
        same = [member for member in found if self.everyone[member].state == state]
        self[place] = (same or found or [0])[0]
        return self[place]


def _retire(everyone: Sequence[PlannedPartner], random: Random, today: date) -> None:
    """A few retailers and service centres are not live: on their way in, suspended, on their way out, or
    closed.
    """
    for partner in everyone:
        if partner.kind not in {"retailer", "service_centre"}:
            continue
        draw = random.random()
        for status, share in NOT_LIVE:
            draw -= share
            if draw < 0:
                partner.status = status
                break
        if partner.status in {"onboarding", "prospect"}:
            partner.until = 0
            partner.opened = today - timedelta(days=int(random.random() * 90))
        elif partner.status != "live":
            back = today - timedelta(days=int(20 + random.random() * 300))
            partner.until = int((back - date(1970, 1, 1)).days * 86_400)
