"""Mails that could not be sent: seen by those who see the outbox, and sent again by hand."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dnm.accounts.actors import Actor
from dnm.events.kinds import DomainEvent
from dnm.events.permissions import EventCapability
from dnm.events.publishing import publish
from dnm.notifications.models import Notification
from dnm.scoping.authority import authorise_everywhere, may_everywhere
from dnm.scoping.errors import Conflict


@dataclass(frozen=True, kw_only=True)
class MailRetried(DomainEvent):
    """A mail that had failed was made due again by a person."""

    kind: ClassVar[str] = "notifications.mail_retried"
    title: ClassVar = gettext_lazy("Failed mail sent again")
    internal: ClassVar[bool] = True


def undelivered(actor: Actor) -> Any:
    """Notifications of the network whose mail failed and was not sent since, for those who see the outbox.

    They are other people's: show to whom and why not, never what they say.
    """
    rows = Notification.objects.filter(emailed_at__isnull=True).exclude(email_error="")
    return rows if may_everywhere(actor, EventCapability.VIEW) else rows.none()


@transaction.atomic
def retry_mail(*, notification: Notification, actor: Actor, at: datetime) -> Notification:
    """Make a failed mail due now, with a fresh count of attempts.

    Raises `NotAllowed`, and `Conflict` when there is no failed mail to send.
    """
    authorise_everywhere(actor, EventCapability.RETRY)
    rows = Notification.objects.filter(pk=notification.pk, emailed_at__isnull=True).exclude(email_error="")
    if not rows.update(email_due_at=at, email_attempts=0):
        raise Conflict(_("This mail has not failed, or was sent meanwhile."), code="not-failed")
    publish(MailRetried(), subject=notification, actor=actor, at=at)
    notification.refresh_from_db()
    return notification
