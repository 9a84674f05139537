"""The live channel from end to end: database, Valkey, the real server, a plain client."""

import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
import redis
from django.conf import settings
from django.test import Client
from django.utils import timezone

from dnm.accounts.models import ApiToken, Membership
from dnm.accounts.models.memberships import MembershipState
from dnm.accounts.tenancy import network_context
from dnm.jobs.running import RunningJob, job_handler, run_job, start_job
from dnm.notifications.live.publishing import close_streams, publish
from dnm.notifications.models import Notification
from partners.domain.people import lock_member
from tests.notifications.conftest import HEARTBEAT
from tests.notifications.stream import EventStream
from tests.notifications.trio import Member, Trio
from tests.signing_in import session_of
from tests.world import NOW, build_world

Listen = Callable[..., EventStream]


def opened(listen: Listen, member: Member, **kwargs: str) -> EventStream:
    stream = listen(host=member.host, session=member.session, **kwargs)
    assert stream.status == 200
    return stream.ready()


def test_an_alert_arrives_within_a_second_and_carries_ids_only(trio: Trio, listen: Listen) -> None:
    stream = opened(listen, trio.dealer)
    assert stream.response.getheader("Content-Type") == "text/event-stream; charset=utf-8"
    assert "no-cache" in str(stream.response.getheader("Cache-Control"))
    assert stream.response.getheader("X-Accel-Buffering") == "no"
    began = time.monotonic()
    (row,) = trio.ring(trio.dealer, place="Pune, Lakshmi Road")
    heard = stream.next()
    assert time.monotonic() - began < 1
    assert heard is not None
    assert (heard.event, heard.id, heard.data) == ("notification", str(row.uid), {"kind": "tests.bell_rung"})


def test_a_token_opens_a_stream_too(trio: Trio, listen: Listen) -> None:
    stream = listen(host=trio.dealer.host, token=trio.dealer.token).ready()
    assert stream.status == 200
    trio.ring(trio.dealer)
    assert stream.next() is not None


def test_nothing_is_heard_of_others(trio: Trio, listen: Listen) -> None:
    rival, stranger = opened(listen, trio.rival), opened(listen, trio.stranger)
    dealer = opened(listen, trio.dealer)
    trio.ring(trio.dealer)
    assert dealer.next() is not None
    assert rival.silent(0.5)
    assert stranger.silent(0.5)


def test_what_is_rolled_back_is_never_told(trio: Trio, listen: Listen) -> None:
    stream = opened(listen, trio.dealer)
    with suppress(RuntimeError), network_context(trio.dealer.network):
        trio.ring(trio.dealer)
        publish(trio.dealer.network.pk, trio.dealer.membership.pk, "job", {"id": "x"})
        raise RuntimeError
    assert stream.silent(0.5)


@pytest.mark.parametrize("fault", ["anonymous", "forged", "other network", "locked", "revoked", "no scheme"])
def test_strangers_are_refused(trio: Trio, listen: Listen, fault: str) -> None:
    dealer, asked = trio.dealer, {"session": trio.dealer.session}
    if fault == "anonymous":
        asked = {}
    elif fault == "forged":
        asked = {"session": "x" * 32}
    elif fault == "other network":
        asked = {"session": trio.stranger.session}
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


def test_a_token_is_good_on_its_own_host_only(trio: Trio, listen: Listen) -> None:
    assert listen(host=trio.stranger.host, token=trio.dealer.token).status == 401


def test_unknown_hosts_and_verbs(trio: Trio, listen: Listen) -> None:
    assert listen(host="nobody.localhost", session=trio.dealer.session).status == 404
    assert listen(host="evil.example", session=trio.dealer.session).status == 400
    assert listen(host=trio.dealer.host, session=trio.dealer.session, method="POST").status == 405


def test_what_was_missed_is_replayed(trio: Trio, listen: Listen) -> None:
    old, seen, missed, read, mail_only = (trio.ring(trio.dealer)[0] for _ in range(5))
    with network_context(trio.dealer.network):
        backdate(old, seconds=60)
        Notification.objects.filter(pk=read.pk).update(read_at=timezone.now())
        Notification.objects.filter(pk=mail_only.pk).update(in_portal=False)
    trio.ring(trio.rival)
    for asked in ({"last": str(seen.uid)}, {"query": f"?after={seen.uid}"}):
        stream = listen(host=trio.dealer.host, session=trio.dealer.session, **asked)
        heard = stream.next()
        assert heard is not None
        assert heard.id == str(missed.uid)
        (fresh,) = trio.ring(trio.dealer)
        heard = stream.next()
        assert heard is not None
        assert heard.id == str(fresh.uid)
        stream.close()
        with network_context(trio.dealer.network):
            Notification.objects.filter(pk=fresh.pk).delete()


def test_a_page_that_knew_of_nothing_hears_all_that_is_unread(trio: Trio, listen: Listen) -> None:
    rows = [trio.ring(trio.dealer)[0] for _ in range(3)]
    stream = listen(host=trio.dealer.host, session=trio.dealer.session, query="?after=")
    assert [heard.id for heard in (stream.next(), stream.next(), stream.next()) if heard] == [
        str(row.uid) for row in rows
    ]


def test_a_client_that_names_nothing_hears_only_news(trio: Trio, listen: Listen) -> None:
    trio.ring(trio.dealer)
    stream = opened(listen, trio.dealer)
    (fresh,) = trio.ring(trio.dealer)
    heard = stream.next()
    assert heard is not None
    assert heard.id == str(fresh.uid)


def test_locking_ends_the_stream(trio: Trio, listen: Listen) -> None:
    stream, rival = opened(listen, trio.dealer), opened(listen, trio.rival)
    with network_context(trio.dealer.network):
        Membership.objects.filter(pk=trio.dealer.membership.pk).update(state=MembershipState.LOCKED)
        close_streams(trio.dealer.network.pk, trio.dealer.membership.pk)
    heard = stream.next(within=HEARTBEAT / 2)
    assert heard is not None
    assert heard.event == "close"
    assert stream.next() is None
    trio.ring(trio.rival)
    assert rival.next() is not None


def test_a_lock_that_nobody_announced_ends_the_stream_soon(trio: Trio, listen: Listen) -> None:
    stream = opened(listen, trio.dealer)
    with network_context(trio.dealer.network):
        Membership.objects.filter(pk=trio.dealer.membership.pk).update(state=MembershipState.LOCKED)
    assert stream.next(within=3 * HEARTBEAT) is None


def test_logging_out_ends_the_streams_of_that_session_only(trio: Trio, listen: Listen) -> None:
    dealer = trio.dealer
    with network_context(dealer.network):
        other = session_of(dealer.membership.user, dealer.network.pk)
    here, there = opened(listen, dealer), listen(host=dealer.host, session=other).ready()
    with network_context(dealer.network):
        close_streams(dealer.network.pk, dealer.membership.pk, session_key=dealer.session)
    assert here.next() is not None
    assert here.next() is None
    trio.ring(dealer)
    heard = there.next()
    assert heard is not None
    assert heard.event == "notification"


def test_the_portals_own_doors_end_streams(transactional_db: None, listen: Listen) -> None:
    net = build_world()[0]
    with network_context(net.network):
        sessions = {
            name: session_of(net.members[name].user, net.network.pk) for name in ("sales_a", "sales_b")
        }
    first = listen(host=net.host, session=sessions["sales_a"]).ready()
    second = listen(host=net.host, session=sessions["sales_b"]).ready()
    browser = Client()
    browser.cookies["dnm_session"] = sessions["sales_a"]
    assert browser.post("/accounts/logout/", headers={"host": net.host}).status_code == 302
    heard = first.next(within=HEARTBEAT / 2)
    assert heard is not None
    assert heard.event == "close"
    with network_context(net.network):
        lock_member(membership=net.members["sales_b"], actor=net.actor("administrator"), at=NOW)
    heard = second.next(within=HEARTBEAT / 2)
    assert heard is not None
    assert heard.event == "close"
    assert listen(host=net.host, session=sessions["sales_b"]).status == 401


def test_progress_of_a_job_is_told_to_its_owner(trio: Trio, listen: Listen) -> None:
    dealer, rival = opened(listen, trio.dealer), opened(listen, trio.rival)
    with network_context(trio.dealer.network):
        job = start_job("tests.count", actor=trio.dealer.actor, at=timezone.now(), title="Count")
    run_job(trio.dealer.network.pk, job.pk)
    states = []
    while "done" not in states:
        heard = dealer.next()
        assert heard is not None
        assert (heard.event, heard.data["id"]) == ("job", str(job.uid))
        states.append(heard.data["state"])
    assert states[0] == "running"
    assert rival.silent(0.3)


@job_handler("tests.count")
def count(job: RunningJob) -> None:
    """Two steps, quick enough for one of them to be left out."""
    for done in (1, 2):
        with job.step(done=done, total=2):
            pass


def test_a_stream_lives_on_and_shows_it(trio: Trio, listen: Listen) -> None:
    stream = opened(listen, trio.dealer)
    assert stream.silent(2.5 * HEARTBEAT)
    assert stream.comments >= 2
    assert stream.retry > 0


def test_too_many_streams_close_the_oldest(trio: Trio, listen: Listen) -> None:
    streams = [opened(listen, trio.dealer) for _ in range(9)]
    heard = streams[0].next()
    assert heard is not None
    assert (heard.event, heard.data) == ("close", {"reason": "too-many"})
    assert streams[0].next() is None
    trio.ring(trio.dealer)
    assert all(stream.next() is not None for stream in streams[1:])


def test_a_stream_survives_the_loss_of_valkey(trio: Trio, listen: Listen) -> None:
    stream = opened(listen, trio.dealer)
    valkey = redis.Redis.from_url(settings.REDIS_URL)
    assert valkey.client_kill_filter(_type="pubsub") >= 1
    (missed,) = trio.ring(trio.dealer)
    heard = stream.next()
    assert heard is not None
    assert heard.id == str(missed.uid)
    (later,) = trio.ring(trio.dealer)
    heard = stream.next()
    assert heard is not None
    assert heard.id == str(later.uid)


def backdate(row: Notification, *, seconds: float) -> None:
    """Make a row as if it had been made earlier."""
    at = timezone.now() - timedelta(seconds=seconds)
    uid = uuid.UUID(int=(int(at.timestamp() * 1000) << 80) | (row.uid.int & ((1 << 80) - 1)))
    Notification.objects.filter(pk=row.pk).update(uid=uid, created_at=at)
