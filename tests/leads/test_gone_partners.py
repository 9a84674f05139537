"""What happens to a partner's leads when it is suspended, leaves and closes."""

import pytest

from dnm.accounts.tenancy import network_context
from dnm.scoping.errors import Conflict, Invalid
from dnm.workflow.flows import available
from leads.domain import clocks
from leads.domain.slots import drift
from leads.domain.working import log_contact, lose_lead
from leads.models import Lead, Offer
from leads.states import LeadState, OfferState
from partners.domain.partners import change_partner_state, create_partner
from partners.models import Partner, PartnerKind
from partners.states import PartnerState
from tests.partners.taking_off import settled
from tests.world import NOW, Net


def take(net: Net, *steps: str) -> Partner:
    """Take dealer_a through these steps, as the network's administrator."""
    partner = net.partners["dealer_a"]
    for step in steps:
        partner = change_partner_state(
            partner=partner, transition=step, actor=net.actor("administrator"), at=NOW, reason="Audit"
        )
    return partner


def test_suspension_takes_back_what_was_not_begun_and_leaves_what_was(voltara: Net) -> None:
    begun, untouched, pending = voltara.accepted(), voltara.accepted(), voltara.offered().lead
    with network_context(voltara.network):
        log_contact(lead=begun, proof="Call", actor=voltara.actor("sales_a"), at=NOW)
        take(voltara, "suspend")
        assert clocks.withdraw_from_gone_partners(voltara.network.pk, NOW) == 2
        assert clocks.withdraw_from_gone_partners(voltara.network.pk, NOW) == 0
        for lead in (begun, untouched, pending):
            clocks.process_lead(lead_id=lead.pk, actor=voltara.system, at=NOW)
            lead.refresh_from_db()
        assert (begun.state, begun.partner) == (LeadState.CONTACTED, voltara.partners["dealer_a"])
        assert (untouched.partner, untouched.accepted_at) == (None, None)
        for lead in (untouched, pending):
            live = Offer.objects.get(lead=lead, state=OfferState.PENDING)
            assert live.partner == voltara.partners["dealer_b"]
        states = Offer.objects.filter(lead=untouched).order_by("step").values_list("state", flat=True)
        assert list(states) == [OfferState.RELEASED, OfferState.PENDING]
        assert drift() == {}


def test_a_partner_closes_only_when_no_lead_is_open_with_it(voltara: Net) -> None:
    lead = voltara.accepted()
    with network_context(voltara.network):
        log_contact(lead=lead, proof="Call", actor=voltara.actor("sales_a"), at=NOW)
        partner = take(voltara, "begin_exit")
    settled(voltara, partner)
    with network_context(voltara.network):
        (close,) = available(partner, voltara.actor("administrator"))
        assert close.why_not == "1 lead is still open here."
        with pytest.raises(Conflict, match="1 lead is still open"):
            take(voltara, "close")
        lose_lead(lead=Lead.objects.get(pk=lead.pk), reason="Price", actor=voltara.actor("owner_a"), at=NOW)
        assert take(voltara, "close").state == PartnerState.CLOSED


def test_a_partner_below_the_deepest_level_is_refused_by_name(voltara: Net) -> None:
    with network_context(voltara.network):
        parent = voltara.partners["retailer_a"]
        for number in range(parent.level, 8):
            parent = enter(voltara, f"deep{number}", parent)
        with pytest.raises(Invalid) as refused:
            enter(voltara, "too-deep", parent)
        assert refused.value.fields == {"parent": "Partners have at most 8 levels."}


def enter(net: Net, code: str, parent: Partner) -> Partner:
    """A retailer below `parent`."""
    return create_partner(
        code=code,
        trade_name=code,
        kind=PartnerKind.RETAILER,
        parent=parent,
        territory=net.territories["north_a"],
        actor=net.system,
        at=NOW,
    )
