"""Why a lead went where it went, in the words of whoever reads."""

from django.utils import translation

from dnm.accounts.tenancy import network_context
from leads.domain.explaining import outcome_of, why_you
from leads.domain.queries import explanations
from leads.models import RoutingDecision
from leads.states import DeskReason
from tests.world import Net


def test_nothing_is_stored_in_a_language(voltara: Net) -> None:
    with translation.override("de"):
        offer = voltara.offered()
    assert [ground["ground"] for ground in offer.why] == ["near", "line", "slots"]
    assert why_you(offer) == ["1.1 km away", "You sell Voltara pumps", "0 of 5 slots used"]
    with translation.override("de"):
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
