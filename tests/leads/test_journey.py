"""One lead's way: captured, screened, offered to the nearest, declined, offered on, accepted, won."""

from datetime import timedelta

import pytest

from dnm.accounts.tenancy import network_context
from dnm.scoping.errors import Conflict, NotAllowed
from leads.domain import clocks
from leads.domain.offers import accept_offer, decline_offer
from leads.domain.slots import drift, open_leads
from leads.domain.working import log_contact, recycle_lead, win_lead
from leads.models import Lead, Offer
from leads.permissions import LeadCapability, OfferCapability
from leads.states import DeskReason, LeadState, OfferState
from tests.world import NOW, Net


def test_nearest_eligible_dealer_gets_the_offer(voltara: Net) -> None:
    offer = voltara.offered()
    assert offer.partner == voltara.partners["dealer_a"]
    assert offer.distance_km == pytest.approx(1.11, abs=0.05)
    assert offer.due_at == NOW + timedelta(minutes=120)
    assert offer.lead.state == LeadState.OFFERED


def test_declined_goes_to_the_next_then_the_distributor_then_the_desk(voltara: Net) -> None:
    offer = voltara.offered()
    with network_context(voltara.network):
        for seller, following in (("sales_a", "dealer_b"), ("sales_b", "distributor_north")):
            decline_offer(offer=offer, reason="too_far", actor=voltara.actor(seller), at=NOW)
            clocks.process_lead(lead_id=offer.lead_id, actor=voltara.system, at=NOW)
            offer = Offer.objects.select_related("partner").get(lead=offer.lead_id, state=OfferState.PENDING)
            assert offer.partner == voltara.partners[following]
        decline_offer(offer=offer, reason="other", actor=voltara.actor("owner_north"), at=NOW)
        clocks.process_lead(lead_id=offer.lead_id, actor=voltara.system, at=NOW)
        lead = Lead.objects.get(pk=offer.lead_id)
        assert (lead.state, lead.partner) == (LeadState.DESK, None)
        assert lead.desk_reason == DeskReason.ASKED_ENOUGH
        assert drift() == {}


def test_lapse_sends_the_lead_on_and_is_idempotent(voltara: Net) -> None:
    offer = voltara.offered()
    late = offer.due_at + timedelta(seconds=1)
    assert clocks.run_clocks(voltara.network.pk, late) >= 1
    assert clocks.run_clocks(voltara.network.pk, late) == 0
    with network_context(voltara.network):
        offer.refresh_from_db()
        assert offer.state == OfferState.LAPSED
        assert open_leads(voltara.partners["dealer_a"]) == 0
        with pytest.raises(Conflict):
            accept_offer(offer=offer, actor=voltara.actor("sales_a"), at=late)


def test_acceptance_at_the_deadline_is_too_late(voltara: Net) -> None:
    offer = voltara.offered()
    with network_context(voltara.network), pytest.raises(Conflict, match="time to answer"):
        accept_offer(offer=offer, actor=voltara.actor("sales_a"), at=offer.due_at)


@pytest.mark.parametrize(
    "stranger", ["sales_b", "sales_c", "owner_north", "warehouse_a", "administrator", "nobody"]
)
def test_only_the_offered_partners_sellers_answer(voltara: Net, stranger: str) -> None:
    offer = voltara.offered()
    with network_context(voltara.network), pytest.raises(NotAllowed):
        accept_offer(offer=offer, actor=voltara.actor(stranger), at=NOW)


def test_contact_is_the_owners_alone_until_it_loses_the_lead(voltara: Net) -> None:
    lead = voltara.accepted()
    net = voltara
    with network_context(net.network):

        def sees(name: str, capability: str) -> bool:
            return Lead.objects.visible_to(net.actor(name), capability).filter(pk=lead.pk).exists()

        assert sees("sales_a", LeadCapability.VIEW_CONTACT)
        assert sees("owner_north", LeadCapability.VIEW)
        assert not sees("owner_north", LeadCapability.VIEW_CONTACT)
        assert not sees("sales_b", LeadCapability.VIEW)
        recycle_lead(lead=lead, reason="cannot reach", actor=net.actor("sales_a"), at=NOW)
        assert not sees("sales_a", LeadCapability.VIEW)
        mine = Offer.objects.visible_to(net.actor("sales_a"), OfferCapability.VIEW).get(lead=lead)
        assert mine.state == OfferState.RELEASED


def test_won_lead_frees_its_slot(voltara: Net) -> None:
    lead = voltara.accepted()
    actor = voltara.actor("sales_a")
    with network_context(voltara.network):
        lead = log_contact(lead=lead, proof="called", actor=actor, at=NOW)
        win_lead(lead=lead, proof_of_sale="SO-1", actor=actor, at=NOW)
        assert open_leads(voltara.partners["dealer_a"]) == 0
        assert drift() == {}


def test_full_partners_make_the_lead_wait_and_a_free_slot_wakes_it(voltara: Net) -> None:
    offers = []
    with network_context(voltara.network):
        for _ in range(20):
            lead = voltara.lead()
            clocks.process_lead(lead_id=lead.pk, actor=voltara.system, at=NOW)
            lead.refresh_from_db()
            if lead.state == LeadState.WAITING:
                break
            offers.append(Offer.objects.get(lead=lead, state=OfferState.PENDING))
        assert lead.state == LeadState.WAITING
        assert len(offers) == 15, "three sellers within reach, five slots each"
        first = next(offer for offer in offers if offer.partner == voltara.partners["dealer_a"])
        decline_offer(offer=first, reason="no_capacity", actor=voltara.actor("sales_a"), at=NOW)
        clocks.wake_waiting(voltara.network.pk, NOW)
        lead.refresh_from_db()
        assert lead.state == LeadState.OFFERED
        assert drift() == {}


def test_same_person_and_line_again_is_a_duplicate(voltara: Net) -> None:
    first = voltara.lead(phone="+91 98765 43210", email="")
    again = voltara.lead(phone="098765 43210", email="")
    other_line = voltara.lead(phone="098765 43210", email="", product_line=voltara.lines["drives"])
    with network_context(voltara.network):
        for lead in (first, again, other_line):
            clocks.process_lead(lead_id=lead.pk, actor=voltara.system, at=NOW)
            lead.refresh_from_db()
    assert first.state == other_line.state == LeadState.OFFERED
    assert (again.state, again.duplicate_of_id) == (LeadState.DUPLICATE, first.pk)


def test_unknown_postal_code_lands_on_the_desk_with_the_reason(voltara: Net) -> None:
    lead = voltara.lead(postal_code="000000")
    with network_context(voltara.network):
        clocks.process_lead(lead_id=lead.pk, actor=voltara.system, at=NOW)
        lead.refresh_from_db()
    assert lead.state == LeadState.DESK
    assert lead.desk_reason == DeskReason.NO_PLACE
