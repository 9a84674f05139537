"""The outbox in one process: together or not at all, once, later again, dead and revived, and no zombies."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.utils import timezone

from dnm.accounts.models import Network
from dnm.accounts.tenancy import NoNetwork, network_context
from dnm.events import delivery as outbox
from dnm.events.delivery import LeaseLost, deliver_one, finish, hint_due, retry_dead, take
from dnm.events.kinds import DomainEvent
from dnm.events.models import Delivery, DeliveryState, Event
from dnm.events.receivers import receives
from dnm.events.tasks import redeliver
from partners.models import BusinessCalendar
from tests.background import Background, hints_to, wait_for
from tests.events.conftest import later
from tests.events.listening import BROKEN, OPEN, GateReached, GongStruck, effects, put
from tests.world import NOW, Net

Happens = Callable[[Net, DomainEvent], Event]


def row(net: Net, receiver: str) -> Delivery:
    with network_context(net.network):
        return Delivery.objects.get(receiver=receiver)


def count(net: Net, kind: str) -> int:
    with network_context(net.network):
        return effects(kind)


def place(net: Net, name: str) -> None:
    with network_context(net.network):
        put(name)


def test_event_and_deliveries_are_there_or_not_together(voltara: Net, happens: Happens) -> None:
    with network_context(voltara.network):
        before = Event.objects.count()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        happens(voltara, GongStruck())
        raise ZeroDivisionError
    with network_context(voltara.network):
        assert Event.objects.count() == before
        assert not Delivery.objects.filter(receiver="tests.write").exists()
    happens(voltara, GongStruck())
    with network_context(voltara.network):
        assert Delivery.objects.filter(receiver__startswith="tests.").count() == 2


def test_a_delivery_takes_effect_once_however_often_it_is_asked_for(voltara: Net, happens: Happens) -> None:
    happens(voltara, GongStruck())
    delivery = row(voltara, "tests.write")
    answers = [deliver_one(voltara.network.pk, delivery.pk) for _ in range(3)]
    assert answers == [True, False, False]
    assert count(voltara, "write") == 1
    delivery = row(voltara, "tests.write")
    assert (delivery.state, delivery.attempts, delivery.token) == (DeliveryState.DONE, 1, 1)
    assert delivery.lease_until is None


def test_a_receiver_that_fails_leaves_nothing_behind_and_is_tried_later(
    voltara: Net, happens: Happens
) -> None:
    place(voltara, BROKEN)
    happens(voltara, GongStruck())
    pk = row(voltara, "tests.fail").pk
    assert deliver_one(voltara.network.pk, pk) is False
    delivery = row(voltara, "tests.fail")
    assert count(voltara, "fail") == 0
    assert (delivery.state, delivery.attempts, delivery.lease_until) == (DeliveryState.PENDING, 1, None)
    assert delivery.error == "ZeroDivisionError: something is broken"
    assert deliver_one(voltara.network.pk, pk) is False, "not due yet"
    assert row(voltara, "tests.fail").attempts == 1
    with network_context(voltara.network):
        BusinessCalendar.objects.filter(name=BROKEN).delete()
    later(voltara)
    assert deliver_one(voltara.network.pk, pk) is True
    assert count(voltara, "fail") == 1
    assert row(voltara, "tests.fail").error == ""


def test_each_failure_waits_twice_as_long_and_the_eighth_is_the_last(voltara: Net, happens: Happens) -> None:
    place(voltara, BROKEN)
    happens(voltara, GongStruck())
    waits = []
    for _ in range(outbox.MAX_ATTEMPTS):
        later(voltara)
        before = timezone.now()
        deliver_one(voltara.network.pk, row(voltara, "tests.fail").pk)
        waits.append(round((row(voltara, "tests.fail").due_at - before).total_seconds() / 3))
    delivery = row(voltara, "tests.fail")
    assert waits[:7] == [1, 2, 4, 8, 16, 32, 64]
    assert (delivery.state, delivery.attempts) == (DeliveryState.DEAD, 8)
    later(voltara)
    assert deliver_one(voltara.network.pk, delivery.pk) is False, "a dead one is not tried by itself"
    assert row(voltara, "tests.write").state == DeliveryState.PENDING, "its neighbour does not suffer"


def test_a_dead_delivery_can_be_sent_again(voltara: Net, happens: Happens) -> None:
    happens(voltara, GongStruck())
    with network_context(voltara.network):
        Delivery.objects.filter(receiver="tests.fail").update(state=DeliveryState.DEAD, attempts=8)
        retry_dead(Delivery.objects.get(receiver="tests.fail"))
    delivery = row(voltara, "tests.fail")
    assert (delivery.state, delivery.attempts) == (DeliveryState.PENDING, 0)
    assert deliver_one(voltara.network.pk, delivery.pk) is True
    assert count(voltara, "fail") == 1


def test_a_receiver_that_the_code_no_longer_knows_is_an_error_and_not_a_loss(
    voltara: Net, happens: Happens
) -> None:
    happens(voltara, GongStruck())
    with network_context(voltara.network):
        Delivery.objects.filter(receiver="tests.write").update(receiver="tests.gone")
    delivery = row(voltara, "tests.gone")
    assert deliver_one(voltara.network.pk, delivery.pk) is False
    assert "tests.gone" in row(voltara, "tests.gone").error
    assert row(voltara, "tests.gone").state == DeliveryState.PENDING


def test_a_leased_delivery_is_nobody_elses_until_the_lease_runs_out(voltara: Net, happens: Happens) -> None:
    happens(voltara, GongStruck())
    pk = row(voltara, "tests.write").pk
    first = take(voltara.network.pk, pk)
    assert first is not None
    assert take(voltara.network.pk, pk) is None
    assert hint_due(voltara.network.pk) == 1, "the other receiver's"
    later(voltara)
    second = take(voltara.network.pk, pk)
    assert second is not None
    assert (first.token, second.token, second.attempts) == (1, 2, 2)
    with network_context(voltara.network):
        with pytest.raises(LeaseLost):
            finish(first)
        finish(second)
        with pytest.raises(LeaseLost):
            finish(second)


def test_a_zombie_cannot_finish_and_its_writes_are_undone(
    committed_world: tuple[Net, Net], happens: Happens
) -> None:
    """It stops in the middle; another worker takes over and finishes; then it wakes up."""
    voltara = committed_world[0]
    happens(voltara, GateReached())
    pk = row(voltara, "tests.wait").pk
    answers: dict[str, bool] = {}

    def work(name: str) -> None:
        try:
            answers[name] = deliver_one(voltara.network.pk, pk)
        finally:
            connections.close_all()

    slow = threading.Thread(target=work, args=("slow",))
    slow.start()
    assert wait_for(lambda: row(voltara, "tests.wait").token == 1, 10)
    later(voltara)
    quick = threading.Thread(target=work, args=("quick",))
    quick.start()
    assert wait_for(lambda: row(voltara, "tests.wait").token == 2, 10)
    place(voltara, OPEN)
    for thread in (quick, slow):
        thread.join(timeout=30)
    assert answers == {"quick": True, "slow": False}
    assert count(voltara, "wait") == 1
    assert row(voltara, "tests.wait").state == DeliveryState.DONE


def test_many_at_once_take_it_once(committed_world: tuple[Net, Net], happens: Happens) -> None:
    voltara = committed_world[0]
    happens(voltara, GongStruck())
    pk = row(voltara, "tests.write").pk
    ready = threading.Barrier(8)
    answers = []

    def work() -> None:
        try:
            ready.wait(timeout=20)
            answers.append(deliver_one(voltara.network.pk, pk))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(answers) == [False] * 7 + [True]
    assert count(voltara, "write") == 1


def test_a_hint_is_sent_after_the_commit_and_never_before(
    background: Background, committed_world: tuple[Net, Net], happens: Happens
) -> None:
    voltara = committed_world[0]
    background.broker.flushdb()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        happens(voltara, GongStruck())
        assert background.broker.llen("default") == 0
        raise ZeroDivisionError
    assert background.broker.llen("default") == 0
    happens(voltara, GongStruck())
    assert background.broker.llen("default") == 2


@pytest.mark.parametrize("broker", ["redis://127.0.0.1:1/0", "nonsense://127.0.0.1/"])
def test_without_a_broker_the_work_is_written_down_all_the_same(
    broker: str, committed_world: tuple[Net, Net], happens: Happens
) -> None:
    """Neither a broker that is away nor a failure of any other kind reaches the one who published."""
    voltara = committed_world[0]
    began = time.monotonic()
    with hints_to(broker):
        for _ in range(5):
            happens(voltara, GongStruck())
    assert time.monotonic() - began < 5, "a broker that is away holds up the request"
    with network_context(voltara.network):
        waiting = Delivery.objects.filter(receiver__startswith="tests.", state=DeliveryState.PENDING)
        assert waiting.count() == 10


def test_beat_hints_at_what_is_due_in_every_active_network(
    background: Background, committed_world: tuple[Net, Net], happens: Happens
) -> None:
    voltara, nordwerk = committed_world
    for net in committed_world:
        happens(net, GongStruck())
        later(net)
    with network_context(nordwerk.network):
        Network.objects.filter(pk=nordwerk.network.pk).update(is_active=False)
        due_there = Delivery.objects.filter(state=DeliveryState.PENDING).count()
    background.broker.flushdb()
    redeliver.apply(throw=True)
    with network_context(voltara.network):
        due = Delivery.objects.filter(state=DeliveryState.PENDING).count()
    sent = sum(background.broker.llen(queue) for queue in ("default", "routing", "bulk", "mail"))
    assert due_there > 0
    assert sent == due


def test_what_is_not_due_is_not_hinted_at(voltara: Net, happens: Happens) -> None:
    happens(voltara, GongStruck())
    with network_context(voltara.network):
        Delivery.objects.update(due_at=timezone.now() + timedelta(hours=1))
    assert hint_due(voltara.network.pk) == 0


def test_names_of_receivers_and_kinds_of_events_are_unique() -> None:
    with pytest.raises(ValueError, match=r"tests\.write"):
        receives(GongStruck, name="tests.write")(lambda event: None)
    with pytest.raises(TypeError):
        type("Again", (DomainEvent,), {"kind": "tests.gong_struck"})


def test_nothing_is_published_outside_a_network(voltara: Net) -> None:
    from dnm.events.publishing import publish

    with pytest.raises(Exception) as refused:  # noqa: PT011
        with transaction.atomic():
            publish(GongStruck(), subject=voltara.partners["dealer_a"], actor=voltara.system, at=NOW)
    assert isinstance(refused.value, NoNetwork) or "row-level security" in str(refused.value)
