"""Background entry points of the outbox."""

from celery import shared_task

from dnm.accounts.models import Network
from dnm.events.delivery import deliver_one, hint_due


@shared_task(name="dnm.events.tasks.deliver")
def deliver(*, network_id: int, delivery_id: int) -> None:
    """Deliver one event to one receiver. Harmless when repeated."""
    deliver_one(network_id, delivery_id)


@shared_task(name="dnm.events.tasks.redeliver")
def redeliver() -> None:
    """Beat's sweep: whatever is due and not in hand gets a new hint."""
    for network_id in Network.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True):
        hint_due(network_id)
