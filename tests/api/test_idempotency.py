"""Idempotency-Key: once in effect, the same answer again, and none for those who may not read it any more."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from dnm.accounts.tenancy import network_context
from dnm.api.idempotency import HEADER, purge_idempotency_keys
from dnm.api.models import IdempotencyKey
from dnm.api.tasks import purge_keys
from leads.domain.working import recycle_lead
from leads.models import Lead, Offer
from partners.domain.access import revoke_role
from partners.models import PartnerHolding
from tests.api.calling import ENQUIRY, Caller, assert_problem
from tests.world import Net

Call = Callable[[str], Caller]


def leads_of(net: Net) -> int:
    with network_context(net.network):
        return int(Lead.objects.count())


def test_the_same_request_again_gets_the_same_answer(caller: Call, voltara: Net) -> None:
    administrator = caller("administrator")
    first = administrator.post("leads/", ENQUIRY, key="k1")
    again = administrator.post("leads/", ENQUIRY, key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert (
        again["Location"] == first["Location"] == f"http://{voltara.host}/api/v1/leads/{first.json()['id']}/"
    )
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert leads_of(voltara) == 1
    assert administrator.post("leads/", ENQUIRY, key="k2").status_code == 201
    assert leads_of(voltara) == 2


def test_another_body_or_address_under_the_key_is_refused(caller: Call, voltara: Net) -> None:
    administrator = caller("administrator")
    administrator.post("leads/", ENQUIRY, key="k")
    other = administrator.post("leads/", ENQUIRY | {"message": "Four pumps"}, key="k")
    assert_problem(other, 422, "idempotency-key-reused")
    assert_problem(administrator.post("partners/", ENQUIRY, key="k"), 422, "idempotency-key-reused")
    assert leads_of(voltara) == 1


def test_a_key_is_its_members_own(caller: Call, voltara: Net, nordwerk: Net) -> None:
    made = {
        who.post("leads/", ENQUIRY, key="same").json()["id"]
        for who in (caller("administrator"), caller("zone_north"), Caller(nordwerk, "administrator"))
    }
    assert len(made) == 3


def test_refusals_are_repeated_too(caller: Call, voltara: Net) -> None:
    administrator = caller("administrator")
    refused = administrator.post("leads/", ENQUIRY | {"consent": False}, key="k")
    assert_problem(refused, 422, "invalid")
    again = administrator.post("leads/", ENQUIRY | {"consent": False}, key="k")
    assert (again.status_code, again.content) == (422, refused.content)
    assert again["Content-Type"] == "application/problem+json"
    offer = voltara.offered()
    late = caller("sales_a").post(f"offers/{offer.uid}/accept/", key="k")
    assert_problem(late, 409, "offer-lapsed")
    assert caller("sales_a").post(f"offers/{offer.uid}/accept/", key="k").content == late.content


def test_failures_and_missing_rights_are_not_kept(
    caller: Call, voltara: Net, monkeypatch: pytest.MonkeyPatch
) -> None:
    administrator = caller("administrator")
    with monkeypatch.context() as patch:
        patch.setattr("leads.api.capture_lead", _fails)
        assert administrator.post("leads/", ENQUIRY, key="k").status_code == 500
    assert administrator.post("leads/", ENQUIRY, key="k").status_code == 201
    assert_problem(caller("sales_a").post("leads/", ENQUIRY, key="k"), 403, "not-allowed")
    with network_context(voltara.network):
        assert IdempotencyKey.objects.count() == 1


def _fails(**_values: Any) -> None:
    raise RuntimeError("the effect and its key go together")


@pytest.mark.parametrize("key", ["", "x" * 256, "ключ", "a\tb"])
def test_a_key_that_is_no_key(caller: Call, key: str) -> None:
    body = assert_problem(
        caller("administrator").post("leads/", ENQUIRY, key=key), 400, "idempotency-key-invalid"
    )
    assert HEADER in body["errors"]


def test_the_longest_key_works(caller: Call, voltara: Net) -> None:
    for _ in range(2):
        assert caller("administrator").post("leads/", ENQUIRY, key="~" * 255).status_code == 201
    assert leads_of(voltara) == 1


def test_no_answer_again_once_the_lead_was_lost(caller: Call, voltara: Net) -> None:
    lead = voltara.accepted(at=timezone.now())
    body = {"proof": "called"}
    first = caller("sales_a").post(f"leads/{lead.uid}/contact/", body, key="k")
    assert first.json()["phone"] == lead.phone
    with network_context(voltara.network):
        recycle_lead(lead=lead, reason="no answer", actor=voltara.actor("administrator"), at=timezone.now())
    again = caller("sales_a").post(f"leads/{lead.uid}/contact/", body, key="k")
    assert_problem(again, 409, "idempotency-answer-withheld")
    assert lead.phone not in again.content.decode()


def test_no_answer_again_once_the_role_was_taken_away(caller: Call, voltara: Net) -> None:
    lead = voltara.accepted(at=timezone.now())
    caller("sales_a").post(f"leads/{lead.uid}/contact/", {"proof": "called"}, key="k")
    with network_context(voltara.network):
        holding = PartnerHolding.objects.get(membership=voltara.members["sales_a"])
        revoke_role(holding=holding, actor=voltara.system, at=timezone.now())
    again = caller("sales_a").post(f"leads/{lead.uid}/contact/", {"proof": "called"}, key="k")
    assert_problem(again, 409, "idempotency-answer-withheld")


def test_giving_a_lead_back_is_repeatable(caller: Call, voltara: Net) -> None:
    lead = voltara.accepted(at=timezone.now())
    for _ in range(2):
        answer = caller("sales_a").post(f"leads/{lead.uid}/recycle/", {"reason": "too far"}, key="k")
        assert (answer.status_code, answer.content) == (204, b"")


def test_keys_are_forgotten_after_two_days(caller: Call, voltara: Net, nordwerk: Net) -> None:
    caller("administrator").post("leads/", ENQUIRY, key="k")
    Caller(nordwerk, "administrator").post("leads/", ENQUIRY, key="k")
    now = timezone.now()
    with network_context(voltara.network):
        assert purge_idempotency_keys(at=now + timedelta(hours=47)) == 0
        assert purge_idempotency_keys(at=now + timedelta(hours=49)) == 1
        assert purge_idempotency_keys(at=now + timedelta(hours=49)) == 0
    with network_context(nordwerk.network):
        assert IdempotencyKey.objects.count() == 1


@contextmanager
def held(net: Net, offer: Offer) -> Any:
    """The offer's row is locked by somebody else, in a connection of its own."""
    locked, release = Event(), Event()

    def hold() -> None:
        with network_context(net.network):
            Offer.objects.select_for_update(of=("self",)).get(pk=offer.pk)
            locked.set()
            release.wait(10)
        connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        assert locked.wait(5)
        try:
            yield
        finally:
            release.set()
            holding.result(10)


def in_thread(call: Callable[[], Any]) -> Callable[[], Any]:
    def run() -> Any:
        try:
            return call()
        finally:
            connections.close_all()

    return run


def waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def test_while_the_first_runs_the_second_is_told_so(committed_world: tuple[Net, Net]) -> None:
    voltara = committed_world[0]
    offer = voltara.offered(at=timezone.now())
    sales, address = Caller(voltara, "sales_a"), f"offers/{offer.uid}/accept/"
    with ThreadPoolExecutor(1) as pool:
        with held(voltara, offer):
            running = pool.submit(in_thread(lambda: sales.post(address, key="k")))
            deadline = timezone.now() + timedelta(seconds=2)
            while not waits_for_a_lock():
                assert timezone.now() < deadline
            second = Caller(voltara, "sales_a").post(address, key="k")
        first = running.result(10)
    assert_problem(second, 409, "idempotency-in-progress")
    assert int(second["Retry-After"]) >= 1
    assert first.status_code == 200, first.content.decode()
    third = sales.post(address, key="k")
    assert (third.status_code, third.content) == (200, first.content)
    assert third["Idempotency-Replayed"] == "true"


def test_many_at_once_take_effect_once(committed_world: tuple[Net, Net]) -> None:
    voltara = committed_world[0]

    def post(number: int) -> Any:
        return in_thread(lambda: Caller(voltara, "administrator").post("leads/", ENQUIRY, key="k"))()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(post, range(16)))
    created = [answer for answer in answers if answer.status_code == 201]
    assert created
    assert len({answer.content for answer in created}) == 1
    for answer in answers:
        if answer not in created:
            assert_problem(answer, 409, "idempotency-in-progress")
    assert leads_of(voltara) == 1


def test_an_answer_that_was_rolled_back_was_never_given(committed_world: tuple[Net, Net]) -> None:
    """The key and the effect stand or fall with the same commit."""
    voltara = committed_world[0]
    administrator = Caller(voltara, "administrator")
    with transaction.atomic():
        assert administrator.post("leads/", ENQUIRY, key="k").status_code == 201
        transaction.set_rollback(True)
    assert leads_of(voltara) == 0
    assert administrator.post("leads/", ENQUIRY, key="k").status_code == 201
    assert leads_of(voltara) == 1


def test_beat_forgets_them_network_by_network(caller: Call, voltara: Net, nordwerk: Net) -> None:
    for net in (voltara, nordwerk):
        Caller(net, "administrator").post("leads/", ENQUIRY, key="k")
        with network_context(net.network):
            IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=49))
    purge_keys()
    for net in (voltara, nordwerk):
        with network_context(net.network):
            assert IdempotencyKey.objects.count() == 0
