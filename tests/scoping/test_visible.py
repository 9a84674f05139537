"""`visible_to` against the oracle: random trees, random grants, every capability, rows of both kinds."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnm.accounts.actors import Grant
from dnm.accounts.tenancy import network_context
from dnm.scoping.authority import authorise, may
from dnm.scoping.capabilities import roles_with
from dnm.scoping.errors import NotAllowed
from leads.models import Lead
from leads.permissions import LeadCapability
from partners.models import Partner
from partners.permissions import PartnerCapability
from partners.roles import Role
from tests.scoping.forest import Forest
from tests.scoping.strategies import grants, quickly
from tests.world import Net

CASES: list[tuple[Any, str]] = [
    (Lead, LeadCapability.VIEW),
    (Lead, LeadCapability.VIEW_CONTACT),
    (Lead, LeadCapability.WORK),
    (Lead, LeadCapability.MANAGE_DESK),
    (Partner, PartnerCapability.VIEW),
    (Partner, PartnerCapability.CHANGE),
    (Partner, PartnerCapability.MANAGE_PEOPLE),
]


def test_the_forest_is_deep_and_mixed(forest: Forest) -> None:
    """The random data have what the tests are about."""
    depths = {forest.depth("partner", partner.pk) for partner in forest.partners}
    assert max(depths) >= 5
    assert {lead.partner_id is None for lead in forest.leads} == {True, False}
    with network_context(forest.network):
        for partner in forest.partners:
            assert partner.level == forest.depth("partner", partner.pk)


def test_exactly_the_rows_under_the_granted_nodes(forest: Forest, subtests: pytest.Subtests) -> None:
    for model, capability in CASES:
        rows = forest.leads if model is Lead else forest.partners
        with subtests.test(str(capability)):
            _compare_with_the_oracle(forest, model, capability, rows)


def _compare_with_the_oracle(forest: Forest, model: Any, capability: str, rows: list[Any]) -> None:
    roles = roles_with(capability)
    own = capability in model.scope_own

    @quickly
    @given(st.data())
    def compare(data: st.DataObject) -> None:
        held = data.draw(grants(forest))
        actor = forest.actor(held)
        expected = {row.pk for row in rows if forest.in_sight(row, held, roles, own=own)}
        with network_context(forest.network):
            queryset = model.objects.visible_to(actor, capability)
            assert set(queryset.values_list("pk", flat=True)) == expected
            assert queryset.count() == len(expected), "no row comes twice"
        assert {row.pk for row in rows if may(actor, capability, row)} == expected

    compare()


def test_a_branch_says_the_same_in_sql_and_in_python(forest: Forest) -> None:
    @quickly
    @given(st.data(), st.sampled_from([LeadCapability.VIEW, LeadCapability.VIEW_CONTACT]))
    def compare(data: st.DataObject, capability: LeadCapability) -> None:
        actor = forest.actor(data.draw(grants(forest)))
        with network_context(forest.network):
            for branch in Lead.scope_branches(actor, capability):
                found = set(Lead.objects.filter(branch.q).values_list("pk", flat=True))
                assert found == {row.pk for row in forest.leads if branch.matches(row)}

    compare()


def test_two_terms_over_one_column_are_two_terms(voltara: Net) -> None:
    """North, within South: both stand on one level, so no row fits, and South is not given away."""
    north, south = voltara.lead(), voltara.lead(postal_code="SA1")
    held = Grant(
        role=Role.AUDITOR,
        tree="territory",
        node=voltara.territories["north"].pk,
        level=2,
        within=(voltara.territories["south"].pk, 2),
    )
    nobody = voltara.actor("nobody")
    actor = type(nobody)(network_id=voltara.network.pk, name="odd", via="session", grants=(held,))
    with network_context(voltara.network):
        assert not Lead.objects.visible_to(actor, LeadCapability.VIEW).exists()
    assert not may(actor, LeadCapability.VIEW, north)
    assert not may(actor, LeadCapability.VIEW, south)


def test_a_row_of_another_network_is_never_allowed(forest: Forest, nordwerk: Net) -> None:
    """Even to somebody with every role at nodes that happen to have the same numbers."""
    lead = nordwerk.accepted()
    held = [Grant(role=role, tree="partner", node=lead.partner_id, level=3) for role in Role]
    actor = forest.actor(held)
    assert not may(actor, LeadCapability.VIEW, lead)
    with pytest.raises(NotAllowed):
        authorise(actor, LeadCapability.WORK, lead)
    with network_context(forest.network):
        assert not Lead.objects.visible_to(actor, LeadCapability.VIEW).filter(pk=lead.pk).exists()


def test_role_and_place_come_from_the_same_grant(voltara: Net) -> None:
    """Sells in the north, reads in the south: sells nothing in the south."""
    north, south = voltara.accepted(), voltara.accepted(by="sales_c", postal_code="SA1")
    a, zone = voltara.partners["dealer_a"], voltara.territories["south"]
    actor = voltara.actor("nobody")
    held = (
        Grant(role=Role.SALES, tree="partner", node=a.pk, level=3),
        Grant(role=Role.AUDITOR, tree="territory", node=zone.pk, level=2),
    )
    actor = type(actor)(network_id=voltara.network.pk, name="both", via="session", grants=held)
    with network_context(voltara.network):
        seen = Lead.objects.visible_to(actor, LeadCapability.VIEW)
        assert set(seen.values_list("pk", flat=True)) == {north.pk, south.pk}
        worked = Lead.objects.visible_to(actor, LeadCapability.WORK)
        assert set(worked.values_list("pk", flat=True)) == {north.pk}
    assert may(actor, LeadCapability.WORK, north)
    assert not may(actor, LeadCapability.WORK, south)


def test_visible_to_is_an_ordinary_queryset(voltara: Net) -> None:
    """It filters, gets, counts, joins, updates, and goes into a subquery."""
    mine, _other = voltara.accepted(), voltara.accepted(by="sales_c", postal_code="SA1")
    with network_context(voltara.network):
        seen = Lead.objects.visible_to(voltara.actor("sales_a"), LeadCapability.VIEW)
        assert seen.get() == mine
        assert seen.filter(partner__code="dealer_a").exclude(state="won").count() == 1
        assert Partner.objects.filter(leads__in=seen).get().code == "dealer_a"
        assert seen.update(competitor="x") == 1
        assert Lead.objects.filter(competitor="x").count() == 1


def test_an_unknown_capability_is_a_mistake_and_not_an_empty_list(voltara: Net) -> None:
    with network_context(voltara.network), pytest.raises(KeyError):
        Lead.objects.visible_to(voltara.actor("sales_a"), "leads.no_such_thing")
