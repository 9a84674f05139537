"""Mails, over SMTP to a server that sometimes fails."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from email.header import decode_header, make_header
from email.message import Message
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dnm.accounts.models import Membership
from dnm.accounts.models.memberships import MembershipState
from dnm.accounts.tenancy import network_context
from dnm.events.models import Event
from dnm.notifications.mails import MAX_ATTEMPTS, send_due
from dnm.notifications.models import Notification
from dnm.notifications.undelivered import MailRetried, retry_mail, undelivered
from dnm.scoping.errors import Conflict, NotAllowed
from tests.notifications.mailserver import MailServer
from tests.notifications.offers import told_of_offer
from tests.signing_in import sign_in
from tests.world import Net


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    made = MailServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", made.port, 3
    settings.PORTAL_ADDRESS = "https://{host}"
    yield made
    made.stop()


def send(net: Net, *, later: timedelta = timedelta(seconds=5)) -> int:
    return send_due(net.network.pk, timezone.now() + later)


def body(mail: Message) -> str:
    part = mail.get_payload(0)
    assert isinstance(part, Message)
    text = part.get_payload(decode=True)
    assert isinstance(text, bytes)
    return text.decode()


def subject(mail: Message) -> str:
    return str(make_header(decode_header(mail["Subject"])))


def test_a_mail_carries_what_is_needed_to_decide(voltara: Net, nordwerk: Net, server: MailServer) -> None:
    row = told_of_offer(voltara, "sales_a", message="Needs a pump by Friday")
    told_of_offer(nordwerk, "sales_a")
    assert send(voltara) == 2  # the owner of the partner, and its salesperson
    mail = next(one for one in server.taken if "sales_a@" in one["To"])
    text = body(mail)
    assert subject(mail) == "[Voltara] New lead: Voltara pumps, Voltara place NA1"
    assert "Needs a pump by Friday" in text
    assert f"https://voltara.localhost/notifications/{row.uid}/open/" in text
    assert "https://voltara.localhost/notifications/preferences/" in mail["List-Unsubscribe"]
    assert "Voltara" in mail["From"]
    assert not [one for one in server.taken if "nordwerk" in str(one)]
    assert "Prospect" not in text
    assert "+91" not in text


def test_each_is_mailed_once(voltara: Net, server: MailServer) -> None:
    row = told_of_offer(voltara, "sales_a")
    assert send(voltara) == 2
    assert send(voltara, later=timedelta(days=1)) == 0
    assert len(server.taken) == 2
    with network_context(voltara.network):
        row.refresh_from_db()
    assert row.emailed_at is not None


def test_what_comes_together_goes_together(voltara: Net, server: MailServer) -> None:
    rows = [told_of_offer(voltara, "sales_a") for _ in range(3)]
    assert send(voltara) == 2
    mail = next(one for one in server.taken if "sales_a@" in one["To"])
    assert subject(mail).endswith("(and 2 more)")
    assert all(str(row.uid) in body(mail) for row in rows)


def test_a_server_that_is_away_is_tried_again_later(voltara: Net, server: MailServer, settings: Any) -> None:
    row = told_of_offer(voltara, "sales_a")
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    assert send(voltara) == 0
    assert send(voltara) == 0  # the other member; one attempt a run, then nothing is due
    with network_context(voltara.network):
        row.refresh_from_db()
    assert "ConnectionRefusedError" in row.email_error
    assert row.email_attempts == 1
    settings.EMAIL_PORT = port
    assert send(voltara) == 0
    assert send(voltara, later=timedelta(minutes=2)) == 2
    with network_context(voltara.network):
        row.refresh_from_db()
    assert (row.email_error, row.email_due_at) == ("", None)


def test_one_bad_address_holds_up_nobody(voltara: Net, server: MailServer) -> None:
    row = told_of_offer(voltara, "sales_a")
    server.refused.add("sales_a@")
    assert send(voltara) == 1
    for day in range(1, MAX_ATTEMPTS + 2):
        send(voltara, later=timedelta(days=day))
    with network_context(voltara.network):
        row.refresh_from_db()
        assert row.email_attempts == MAX_ATTEMPTS
        assert row.email_due_at is None
        assert "550" in row.email_error
        server.refused.clear()
        administrator, now = voltara.actor("administrator"), timezone.now()
        assert [one.pk for one in undelivered(administrator)] == [row.pk]
        assert not undelivered(voltara.actor("zone_north"))
        with pytest.raises(NotAllowed):
            retry_mail(notification=row, actor=voltara.actor("sales_a"), at=now)
        retry_mail(notification=row, actor=administrator, at=now)
        assert Event.objects.filter(kind=MailRetried.kind, subject_id=row.pk).count() == 1
    assert send(voltara) == 1
    with network_context(voltara.network), pytest.raises(Conflict):
        retry_mail(notification=row, actor=administrator, at=now)


def test_administrators_see_to_whom_and_why_not_and_nothing_else(voltara: Net, server: MailServer) -> None:
    row = told_of_offer(voltara, "sales_a", message="Voltara secret")
    server.refused.add("sales_a@")
    send(voltara)
    browser = sign_in(Client(), voltara, "administrator")
    for path in ("", f"{row.uid}/change/"):
        answer = browser.get(f"/admin/notifications/notification/{path}", headers={"host": voltara.host})
        text = answer.content.decode()
        assert "sales_a@voltara.example" in text
        assert "no such person" in text
        assert "pumps" not in text
        assert "secret" not in text


def test_who_is_locked_or_lost_the_right_gets_no_mail(voltara: Net, server: MailServer) -> None:
    told_of_offer(voltara, "sales_a")
    with network_context(voltara.network):
        Membership.objects.filter(pk=voltara.members["sales_a"].pk).update(state=MembershipState.LOCKED)
        voltara.members["owner_a"].partnerholdings.all().delete()
    assert send(voltara) == 0
    assert server.taken == []
    with network_context(voltara.network):
        assert not Notification.objects.filter(email_due_at__isnull=False).exists()


def test_two_workers_send_one_mail(committed_world: tuple[Net, Net], server: MailServer) -> None:
    net = committed_world[0]
    told_of_offer(net, "sales_a")
    sent: list[int] = []

    def work() -> None:
        from django.db import connection

        try:
            sent.append(send(net))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(sent) == 2
    assert len(server.taken) == 2
