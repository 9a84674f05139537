"""Two beats, four sweepers: every tick is safe to run beside itself."""

from datetime import timedelta

from django.utils import timezone

from dnm.accounts.tenancy import network_context
from dnm.events.models import Delivery, DeliveryState
from dnm.notifications.models import Notification
from leads.models import Lead, Offer
from leads.states import LeadState, OfferState
from partners.models import Partner
from tests.background import Background, wait_for
from tests.concurrency import moves
from tests.concurrency.processes import call, race
from tests.concurrency.test_routing import captured, only_dealer_a, states
from tests.soundness import deliver_everything, faults, happened, is_quiet
from tests.world import Net

SWEEPERS = 4


def test_clocks(net: Net) -> None:
    """Of twelve offers six are overdue and six half over: each lapses or is reminded of once."""
    with network_context(net.network):
        Partner.objects.filter(code="dealer_a").update(capacity=None)
    now = timezone.now()
    overdue = [net.offered(at=now - timedelta(hours=3)).pk for _ in range(6)]
    half_over = [net.offered(at=now - timedelta(minutes=90)).pk for _ in range(6)]
    race(*(call(moves.run_clocks) for _ in range(SWEEPERS)))
    assert happened(net, "leads.offer_lapsed") == dict.fromkeys(overdue, 1)
    assert happened(net, "leads.offer_reminded") == dict.fromkeys(half_over, 1)
    with network_context(net.network):
        assert set(Offer.objects.filter(pk__in=overdue).values_list("state", flat=True)) == {
            OfferState.LAPSED
        }
    deliver_everything(net)
    assert faults(net) == []
    with network_context(net.network):
        told = Notification.objects.filter(kind="leads.offer_reminded", membership=net.members["sales_a"])
        assert sorted(told.values_list("subject_id", flat=True)) == half_over


def test_waking(net: Net) -> None:
    """Twelve wait, four slots come free: four leads are offered, once each, and eight wait on."""
    only_dealer_a(net, 0)
    leads = captured(net, 12)
    race(call(moves.route, net.network.pk, leads))
    assert states(net) == {LeadState.WAITING: 12}
    only_dealer_a(net, 4)
    race(*(call(moves.wake_waiting) for _ in range(SWEEPERS)))
    assert states(net) == {LeadState.OFFERED: 4, LeadState.WAITING: 8}
    assert list(happened(net, "leads.lead_offered").values()) == [1] * 4
    deliver_everything(net)
    assert faults(net) == []


def test_wakers_beside_wakers(net: Net) -> None:
    """Eight slots come free at once, each with a waker of its own, and beat wakes too: all are filled."""
    only_dealer_a(net, 0)
    leads = captured(net, 12)
    race(call(moves.route, net.network.pk, leads))
    dealer = only_dealer_a(net, 8)
    race(
        *(call(moves.wake, net.network.pk, dealer.pk) for _ in range(8)),
        *(call(moves.route, net.network.pk, [lead]) for lead in leads[:6]),
        call(moves.wake_waiting),
        call(moves.wake_waiting),
    )
    assert states(net) == {LeadState.OFFERED: 8, LeadState.WAITING: 4}
    deliver_everything(net)
    assert faults(net) == []


def test_a_waker_passes_over_what_is_in_hand_and_takes_one_slot(net: Net) -> None:
    """It holds its slot to the end of the delivery, so it must not want anything else that others hold."""
    only_dealer_a(net, 0)
    first, second, third = captured(net, 3)
    race(call(moves.route, net.network.pk, [first, second, third]))
    dealer = only_dealer_a(net, 3)
    with network_context(net.network):
        Lead.objects.select_for_update(of=("self",)).get(pk=first)
        (outcome,) = race(call(moves.wake, net.network.pk, dealer.pk))
    assert outcome.value == 1
    with network_context(net.network):
        assert [lead.pk for lead in Lead.objects.filter(state=LeadState.OFFERED)] == [second]
    assert third in happened(net, "leads.lead_held")


def test_redelivery(net: Net, background: Background) -> None:
    """Everything is hinted at four times over; two workers do each once."""
    captured(net, 6)
    background.broker.flushall()
    race(*(call(moves.redeliver) for _ in range(SWEEPERS)))
    with network_context(net.network):
        pending = list(Delivery.objects.filter(state=DeliveryState.PENDING).values_list("pk", flat=True))
    assert background.broker.llen("routing") >= 6 * SWEEPERS
    background.worker(concurrency=2)
    assert wait_for(lambda: is_quiet(net), 40), background.said()
    assert wait_for(lambda: background.broker.llen("routing") == 0, 40), background.said()
    with network_context(net.network):
        assert set(Delivery.objects.filter(pk__in=pending).values_list("attempts", flat=True)) == {1}
    assert faults(net) == []
