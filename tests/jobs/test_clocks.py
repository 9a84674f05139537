"""A burst of deliveries does not hold up the clocks, even in one worker for everything."""

import time
from datetime import timedelta

from django.utils import timezone

from dnm.accounts.tenancy import network_context
from dnm.celery import app
from leads.models import Offer
from leads.states import OfferState
from tests.background import Background, wait_for
from tests.world import Net

BURST = 10_000


def queue_burst(net: Net) -> None:
    """Hints at deliveries that are none: each costs a worker a look into the database."""
    with app.producer_pool.acquire(block=True) as producer:
        for number in range(BURST):
            app.send_task(
                "dnm.events.tasks.deliver",
                kwargs={"network_id": net.network.pk, "delivery_id": 10**9 + number},
                queue="routing",
                producer=producer,
            )


def test_an_offer_lapses_in_time_behind_ten_thousand_deliveries(
    background: Background, committed_world: tuple[Net, Net]
) -> None:
    voltara = committed_world[0]
    offer = voltara.offered()
    with network_context(voltara.network):
        Offer.objects.filter(pk=offer.pk).update(due_at=timezone.now() + timedelta(days=1), remind_at=None)
    queue_burst(voltara)
    background.worker(concurrency=1)
    background.beat()
    with network_context(voltara.network):
        Offer.objects.filter(pk=offer.pk).update(due_at=timezone.now())
    began = time.monotonic()

    def lapsed() -> bool:
        with network_context(voltara.network):
            return bool(Offer.objects.get(pk=offer.pk).state == OfferState.LAPSED)

    assert wait_for(lapsed, 30), background.said()
    took = time.monotonic() - began
    assert background.broker.llen("routing") > 0, "the burst was over before the clock could be tried"
    assert took < 12, took
