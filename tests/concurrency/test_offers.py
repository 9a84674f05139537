"""One offer, many who want it: one gets it, the others are told, and every end is a legal one."""

from datetime import timedelta

from django.utils import timezone

from dnm.accounts.tenancy import network_context
from leads.domain.clocks import run_clocks
from leads.models import Lead, Offer
from leads.states import LeadState, OfferState
from partners.models import Partner
from tests.concurrency import moves
from tests.concurrency.processes import call, race
from tests.soundness import deliver_everything, faults, happened
from tests.world import Net

RACERS = 16


def offers(net: Net, number: int) -> list[int]:
    """Offers to dealer_a, which has room for all of them."""
    with network_context(net.network):
        Partner.objects.filter(pk=net.partners["dealer_a"].pk).update(capacity=None)
    made = [net.offered(at=timezone.now()) for _ in range(number)]
    assert {offer.partner_id for offer in made} == {net.partners["dealer_a"].pk}
    return [offer.pk for offer in made]


def test_sixteen_accept_the_same_offer(net: Net) -> None:
    for offer_id in offers(net, 3):
        members = [net.members[name].pk for name in ("sales_a", "owner_a")] * (RACERS // 2)
        outcomes = race(
            *(call(moves.accept, net.network.pk, offer_id, member, timezone.now()) for member in members)
        )
        assert sorted(outcome.refusal for outcome in outcomes) == ["", *["state-changed"] * (RACERS - 1)]
    deliver_everything(net)
    assert faults(net) == []
    with network_context(net.network):
        assert set(Lead.objects.values_list("state", flat=True)) == {LeadState.ACCEPTED}
    for kind in ("leads.offer_accepted", "leads.lead_accepted"):
        assert list(happened(net, kind).values()) == [1, 1, 1]


def test_accept_lapse_decline_and_suspend_at_the_same_moment(net: Net) -> None:
    """The dealer's clock is a little behind, the clock's a little ahead; the network suspends the dealer."""
    wanted = offers(net, 14)
    with network_context(net.network):
        due = sorted(Offer.objects.values_list("due_at", flat=True))
    in_time, too_late = due[0] - timedelta(seconds=1), due[-1] + timedelta(seconds=1)
    network, sales = net.network.pk, net.members["sales_a"].pk
    outcomes = race(
        call(moves.each, moves.accept, network, wanted, sales, in_time, 1),
        call(moves.each, moves.accept, network, wanted, sales, in_time, 2),
        call(moves.each, moves.decline, network, wanted, sales, in_time, 3),
        call(moves.each, moves.lapse, network, wanted, sales, too_late, 4),
        call(moves.each, moves.lapse, network, wanted, sales, too_late, 5),
        call(moves.change_state, network, net.partners["dealer_a"].pk, "suspend"),
    )
    took = [offer for outcome in outcomes[:5] for offer in outcome.value]
    assert len(took) == len(set(took)), "two took the same offer"
    run_clocks(network, timezone.now())
    deliver_everything(net)
    assert faults(net) == []
    accepted = [*outcomes[0].value, *outcomes[1].value]
    with network_context(net.network):
        first = Offer.objects.filter(pk__in=wanted)
        states = dict(first.values_list("pk", "state"))
        assert {pk for pk, state in states.items() if state == OfferState.ACCEPTED} == set(accepted)
        assert {pk for pk, state in states.items() if state == OfferState.DECLINED} == set(outcomes[2].value)
        lapsed = {*outcomes[3].value, *outcomes[4].value}
        assert {pk for pk, state in states.items() if state == OfferState.LAPSED} == lapsed
        assert OfferState.PENDING not in states.values(), "left with a partner that is suspended"
    assert set(happened(net, "leads.lead_accepted").values()) <= {1}
