"""What becomes of an offer and of an accepted lead: chance, bent by the habits of the partner that has it."""

from __future__ import annotations

from math import log
from random import Random

from dnm.demo.channel import PlannedPartner
from dnm.demo.rows import PlannedLead, PlannedOffer
from dnm.demo.seasons import DAY, HOUR, BusinessClock

DECLINES = ("no_stock", "no_stock", "too_far", "too_far", "no_capacity", "known_customer", "other")
LOSSES = ("price", "competitor", "no_need", "unreachable", "delivery_time", "financing")
COMPETITORS = ("Ardentek", "Blauwerk", "Corvina Home", "Hexatron")
IGNORED = 0.35
RECYCLED = 0.03
UNREACHED = 0.05
# Of the leads that are not won: those that end after the first contact, after qualifying, after the
# quotation.
ENDS_CONTACTED, ENDS_QUALIFIED = 0.34, 0.62


class Outcomes:
    """Draws what happens, and stops at `now`: what lies in the future is left open."""

    def __init__(self, random: Random, clock: BusinessClock, now: int) -> None:
        self.random, self.clock, self.now = random, clock, now

    def offer(
        self, partner: PlannedPartner, hop: int, moment: int, seconds: int, kilometres: float
    ) -> PlannedOffer:
        """An offer made at `moment` with a clock of `seconds` in working hours, answered as the partner
        would.
        """
        random = self.random.random
        due = self.clock.add(moment, seconds)
        used = partner.patience * (0.3 + 1.4 * random())
        draw = random()
        accepts = used < 1.0 and draw < partner.acceptance
        ignores = used >= 1.0 or (not accepts and random() < IGNORED)
        answered = due if ignores else self.clock.add(moment, int(used * seconds))
        if answered > self.now:
            return PlannedOffer(hop, partner.number, "pending", moment, due, None, "", kilometres)
        if accepts:
            return PlannedOffer(hop, partner.number, "accepted", moment, due, answered, "", kilometres)
        if ignores:
            return PlannedOffer(hop, partner.number, "lapsed", moment, due, due, "", kilometres)
        reason = DECLINES[int(random() * len(DECLINES))]
        return PlannedOffer(hop, partner.number, "declined", moment, due, answered, reason, kilometres)

    def agreed(
        self, partner: PlannedPartner, hop: int, moment: int, seconds: int, kilometres: float
    ) -> PlannedOffer:
        """An offer of the desk that was talked over before: accepted at once in the partner's next open
        hour.
        """
        due = self.clock.add(moment, seconds)
        answered = self.clock.add(moment, int(seconds * 0.1 * (1 + self.random.random())))
        state, known = ("pending", None) if answered > self.now else ("accepted", answered)
        return PlannedOffer(hop, partner.number, state, moment, due, known, "", kilometres, by_hand=True)

    def recycled(self, offer: PlannedOffer, partner: PlannedPartner) -> bool:
        """Whether the partner took the lead and let it lie: the offer is released and the lead routed
        again.
        """
        if partner.forgets or self.random.random() >= RECYCLED or offer.answered is None:
            return False
        released = self.clock.add(offer.answered, 20 * HOUR)
        if released > self.now:
            return False
        offer.state, offer.reason, offer.ended = "released", "no_contact", released
        return True

    def follow(self, lead: PlannedLead, offer: PlannedOffer, partner: PlannedPartner) -> None:
        """From acceptance to won or lost, as far as it has got by now."""
        random = self.random.random
        lead.partner, lead.accepted, lead.state = partner.number, offer.answered, "accepted"
        if partner.forgets or offer.answered is None:
            return
        won = random() < partner.conversion
        if not won and random() < UNREACHED:
            self._close(lead, offer, offer.answered + int((2 + 6 * random()) * DAY), "lost", "unreachable")
            return
        wait = -log(1.0 - random()) * 0.9 + 0.15
        moment = self.clock.add(offer.answered, int(partner.contact_hours * wait * HOUR))
        if moment > self.now:
            return
        lead.contacted, lead.state = moment, "contacted"
        last = 3 if won else self._last_stage()
        for stage, name, days in ((2, "qualified", 1.5), (3, "quoted", 3.0)):
            if last < stage:
                break
            moment += int((0.1 - log(1.0 - random()) * days) * DAY)
            if moment > self.now:
                return
            setattr(lead, name, moment)
            lead.state = name
        moment += int((0.3 - log(1.0 - random()) * 5.0) * DAY)
        self._close(lead, offer, moment, "won" if won else "lost", "")

    def _last_stage(self) -> int:
        draw = self.random.random()
        return 1 if draw < ENDS_CONTACTED else 2 if draw < ENDS_QUALIFIED else 3

    def _close(self, lead: PlannedLead, offer: PlannedOffer, moment: int, state: str, reason: str) -> None:
        if moment > self.now:
            return
        lead.closed, lead.state = moment, state
        offer.state, offer.ended = "closed", moment
        if state == "lost":
            lead.reason = reason or LOSSES[int(self.random.random() * len(LOSSES))]
            if lead.reason in {"competitor", "price"}:
                lead.competitor = COMPETITORS[int(self.random.random() * len(COMPETITORS))]
