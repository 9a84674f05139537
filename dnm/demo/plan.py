"""The whole of a demo network, worked out from a seed, sizes and a moment: same input, same network.

Pure Python, no database. Everything but the leads is at hand as lists; the leads come in chunks, so that a
million of them need no more memory than ten thousand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from zoneinfo import ZoneInfo

from dnm.demo.brands import Brand
from dnm.demo.cascade import HOPS
from dnm.demo.channel import PlannedPartner, partners_of
from dnm.demo.demand import CHUNK, Demand
from dnm.demo.geography import Geography
from dnm.demo.live import fresh_leads
from dnm.demo.people import Cast, PlannedPerson, cast, logins, staff_of_partners
from dnm.demo.problems import Problems, plant
from dnm.demo.rows import PlannedLead
from dnm.demo.seasons import HOUR, local_day, midnight, months_before

DEFAULT_SEED = "2026"
DEFAULT_PARTNERS = 910
DEFAULT_LEADS = 22_000
DEFAULT_MONTHS = 18
FEWEST_PARTNERS = 20


@dataclass
class NetworkPlan:
    """One network as planned.

    `partners[n].number == n`; number 0 is the brand owner. `filled` is known when all leads have been read:
    partners whose capacity is what they have open, so that leads wait for them.
    """

    brand: Brand
    seed: str
    now: int
    months: int
    lead_total: int
    geography: Geography
    partners: list[PlannedPartner]
    problems: Problems
    cast: Cast
    people: list[PlannedPerson] = field(default_factory=list)
    filled: dict[int, int] = field(default_factory=dict)

    @property
    def start(self) -> int:
        """The first moment of the history: a first of the month, local time."""
        zone = ZoneInfo(self.brand.time_zone)
        return midnight(months_before(local_day(self.now, zone), self.months), zone)

    @cached_property
    def demand(self) -> Demand:
        """What makes the leads. It counts as it goes: each plan tells its leads once."""
        zone = ZoneInfo(self.brand.time_zone)
        return Demand(
            self.brand,
            self.geography,
            self.partners,
            seed=self.seed,
            total=self.lead_total,
            start=local_day(self.start, zone),
            now=self.now,
        )

    @property
    def explained_since(self) -> int:
        """Leads that came in since then have their timeline and explanation."""
        return self.demand.cascade.explained_since

    @property
    def hops(self) -> int:
        return HOPS

    def name_of(self, number: int) -> str:
        """What a partner is called; the brand owner as its brand."""
        return self.partners[number].trade_name if number else self.brand.name

    def half_time(self, offered: int) -> int:
        """When half of an offer's clock has run."""
        return self.demand.cascade.clock.add(offered, self.brand.clock_hours * HOUR // 2)

    def leads(self, size: int = CHUNK) -> Iterator[list[PlannedLead]]:
        """All leads, oldest first; the last chunk holds the fresh ones that give every login something to
        do.
        """
        yield from self.demand.chunks(size)
        fresh, self.filled = fresh_leads(self.demand, self.cast, self.problems)
        yield fresh


def plan_network(
    brand: Brand,
    *,
    now: int,
    partners: int,
    leads: int,
    months: int = DEFAULT_MONTHS,
    seed: str = DEFAULT_SEED,
) -> NetworkPlan:
    """Plan one network with `partners` partners below the brand owner and `leads` leads in `months` months.

    `now` is in seconds since 1970. Raises ValueError when there are too few partners for the demo's parts.
    """
    if partners < FEWEST_PARTNERS:
        raise ValueError(
            f"too few partners for the demo's logins: ask for {FEWEST_PARTNERS} or more in {brand.name}"
        )
    geography = brand.geography()
    today = local_day(now, ZoneInfo(brand.time_zone))
    random = Random(f"{seed}:{brand.slug}:channel")
    everyone = partners_of(brand, geography, partners, random, today)
    problems = plant(brand, everyone, now)
    roles = cast(everyone, problems)
    reserve_slots(everyone, roles)
    people = logins(brand, geography, everyone, roles)
    people += staff_of_partners(brand, everyone, people)
    return NetworkPlan(brand, seed, now, months, leads, geography, everyone, problems, roles, people)


def reserve_slots(everyone: list[PlannedPartner], roles: Cast) -> None:
    """Partners with a login always have slots left for the fresh leads."""
    for number in roles.selling():
        everyone[number].capacity = max(everyone[number].capacity, 25)
        everyone[number].reserved = 8


def shares(total_partners: int, total_leads: int, brands: list[Brand]) -> dict[str, tuple[int, int]]:
    """How many partners and leads each network gets of the totals asked for."""
    partner_weight = sum(brand.share for brand in brands)
    lead_weight = sum(brand.lead_share for brand in brands)
    sizes = {
        brand.slug: (
            round(total_partners * brand.share / partner_weight),
            round(total_leads * brand.lead_share / lead_weight),
        )
        for brand in brands
    }
    first = brands[0].slug
    missing = (
        total_partners - sum(partners for partners, _ in sizes.values()),
        total_leads - sum(leads for _, leads in sizes.values()),
    )
    sizes[first] = (sizes[first][0] + missing[0], sizes[first][1] + missing[1])
    return sizes
