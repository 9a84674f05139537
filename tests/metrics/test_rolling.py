"""The rollup: counted right, seen in scope, and the same whether filled bit by bit or at once."""

import threading
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from dnm.accounts.tenancy import network_context
from dnm.metrics.declaring import Metric, all_metrics, register_metric
from dnm.metrics.models import FillState
from dnm.metrics.reading import read
from dnm.metrics.rolling import rebuild, roll_up, roll_up_metric
from leads.domain.offers import accept_offer, decline_offer, lapse_offer, withdraw_offer
from leads.metrics import ACCEPTANCE
from leads.models import Offer
from leads.states import DeclineReason
from partners.models import Partner, PartnerFigure
from tests.world import NOW, Net

DAY = timedelta(days=1)
WHOLE = {"first": date(2026, 1, 1), "last": date(2027, 12, 31)}
Cells = set[tuple[date, str, Decimal, Decimal]]


@pytest.fixture
def net(voltara: Net) -> Net:
    with network_context(voltara.network):
        Partner.objects.update(capacity=100)
    return voltara


def cells(net: Net) -> Cells:
    with network_context(net.network):
        rows = PartnerFigure.objects.values_list("day", "partner__code", "numerator", "denominator")
        return set(rows)


def fill(net: Net, *, later: timedelta = timedelta(0)) -> int:
    """Roll up as of now, when the test's events are still young, or an hour `later`, when they are not."""
    return roll_up_metric(net.network.pk, ACCEPTANCE, timezone.now() + later)


SETTLED = timedelta(hours=1)


def answer(net: Net, offer: Offer, how: str, at: datetime = NOW) -> None:
    """What becomes of an offer."""
    with network_context(net.network):
        match how:
            case "accept":
                accept_offer(offer=offer, actor=net.actor("sales_a"), at=at)
            case "decline":
                reason = DeclineReason.NO_STOCK
                decline_offer(offer=offer, reason=reason, actor=net.actor("sales_a"), at=at)
            case "lapse":
                lapse_offer(offer=offer, actor=net.system, at=offer.due_at + DAY)
            case "withdraw":
                withdraw_offer(offer=offer, reason="error", actor=net.system, at=at)


def test_decided_offers_count_on_the_day_they_were_made(net: Net) -> None:
    offers = [net.offered() for _ in range(5)]
    late = net.offered(at=NOW + 13 * timedelta(hours=1))  # 00:30 of the next day in India
    for offer, how in zip(offers, ("accept", "accept", "decline", "lapse"), strict=False):
        answer(net, offer, how)
    answer(net, late, "accept", NOW + 13 * timedelta(hours=1))
    fill(net)
    today = NOW.date()
    assert cells(net) == {(today, "dealer_a", 2, 4), (today + DAY, "dealer_a", 1, 1)}


def test_what_the_network_took_back_does_not_count(net: Net) -> None:
    answer(net, net.offered(), "accept")
    answer(net, net.offered(), "withdraw")
    fill(net)
    assert cells(net) == {(NOW.date(), "dealer_a", 1, 1)}


def test_bit_by_bit_is_the_same_as_at_once(net: Net) -> None:
    """Late facts reach back to their cohort's day."""
    waiting = []
    for day in range(4):
        at = NOW + day * DAY
        offers = [net.offered(at=at) for _ in range(3)]
        answer(net, offers[0], "accept", at)
        waiting.append(offers[1])
        if day >= 2:
            answer(net, waiting[day - 2], "decline", waiting[day - 2].due_at - timedelta(minutes=1))
        fill(net, later=SETTLED)
    step_by_step = cells(net)
    assert len(step_by_step) == 4
    assert rebuild(net.network.pk, ACCEPTANCE, NOW) == 4
    assert cells(net) == step_by_step
    assert {(number, of) for _day, _partner, number, of in step_by_step} == {(1, 1), (1, 2)}


def test_only_touched_days_are_counted_again(net: Net) -> None:
    for day in range(3):
        answer(net, net.offered(at=NOW + day * DAY), "accept", NOW + day * DAY)
    offer = net.offered(at=NOW + DAY)
    assert fill(net, later=SETTLED) == 3
    assert fill(net, later=SETTLED) == 0
    answer(net, offer, "decline", NOW + DAY)
    with network_context(net.network):
        PartnerFigure.objects.filter(day=NOW.date()).update(
            numerator=77
        )  # would be put right if counted anew
    assert fill(net) == 1
    assert (NOW.date(), "dealer_a", 77, 1) in cells(net)
    assert ((NOW + DAY).date(), "dealer_a", 1, 2) in cells(net)


def test_filling_twice_changes_nothing(net: Net) -> None:
    answer(net, net.offered(), "accept")
    fill(net)
    once = cells(net)
    fill(net)
    assert cells(net) == once


def test_an_event_that_committed_late_is_still_seen(net: Net) -> None:
    """Young events are looked at again: one with a lower number may appear after one with a higher."""
    first, second = net.offered(), net.offered()
    fill(net)
    answer(net, second, "accept")
    fill(net)
    with network_context(net.network):
        assert FillState.objects.get(metric=ACCEPTANCE.name).event_id == 0
    answer(net, first, "accept")
    assert fill(net) == 1
    assert cells(net) == {(NOW.date(), "dealer_a", 2, 2)}


def test_a_new_definition_fills_everything_anew(net: Net) -> None:
    answer(net, net.offered(), "accept")
    fill(net)
    with network_context(net.network):
        FillState.objects.update(version=0)
        PartnerFigure.objects.update(version=0)
        assert read(ACCEPTANCE, net.actor("sales_a"), **WHOLE).denominator == 0
    assert fill(net) == 1
    with network_context(net.network):
        assert set(PartnerFigure.objects.values_list("version", flat=True)) == {ACCEPTANCE.version}


def test_figures_are_summed_in_scope(net: Net, nordwerk: Net) -> None:
    for _ in range(5):
        answer(net, net.offered(), "accept")
    answer(net, net.offered(), "decline")
    roll_up(net.network.pk, NOW)
    roll_up(nordwerk.network.pk, NOW)
    seen = {}
    with network_context(net.network):
        for name in (
            "sales_a",
            "owner_north",
            "zone_north",
            "administrator",
            "sales_b",
            "zone_south",
            "warehouse_a",
        ):
            found = read(ACCEPTANCE, net.actor(name), **WHOLE)
            seen[name] = (found.numerator, found.denominator)
        mine = read(ACCEPTANCE, net.actor("sales_a"), **WHOLE)
    full = (5, 6)
    assert seen == {
        "sales_a": full,
        "owner_north": full,
        "zone_north": full,
        "administrator": full,
        "sales_b": (0, 0),
        "zone_south": (0, 0),
        "warehouse_a": (0, 0),
    }
    assert (mine.as_of, mine.is_enough) == (NOW, True)
    assert mine.rate == Decimal(5) / 6
    with network_context(nordwerk.network):
        assert read(ACCEPTANCE, nordwerk.actor("administrator"), **WHOLE).denominator == 0
        assert PartnerFigure.objects.count() == 0


def test_too_few_make_no_rate(net: Net) -> None:
    answer(net, net.offered(), "accept")
    fill(net)
    with network_context(net.network):
        found = read(ACCEPTANCE, net.actor("sales_a"), **WHOLE)
    assert (found.numerator, found.denominator, found.is_enough, found.rate) == (1, 1, False, None)


def test_a_metric_is_declared_once() -> None:
    assert ACCEPTANCE in all_metrics()
    values: dict[str, Any] = {name: getattr(ACCEPTANCE, name) for name in Metric.__dataclass_fields__}
    with pytest.raises(ValueError, match="twice"):
        register_metric(Metric(**{**values, "version": 2}))


def test_two_workers_do_not_fill_at_once(committed_world: tuple[Net, Net]) -> None:
    net = committed_world[0]
    answer(net, net.offered(), "accept")
    results: list[int] = []
    held, done = threading.Event(), threading.Event()

    def other() -> None:
        try:
            with network_context(net.network):
                FillState.objects.select_for_update().get(metric=ACCEPTANCE.name)
                held.set()
                done.wait(10)
        finally:
            connection.close()

    fill(net)
    worker = threading.Thread(target=other)
    worker.start()
    assert held.wait(10)
    results.append(fill(net))
    done.set()
    worker.join()
    results.append(fill(net))
    assert results == [-1, 1]
