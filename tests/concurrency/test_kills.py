"""Workers that die at any moment while leads come in and are answered: none is lost, none is doubled."""

import random
import time

import pytest
from django.utils import timezone

from dnm.accounts.tenancy import network_context
from dnm.scoping.errors import Conflict
from leads.domain.offers import accept_offer, decline_offer
from leads.models import Lead, Offer
from leads.states import OfferState
from partners.models import Partner
from tests.background import Background, wait_for
from tests.events.conftest import later
from tests.soundness import faults, happened, is_quiet
from tests.world import Net

KILLS, LEADS = 30, 200


def answer_some(net: Net, chance: random.Random) -> None:
    """The dealer's sales accept or decline what is offered, a few at a time."""
    with network_context(net.network):
        pending = list(Offer.objects.filter(partner=net.partners["dealer_a"], state=OfferState.PENDING))
    for offer in chance.sample(pending, min(3, len(pending))):
        try:
            with network_context(net.network):
                sales = net.actor("sales_a")
                if chance.random() < 0.5:
                    accept_offer(offer=offer, actor=sales, at=timezone.now())
                else:
                    decline_offer(offer=offer, reason="other", actor=sales, at=timezone.now())
        except Conflict:
            continue


@pytest.mark.sweep
def test_thirty_kills_and_two_hundred_leads(background: Background, committed_world: tuple[Net, Net]) -> None:
    net, chance = committed_world[0], random.Random(7)
    with network_context(net.network):
        Partner.objects.filter(code="dealer_a").update(capacity=20)
    background.beat()
    captured = 0
    for kill in range(1, KILLS + 1):
        worker = background.worker(concurrency=2)
        while captured < LEADS * kill / KILLS:
            net.lead(at=timezone.now())
            captured += 1
        answer_some(net, chance)
        if chance.random() < 0.2:
            background.broker.flushall()
        time.sleep(chance.uniform(0.0, 1.5))
        background.kill(worker)
    later(net)
    background.worker(concurrency=2)
    assert wait_for(lambda: is_quiet(net), 200), background.said()
    assert faults(net) == []
    with network_context(net.network):
        assert Lead.objects.count() == LEADS
        assert Offer.objects.filter(state=OfferState.ACCEPTED).exists()
    for kind in ("leads.lead_captured", "leads.lead_screened"):
        assert sorted(happened(net, kind).values()) == [1] * LEADS
