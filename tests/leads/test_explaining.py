"""Why a lead went where it went, in the words of whoever reads."""

import pytest
from django.utils import translation

from dnm.accounts.tenancy import network_context
from dnm.web.formats import formats_of
from leads.domain.explaining import outcome_of, why_you
from leads.domain.offers import decline_offer
from leads.domain.queries import explanations
from leads.domain.routing import route_lead
from leads.models import Lead, RoutingDecision
from leads.states import DeskReason
from leads.views.verbs import nearest_to
from partners.models import PostalArea
from tests.world import NOW, Net


def test_nothing_is_stored_in_a_language(voltara: Net) -> None:
    with translation.override("de"):
        offer = voltara.offered()
    assert [ground["ground"] for ground in offer.why] == ["near", "line", "slots"]
    assert why_you(offer) == ["1.1 km away", "You sell Voltara pumps", "0 of 5 slots used"]
    with formats_of("de_DE"):
        assert why_you(offer)[0].startswith("1,1 km")


def test_a_place_next_door_is_not_told_to_the_metre(voltara: Net) -> None:
    offer = voltara.offered()
    offer.why = [{"ground": "near", "km": 0.3}, {"ground": "of a later version"}]
    assert why_you(offer) == ["Less than 1 km away"]


def test_decisions_name_their_outcome_for_the_network(voltara: Net) -> None:
    lead = voltara.offered().lead
    with network_context(voltara.network):
        (told,) = explanations(lead, voltara.actor("zone_north"))
        assert told.outcome == "Offered to Voltara dealer_a."
        assert explanations(lead, voltara.actor("sales_a")) == []
    desk = RoutingDecision(outcome="desk", reason=DeskReason.NO_PLACE)
    assert outcome_of(desk) == "The postal code is unknown, so nobody is near."


@pytest.fixture
def across(voltara: Net) -> Lead:
    """A lead of the north at which only dealer_c, in the south, is near; dealer_c declined it."""
    with network_context(voltara.network):
        PostalArea.objects.create(
            network=voltara.network,
            territory=voltara.territories["north_a"],
            country="IN",
            code="BX1",
            name="Voltara border",
            latitude=13.03,
            longitude=77.6,
        )
        offer = voltara.offered(postal_code="BX1")
        assert offer.partner == voltara.partners["dealer_c"]
        refuse = {"reason": "too_far", "at": offer.created_at}
        decline_offer(offer=offer, actor=voltara.actor("sales_c"), **refuse)
        route_lead(lead_id=offer.lead_id, actor=voltara.system, at=offer.created_at)
        return Lead.objects.get(pk=offer.lead_id)


def test_partners_out_of_sight_are_neither_named_nor_their_load_told(voltara: Net, across: Lead) -> None:
    with network_context(voltara.network):
        told = explanations(across, voltara.actor("zone_north"))
        known = explanations(across, voltara.actor("administrator"))
    second, first = ([(one.name, one.open) for one in each.looked_at] for each in told)
    assert first == [("Voltara dealer_c", None)]
    assert second[0] == ("A partner outside your territory", None)
    assert [(one.name, one.open) for one in known[-1].looked_at] == [("Voltara dealer_c", 0)]
    assert not any(one.uid for each in told for one in each.looked_at)


def test_the_nearest_to_choose_from_are_those_in_sight(voltara: Net, across: Lead) -> None:
    with network_context(voltara.network):
        near = {
            name: [label for _uid, label in nearest_to(across, voltara.actor(name), NOW)]
            for name in ("zone_north", "zone_south", "administrator")
        }
    assert near["zone_north"] == []
    assert near["zone_south"] == near["administrator"]
    assert near["administrator"][0].startswith("Voltara dealer_c")
