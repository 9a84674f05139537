"""Publishing: the event row and one delivery row a receiver, in the transaction of the change itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from django.contrib.contenttypes.models import ContentType
from django.db import models

from dnm.accounts.actors import Actor
from dnm.accounts.commits import after_commit
from dnm.events.hints import hint
from dnm.events.kinds import DomainEvent
from dnm.events.models import Delivery, Event
from dnm.events.receivers import receivers_of
from dnm.scoping.errors import VIEWING, NotAllowed


def publish(
    event: DomainEvent,
    *,
    subject: models.Model,
    actor: Actor,
    at: datetime,
    extra: Mapping[str, Any] | None = None,
) -> Event:
    """Write `event` about `subject` and make its receivers' deliveries due; returns the event row.

    Must run inside the transaction that changes the subject: both are there or neither. After the commit the
    workers get a hint; should it be lost, beat finds the deliveries within seconds. Through another member's
    eyes nothing is written: that is `NotAllowed`, should a verb ever get this far.
    """
    if actor.viewing_as is not None:
        raise NotAllowed(VIEWING)
    row = Event.objects.create(
        network_id=actor.network_id,
        kind=event.kind,
        subject_type=ContentType.objects.get_for_model(subject),
        subject_id=subject.pk,
        anchor_id=getattr(subject, "partner_id", None),
        payload={**event.payload(), **(extra or {})},
        actor_name=actor.name,
        via=actor.via,
        membership=actor.membership,
        on_behalf_of=actor.on_behalf_of,
        request_id=structlog.contextvars.get_contextvars().get("request_id", ""),
        occurred_at=at,
    )
    receivers = receivers_of(event.kind)
    if receivers:
        deliveries = Delivery.objects.bulk_create(
            [Delivery(network_id=row.network_id, event=row, receiver=receiver.name) for receiver in receivers]
        )
        for receiver, delivery in zip(receivers, deliveries, strict=True):
            after_commit(hint, row.network_id, delivery.pk, receiver.queue)
    return row
