"""The leads of a demo network, day by day: who asked, who was offered, who took it, what became of it.

A lead is decided as the portal would decide it: the nearest partner that sells the line, is live and has a
slot free gets an offer with a clock in working hours; declined and lapsed offers go on to the next; after
three the lead lies on the desk. Whatever would happen after `now` has not happened yet, so recent leads are
open by themselves.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

from dnm.demo.brands import Brand
from dnm.demo.channel import SELLING, PlannedPartner
from dnm.demo.geography import Geography, distance_km
from dnm.demo.nearby import Nearby, by_place
from dnm.demo.outcomes import Outcomes
from dnm.demo.rows import PlannedLead, PlannedOffer
from dnm.demo.seasons import DAY, HOUR, HOURS, HOURS_CUMULATED, BusinessClock, demand, local_day, midnight

HOPS = 3
CANDIDATES = 6
CHUNK = 10_000
QUIET_SECONDS = 1_200
INVALID, DUPLICATE = 0.018, 0.03
DESK_DAYS = 12

INVALIDITIES = ("unreachable_number", "test_entry", "not_a_customer")


class Demand:
    """All leads of one network in order of time, in chunks: memory does not grow with their number."""

    def __init__(
        self,
        brand: Brand,
        geography: Geography,
        partners: Sequence[PlannedPartner],
        *,
        seed: str,
        total: int,
        start: date,
        now: int,
    ) -> None:
        self.brand, self.partners = brand, partners
        self.places = geography.places
        self.total, self.start, self.now = total, start, now
        self.zone = ZoneInfo(brand.time_zone)
        self.random = Random(f"{seed}:{brand.slug}:leads")
        today = local_day(now, self.zone)
        self.clock = BusinessClock(brand, start - timedelta(days=5), today + timedelta(days=60))
        self.outcomes = Outcomes(self.random, self.clock, now)
        self.people = list(accumulate(place.population for place in self.places))
        self.sources = list(accumulate(brand.sources.values()))
        self.near = [
            Nearby(self.places, by_place(partner for partner in partners if _sells(partner, line)))
            for line in range(len(brand.lines))
        ]
        self.around: dict[tuple[int, int], list[tuple[float, int]]] = {}
        self.open = [0] * len(partners)
        self.recent: deque[PlannedLead] = deque(maxlen=400)

    def chunks(self, size: int = CHUNK) -> Iterator[list[PlannedLead]]:
        """Lists of at most `size` leads, oldest first."""
        chunk: list[PlannedLead] = []
        for number, (created, line) in enumerate(self._requests(), start=1):
            lead = self._lead(number, created, line)
            chunk.append(lead)
            self.recent.append(lead)
            if len(chunk) == size:
                yield chunk
                chunk = []
        if chunk:
            yield chunk

    def days(self) -> list[tuple[date, tuple[float, ...]]]:
        """The demand of each day by line; today counts as far as it has gone."""
        last = local_day(self.now - QUIET_SECONDS, self.zone)
        days = []
        day = self.start
        while day <= last:
            share = 1.0
            if day == last:
                share = self._hours_gone(self.now - QUIET_SECONDS) / HOURS_CUMULATED[-1]
            days.append((day, tuple(share * units for units in demand(self.brand, day, self.start))))
            day += timedelta(days=1)
        return days

    def _hours_gone(self, moment: int) -> float:
        hours = (moment - midnight(local_day(moment, self.zone), self.zone)) / HOUR
        whole = min(int(hours), 23)
        before = HOURS_CUMULATED[whole - 1] if whole else 0.0
        return before + (HOURS_CUMULATED[whole] - before) * min(1.0, hours - whole)

    def _requests(self) -> Iterator[tuple[int, int]]:
        """(moment, line) of every lead: exactly `total`, shared out over the days by cumulated rounding."""
        days = self.days()
        scale = self.total / sum(sum(units) for _, units in days)
        due = [0.0] * len(self.brand.lines)
        given = [0] * len(self.brand.lines)
        handed = 0
        for index, (day, units) in enumerate(days):
            requests: list[tuple[int, int]] = []
            begin = midnight(day, self.zone)
            latest = (
                self._hours_gone(self.now - QUIET_SECONDS) if index == len(days) - 1 else HOURS_CUMULATED[-1]
            )
            for line, wanted in enumerate(units):
                due[line] += wanted * scale
                count = round(due[line]) - given[line]
                given[line] += count
                requests += [(begin + self._second(latest), line) for _ in range(count)]
            if index == len(days) - 1:
                missing = self.total - handed - len(requests)
                requests = requests[: len(requests) + min(0, missing)]
                requests += [(begin + self._second(latest), 0) for _ in range(missing)]
            handed += len(requests)
            requests.sort()
            yield from requests

    def _second(self, latest: float) -> int:
        """A second of the day before `latest` (in units of the hours' weights), by the shape of the day."""
        draw = self.random.random() * latest
        hour = bisect_right(HOURS_CUMULATED, draw)
        before = HOURS_CUMULATED[hour - 1] if hour else 0.0
        return int((hour + (draw - before) / HOURS[hour]) * HOUR)

    def _lead(self, number: int, created: int, line: int) -> PlannedLead:
        random = self.random.random
        place = bisect_right(self.people, random() * self.people[-1])
        source = min(bisect_right(self.sources, random()), len(self.sources) - 1)
        lead = PlannedLead(number, number, created, min(place, len(self.places) - 1), line, source)
        draw = random()
        if draw < INVALID:
            lead.state = "invalid"
            lead.reason = INVALIDITIES[int(random() * len(INVALIDITIES))]
        elif draw < INVALID + DUPLICATE and self._repeat(lead):
            lead.state = "duplicate"
        else:
            self._route(lead)
        return lead

    def _repeat(self, lead: PlannedLead) -> bool:
        """Make the lead a second request of somebody who asked in the last days."""
        if not self.recent:
            return False
        earlier = self.recent[int(self.random.random() * len(self.recent))]
        if earlier.duplicate_of is not None or lead.created - earlier.created > 10 * DAY:
            return False
        lead.duplicate_of, lead.person = earlier.number, earlier.person
        lead.place, lead.line = earlier.place, earlier.line
        return True

    def candidates(self, place: int, line: int) -> list[tuple[float, int]]:
        """The partners near a postal area that sell the line, nearest first; suspended ones are still among
        them.
        """
        key = (line, place)
        if key not in self.around:
            self.around[key] = self.near[line].around(place, CANDIDATES, self.brand.radius_km)
        return self.around[key]

    def _route(self, lead: PlannedLead) -> None:
        """The cascade: the nearest partners in turn, then the distributor above the first one, then the desk."""
        moment = lead.created + 1 + int(self.random.random() * 3)
        full = False
        for kilometres, number in self.candidates(lead.place, lead.line):
            partner = self.partners[number]
            if not self._takes(partner, moment):
                full = full or partner.until is None
            elif self._offered(lead, partner, moment, kilometres):
                return
            else:
                moment = _after(lead.offers[-1])
            if len(lead.offers) == HOPS:
                break
        if lead.offers:
            distributor = self._distributor(lead.offers[0].partner)
            if distributor and self._takes(distributor, moment):
                if self._offered(lead, distributor, moment, self._away(lead, distributor)):
                    return
                moment = _after(lead.offers[-1])
        self._unplaced(lead, moment, full=full and not lead.offers)

    def _offered(self, lead: PlannedLead, partner: PlannedPartner, moment: int, kilometres: float) -> bool:
        """Offer the lead to the partner; whether the cascade ends with that."""
        seconds = self.brand.clock_hours * HOUR
        offer = self.outcomes.offer(partner, len(lead.offers) + 1, moment, seconds, kilometres)
        lead.offers.append(offer)
        return self._settled(lead, offer, partner)

    def _takes(self, partner: PlannedPartner, moment: int) -> bool:
        """Whether the partner was live at the moment and has a slot free."""
        live = partner.until is None or moment <= partner.until
        return live and self.open[partner.number] < partner.capacity - partner.reserved

    def _distributor(self, number: int) -> PlannedPartner | None:
        """The distributor that stands above a partner."""
        partner = self.partners[number]
        while partner.parent is not None and partner.kind != "distributor":
            partner = self.partners[partner.parent]
        return partner if partner.kind == "distributor" else None

    def _away(self, lead: PlannedLead, partner: PlannedPartner) -> float:
        place = self.places[lead.place]
        return distance_km((place.latitude, place.longitude), partner.point)

    def _settled(self, lead: PlannedLead, offer: PlannedOffer, partner: PlannedPartner) -> bool:
        """Whether the cascade ends with this offer: it is pending, or it was accepted and kept."""
        if offer.state == "pending":
            lead.state = "offered"
            self.open[partner.number] += 1
            return True
        if offer.state != "accepted":
            return False
        if self.outcomes.recycled(offer, partner):
            return False
        self.outcomes.follow(lead, offer, partner)
        if lead.closed is None:
            self.open[partner.number] += 1
        return True

    def _unplaced(self, lead: PlannedLead, moment: int, *, full: bool) -> None:
        """Nobody took it: it waits for a slot, or a person at the desk finds somebody within some days."""
        lead.state, lead.reason = ("waiting", "all_full") if full else ("desk", "nobody_accepted")
        if not lead.offers and not full:
            lead.reason = "nobody_eligible"
        found = moment + int((0.5 + self.random.random() * 3) * DAY)
        if found > self.now or (self.now - moment < DESK_DAYS * DAY and self.random.random() < 0.6):
            return
        self._by_hand(lead, found)

    def _by_hand(self, lead: PlannedLead, moment: int) -> None:
        """The desk offers the lead to somebody it has talked to: the first distributor or dealer that has a
        slot.
        """
        tried = {offer.partner for offer in lead.offers}
        for kilometres, number in self.near[lead.line].around(lead.place, 2 * CANDIDATES):
            partner = self.partners[number]
            if number in tried or not self._takes(partner, moment):
                continue
            seconds = self.brand.clock_hours * HOUR
            offer = self.outcomes.agreed(partner, len(lead.offers) + 1, moment, seconds, kilometres)
            lead.offers.append(offer)
            lead.reason = ""
            if not self._settled(lead, offer, partner):
                lead.state, lead.reason = "desk", "nobody_accepted"
            return


def _after(offer: PlannedOffer) -> int:
    """The second after an offer has come to nothing."""
    return (offer.ended or offer.answered or offer.offered) + 1


def _sells(partner: PlannedPartner, line: int) -> bool:
    return partner.kind in SELLING and line in partner.lines and partner.until != 0
