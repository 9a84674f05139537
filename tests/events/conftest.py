"""Striking the gong, and the clock of the deliveries."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from dnm.accounts.tenancy import network_context
from dnm.events.kinds import DomainEvent
from dnm.events.models import Delivery, Event
from dnm.events.publishing import publish
from tests.world import Net


@pytest.fixture
def happens() -> Callable[[Net, DomainEvent], Event]:
    """Publish an event about a network's dealer_a, committed when the test is not in a transaction."""

    def publish_it(net: Net, event: DomainEvent) -> Event:
        with network_context(net.network):
            return publish(event, subject=net.partners["dealer_a"], actor=net.system, at=timezone.now())

    return publish_it


def later(net: Net) -> None:
    """As if the time had passed: what waits is due, and leases have run out."""
    with network_context(net.network):
        Delivery.objects.update(due_at=Now())
        Delivery.objects.filter(lease_until__isnull=False).update(lease_until=Now() - timedelta(seconds=1))
