"""Notifications by e-mail: claimed row by row, retried with growing pauses, given up visibly.

The rows are the queue: beat looks for those that are due, so neither a lost broker nor a dead worker loses a
mail. All that is due to one member at once goes into one mail. A mail that was handed to the mail server and
not yet marked when the worker died is sent again; its Message-ID stays the same.
"""

import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import formataddr
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import ngettext

from dnm.accounts.actors import Actor
from dnm.accounts.languages import spoken
from dnm.accounts.models import Membership
from dnm.accounts.models.memberships import MembershipState
from dnm.accounts.tenancy import network_context
from dnm.notifications.inbox import subject_of
from dnm.notifications.models import Notification
from dnm.scoping.actors import actor_for_membership

MAX_ATTEMPTS = 10
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=2)
MEMBERS_A_RUN = 200
NOTIFICATIONS_A_MAIL = 20
FAILURES = (smtplib.SMTPException, OSError)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Envelope:
    """One mail and the notifications that it carries."""

    mail: EmailMultiAlternatives
    ids: tuple[int, ...]


def send_due(network_id: int, now: datetime) -> int:
    """Send what is due in one network; returns the number of mails sent.

    A mail server that cannot be reached ends the run: the others would only wait for the same time-out.
    """
    with network_context(network_id):
        due = Notification.objects.mail_due(now).order_by("email_due_at")
        members = list(dict.fromkeys(due.values_list("membership_id", flat=True)[: 5 * MEMBERS_A_RUN]))
    sent = 0
    if members:
        with _server() as server:
            for membership_id in members[:MEMBERS_A_RUN]:
                envelope = _claim(network_id, membership_id, now)
                if envelope is None:
                    continue
                error = _hand_over(server, envelope)
                _record(network_id, envelope, error)
                sent += error is None
                if error is not None and _server_is_away(error):
                    break
    return sent


class _server:  # noqa: N801 - used like a function
    """The connection to the mail server, opened by the first mail and closed at the end."""

    def __enter__(self) -> Any:
        self._connection: Any = get_connection()
        return self._connection

    def __exit__(self, *_: object) -> None:
        try:
            self._connection.close()
        except FAILURES as error:
            log.info("mail server did not say good-bye", error=str(error))


def _claim(network_id: int, membership_id: int, now: datetime) -> Envelope | None:
    """Take a member's due rows: their next attempt is set before this one begins, so nobody else takes them.

    Rows whose member is locked or whose subject the member may no longer see are taken off the list unsent.
    """
    with network_context(network_id):
        due = Notification.objects.mail_due(now).filter(membership_id=membership_id).order_by("uid")
        rows = list(due.select_for_update(skip_locked=True)[:NOTIFICATIONS_A_MAIL])
        if not rows:
            return None
        membership = Membership.objects.select_related("user", "network").get(pk=membership_id)
        wanted = _still_wanted(rows, membership, now)
        dropped = [row.pk for row in rows if row not in wanted]
        Notification.objects.filter(pk__in=dropped).update(email_due_at=None)
        for row in wanted:
            row.email_attempts += 1
            row.email_due_at = now + _pause_after(row.email_attempts)
        Notification.objects.bulk_update(wanted, ["email_attempts", "email_due_at"])
        return _envelope(membership, wanted) if wanted else None


def _still_wanted(rows: list[Notification], membership: Membership, now: datetime) -> list[Notification]:
    if membership.state != MembershipState.ACTIVE or not membership.user.is_active:
        return []
    actor: Actor = actor_for_membership(membership, via="session", at=now)
    return [row for row in rows if subject_of(row, actor) is not None]


def _pause_after(attempts: int) -> timedelta:
    return min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)


def _hand_over(server: Any, envelope: Envelope) -> Exception | None:
    """Give the mail to the server; the error if it does not take it."""
    envelope.mail.connection = server
    try:
        envelope.mail.send()
    except FAILURES as error:
        log.warning("mail not sent", to=envelope.mail.to, error=f"{type(error).__name__}: {error}")
        return error
    return None


def _server_is_away(error: Exception) -> bool:
    """Whether the next mail would fail the same way; what the server says of one mail is about that mail."""
    gone = smtplib.SMTPServerDisconnected | smtplib.SMTPConnectError
    return isinstance(error, gone) or not isinstance(error, smtplib.SMTPException)


def _record(network_id: int, envelope: Envelope, error: Exception | None) -> None:
    """Note the outcome. After `MAX_ATTEMPTS` the rows are given up; the error stays and is shown."""
    with network_context(network_id):
        rows = Notification.objects.filter(pk__in=envelope.ids)
        if error is None:
            rows.update(emailed_at=timezone.now(), email_due_at=None, email_error="")
            return
        rows.update(email_error=f"{type(error).__name__}: {error}"[:500])
        rows.filter(email_attempts__gte=MAX_ATTEMPTS).update(email_due_at=None)


def _envelope(membership: Membership, rows: list[Notification]) -> Envelope:
    network, user = membership.network, membership.user
    with translation.override(spoken(user.language, network.language)), timezone.override(network.zone):
        lead = rows[0]
        others = len(rows) - 1
        subject = lead.title
        if others:
            subject += " " + ngettext("(and %(count)d more)", "(and %(count)d more)", others) % {
                "count": others
            }
        context = {
            "network": network,
            "user": user,
            "rows": [(row, network.address(reverse("notifications:open", args=[row.uid]))) for row in rows],
            "preferences": network.address(reverse("notifications:preferences")),
        }
        mail = EmailMultiAlternatives(
            subject=" ".join(f"[{network.title}] {subject}".split()),
            body=render_to_string("mail/notifications.txt", context),
            from_email=formataddr((network.title, settings.DEFAULT_FROM_EMAIL)),
            to=[formataddr((user.name, user.email))],
            headers={
                "Message-ID": f"<{lead.uid}@{settings.BASE_DOMAIN}>",
                "Auto-Submitted": "auto-generated",
                "List-Unsubscribe": f"<{context['preferences']}>",
            },
        )
        mail.attach_alternative(render_to_string("mail/notifications.html", context), "text/html")
    return Envelope(mail, tuple(row.pk for row in rows))
