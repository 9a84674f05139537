"""Delivering: lease, run, finish with the fencing token; back off on failure; give up visibly."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.db.models import F, Q
from django.db.models.functions import Now

from dnm.accounts.actors import Actor
from dnm.accounts.history import sign
from dnm.accounts.tenancy import network_context
from dnm.events.hints import hint
from dnm.events.models import Delivery, DeliveryState
from dnm.events.receivers import receiver_named

LEASE = timedelta(seconds=120)
MAX_ATTEMPTS = 8
BACK_OFF_SECONDS = 3
SWEEP = 500

log = structlog.get_logger(__name__)


class LeaseLost(RuntimeError):
    """Somebody else took the delivery over while this worker was away; its work is rolled back."""


@dataclass(frozen=True, slots=True)
class Lease:
    delivery_id: int
    token: int
    attempts: int


def deliver_one(network_id: int, delivery_id: int) -> bool:
    """Run one delivery if it is due and free. True when it is done afterwards by this call.

    The receiver's writes and the mark "done" commit together. A failure is recorded with a new due time; the
    exception is logged, not raised, because the delivery row, not the task, is the record.
    """
    lease = take(network_id, delivery_id)
    if lease is None:
        return False
    try:
        with network_context(network_id):
            delivery = Delivery.objects.select_related("event").get(pk=delivery_id)
            receiver = receiver_named(delivery.receiver)
            if receiver is None:
                raise LookupError(f"no receiver is called {delivery.receiver}")
            sign(Actor.system(receiver.name, network_id))
            receiver.function(delivery.event)
            finish(lease)
    except LeaseLost:
        log.warning("lease lost; another worker has it", delivery=delivery_id)
        return False
    except Exception as error:
        log.exception("receiver failed", delivery=delivery_id, attempt=lease.attempts)
        fail(network_id, lease, f"{type(error).__name__}: {error}")
        return False
    return True


def take(network_id: int, delivery_id: int) -> Lease | None:
    """Lease a pending, due delivery that nobody holds; None when there is nothing to do.

    One that was taken `MAX_ATTEMPTS` times and never given back has killed its workers: it is dead.
    """
    with network_context(network_id):
        mine = _free().filter(pk=delivery_id)
        mine.filter(attempts__gte=MAX_ATTEMPTS).update(
            state=DeliveryState.DEAD, lease_until=None, error="The worker died on this delivery each time."
        )
        taken = mine.update(token=F("token") + 1, attempts=F("attempts") + 1, lease_until=Now() + LEASE)
        if not taken:
            return None
        token, attempts = Delivery.objects.values_list("token", "attempts").get(pk=delivery_id)
    return Lease(delivery_id, token, attempts)


def finish(lease: Lease) -> None:
    """Mark the delivery done, if the lease still stands; inside the receiver's transaction."""
    done = Delivery.objects.filter(
        pk=lease.delivery_id, token=lease.token, state=DeliveryState.PENDING
    ).update(state=DeliveryState.DONE, done_at=Now(), lease_until=None, error="")
    if not done:
        raise LeaseLost(lease.delivery_id)


def fail(network_id: int, lease: Lease, error: str) -> None:
    """Give the lease back with the error and a later due time; after `MAX_ATTEMPTS` the delivery is dead."""
    wait = timedelta(seconds=BACK_OFF_SECONDS * 2 ** (lease.attempts - 1))
    state = DeliveryState.DEAD if lease.attempts >= MAX_ATTEMPTS else DeliveryState.PENDING
    with network_context(network_id):
        Delivery.objects.filter(pk=lease.delivery_id, token=lease.token, state=DeliveryState.PENDING).update(
            state=state, error=error[:2000], lease_until=None, due_at=Now() + wait
        )


def retry_dead(delivery: Delivery) -> None:
    """Make a dead delivery due again, with a fresh count of attempts."""
    Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.DEAD).update(
        state=DeliveryState.PENDING, attempts=0, due_at=Now(), lease_until=None
    )


def hint_due(network_id: int) -> int:
    """Send hints for what is due and free in one network; returns how many."""
    with network_context(network_id):
        due = list(_free().order_by("due_at").values_list("pk", "receiver")[:SWEEP])
    for delivery_id, name in due:
        receiver = receiver_named(name)
        hint(network_id, delivery_id, receiver.queue if receiver else "default")
    return len(due)


def _free() -> Any:
    return Delivery.objects.filter(
        Q(lease_until__isnull=True) | Q(lease_until__lt=Now()), state=DeliveryState.PENDING, due_at__lte=Now()
    )
