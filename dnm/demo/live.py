"""The last minutes before the demo opens: leads that are waiting for somebody to do something.

Every login that takes leads finds offers with a running clock, one of them a second hop; the desk has
cases; a few leads have just been taken and want a call; where all partners are full, some wait.
"""

from __future__ import annotations

from collections import defaultdict

from dnm.demo.cascade import CANDIDATES, HOPS
from dnm.demo.demand import Demand
from dnm.demo.geography import distance_km
from dnm.demo.people import Cast
from dnm.demo.problems import Problems
from dnm.demo.rows import PlannedLead, PlannedOffer
from dnm.demo.seasons import HOUR

MINUTE = 60


def fresh_leads(demand: Demand, roles: Cast, problems: Problems) -> tuple[list[PlannedLead], dict[int, int]]:
    """Leads of the last hour, numbered on from the history, and the partners that are full with their
    capacity.
    """
    fresh = _Fresh(demand)
    for turn, number in enumerate(dict.fromkeys(roles.selling())):
        fresh.offered(number, 4 + 3 * turn)
        fresh.offered(number, 21 + 2 * turn, second_hop=True)
    fresh.taken(roles.dealer, 38)
    fresh.taken(roles.rival, 44)
    for minutes in (9, 52):
        fresh.unserved(problems, minutes)
    fresh.refused_by_all(roles.dealer, 55)
    fresh.waiting(set(roles.selling()), (17, 41))
    return sorted(fresh.leads, key=lambda lead: lead.created), fresh.filled


class _Fresh:
    def __init__(self, demand: Demand) -> None:
        self.demand, self.cascade = demand, demand.cascade
        self.leads: list[PlannedLead] = []
        self.filled: dict[int, int] = {}
        self.places_of: dict[str, list[int]] = defaultdict(list)
        for index, place in enumerate(demand.places):
            self.places_of[place.area].append(index)
            self.places_of[place.state].append(index)
        self.seconds = demand.brand.clock_hours * HOUR

    def _lead(self, place: int, line: int, minutes: int) -> PlannedLead:
        number = self.demand.total + 1 + len(self.leads)
        lead = PlannedLead(number, number, self.demand.now - minutes * MINUTE, place, line, 0)
        self.leads.append(lead)
        return lead

    def _home(self, number: int) -> tuple[int, int, float]:
        """(postal area, line, kilometres) where this partner is the nearest seller; else its own postal
        area.
        """
        partner = self.cascade.partners[number]
        for line in partner.lines:
            for place in [partner.place, *self.places_of[partner.area]]:
                candidates = self.cascade.candidates(place, line)
                if candidates and candidates[0][1] == number:
                    return place, line, candidates[0][0]
        home = self.demand.places[partner.place]
        return partner.place, partner.lines[0], distance_km((home.latitude, home.longitude), partner.point)

    def _offer(self, lead: PlannedLead, number: int, moment: int, kilometres: float) -> PlannedOffer:
        due = self.cascade.clock.add(moment, self.seconds)
        told = self.cascade.considered(lead, number, moment)
        offer = PlannedOffer(len(lead.offers) + 1, number, "pending", moment, due, None, "", kilometres)
        offer.considered = told
        lead.offers.append(offer)
        return offer

    def _pending(self, lead: PlannedLead, number: int, moment: int, kilometres: float) -> None:
        self._offer(lead, number, moment, kilometres)
        lead.state = "offered"
        self.cascade.open[number] += 1

    def _declined(self, lead: PlannedLead, number: int, moment: int, kilometres: float) -> int:
        """A refusal within two minutes; returns the moment after it."""
        offer = self._offer(lead, number, moment, kilometres)
        offer.state, offer.answered, offer.reason = "declined", moment + 2 * MINUTE, "no_stock"
        return offer.answered + 1

    def _neighbours(self, place: int, line: int, number: int) -> list[tuple[float, int]]:
        partners = self.cascade.partners
        return [
            (kilometres, member)
            for kilometres, member in self.cascade.candidates(place, line)
            if member != number and partners[member].until is None
        ]

    def offered(self, number: int, minutes: int, *, second_hop: bool = False) -> None:
        """An offer that lies before the partner; as a second hop after a neighbour has declined."""
        place, line, kilometres = self._home(number)
        lead = self._lead(place, line, minutes)
        moment = lead.created + 2
        neighbours = self._neighbours(place, line, number)
        if second_hop and neighbours:
            away, neighbour = neighbours[0]
            moment = self._declined(lead, neighbour, moment, away)
        self._pending(lead, number, moment, kilometres)

    def taken(self, number: int, minutes: int) -> None:
        """A lead that the partner has just accepted and not yet called."""
        place, line, kilometres = self._home(number)
        lead = self._lead(place, line, minutes)
        self._pending(lead, number, lead.created + 2, kilometres)
        offer = lead.offers[-1]
        offer.state, offer.answered = "accepted", lead.created + 11 * MINUTE
        lead.state, lead.partner, lead.accepted = "accepted", number, offer.answered

    def _queued(self, lead: PlannedLead, state: str, reason: str, moment: int) -> None:
        lead.state, lead.reason, lead.queued = state, reason, moment
        lead.considered = self.cascade.considered(lead, None, moment)

    def unserved(self, problems: Problems, minutes: int) -> None:
        """A lead from where nobody sells its line, far from anybody who does."""
        line = problems.unserved_line
        for territory in problems.unserved_territories:
            for place in self.places_of[territory]:
                if not self.cascade.candidates(place, line) and self.cascade.around(place):
                    lead = self._lead(place, line, minutes)
                    self._queued(lead, "desk", self.cascade.sentence(lead), lead.created + 2)
                    return

    def refused_by_all(self, number: int, minutes: int) -> None:
        """A lead that three partners and the distributor have declined within the hour."""
        place, line, _ = self._home(number)
        lead = self._lead(place, line, minutes)
        moment = lead.created + 2
        for kilometres, neighbour in self._neighbours(place, line, number)[:HOPS]:
            moment = self._declined(lead, neighbour, moment, kilometres)
        distributor = self.cascade.distributor(lead, moment)
        if distributor:
            moment = self._declined(lead, distributor.number, moment, self.cascade.away(lead, distributor))
        self._queued(lead, "desk", self.cascade.sentence(lead), moment)

    def waiting(self, spared: set[int], minutes: tuple[int, ...]) -> None:
        """Fill the partners of one neighbourhood to their last slot, and let leads wait there."""
        found = self._quiet_corner(spared)
        if found is None:
            return
        place, line, members = found
        for number in members:
            self.cascade.partners[number].capacity = self.cascade.open[number]
            self.filled[number] = self.cascade.open[number]
        for each in minutes:
            lead = self._lead(place, line, each)
            self._queued(lead, "waiting", "", lead.created + 2)

    def _quiet_corner(self, spared: set[int]) -> tuple[int, int, list[int]] | None:
        """A place and a line that few partners serve, all of them busy: the fewer, the better."""
        best: tuple[int, int, list[int]] | None = None
        for area in {place.area: index for index, place in enumerate(self.demand.places)}.values():
            for line in range(len(self.demand.brand.lines)):
                near = self.cascade.candidates(area, line)
                members = [number for _, number in near if self.cascade.partners[number].until is None]
                fit = members and len(near) < CANDIDATES and not spared & set(members)
                busy = fit and all(self.cascade.open[number] for number in members)
                if busy and (best is None or len(members) < len(best[2])):
                    best = area, line, members
        return best
