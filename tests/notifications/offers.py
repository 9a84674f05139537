"""Notifications about real offers, in the tests' default world."""

from typing import Any

from django.utils import timezone

from dnm.accounts.tenancy import network_context
from dnm.events.delivery import deliver_one
from dnm.events.models import Delivery, DeliveryState
from dnm.notifications.models import Notification
from tests.world import Net


def told_of_offer(net: Net, name: str, **values: Any) -> Notification:
    """A lead is offered and the outbox delivered; the member's notification of it."""
    offer = net.offered(at=timezone.now(), **values)
    deliver(net)
    with network_context(net.network):
        return Notification.objects.get(membership=net.members[name], subject_id=offer.pk)


def deliver(net: Net) -> None:
    """Deliver what is pending of the alerts."""
    with network_context(net.network):
        due = Delivery.objects.filter(state=DeliveryState.PENDING, receiver="leads.alert")
        ids = list(due.order_by("pk").values_list("pk", flat=True))
    for delivery_id in ids:
        assert deliver_one(net.network.pk, delivery_id)
