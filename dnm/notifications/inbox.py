"""A member's notifications: how many, which, read or not, and what they open."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from dnm.accounts.actors import Actor
from dnm.notifications.kinds import link_to
from dnm.notifications.live.publishing import publish
from dnm.notifications.models import Notification
from dnm.scoping.pages import Page, page

COUNTED = 1000
REPLAY_LIMIT = 50
OVERLAP = timedelta(seconds=5)
"""How far before the last seen one `since` begins: what was made earlier may have committed later."""
LATEST = 5
FIRST_UNREAD = 25
ORDER = ("-uid",)


def unread_count(actor: Actor) -> int:
    """The number on the bell, exact up to `COUNTED`; one query."""
    return int(Notification.objects.visible_to(actor).unread()[:COUNTED].count())


def latest(actor: Actor) -> list[Notification]:
    """The newest few, read or not."""
    return list(Notification.objects.visible_to(actor).in_portal().order_by(*ORDER)[:LATEST])


def unread_page(actor: Actor, cursor: str | None, limit: int = FIRST_UNREAD) -> Page:
    """The actor's unread notifications, newest first."""
    return page(Notification.objects.visible_to(actor).unread(), order=ORDER, cursor=cursor, limit=limit)


def read_page(actor: Actor, cursor: str | None) -> Page:
    """Those that the actor has read, newest first."""
    read = Notification.objects.visible_to(actor).in_portal().filter(read_at__isnull=False)
    return page(read, order=ORDER, cursor=cursor)


def named(actor: Actor, uids: Sequence[UUID]) -> list[Notification]:
    """The unread ones among these, newest first: what a toast may tell of."""
    return list(Notification.objects.visible_to(actor).unread().filter(uid__in=uids).order_by(*ORDER))


def since(actor: Actor, seen: str | None) -> tuple[list[tuple[UUID, str]], str]:
    """Unread notifications that came after `seen`, as (uid, kind), oldest first, the newest `REPLAY_LIMIT`.

    `seen` is the id of the last one that the asker knows of, "" when it knows of none, None when it did not
    say: then there is nothing to tell yet. Returns them and the id to go on from. Some that the asker has
    seen may come again (see `OVERLAP`).
    """
    rows = Notification.objects.visible_to(actor).in_portal()
    if seen is None:
        return [], str(rows.order_by(*ORDER).values_list("uid", flat=True).first() or "")
    position = _parsed(seen)
    if position is not None:
        rows = rows.filter(uid__gt=_floor(position)).exclude(uid=position)
    found = list(rows.unread().order_by(*ORDER).values_list("uid", "kind")[:REPLAY_LIMIT])
    found.reverse()
    newest = max([uid for uid, _kind in found] + ([position] if position else []), default="")
    return found, str(newest)


def position_at(moment: datetime) -> UUID:
    """What `since` takes for a moment: the smallest UUIDv7 of its millisecond."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


def failing_mail(actor: Actor) -> Notification | None:
    """The actor's newest notification whose mail failed and was not sent since."""
    failed = Notification.objects.visible_to(actor).filter(emailed_at__isnull=True).exclude(email_error="")
    found: Notification | None = failed.order_by(*ORDER).first()
    return found


def mark_read(*, notification: Notification, actor: Actor, at: datetime) -> None:
    """The actor has seen it. Only the owner's own rows are touched; a second time changes nothing."""
    _mark(Notification.objects.visible_to(actor).filter(pk=notification.pk), actor, at)


def mark_all_read(*, actor: Actor, at: datetime, up_to: UUID | None = None) -> int:
    """The actor has seen everything up to and including `up_to`, not what came later; returns how many."""
    rows = Notification.objects.visible_to(actor)
    return _mark(rows if up_to is None else rows.filter(uid__lte=up_to), actor, at)


def _mark(rows: Any, actor: Actor, at: datetime) -> int:
    changed = int(rows.unread().update(read_at=at))
    if changed and actor.membership_id is not None:
        publish(actor.network_id, actor.membership_id, "read", {})
    return changed


def subject_of(notification: Notification, actor: Actor) -> Model | None:
    """What the notification is about, if the actor may (still) see it; None otherwise."""
    model = ContentType.objects.get_for_id(notification.subject_type_id).model_class()
    kind = notification.declared
    manager: Any = getattr(model, "objects", None)
    if kind is None or not hasattr(manager, "visible_to"):
        return None
    found: Model | None = (
        manager.visible_to(actor, kind.capability).filter(pk=notification.subject_id).first()
    )
    return found


def address_of(notification: Notification, actor: Actor) -> str | None:
    """The address of the subject's page, through the scope; None when there is nothing (more) to see."""
    subject = subject_of(notification, actor)
    return link_to(subject) if subject is not None else None


def _parsed(seen: str) -> UUID | None:
    try:
        return UUID(seen)
    except ValueError:
        return None


def _floor(position: UUID) -> UUID:
    """The smallest UUIDv7 of the moment `OVERLAP` before the one that `position` was made in."""
    milliseconds = (position.int >> 80) - OVERLAP // timedelta(milliseconds=1)
    return UUID(int=max(milliseconds, 0) << 80)
