"""Reading the log."""

from django.db import models
from django.db.models import Q

from dnm.events.kinds import all_kinds
from dnm.events.models import Event
from dnm.scoping.pages import Page, page

LENGTH = 50


def timeline(subject: models.Model, *, everything: bool, cursor: str | None = None) -> Page:
    """What happened to a row, newest first, a page of `LENGTH` entries that the reader may know of.

    `everything` is for network staff. Others are told neither internal events nor what happened while the row
    belonged to another partner. Raises `Invalid` for a cursor that is none.
    """
    events = Event.objects.about(subject)
    if not everything:
        open_kinds = [name for name, kind in all_kinds().items() if not kind.internal]
        anchor = getattr(subject, "partner_id", None)
        events = events.filter(Q(anchor_id=None) | Q(anchor_id=anchor), kind__in=open_kinds)
    return page(events, order=("-id",), cursor=cursor, limit=LENGTH)
