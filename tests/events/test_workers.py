"""The outbox with real workers, beat and Valkey: emptied, killed, repeated, interleaved."""

import time
from collections.abc import Callable

import pytest
from celery import current_app
from django.utils import timezone

from dnm.accounts.tenancy import network_context
from dnm.events.delivery import hint_due
from dnm.events.kinds import DomainEvent
from dnm.events.models import Delivery, DeliveryState, Event
from dnm.notifications.models import Notification
from leads.domain.slots import drift
from leads.models import Lead, Offer, RoutingDecision
from leads.states import LIVE_OFFERS, LeadState
from partners.models import BusinessCalendar
from tests.background import Background, wait_for
from tests.events.conftest import later
from tests.events.listening import OPEN, GateReached, effects, look, put
from tests.world import Net

pytestmark = pytest.mark.sweep

Worlds = tuple[Net, Net]
LISTENING = "tests.events.listening"
SETTLED = {LeadState.OFFERED, LeadState.WAITING, LeadState.DESK, LeadState.DUPLICATE}


def capture(net: Net, number: int = 1) -> list[Lead]:
    return [net.lead(at=timezone.now()) for _ in range(number)]


def are_settled(net: Net, leads: list[Lead]) -> bool:
    with network_context(net.network):
        states = Lead.objects.filter(pk__in=[lead.pk for lead in leads]).values_list("state", flat=True)
        return set(states) <= SETTLED


def outbox_is_empty(net: Net) -> bool:
    with network_context(net.network):
        return not Delivery.objects.filter(state=DeliveryState.PENDING).exists()


def faults(net: Net, leads: list[Lead]) -> list[str]:
    """Leads that were lost, doubled or stand nowhere, and slots that do not add up."""
    found = []
    with network_context(net.network):
        for lead in Lead.objects.filter(pk__in=[lead.pk for lead in leads]):
            offers = Offer.objects.filter(lead=lead, state__in=LIVE_OFFERS).count()
            decisions = RoutingDecision.objects.filter(lead=lead, outcome="offered").count()
            if lead.state not in SETTLED:
                found.append(f"{lead.pk} is left in {lead.state}")
            if lead.state == LeadState.OFFERED and (offers, decisions) != (1, 1):
                found.append(f"{lead.pk}: {offers} offers, {decisions} decisions")
        if drift():
            found.append(f"slots: {drift()}")
        dead = Delivery.objects.filter(state=DeliveryState.DEAD).count()
        if dead:
            found.append(f"{dead} dead deliveries")
    return found


def test_a_lead_goes_its_way_by_itself(background: Background, committed_world: Worlds) -> None:
    """By the hint alone, without beat: offered, and the dealer's people are told."""
    voltara = committed_world[0]
    background.worker()
    began = time.monotonic()
    leads = capture(voltara)
    assert wait_for(lambda: are_settled(voltara, leads), 20), background.said()
    took = time.monotonic() - began
    assert wait_for(lambda: outbox_is_empty(voltara), 20), background.said()
    with network_context(voltara.network):
        told = {row.membership_id for row in Notification.objects.filter(kind="leads.offer_made")}
        assert told == {voltara.members[name].pk for name in ("sales_a", "owner_a")}
    assert faults(voltara, leads) == []
    assert took < 10


def test_an_emptied_broker_loses_nothing(background: Background, committed_world: Worlds) -> None:
    """The hints are gone before a worker saw them; beat finds the deliveries in the database."""
    everything = [(net, capture(net, 4)) for net in committed_world]
    assert background.broker.llen("routing") == 8
    background.broker.flushall() if False else background.broker.flushdb()
    background.worker(concurrency=2)
    background.beat()
    for net, leads in everything:
        assert wait_for(lambda net=net, leads=leads: are_settled(net, leads), 40), background.said()
    for net, leads in everything:
        assert wait_for(lambda net=net: outbox_is_empty(net), 20), background.said()
        assert faults(net, leads) == []


def test_a_worker_killed_in_the_middle(
    background: Background, committed_world: Worlds, happens: Callable[[Net, DomainEvent], Event]
) -> None:
    """Its lease runs out, the next worker does the work, and it takes effect once."""
    voltara = committed_world[0]

    def delivery() -> Delivery:
        with network_context(voltara.network):
            return Delivery.objects.get(receiver="tests.wait")

    first = background.worker(include=LISTENING)
    happens(voltara, GateReached())
    assert wait_for(lambda: delivery().token == 1, 20), background.said()
    time.sleep(0.3)
    background.kill(first)
    with network_context(voltara.network):
        assert effects("wait") == 0
        put(OPEN)
    assert delivery().state == DeliveryState.PENDING
    later(voltara)
    background.worker(include=LISTENING)
    hint_due(voltara.network.pk)
    assert wait_for(lambda: delivery().state == DeliveryState.DONE, 20), background.said()
    with network_context(voltara.network):
        assert effects("wait") == 1
    assert delivery().token == 2


def test_the_same_task_many_times_over(background: Background, committed_world: Worlds) -> None:
    """Redelivered by the broker, hinted at by beat, sent by hand: routed once."""
    voltara = committed_world[0]
    leads = capture(voltara, 4)
    with network_context(voltara.network):
        pending = list(Delivery.objects.filter(receiver="leads.route").values_list("pk", flat=True))
    for delivery_id in pending * 10:
        current_app.send_task(
            "dnm.events.tasks.deliver",
            kwargs={"network_id": voltara.network.pk, "delivery_id": delivery_id},
            queue="routing",
        )
    background.worker(concurrency=2, queues="routing")
    assert wait_for(lambda: background.broker.llen("routing") == 0, 30), background.said()
    assert wait_for(lambda: are_settled(voltara, leads), 20), background.said()
    assert faults(voltara, leads) == []
    with network_context(voltara.network):
        attempts = Delivery.objects.filter(pk__in=pending).values_list("attempts", flat=True)
        assert set(attempts) == {1}


def test_two_networks_in_turn_in_one_worker(background: Background, committed_world: Worlds) -> None:
    """One process, one connection, forty tasks: each sees its own network, in Python and in PostgreSQL."""
    for turn in range(20):
        for net in committed_world:
            look.apply_async(kwargs={"network_id": net.network.pk, "turn": turn})
    everything = [(net, capture(net, 3)) for net in committed_world]
    background.worker(include=LISTENING)
    for net, leads in everything:
        assert wait_for(lambda net=net, leads=leads: are_settled(net, leads), 40), background.said()
        assert wait_for(lambda net=net: outbox_is_empty(net), 30), background.said()
    for net, leads in everything:
        own = [net.network.pk]
        with network_context(net.network):
            assert wait_for(lambda: effects("look") == 20, 20), background.said()
            names = BusinessCalendar.objects.filter(name__startswith="effect look")
            assert set(names.values_list("name", flat=True)) == {
                f"effect look {turn} {own} {own}" for turn in range(20)
            }
            partners = Offer.objects.filter(lead__in=leads).values_list("partner__network_id", flat=True)
            assert set(partners) == set(own)
        assert faults(net, leads) == []


@pytest.mark.sweep
def test_a_hundred_kills(background: Background, committed_world: Worlds) -> None:
    """Workers die at random moments while leads come in: none is lost, none is routed twice."""
    import random

    chance = random.Random(20)
    everything: list[tuple[Net, list[Lead]]] = [(net, []) for net in committed_world]
    background.beat()
    for _kill in range(100):
        worker = background.worker(concurrency=2)
        for net, leads in everything:
            leads += capture(net, 2)
        if chance.random() < 0.2:
            background.broker.flushdb()
        time.sleep(chance.random())
        background.kill(worker)
    for net, _leads in everything:
        later(net)
    background.worker(concurrency=2)
    for net, leads in everything:
        assert wait_for(lambda net=net, leads=leads: are_settled(net, leads), 300), background.said()
        later(net)
        assert wait_for(lambda net=net: outbox_is_empty(net), 300), background.said()
        assert faults(net, leads) == []
