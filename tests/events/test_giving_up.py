"""A delivery that kills its workers ends, and one network's trouble is not the others'."""

from typing import Any

import pytest
from django.db.models.functions import Now

from dnm.accounts.tenancy import network_context
from dnm.events import hints, tasks
from dnm.events.delivery import MAX_ATTEMPTS, take
from dnm.events.models import Delivery, DeliveryState
from tests.world import Net


def test_a_delivery_that_kills_its_workers_is_dead(voltara: Net) -> None:
    voltara.lead()
    with network_context(voltara.network):
        pk = Delivery.objects.filter(state=DeliveryState.PENDING).values_list("pk", flat=True)[0]
    for _attempt in range(MAX_ATTEMPTS):
        assert take(voltara.network.pk, pk) is not None
        with network_context(voltara.network):
            Delivery.objects.filter(pk=pk).update(lease_until=None, due_at=Now())
    assert take(voltara.network.pk, pk) is None
    with network_context(voltara.network):
        delivery = Delivery.objects.get(pk=pk)
    assert (delivery.state, delivery.attempts) == (DeliveryState.DEAD, MAX_ATTEMPTS)
    assert delivery.error


def test_one_networks_trouble_stops_no_other(
    voltara: Net, nordwerk: Net, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept: list[int] = []

    def sweep(network_id: int) -> int:
        swept.append(network_id)
        raise RuntimeError

    monkeypatch.setattr(tasks, "hint_due", sweep)
    tasks.redeliver()
    assert set(swept) >= {voltara.network.pk, nordwerk.network.pk}


def test_hints_expire(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(hints.current_app, "send_task", lambda name, **options: sent.append(options))
    hints.hint(1, 2, "default")
    assert sent[0]["expires"] == 60
