"""Sending a delivery that failed for good once more, by hand."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dnm.accounts.actors import Actor
from dnm.accounts.commits import after_commit
from dnm.events.delivery import retry_dead
from dnm.events.hints import hint
from dnm.events.kinds import DomainEvent
from dnm.events.models import Delivery, DeliveryState
from dnm.events.permissions import EventCapability
from dnm.events.publishing import publish
from dnm.events.receivers import receiver_named
from dnm.scoping.authority import authorise_everywhere
from dnm.scoping.errors import Conflict


@dataclass(frozen=True, kw_only=True)
class DeliveryRetried(DomainEvent):
    """A delivery that had failed for good was made due again by a person."""

    kind: ClassVar[str] = "events.delivery_retried"
    title: ClassVar = gettext_lazy("Failed delivery sent again")
    internal: ClassVar[bool] = True
    receiver: str


@transaction.atomic
def retry_delivery(*, delivery: Delivery, actor: Actor, at: datetime) -> Delivery:
    """Make a dead delivery due again, with a fresh count of attempts; a worker takes it after the commit.

    Raises `NotAllowed`, and `Conflict` when the delivery is not dead.
    """
    authorise_everywhere(actor, EventCapability.RETRY)
    delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if delivery.state != DeliveryState.DEAD:
        raise Conflict(_("This delivery has not failed for good."), code="not-dead")
    retry_dead(delivery)
    publish(DeliveryRetried(receiver=delivery.receiver), subject=delivery, actor=actor, at=at)
    receiver = receiver_named(delivery.receiver)
    queue = receiver.queue if receiver else "default"
    after_commit(hint, delivery.network_id, delivery.pk, queue)
    delivery.refresh_from_db()
    return delivery
