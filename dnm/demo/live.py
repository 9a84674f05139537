"""The last minutes before the demo opens: leads that are waiting for somebody to do something.

Every login that takes leads finds offers with a running clock, one of them a second hop; the desk has
cases; a few leads have just been taken and want a call.
"""

from __future__ import annotations

from collections import defaultdict

from dnm.demo.demand import Demand
from dnm.demo.people import Cast
from dnm.demo.problems import Problems
from dnm.demo.rows import PlannedLead, PlannedOffer
from dnm.demo.seasons import HOUR

MINUTE = 60


def fresh_leads(demand: Demand, roles: Cast, problems: Problems) -> list[PlannedLead]:
    """Leads of the last hour, numbered on from the history."""
    fresh = _Fresh(demand)
    for turn, number in enumerate(dict.fromkeys(roles.selling())):
        fresh.offered(number, 4 + 3 * turn)
        fresh.offered(number, 21 + 2 * turn, second_hop=True)
    fresh.taken(roles.dealer, 38)
    fresh.taken(roles.rival, 44)
    for minutes in (9, 52):
        fresh.unserved(problems, minutes)
    fresh.refused_by_all(roles.dealer, 55)
    return sorted(fresh.leads, key=lambda lead: lead.created)


class _Fresh:
    def __init__(self, demand: Demand) -> None:
        self.demand = demand
        self.leads: list[PlannedLead] = []
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
        partner = self.demand.partners[number]
        for line in partner.lines:
            for place in [partner.place, *self.places_of[partner.area]]:
                candidates = self.demand.candidates(place, line)
                if candidates and candidates[0][1] == number:
                    return place, line, candidates[0][0]
        return partner.place, partner.lines[0], 0.5

    def _pending(self, lead: PlannedLead, number: int, moment: int, kilometres: float) -> None:
        due = self.demand.clock.add(moment, self.seconds)
        hop = len(lead.offers) + 1
        lead.offers.append(PlannedOffer(hop, number, "pending", moment, due, None, "", kilometres))
        lead.state = "offered"

    def _declined(self, lead: PlannedLead, number: int, moment: int, kilometres: float) -> int:
        """A refusal within two minutes; returns the moment after it."""
        due = self.demand.clock.add(moment, self.seconds)
        hop, answered = len(lead.offers) + 1, moment + 2 * MINUTE
        offer = PlannedOffer(hop, number, "declined", moment, due, answered, "no_stock", kilometres)
        lead.offers.append(offer)
        return answered + 1

    def _neighbours(self, place: int, line: int, number: int) -> list[tuple[float, int]]:
        partners = self.demand.partners
        return [
            (kilometres, member)
            for kilometres, member in self.demand.candidates(place, line)
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

    def unserved(self, problems: Problems, minutes: int) -> None:
        """A lead from where nobody sells its line, far from anybody who does."""
        line = problems.unserved_line
        for territory in problems.unserved_territories:
            for place in self.places_of[territory]:
                if not self.demand.candidates(place, line):
                    lead = self._lead(place, line, minutes)
                    lead.state, lead.reason = "desk", "nobody_eligible"
                    return

    def refused_by_all(self, number: int, minutes: int) -> None:
        """A lead that three partners have declined within the hour."""
        place, line, _ = self._home(number)
        lead = self._lead(place, line, minutes)
        moment = lead.created + 2
        for kilometres, neighbour in self._neighbours(place, line, number)[:3]:
            moment = self._declined(lead, neighbour, moment, kilometres)
        lead.state, lead.reason = "desk", "nobody_accepted"
