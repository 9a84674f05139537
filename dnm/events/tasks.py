"""Background entry points of the outbox."""

import structlog
from celery import shared_task
from django.utils import timezone

from dnm.accounts.actors import Actor
from dnm.accounts.models import Network
from dnm.accounts.tenancy import network_context
from dnm.events.delivery import deliver_one, hint_due
from dnm.events.viewing import end_expired_views

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


@shared_task(name="dnm.events.tasks.end_views")
def end_views() -> None:
    """Beat's sweep: looks through others' eyes that have run out get their end in the log."""
    for network_id in Network.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True):
        try:
            with network_context(network_id):
                end_expired_views(actor=Actor.system("view-as", network_id), at=timezone.now())
        except Exception:
            log.exception("expired looks were not ended", network=network_id)
