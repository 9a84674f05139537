"""Background entry points of the outbox."""

import structlog
from celery import shared_task

from dnm.accounts.models import Network
from dnm.events.delivery import deliver_one, hint_due

log = structlog.get_logger(__name__)


@shared_task(name="dnm.events.tasks.deliver")
def deliver(*, network_id: int, delivery_id: int) -> None:
    """Deliver one event to one receiver. Harmless when repeated."""
    deliver_one(network_id, delivery_id)


@shared_task(name="dnm.events.tasks.redeliver")
def redeliver() -> None:
    """Beat's sweep: whatever is due and not in hand gets a new hint. A network that fails stops no other."""
    for network_id in Network.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True):
        try:
            hint_due(network_id)
        except Exception:
            log.exception("redelivery failed", network=network_id)
