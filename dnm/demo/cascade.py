"""How the plan routes a lead, by the rules that the portal's own routing has.

The nearest partner that sells the line, is live and has a slot free gets an offer with a clock in working
hours. Declined and lapsed offers go on to the next; after `HOPS` refusals, or when nobody near sells the
line, the distributor above the nearest partner is asked; then the lead lies on the desk. When all who could
are full it waits.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from random import Random

from dnm.demo.brands import Brand
from dnm.demo.channel import SELLING, PlannedPartner
from dnm.demo.geography import Place, distance_km
from dnm.demo.nearby import Nearby
from dnm.demo.outcomes import Outcomes
from dnm.demo.rows import Considered, PlannedLead, PlannedOffer
from dnm.demo.seasons import DAY, HOUR, BusinessClock
from leads.states import DeskReason

HOPS = 3
CANDIDATES = 6
EXPLAINED = 12
DESK_DAYS = 12
NOBODY = "Nobody near could take it"


class Cascade:
    """Routes leads in order of time and keeps count of the slots that are taken at `now`.

    Leads that came in after `explained_since` keep the list of the partners that were considered.
    """

    def __init__(
        self,
        brand: Brand,
        places: Sequence[Place],
        partners: Sequence[PlannedPartner],
        *,
        random: Random,
        clock: BusinessClock,
        now: int,
        explained_since: int,
    ) -> None:
        self.brand, self.places, self.partners = brand, places, partners
        self.random, self.clock, self.now = random, clock, now
        self.explained_since = explained_since
        self.seconds = brand.clock_hours * HOUR
        self.outcomes = Outcomes(random, clock, now)
        self.near = [
            Nearby(places, (partner for partner in partners if sells(partner, line)))
            for line in range(len(brand.lines))
        ]
        self.anybody = Nearby(places, (partner for partner in partners if partner.until != 0))
        self.known: dict[tuple[int, int], list[tuple[float, int]]] = {}
        self.open: dict[int, int] = defaultdict(int)

    def candidates(self, place: int, line: int) -> list[tuple[float, int]]:
        """(km, partner) of those who sell the line within the radius, nearest first; suspended ones too."""
        key = (line, place)
        if key not in self.known:
            self.known[key] = self.near[line].around(place, CANDIDATES, self.brand.radius_km)
        return self.known[key]

    def around(self, place: int) -> list[tuple[float, int]]:
        """(km, partner) of the nearest partners of whatever kind and line within the radius."""
        key = (-1, place)
        if key not in self.known:
            self.known[key] = self.anybody.around(place, EXPLAINED, self.brand.radius_km)
        return self.known[key]

    def route(self, lead: PlannedLead) -> None:
        """Take the lead as far as it has got by now."""
        moment = lead.created + 1 + int(self.random.random() * 3)
        full = False
        for kilometres, number in self.candidates(lead.place, lead.line):
            partner = self.partners[number]
            if not self.has_slot(partner, moment):
                full = full or is_live(partner, moment)
            elif self._offer(lead, partner, moment, kilometres):
                return
            else:
                moment = _after(lead.offers[-1])
            if len(lead.offers) == HOPS:
                break
        full = full and not lead.offers
        distributor = None if full else self.distributor(lead, moment)
        if distributor and self.has_slot(distributor, moment):
            if self._offer(lead, distributor, moment, self.away(lead, distributor)):
                return
            moment = _after(lead.offers[-1])
        self._queue(lead, moment, full=full)

    def has_slot(self, partner: PlannedPartner, moment: int) -> bool:
        return is_live(partner, moment) and self.open[partner.number] < partner.capacity - partner.reserved

    def considered(self, lead: PlannedLead, chosen: int | None, moment: int) -> list[Considered]:
        """The nearest live partners, each with the rule that rules it out, as far as the chosen one."""
        asked = {offer.partner for offer in lead.offers}
        told: list[Considered] = []
        for kilometres, number in self.around(lead.place):
            partner = self.partners[number]
            if is_live(partner, moment):
                out = "" if number == chosen else self._ruled_out(partner, lead.line, asked)
                told.append(Considered(number, round(kilometres, 1), self.open[number], out))
            if number == chosen:
                return told
        if chosen is not None:
            away = round(self.away(lead, self.partners[chosen]), 1)
            told.append(Considered(chosen, away, self.open[chosen], ""))
        return told

    def _ruled_out(self, partner: PlannedPartner, line: int, asked: set[int]) -> str:
        if partner.kind not in SELLING:
            return "kind"
        if partner.number in asked:
            return "asked_before"
        return "product_line" if line not in partner.lines else "capacity"

    def _offer(self, lead: PlannedLead, partner: PlannedPartner, moment: int, kilometres: float) -> bool:
        """Offer the lead to the partner; whether the cascade ends with that."""
        told = self.considered(lead, partner.number, moment) if lead.created >= self.explained_since else []
        hop = len(lead.offers) + 1
        lead.offers.append(self.outcomes.offer(partner, hop, moment, self.seconds, kilometres))
        lead.offers[-1].considered = told
        return self._settled(lead, lead.offers[-1], partner)

    def _settled(self, lead: PlannedLead, offer: PlannedOffer, partner: PlannedPartner) -> bool:
        """Whether the cascade ends with this offer: it is pending, or it was accepted and kept."""
        if offer.state == "pending":
            lead.state = "offered"
            self.open[partner.number] += 1
            return True
        if offer.state != "accepted" or self.outcomes.recycled(offer, partner):
            return False
        self.outcomes.follow(lead, offer, partner)
        if lead.closed is None:
            self.open[partner.number] += 1
        return True

    def distributor(self, lead: PlannedLead, moment: int) -> PlannedPartner | None:
        """The distributor above the nearest live partner, if it carries the line and was not asked yet."""
        nearest = (self.partners[number] for _, number in self.around(lead.place))
        partner = next((each for each in nearest if is_live(each, moment)), None)
        while partner is not None and partner.parent is not None:
            partner = self.partners[partner.parent]
            if partner.kind == "distributor":
                asked = {offer.partner for offer in lead.offers}
                return partner if lead.line in partner.lines and partner.number not in asked else None
        return None

    def away(self, lead: PlannedLead, partner: PlannedPartner) -> float:
        place = self.places[lead.place]
        return distance_km((place.latitude, place.longitude), partner.point)

    def _queue(self, lead: PlannedLead, moment: int, *, full: bool) -> None:
        """Nobody took it: it waits for a slot, or a person at the desk finds somebody within some days."""
        lead.state, lead.reason = ("waiting", "") if full else ("desk", self.sentence(lead))
        lead.queued = moment
        found = moment + int((0.5 + self.random.random() * 3) * DAY)
        lies_there = self.now - moment < DESK_DAYS * DAY and self.random.random() < 0.6
        if found < self.now and not lies_there:
            self._by_hand(lead, found)
            self._given_up(lead)
        if lead.state in {"waiting", "desk"} and lead.created >= self.explained_since:
            lead.considered = self.considered(lead, None, moment)

    def sentence(self, lead: PlannedLead) -> str:
        """Why the lead lies on the desk."""
        return DeskReason.ASKED_ENOUGH if len(lead.offers) >= HOPS else DeskReason.NOBODY_ELIGIBLE

    def _by_hand(self, lead: PlannedLead, moment: int) -> None:
        """The desk offers the lead to somebody it has talked to: the nearest that sells the line and has a
        slot.
        """
        tried = {offer.partner for offer in lead.offers}
        for kilometres, number in self.near[lead.line].around(lead.place, 2 * CANDIDATES):
            partner = self.partners[number]
            if number in tried or not self.has_slot(partner, moment):
                continue
            offer = self.outcomes.agreed(partner, len(lead.offers) + 1, moment, self.seconds, kilometres)
            lead.offers.append(offer)
            reason, lead.reason = lead.reason, ""
            if not self._settled(lead, offer, partner):
                lead.state, lead.reason, lead.queued = "desk", reason, _after(offer)
            return

    def _given_up(self, lead: PlannedLead) -> None:
        """The desk leaves nothing lying: what nobody takes is closed with the reason after some days."""
        ended = lead.changed + DESK_DAYS * DAY
        if lead.state in {"waiting", "desk"} and ended < self.now:
            lead.state, lead.reason, lead.closed = "invalid", NOBODY, ended


def sells(partner: PlannedPartner, line: int) -> bool:
    """Whether leads of the line go to the partner directly (not as a distributor behind others)."""
    return partner.kind in SELLING and line in partner.lines and partner.until != 0


def is_live(partner: PlannedPartner, moment: int) -> bool:
    return partner.until is None or moment <= partner.until


def pick(cumulated: Sequence[float], draw: float) -> int:
    """The index that a draw between 0 and 1 falls on, by cumulated weights."""
    return min(bisect_right(cumulated, draw * cumulated[-1]), len(cumulated) - 1)


def _after(offer: PlannedOffer) -> int:
    """The second after an offer has come to nothing."""
    return (offer.ended or offer.answered or offer.offered) + 1
