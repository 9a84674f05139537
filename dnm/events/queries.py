"""Reading the log."""

from django.db import models

from dnm.events.kinds import kind_named
from dnm.events.models import Event

LENGTH = 200


def timeline(subject: models.Model, *, everything: bool) -> list[Event]:
    """What happened to a row, newest first, at most `LENGTH` entries.

    `everything` is for network staff. Others are told neither internal events nor what happened while the row
    belonged to another partner.
    """
    events = list(Event.objects.about(subject)[:LENGTH])
    if everything:
        return events
    anchor = getattr(subject, "partner_id", None)
    return [event for event in events if not event.internal and _mine(event, anchor)]


def _mine(event: Event, anchor: int | None) -> bool:
    return event.anchor_id is None or event.anchor_id == anchor


def titles() -> dict[str, str]:
    """Kind → title of everything in the log's vocabulary that the running code knows."""
    kinds = Event.objects.order_by("kind").values_list("kind", flat=True).distinct()
    return {kind: str(known.title) for kind in kinds if (known := kind_named(kind))}
