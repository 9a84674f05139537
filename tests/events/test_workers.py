"""The outbox with real workers, beat and Valkey: emptied, killed, frozen, repeated, interleaved."""

import random
import subprocess
import time
from collections.abc import Callable

import pytest
from celery import current_app
from django.test import Client
from django.utils import timezone

from dnm.accounts.tenancy import network_context
from dnm.events.delivery import MAX_ATTEMPTS, hint_due
from dnm.events.kinds import DomainEvent
from dnm.events.models import Delivery, DeliveryState, Event
from dnm.notifications.models import Notification
from leads.domain.offers import decline_offer
from leads.models import Lead, Offer, PartnerLoad
from leads.states import LeadState, OfferState
from partners.models import BusinessCalendar
from tests.background import Background, sessions, wait_for
from tests.events.conftest import later
from tests.events.listening import BROKEN, OPEN, GateReached, GongStruck, effects, look, put
from tests.signing_in import sign_in
from tests.soundness import faults, happened, is_quiet
from tests.world import Net

Worlds = tuple[Net, Net]
Happens = Callable[[Net, DomainEvent], Event]
LISTENING = "tests.events.listening"


def capture(net: Net, number: int = 1) -> list[Lead]:
    return [net.lead(at=timezone.now()) for _ in range(number)]


def delivery(net: Net, receiver: str) -> Delivery:
    with network_context(net.network):
        return Delivery.objects.get(receiver=receiver)


def count(net: Net, kind: str) -> int:
    with network_context(net.network):
        return effects(kind)


def all_quiet(background: Background, nets: Worlds, seconds: float = 40) -> None:
    for net in nets:
        assert wait_for(lambda net=net: is_quiet(net), seconds), background.said()


def routed_once(net: Net, leads: list[Lead]) -> bool:
    """Each of the leads was captured once, screened once and offered once."""
    kinds = ("leads.lead_captured", "leads.lead_screened", "leads.lead_offered")
    with network_context(net.network):
        return all(
            Event.objects.filter(kind=kind, subject_id=lead.pk).count() == 1
            for lead in leads
            for kind in kinds
        )


def test_a_lead_goes_its_way_by_itself(background: Background, committed_world: Worlds) -> None:
    """By the hint alone, without beat: offered, and the dealer's people are told."""
    voltara = committed_world[0]
    background.worker()
    began = time.monotonic()
    leads = capture(voltara)
    assert wait_for(lambda: is_quiet(voltara), 40), background.said()
    took = time.monotonic() - began
    with network_context(voltara.network):
        told = {row.membership_id for row in Notification.objects.filter(kind="leads.offer_made")}
        assert told == {voltara.members[name].pk for name in ("sales_a", "owner_a")}
    assert routed_once(voltara, leads)
    assert faults(voltara) == []
    assert took < 10


def test_an_emptied_broker_loses_nothing(background: Background, committed_world: Worlds) -> None:
    """The hints are gone before a worker saw them; beat finds the deliveries in the database."""
    everything = [(net, capture(net, 4)) for net in committed_world]
    assert background.broker.llen("routing") == 8
    background.broker.flushall()
    assert background.broker.dbsize() == 0
    background.worker(concurrency=2)
    background.beat()
    all_quiet(background, committed_world)
    for net, leads in everything:
        assert routed_once(net, leads)
        assert faults(net) == []


def test_a_broker_that_dies_and_comes_back_empty(background: Background, committed_world: Worlds) -> None:
    """While it is away leads come in as always; workers and beat find their way back to it."""
    voltara = committed_world[0]
    background.worker()
    background.beat()
    background.server.kill()
    began = time.monotonic()
    leads = capture(voltara, 6)
    assert time.monotonic() - began < 5, "a dead broker holds up those who write"
    background.server.start()
    all_quiet(background, committed_world, 60)
    assert routed_once(voltara, leads)
    assert faults(voltara) == []


def test_a_worker_killed_while_it_routes(background: Background, committed_world: Worlds) -> None:
    """It dies with the lead screened and a slot half taken: all of it is undone, and the next one routes."""
    voltara = committed_world[0]
    with network_context(voltara.network):
        load = PartnerLoad.objects.create(network=voltara.network, partner=voltara.partners["dealer_a"])
    first = background.worker(queues="routing")
    with network_context(voltara.network):
        PartnerLoad.objects.select_for_update().get(pk=load.pk)
        in_a_session_of_its_own(lambda: capture(voltara))
        assert wait_for(lambda: sessions(waiting=True) == 1, 40, every=0.01), background.said()
        background.kill(first)
    assert wait_for(lambda: sessions() == 0, 10)
    with network_context(voltara.network):
        (lead,) = Lead.objects.all()
        assert lead.state == LeadState.NEW
        assert not Offer.objects.exists()
        route = Delivery.objects.get(receiver="leads.route")
        assert (route.state, route.token) == (DeliveryState.PENDING, 1)
    later(voltara)
    background.worker()
    hint_due(voltara.network.pk)
    all_quiet(background, committed_world)
    assert routed_once(voltara, [lead])
    assert faults(voltara) == []
    assert delivery(voltara, "leads.route").token == 2


def in_a_session_of_its_own(act: Callable[[], object]) -> None:
    from threading import Thread

    from django.db import connections

    def run() -> None:
        try:
            act()
        finally:
            connections.close_all()

    thread = Thread(target=run)
    thread.start()
    thread.join(timeout=20)


def waits_at_the_gate(background: Background, net: Net, happens: Happens) -> subprocess.Popen[bytes]:
    """A worker in the middle of a delivery: it has written, and waits."""
    worker = background.worker(include=LISTENING, queues="default")
    happens(net, GateReached())
    assert wait_for(lambda: delivery(net, "tests.wait").token == 1, 40), background.said()
    assert wait_for(lambda: sessions() > 0, 40), background.said()
    return worker


def test_a_worker_killed_in_the_middle(
    background: Background, committed_world: Worlds, happens: Happens
) -> None:
    """Its lease runs out, the next worker does the work, and it takes effect once."""
    voltara = committed_world[0]
    background.kill(waits_at_the_gate(background, voltara, happens))
    with network_context(voltara.network):
        assert effects("wait") == 0
        put(OPEN)
    hint_due(voltara.network.pk)
    assert background.broker.llen("default") == 0, "nobody takes it as long as the lease stands"
    assert delivery(voltara, "tests.wait").state == DeliveryState.PENDING
    later(voltara)
    background.worker(include=LISTENING)
    hint_due(voltara.network.pk)
    assert wait_for(lambda: delivery(voltara, "tests.wait").state == DeliveryState.DONE, 20), (
        background.said()
    )
    assert count(voltara, "wait") == 1
    assert delivery(voltara, "tests.wait").token == 2


def test_a_frozen_worker_that_comes_back_is_fenced_off(
    background: Background, committed_world: Worlds, happens: Happens
) -> None:
    """Its lease was taken over and the work done; when it goes on, what it wrote is rolled back."""
    voltara = committed_world[0]
    frozen = waits_at_the_gate(background, voltara, happens)
    background.freeze(frozen)
    with network_context(voltara.network):
        put(OPEN)
    later(voltara)
    background.worker(include=LISTENING, queues="default")
    hint_due(voltara.network.pk)
    assert wait_for(lambda: delivery(voltara, "tests.wait").state == DeliveryState.DONE, 20), (
        background.said()
    )
    assert count(voltara, "wait") == 1
    background.thaw(frozen)
    assert wait_for(lambda: "lease lost" in background.said(), 40), background.said()
    assert wait_for(lambda: sessions() == 0, 10)
    assert count(voltara, "wait") == 1
    done = delivery(voltara, "tests.wait")
    assert (done.state, done.token, done.error) == (DeliveryState.DONE, 2, "")


def test_the_same_task_many_times_over(background: Background, committed_world: Worlds) -> None:
    """Redelivered by the broker, hinted at by beat, sent by hand: routed once."""
    voltara = committed_world[0]
    leads = capture(voltara, 4)
    with network_context(voltara.network):
        pending = list(Delivery.objects.filter(receiver="leads.route").values_list("pk", flat=True))
    ask_for(voltara, pending * 10, "routing")
    background.worker(concurrency=2, queues="routing")
    assert wait_for(lambda: background.broker.llen("routing") == 0, 40), background.said()
    background.worker(queues="default")
    all_quiet(background, committed_world)
    assert routed_once(voltara, leads)
    assert faults(voltara) == []
    with network_context(voltara.network):
        attempts = Delivery.objects.filter(pk__in=pending).values_list("attempts", flat=True)
        assert set(attempts) == {1}


def ask_for(net: Net, deliveries: list[int], queue: str) -> None:
    for delivery_id in deliveries:
        current_app.send_task(
            "dnm.events.tasks.deliver",
            kwargs={"network_id": net.network.pk, "delivery_id": delivery_id},
            queue=queue,
        )


def test_tasks_in_the_wrong_order(background: Background, committed_world: Worlds) -> None:
    """What happened last is delivered first, three times, by two at once; the offers are over by then."""
    voltara = committed_world[0]
    offers = [voltara.offered(at=timezone.now()) for _ in range(4)]
    with network_context(voltara.network):
        for offer in offers:
            decline_offer(offer=offer, reason="other", actor=voltara.actor("sales_a"), at=timezone.now())
        newest_first = list(Delivery.objects.order_by("-pk").values_list("pk", flat=True))
    background.broker.flushall()
    ask_for(voltara, newest_first * 3, "default")
    background.worker(concurrency=2)
    all_quiet(background, committed_world)
    assert faults(voltara) == []
    with network_context(voltara.network):
        by_step = Offer.objects.order_by("step").values_list("step", "state")
        assert list(by_step) == [(1, OfferState.DECLINED)] * 4 + [(2, OfferState.PENDING)] * 4
        alarmed = Notification.objects.filter(kind="leads.offer_made").values_list("subject_id", flat=True)
        assert set(alarmed).isdisjoint(offer.pk for offer in offers), "told of an offer that is over"
    assert set(happened(voltara, "leads.lead_offered").values()) == {2}


def test_a_receiver_that_always_fails_ends_dead_and_is_sent_again_by_hand(
    background: Background, committed_world: Worlds, happens: Happens
) -> None:
    """Eight tries, then the row stands in the administration with its error and a button."""
    voltara = committed_world[0]
    background.worker(include=LISTENING)
    with network_context(voltara.network):
        put(BROKEN)
    happens(voltara, GongStruck())
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert wait_for(lambda n=attempt: tried(voltara) == n, 40), background.said()
        later(voltara)
        hint_due(voltara.network.pk)
    dead = delivery(voltara, "tests.fail")
    assert (dead.state, dead.error) == (DeliveryState.DEAD, "ZeroDivisionError: something is broken")
    assert count(voltara, "fail") == 0
    assert count(voltara, "write") == 1, "its neighbour does not suffer"
    assert 'raise ZeroDivisionError("something is broken")' in background.said()

    admin, page = sign_in(Client(), voltara, "administrator"), "/admin/events/delivery/"
    host = {"host": voltara.host}
    assert dead.error in admin.get(f"{page}{dead.uid}/change/", headers=host).content.decode()
    assert 'value="retry"' in admin.get(page, headers=host).content.decode()
    assert "1 failed for good" in admin.get("/readyz", headers=host).json()["checks"]["outbox"]["detail"]
    with network_context(voltara.network):
        BusinessCalendar.objects.filter(name=BROKEN).delete()
    admin.post(page, {"action": "retry", "_selected_action": [str(dead.uid)]}, headers=host)
    assert wait_for(lambda: delivery(voltara, "tests.fail").state == DeliveryState.DONE, 20), (
        background.said()
    )
    assert count(voltara, "fail") == 1


def tried(net: Net) -> int:
    """How often the failing receiver was tried; 0 while a try runs."""
    row = delivery(net, "tests.fail")
    return 0 if row.lease_until else row.attempts


def test_two_networks_in_turn_in_one_worker(background: Background, committed_world: Worlds) -> None:
    """One process, one connection, forty tasks: each sees its own network, in Python and in PostgreSQL."""
    for turn in range(20):
        for net in committed_world:
            look.apply_async(kwargs={"network_id": net.network.pk, "turn": turn})
    everything = [(net, capture(net, 3)) for net in committed_world]
    background.worker(include=LISTENING)
    all_quiet(background, committed_world)
    for net, leads in everything:
        own = [net.network.pk]
        assert wait_for(lambda net=net: count(net, "look") == 20, 40), background.said()
        with network_context(net.network):
            names = BusinessCalendar.objects.filter(name__startswith="effect look")
            assert set(names.values_list("name", flat=True)) == {
                f"effect look {turn} {own} {own}" for turn in range(20)
            }
            partners = Offer.objects.filter(lead__in=leads).values_list("partner__network_id", flat=True)
            assert set(partners) == set(own)
        assert faults(net) == []


@pytest.mark.sweep
def test_a_hundred_kills(background: Background, committed_world: Worlds) -> None:
    """Workers die at random moments while leads come in: none is lost, none is routed twice."""
    chance = random.Random(20)
    background.beat()
    for _kill in range(100):
        worker = background.worker(concurrency=2)
        for net in committed_world:
            capture(net, 2)
        if chance.random() < 0.2:
            background.broker.flushall()
        time.sleep(chance.random())
        background.kill(worker)
    for net in committed_world:
        later(net)
    background.worker(concurrency=2)
    all_quiet(background, committed_world, 300)
    for net in committed_world:
        assert faults(net) == []
        assert set(happened(net, "leads.lead_screened").values()) == {1}
