"""The timeline and the explanation of recent leads: the events and routing decisions that the portal would
have written. Only the offers that lie open now have deliveries, so that their partners are alerted when the
workers start.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.contrib.contenttypes.models import ContentType

from dnm.demo.loading import ALIAS, Loader, Uids
from dnm.demo.plan import NetworkPlan
from dnm.demo.rows import Considered, PlannedLead, PlannedOffer
from dnm.demo.seasons import iso
from dnm.demo.write_channel import Written
from dnm.events.receivers import receivers_of
from leads import events
from leads.models import Lead, Offer
from leads.states import DeskReason

EVENT_COLUMNS = {
    "id": "bigint", "uid": "uuid", "kind": "text", "subject_type": "int", "subject": "bigint",
    "anchor": "bigint", "payload": "jsonb", "actor": "text", "via": "text", "at": "bigint",
}  # fmt: skip
DECISION_COLUMNS = {
    "uid": "uuid", "lead": "bigint", "partner": "bigint", "outcome": "text", "considered": "jsonb",
    "reason": "text", "at": "bigint",
}  # fmt: skip

INSERT_EVENTS = """
    INSERT INTO events_event
        (id, network_id, uid, kind, subject_type_id, subject_id, anchor_id, payload, actor_name, via,
         request_id, occurred_at)
    SELECT id, %(network)s, uid, kind, subject_type, subject, anchor, payload, actor, via,
        '', to_timestamp(at)
    FROM demo_event ORDER BY id
"""
INSERT_DECISIONS = """
    INSERT INTO leads_routingdecision
        (network_id, uid, lead_id, policy_id, partner_id, outcome, considered, reason, decided_at)
    SELECT %(network)s, uid, lead, %(policy)s, partner, outcome, considered, reason, to_timestamp(at)
    FROM demo_decision ORDER BY at, lead
"""
INSERT_DELIVERIES = """
    INSERT INTO events_delivery (network_id, uid, event_id, receiver, state, attempts, token, error)
    SELECT %(network)s, gen_random_uuid(), event, receiver, 'pending', 0, 0, ''
    FROM unnest(%(events)s::bigint[]) AS e(event) CROSS JOIN unnest(%(receivers)s::text[]) AS r(receiver)
    ORDER BY event
"""


class Told(NamedTuple):
    """One event before it has a number: about the lead, or about `offer`.

    `anchor` is the number of the partner that the subject belonged to.
    """

    kind: str
    at: int
    payload: dict[str, Any]
    actor: str = "router"
    via: str = "system"
    offer: PlannedOffer | None = None
    anchor: int | None = None


class Histories:
    """Writes the events and decisions of one network's recent leads; older leads have none."""

    def __init__(
        self, plan: NetworkPlan, loader: Loader, uids: Uids, written: Written, *, first_lead: int, policy: int
    ) -> None:
        self.plan, self.loader, self.uids, self.written = plan, loader, uids, written
        self.first_lead, self.policy = first_lead, policy
        types = ContentType.objects.db_manager(ALIAS).get_for_models(Lead, Offer)
        self.lead_type, self.offer_type = types[Lead].pk, types[Offer].pk
        self.owners = {
            person.partner: person.name for person in plan.people if person.role == "partner_owner"
        }

    def write(self, chunk: Sequence[PlannedLead]) -> None:
        """The timeline and the explanations of the chunk; the alerts of what lies open in it."""
        recent = [lead for lead in chunk if lead.created >= self.plan.explained_since]
        if not recent:
            return
        told = sorted(
            ((lead, each) for lead in recent for each in self.told_of(lead)), key=lambda pair: pair[1].at
        )
        first = self.loader.reserve("events_event", len(told)) + 1
        self.loader.stage("demo_event", EVENT_COLUMNS, self._event_rows(told, first))
        self.loader.insert("events", INSERT_EVENTS)
        self.loader.stage("demo_decision", DECISION_COLUMNS, self._decision_rows(recent))
        self.loader.insert("decisions", INSERT_DECISIONS, policy=self.policy)
        self._alert(
            [
                number
                for number, (_, each) in enumerate(told, start=first)
                if each.kind == events.OfferMade.kind and each.offer and each.offer.state == "pending"
            ]
        )

    def _alert(self, event_ids: list[int]) -> None:
        """Open offers are told to their partners by the workers, as if they had just been made."""
        receivers = [receiver.name for receiver in receivers_of(events.OfferMade.kind)]
        if event_ids and receivers:
            self.loader.insert("deliveries", INSERT_DELIVERIES, events=event_ids, receivers=receivers)

    def _event_rows(
        self, told: Sequence[tuple[PlannedLead, Told]], first: int
    ) -> Iterator[tuple[object, ...]]:
        for number, (lead, each) in enumerate(told, start=first):
            yield (
                number,
                self.uids.at(each.at),
                each.kind,
                self.offer_type if each.offer else self.lead_type,
                each.offer.id if each.offer else self.first_lead + lead.number,
                None if each.anchor is None else self.written.partner(each.anchor),
                json.dumps(each.payload),
                each.actor,
                each.via,
                each.at,
            )

    def _decision_rows(self, leads: Sequence[PlannedLead]) -> Iterator[tuple[object, ...]]:
        for lead in leads:
            key = self.first_lead + lead.number
            for offer in lead.offers:
                told = offer.considered or [Considered(offer.partner, round(offer.kilometres, 1), 0, "")]
                outcome = "by_hand" if offer.by_hand else "offered"
                yield (
                    self.uids.at(offer.offered), key, self.written.partner(offer.partner), outcome,
                    self._json(told), "", offer.offered,
                )  # fmt: skip
            if lead.state in {"waiting", "desk"}:
                yield (
                    self.uids.at(lead.changed), key, None, lead.state, self._json(lead.considered),
                    lead.reason, lead.changed,
                )  # fmt: skip

    def _json(self, considered: Sequence[Considered]) -> str:
        return json.dumps(
            [
                {
                    "partner": self.written.partner_uids[each.partner],
                    "name": self.plan.name_of(each.partner),
                    "km": each.kilometres,
                    "open": each.open,
                    "capacity": self.plan.partners[each.partner].capacity,
                    "ruled_out": each.ruled_out,
                }
                for each in considered
            ]
        )

    def told_of(self, lead: PlannedLead) -> Iterator[Told]:
        """Everything that happened to a lead, in order."""
        yield Told(events.LeadCaptured.kind, lead.created, {"source": "web_form", "suspicion": ""}, "enquiry")
        at_once = {"duplicate", "invalid"} if lead.queued is None else {"duplicate"}
        screened = lead.state if lead.state in at_once else "routing"
        reason = {"reason": lead.reason} if screened == "invalid" else {}
        yield Told(events.LeadScreened.kind, lead.created + 1, {"from": "new", "to": screened, **reason})
        for offer in lead.offers:
            if offer.by_hand:
                desk = {"from": "routing", "to": "desk", "reason": DeskReason.NOBODY_ELIGIBLE}
                yield Told(events.LeadSentToDesk.kind, min(lead.queued or offer.offered, offer.offered), desk)
            yield from self._told_of_offer(lead, offer)
        if lead.state == "invalid" and lead.queued is not None and lead.closed:
            desk = {"from": "routing", "to": "desk", "reason": DeskReason.NOBODY_ELIGIBLE}
            yield Told(events.LeadSentToDesk.kind, lead.queued, desk)
            gone = {"from": "desk", "to": "invalid", "reason": lead.reason}
            yield Told(events.LeadRejected.kind, lead.closed, gone)
        if lead.state == "waiting":
            yield Told(events.LeadHeld.kind, lead.changed, {"from": "routing", "to": "waiting"})
        if lead.state == "desk":
            yield Told(
                events.LeadSentToDesk.kind,
                lead.changed,
                {"from": "routing", "to": "desk", "reason": lead.reason},
            )

    def _told_of_offer(self, lead: PlannedLead, offer: PlannedOffer) -> Iterator[Told]:
        partner = offer.partner
        who = self.owners.get(partner, self.plan.name_of(partner))

        def about(kind: str, at: int, actor: str, came_from: str, to: str, **more: str) -> Told:
            via = "session" if actor == who else "system"
            return Told(kind, at, {"from": came_from, "to": to, **more}, actor, via, offer, partner)

        uid = self.written.partner_uids[partner]
        offered = {"partner": uid, "offer": offer.uid, "step": offer.hop, "from": "routing", "to": "offered"}
        yield Told(events.LeadOffered.kind, offer.offered, offered)
        due = {"due_at": iso(offer.due)}
        yield Told(events.OfferMade.kind, offer.offered, due, offer=offer, anchor=partner)
        if offer.answered is None:
            return
        if offer.state in {"declined", "lapsed"}:
            if offer.state == "declined":
                yield about(
                    events.OfferDeclined.kind, offer.answered, who, "pending", "declined", reason=offer.reason
                )
            else:
                yield about(events.OfferLapsed.kind, offer.answered, "clock", "pending", "lapsed")
            yield _returned(offer.answered, offer.state, "offered", who if offer.state == "declined" else "")
            return
        yield about(events.OfferAccepted.kind, offer.answered, who, "pending", "accepted")
        taken = {"offer": offer.uid, "from": "offered", "to": "accepted"}
        yield Told(events.LeadAccepted.kind, offer.answered, taken, who, "session", None, partner)
        if offer.state == "released" and offer.ended:
            yield _returned(offer.ended, "recycled", "accepted", who, reason="No contact with the customer")
            yield about(events.OfferReleased.kind, offer.ended, who, "accepted", "released")
            return
        yield from _told_of_work(lead, partner, who)
        if offer.ended:
            yield about(events.OfferClosed.kind, offer.ended, who, "accepted", "closed")


def _returned(at: int, cause: str, before: str, who: str, **more: str) -> Told:
    payload = {"cause": cause, "from": before, "to": "routing", **more}
    return Told(events.LeadReturned.kind, at, payload, who or "clock", "session" if who else "system")


def _told_of_work(lead: PlannedLead, partner: int, who: str) -> Iterator[Told]:
    steps = (
        ("contact", "contacted", lead.contacted, "Called and spoke with the customer"),
        ("qualify", "qualified", lead.qualified, ""),
        ("quote", "quoted", lead.quoted, ""),
        ("win" if lead.state == "won" else "lose", lead.state, lead.closed, lead.reason),
    )
    before = "accepted"
    for transition, state, at, reason in steps:
        if at is not None:
            payload = {"transition": transition, "from": before, "to": state}
            if reason:
                payload["reason"] = reason
            yield Told(events.LeadWorked.kind, at, payload, who, "session", None, partner)
            before = state
