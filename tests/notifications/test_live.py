"""The live channel from end to end: database, Valkey, the real server, a plain client."""

import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
import redis
from django.conf import settings
from django.utils import timezone

from dnm.accounts.models import ApiToken, Membership
from dnm.accounts.models.memberships import MembershipState
from dnm.accounts.tenancy import network_context
from dnm.notifications.live.publishing import close_streams, publish
from dnm.notifications.models import Notification
from tests.notifications.conftest import HEARTBEAT
from tests.notifications.stream import EventStream
from tests.notifications.world import Member, World, open_session

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
Listen = Callable[..., EventStream]


def opened(listen: Listen, member: Member, **kwargs: str) -> EventStream:
    stream = listen(host=member.host, session=member.session, **kwargs)
    assert stream.status == 200
    return stream.ready()


def test_an_alert_arrives_within_a_second_and_carries_ids_only(world: World, listen: Listen) -> None:
    stream = opened(listen, world.dealer)
    assert stream.response.getheader("Content-Type") == "text/event-stream; charset=utf-8"
    assert "no-cache" in str(stream.response.getheader("Cache-Control"))
    assert stream.response.getheader("X-Accel-Buffering") == "no"
    began = time.monotonic()
    (row,) = world.ring(world.dealer, place="Pune, Lakshmi Road")
    heard = stream.next()
    assert time.monotonic() - began < 1
    assert heard is not None
    assert (heard.event, heard.id, heard.data) == ("notification", str(row.uid), {"kind": "tests.bell_rung"})


def test_a_token_opens_a_stream_too(world: World, listen: Listen) -> None:
    stream = listen(host=world.dealer.host, token=world.dealer.token).ready()
    assert stream.status == 200
    world.ring(world.dealer)
    assert stream.next() is not None


def test_nothing_is_heard_of_others(world: World, listen: Listen) -> None:
    rival, stranger = opened(listen, world.rival), opened(listen, world.stranger)
    dealer = opened(listen, world.dealer)
    world.ring(world.dealer)
    assert dealer.next() is not None
    assert rival.silent(0.5)
    assert stranger.silent(0.5)


def test_what_is_rolled_back_is_never_told(world: World, listen: Listen) -> None:
    stream = opened(listen, world.dealer)
    with suppress(RuntimeError), network_context(world.dealer.network):
        world.ring(world.dealer)
        publish(world.dealer.network.pk, world.dealer.membership.pk, "job", {"id": "x"})
        raise RuntimeError
    assert stream.silent(0.5)


@pytest.mark.parametrize("fault", ["anonymous", "forged", "other network", "locked", "revoked", "no scheme"])
def test_strangers_are_refused(world: World, listen: Listen, fault: str) -> None:
    dealer, asked = world.dealer, {"session": world.dealer.session}
    if fault == "anonymous":
        asked = {}
    elif fault == "forged":
        asked = {"session": "x" * 32}
    elif fault == "other network":
        asked = {"session": world.stranger.session}
    elif fault == "no scheme":
        asked = {"token": "not a token at all"}
    with network_context(dealer.network):
        if fault == "locked":
            Membership.objects.filter(pk=dealer.membership.pk).update(state=MembershipState.LOCKED)
        if fault == "revoked":
            asked = {"token": dealer.token}
            ApiToken.objects.update(revoked_at=timezone.now())
    stream = listen(host=dealer.host, **asked)
    assert stream.status == 401
    assert stream.response.read() == b"Log in first.\n"


def test_a_token_is_good_on_its_own_host_only(world: World, listen: Listen) -> None:
    assert listen(host=world.stranger.host, token=world.dealer.token).status == 401


def test_unknown_hosts_and_verbs(world: World, listen: Listen) -> None:
    assert listen(host="nobody.localhost", session=world.dealer.session).status == 404
    assert listen(host="evil.example", session=world.dealer.session).status == 400
    assert listen(host=world.dealer.host, session=world.dealer.session, method="POST").status == 405


def test_what_was_missed_is_replayed(world: World, listen: Listen) -> None:
    old, seen, missed, read, mail_only = (world.ring(world.dealer)[0] for _ in range(5))
    with network_context(world.dealer.network):
        backdate(old, seconds=60)
        Notification.objects.filter(pk=read.pk).update(read_at=timezone.now())
        Notification.objects.filter(pk=mail_only.pk).update(in_portal=False)
    world.ring(world.rival)
    for asked in ({"last": str(seen.uid)}, {"query": f"?after={seen.uid}"}):
        stream = listen(host=world.dealer.host, session=world.dealer.session, **asked)
        heard = stream.next()
        assert heard is not None
        assert heard.id == str(missed.uid)
        (fresh,) = world.ring(world.dealer)
        heard = stream.next()
        assert heard is not None
        assert heard.id == str(fresh.uid)
        stream.close()
        with network_context(world.dealer.network):
            Notification.objects.filter(pk=fresh.pk).delete()


def test_a_page_that_knew_of_nothing_hears_all_that_is_unread(world: World, listen: Listen) -> None:
    rows = [world.ring(world.dealer)[0] for _ in range(3)]
    stream = listen(host=world.dealer.host, session=world.dealer.session, query="?after=")
    assert [heard.id for heard in (stream.next(), stream.next(), stream.next()) if heard] == [
        str(row.uid) for row in rows
    ]


def test_a_client_that_names_nothing_hears_only_news(world: World, listen: Listen) -> None:
    world.ring(world.dealer)
    stream = opened(listen, world.dealer)
    (fresh,) = world.ring(world.dealer)
    heard = stream.next()
    assert heard is not None
    assert heard.id == str(fresh.uid)


def test_locking_ends_the_stream(world: World, listen: Listen) -> None:
    stream, rival = opened(listen, world.dealer), opened(listen, world.rival)
    with network_context(world.dealer.network):
        Membership.objects.filter(pk=world.dealer.membership.pk).update(state=MembershipState.LOCKED)
        close_streams(world.dealer.network.pk, world.dealer.membership.pk)
    heard = stream.next(within=HEARTBEAT / 2)
    assert heard is not None
    assert heard.event == "close"
    assert stream.next() is None
    world.ring(world.rival)
    assert rival.next() is not None


def test_a_lock_that_nobody_announced_ends_the_stream_soon(world: World, listen: Listen) -> None:
    stream = opened(listen, world.dealer)
    with network_context(world.dealer.network):
        Membership.objects.filter(pk=world.dealer.membership.pk).update(state=MembershipState.LOCKED)
    assert stream.next(within=3 * HEARTBEAT) is None


def test_logging_out_ends_the_streams_of_that_session_only(world: World, listen: Listen) -> None:
    dealer = world.dealer
    with network_context(dealer.network):
        other = open_session(dealer.network, dealer.membership.user)
    here, there = opened(listen, dealer), listen(host=dealer.host, session=other).ready()
    with network_context(dealer.network):
        close_streams(dealer.network.pk, dealer.membership.pk, session_key=dealer.session)
    assert here.next() is not None
    assert here.next() is None
    world.ring(dealer)
    heard = there.next()
    assert heard is not None
    assert heard.event == "notification"


def test_a_stream_lives_on_and_shows_it(world: World, listen: Listen) -> None:
    stream = opened(listen, world.dealer)
    assert stream.silent(2.5 * HEARTBEAT)
    assert stream.comments >= 2
    assert stream.retry > 0


def test_too_many_streams_close_the_oldest(world: World, listen: Listen) -> None:
    streams = [opened(listen, world.dealer) for _ in range(9)]
    heard = streams[0].next()
    assert heard is not None
    assert (heard.event, heard.data) == ("close", {"reason": "too-many"})
    assert streams[0].next() is None
    world.ring(world.dealer)
    assert all(stream.next() is not None for stream in streams[1:])


def test_a_stream_survives_the_loss_of_valkey(world: World, listen: Listen) -> None:
    stream = opened(listen, world.dealer)
    valkey = redis.Redis.from_url(settings.REDIS_URL)
    assert valkey.client_kill_filter(_type="pubsub") >= 1
    (missed,) = world.ring(world.dealer)
    heard = stream.next()
    assert heard is not None
    assert heard.id == str(missed.uid)
    (later,) = world.ring(world.dealer)
    heard = stream.next()
    assert heard is not None
    assert heard.id == str(later.uid)


def backdate(row: Notification, *, seconds: float) -> None:
    """Make a row as if it had been made earlier."""
    at = timezone.now() - timedelta(seconds=seconds)
    uid = uuid.UUID(int=(int(at.timestamp() * 1000) << 80) | (row.uid.int & ((1 << 80) - 1)))
    Notification.objects.filter(pk=row.pk).update(uid=uid, created_at=at)
