"""Mails of invitations. The rows are the queue: each is claimed, gets its secret, and goes to the server.

The secret comes into being here and leaves in the mail; the row keeps its digest. A worker that dies between
the server's yes and the note of it sends again, with another link: the last mail is the one that works.
"""

import hashlib
import secrets
import smtplib
from collections.abc import Collection
from datetime import datetime, timedelta
from email.utils import formataddr
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from dnm.accounts.models import Network
from dnm.accounts.tenancy import network_context
from partners.models import Invitation

MAX_ATTEMPTS = 8
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=2)
A_RUN = 200
FAILURES = (smtplib.SMTPException, OSError)

log = structlog.get_logger(__name__)


def digest_of(secret: str) -> str:
    """SHA-256 in hexadecimal: the secret has 256 random bits, so no salt or stretching is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def send_invitations(network_id: int, at: datetime, *, only: Collection[int] | None = None) -> int:
    """Send the mails that are due in one network, those of `only` if it is given; returns how many went out.

    A mail server that cannot be reached ends the run.
    """
    with network_context(network_id):
        due = Invitation.objects.mail_due(at)
        if only is not None:
            due = due.filter(pk__in=only)
        ids = list(due.order_by("mail_due_at", "pk").values_list("pk", flat=True)[:A_RUN])
    if not ids:
        return 0
    server, sent = get_connection(), 0
    try:
        for pk in ids:
            mail = _claim(network_id, pk, at)
            if mail is None:
                continue
            mail.connection = server
            try:
                server.open()
                mail.send()
            except FAILURES as error:
                _failed(network_id, pk, error)
                if _server_is_away(error):
                    break
            else:
                _sent(network_id, pk, at)
                sent += 1
    finally:
        _say_goodbye(server)
    return sent


def _server_is_away(error: Exception) -> bool:
    """Whether the next mail would fail the same way; what the server says of one mail is about that mail."""
    gone = smtplib.SMTPServerDisconnected | smtplib.SMTPConnectError
    return isinstance(error, gone) or not isinstance(error, smtplib.SMTPException)


def _say_goodbye(server: Any) -> None:
    try:
        server.close()
    except FAILURES as error:
        log.info("mail server did not say good-bye", error=str(error))


def _claim(network_id: int, pk: int, at: datetime) -> EmailMultiAlternatives | None:
    """Take one: its next attempt is set and its new digest kept before this attempt begins."""
    with network_context(network_id):
        rows = Invitation.objects.mail_due(at).select_for_update(skip_locked=True, of=("self",))
        row = rows.select_related("partner", "network").filter(pk=pk).first()
        if row is None:
            return None
        secret = secrets.token_urlsafe(32)
        row.digest = digest_of(secret)
        row.mail_attempts += 1
        row.mail_due_at = at + min(FIRST_PAUSE * 2 ** (row.mail_attempts - 1), LONGEST_PAUSE)
        row.save(update_fields=["digest", "mail_attempts", "mail_due_at"])
        return _mail(row, row.network, secret)


def _mail(row: Invitation, network: Network, secret: str) -> EmailMultiAlternatives:
    """In the network's name and language: of the person nothing is known yet."""
    with translation.override(network.language), timezone.override(network.zone):
        context = {
            "network": network,
            "invitation": row,
            "url": network.address(reverse("partners:accept", args=[secret])),
        }
        subject = _("%(inviter)s invites you to %(portal)s") % {
            "inviter": row.inviter_name,
            "portal": network.title,
        }
        mail = EmailMultiAlternatives(
            subject=" ".join(f"[{network.title}] {subject}".split()),
            body=render_to_string("mail/invitation.txt", context),
            from_email=formataddr((network.title, settings.DEFAULT_FROM_EMAIL)),
            to=[formataddr((row.name, row.email))],
            headers={"Message-ID": f"<{row.uid}.{row.mail_attempts}.{row.sends}@{network.host()}>"},
        )
        mail.attach_alternative(render_to_string("mail/invitation.html", context), "text/html")
    return mail


def _sent(network_id: int, pk: int, at: datetime) -> None:
    with network_context(network_id):
        row = Invitation.objects.select_for_update().get(pk=pk)
        row.sends += 1
        row.sent_at, row.mail_due_at, row.mail_error = at, None, ""
        row.save(update_fields=["sends", "sent_at", "mail_due_at", "mail_error"])


def _failed(network_id: int, pk: int, error: Exception) -> None:
    """Keep why. After `MAX_ATTEMPTS` it is given up, and shown; somebody sends it again."""
    log.warning("invitation not mailed", invitation=pk, error=f"{type(error).__name__}: {error}")
    with network_context(network_id):
        row = Invitation.objects.select_for_update().get(pk=pk)
        row.mail_error = type(error).__name__
        if row.mail_attempts >= MAX_ATTEMPTS:
            row.mail_due_at = None
        row.save(update_fields=["mail_error", "mail_due_at"])
