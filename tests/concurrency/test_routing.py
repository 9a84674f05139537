"""Many routers, few slots: one offer a lead, no partner beyond its capacity, and nobody waits for ever."""

from django.utils import timezone

from dnm.accounts.tenancy import network_context
from dnm.events.models import Delivery, DeliveryState
from leads.domain.offers import decline_offer
from leads.domain.slots import open_leads
from leads.models import Lead, Offer
from leads.states import LIVE_OFFERS, LeadState, OfferState
from partners.models import Partner
from partners.states import PartnerState
from tests.concurrency import moves
from tests.concurrency.processes import call, race
from tests.soundness import deliver_everything, faults, happened
from tests.world import Net


def captured(net: Net, number: int) -> list[int]:
    return [net.lead(at=timezone.now()).pk for _ in range(number)]


def only_dealer_a(net: Net, capacity: int) -> Partner:
    """Nobody else is near, and it has few slots."""
    with network_context(net.network):
        Partner.objects.exclude(code__in=["dealer_a", "brand"]).update(state=PartnerState.SUSPENDED)
        Partner.objects.filter(code="dealer_a").update(capacity=capacity)
        return Partner.objects.get(code="dealer_a")


def states(net: Net) -> dict[str, int]:
    with network_context(net.network):
        found = list(Lead.objects.values_list("state", flat=True))
    return {state: found.count(state) for state in set(found)}


def test_routers_on_the_same_leads(net: Net) -> None:
    """Each of six goes through all leads in the same order: they meet at every one of them."""
    leads = captured(net, 8)
    outcomes = race(*(call(moves.route, net.network.pk, leads) for _ in range(6)))
    assert {outcome.refusal for outcome in outcomes} == {""}
    deliver_everything(net)
    assert faults(net) == []
    assert states(net) == {LeadState.OFFERED: 8}
    for kind in ("leads.lead_screened", "leads.lead_offered"):
        assert list(happened(net, kind).values()) == [1] * 8


def test_workers_with_the_same_deliveries(net: Net) -> None:
    """Each of six has all deliveries, three in one order and three in others: each is done by one of them."""
    captured(net, 8)
    with network_context(net.network):
        pending = list(Delivery.objects.filter(state=DeliveryState.PENDING).values_list("pk", flat=True))
    outcomes = race(*(call(moves.deliver, net.network.pk, pending, seed) for seed in (1, 1, 1, 2, 3, 4)))
    assert sum(outcome.value for outcome in outcomes) == len(pending)
    with network_context(net.network):
        attempts = Delivery.objects.filter(pk__in=pending).values_list("attempts", flat=True)
        assert set(attempts) == {1}, "two had the same in hand"
    deliver_everything(net)
    assert faults(net) == []
    assert list(happened(net, "leads.lead_offered").values()) == [1] * 8


def test_sixteen_leads_for_three_slots(net: Net) -> None:
    dealer = only_dealer_a(net, 3)
    leads = captured(net, 16)
    outcomes = race(*(call(moves.route, net.network.pk, [lead]) for lead in leads))
    assert {outcome.refusal for outcome in outcomes} == {""}
    assert states(net) == {LeadState.OFFERED: 3, LeadState.WAITING: 13}
    with network_context(net.network):
        assert Offer.objects.filter(partner=dealer, state__in=LIVE_OFFERS).count() == 3
        assert open_leads(dealer) == 3
    deliver_everything(net)
    assert faults(net) == []


def test_slots_that_come_free_while_leads_come_in(net: Net) -> None:
    """Two decline, four route new leads, four deliver what follows: never more than three at once."""
    dealer = only_dealer_a(net, 3)
    first = [net.offered(at=timezone.now()).pk for _ in range(3)]
    waiting = captured(net, 6)
    race(*(call(moves.route, net.network.pk, [lead]) for lead in waiting))
    with network_context(net.network):
        for offer in Offer.objects.filter(pk__in=first):
            decline_offer(offer=offer, reason="other", actor=net.actor("sales_a"), at=timezone.now())
        pending = list(Delivery.objects.filter(state=DeliveryState.PENDING).values_list("pk", flat=True))
    late = captured(net, 4)
    race(
        *(call(moves.deliver, net.network.pk, pending, seed) for seed in range(4)),
        *(call(moves.route, net.network.pk, [lead]) for lead in late),
        call(moves.wake_waiting),
        call(moves.wake_waiting),
    )
    with network_context(net.network):
        assert Offer.objects.filter(partner=dealer, state=OfferState.PENDING).count() <= 3
    deliver_everything(net)
    race(call(moves.wake_waiting), call(moves.wake_waiting))
    assert faults(net) == []
    with network_context(net.network):
        assert Offer.objects.filter(partner=dealer, state=OfferState.PENDING).count() == 3
        assert open_leads(dealer) == 3
