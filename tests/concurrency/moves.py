"""What racing processes do: one verb, tick or delivery each, named by ids."""

import random
from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

from dnm.accounts.actors import Actor
from dnm.accounts.models import Membership
from dnm.accounts.tenancy import network_context
from dnm.events import tasks as outbox
from dnm.events.delivery import deliver_one
from dnm.scoping.actors import actor_for_membership
from dnm.scoping.errors import Conflict
from leads import tasks
from leads.domain.clocks import process_lead, wake_near
from leads.domain.offers import accept_offer, decline_offer, lapse_offer
from leads.models import Offer
from partners.domain.partners import change_partner_state
from partners.models import Partner


def accept(network_id: int, offer_id: int, member_id: int, at: datetime) -> None:
    with network_context(network_id):
        accept_offer(offer=_offer(offer_id), actor=_member(member_id, at), at=at)


def decline(network_id: int, offer_id: int, member_id: int, at: datetime) -> None:
    with network_context(network_id):
        decline_offer(offer=_offer(offer_id), reason="other", actor=_member(member_id, at), at=at)


def lapse(network_id: int, offer_id: int, _member_id: int, at: datetime) -> None:
    with network_context(network_id):
        lapse_offer(offer=_offer(offer_id), actor=Actor.system("clock", network_id), at=at)


def each(
    move: Callable[..., None], network_id: int, offers: list[int], member_id: int, at: datetime, seed: int
) -> list[int]:
    """The move with every offer, in an order of one's own; the offers with which it came through."""
    came_through = []
    for offer_id in random.Random(seed).sample(offers, len(offers)):
        try:
            move(network_id, offer_id, member_id, at)
        except Conflict:
            continue
        came_through.append(offer_id)
    return came_through


def change_state(network_id: int, partner_id: int, transition: str) -> None:
    with network_context(network_id):
        change_partner_state(
            partner=Partner.objects.get(pk=partner_id),
            transition=transition,
            actor=Actor.system("test", network_id),
            at=timezone.now(),
            reason="a test",
        )


def route(network_id: int, lead_ids: list[int]) -> None:
    """As a worker does it, lead by lead."""
    for lead_id in lead_ids:
        with network_context(network_id):
            process_lead(lead_id=lead_id, actor=Actor.system("router", network_id), at=timezone.now())


def deliver(network_id: int, deliveries: list[int], seed: int) -> int:
    """Every delivery, in an order of one's own; how many this process did."""
    order = random.Random(seed).sample(deliveries, len(deliveries))
    return sum(deliver_one(network_id, delivery_id) for delivery_id in order)


def wake(network_id: int, partner_id: int) -> int:
    """What follows from a slot that came free, in one transaction as in a delivery; how many were tried."""
    with network_context(network_id):
        return wake_near(network_id, Partner.objects.get(pk=partner_id), timezone.now())


def run_clocks() -> None:
    tasks.run_clocks()


def wake_waiting() -> None:
    tasks.wake_waiting()


def redeliver() -> None:
    outbox.redeliver()


def _offer(offer_id: int) -> Offer:
    return Offer.objects.select_related("partner", "lead").get(pk=offer_id)


def _member(member_id: int, at: datetime) -> Actor:
    membership = Membership.objects.select_related("user", "network").get(pk=member_id)
    return actor_for_membership(membership, via="session", at=at)
