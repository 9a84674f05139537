"""The partners of the plan: how many, how deep, where, and the people at them."""

from collections import Counter

import pytest

from dnm.demo.brands import NORDWERK, VOLTARA
from dnm.demo.channel import kind_counts
from dnm.demo.geography import distance_km
from dnm.demo.people import OPERATOR_EMAIL, SHARED_EMAIL
from dnm.demo.plan import NetworkPlan, plan_network, shares
from dnm.demo.problems import downstream
from partners.roles import Role


@pytest.mark.parametrize("total", [20, 60, 850, 100_000])
def test_kinds_add_up(total: int) -> None:
    counts = kind_counts(VOLTARA, total)
    assert sum(counts.values()) == total
    assert min(counts.values()) >= 1


def test_totals_are_shared_out_exactly() -> None:
    sizes = shares(910, 22_000, [VOLTARA, NORDWERK])
    assert sum(partners for partners, _ in sizes.values()) == 910
    assert sum(leads for _, leads in sizes.values()) == 22_000
    assert sizes["voltara"][0] == 850
    assert sizes["nordwerk"][0] == 60
    assert shares(500, 10, [NORDWERK]) == {"nordwerk": (500, 10)}


def test_four_levels_below_the_brand_owner_in_24_states(voltara: NetworkPlan) -> None:
    partners = voltara.partners
    assert len(partners) == 851
    assert [partner.kind for partner in partners].count("brand_owner") == 1
    depths = Counter(partner.depth for partner in partners)
    assert set(depths) == {0, 1, 2, 3, 4}
    assert min(depths[depth] for depth in (1, 2, 3, 4)) >= 30
    assert len({partner.state for partner in partners}) == 24
    kinds = {partner.kind for partner in partners if partner.depth == 4}
    assert {"retailer", "service_centre"} <= kinds


def test_parents_stand_before_children_and_upstream(voltara: NetworkPlan, nordwerk: NetworkPlan) -> None:
    for plan in (voltara, nordwerk):
        for number, partner in enumerate(plan.partners):
            assert partner.number == number
            if number:
                assert partner.parent is not None
                assert partner.parent < number
                assert partner.depth == plan.partners[partner.parent].depth + 1


def test_every_partner_stands_in_its_postal_area_and_territory(
    voltara: NetworkPlan, nordwerk: NetworkPlan
) -> None:
    for plan in (voltara, nordwerk):
        for partner in plan.partners:
            place = plan.geography.places[partner.place]
            assert (partner.area, partner.state, partner.country) == (place.area, place.state, place.country)
            assert distance_km(partner.point, (place.latitude, place.longitude)) < 1.5


def test_partners_follow_the_population(voltara: NetworkPlan) -> None:
    by_state = Counter(partner.state for partner in voltara.partners)
    assert abs(by_state["IN-UP"] / 851 - 199.8 / 1196.4) < 0.02
    assert abs(by_state["IN-MH"] / 851 - 112.4 / 1196.4) < 0.02
    assert by_state["IN-UP"] > 20 * by_state["IN-GA"]


def test_downstream_partners_are_near_their_upstream(voltara: NetworkPlan) -> None:
    away = sorted(
        distance_km(partner.point, voltara.partners[partner.parent].point)
        for partner in voltara.partners
        if partner.parent and partner.kind in {"sub_dealer", "retailer"}
    )
    assert away[len(away) // 2] < 80


def test_the_same_seed_gives_the_same_network_and_another_seed_another() -> None:
    def sketch(seed: str) -> list[object]:
        plan = plan_network(NORDWERK, now=1_790_000_000, partners=60, leads=300, seed=seed)
        leads = [
            (lead.number, lead.created, lead.state, lead.partner) for chunk in plan.leads() for lead in chunk
        ]
        return [*[(p.kind, p.parent, p.latitude, p.longitude, p.status) for p in plan.partners], *leads]

    assert sketch("a") == sketch("a")
    assert sketch("a") != sketch("b")


def test_logins_cover_every_role_and_place(voltara: NetworkPlan, nordwerk: NetworkPlan) -> None:
    for plan in (voltara, nordwerk):
        logins = [person for person in plan.people if person.login]
        roles = {person.role for person in logins}
        assert roles == set(Role)
        kinds = {plan.partners[person.partner].kind for person in logins if person.partner is not None}
        assert kinds == {"distributor", "dealer", "sub_dealer", "retailer", "service_centre"}
        assert len({person.area for person in logins if person.role == "zone_manager"}) == 2
        assert len({person.email for person in plan.people}) == len(plan.people)
        assert SHARED_EMAIL in {person.email for person in logins}
        assert OPERATOR_EMAIL not in {person.email for person in plan.people}


def test_rivals_stand_under_different_distributors_and_siblings_under_one(voltara: NetworkPlan) -> None:
    roles, partners = voltara.cast, voltara.partners
    assert partners[roles.rival].parent == roles.rival_distributor
    assert partners[roles.dealer].parent == roles.distributor != roles.rival_distributor
    assert partners[roles.sibling].parent == roles.distributor
    assert partners[roles.sub_dealer].parent == roles.dealer
    assert distance_km(partners[roles.rival].point, partners[roles.dealer].point) < 120


def test_every_partner_has_its_people(voltara: NetworkPlan) -> None:
    owned = {person.partner for person in voltara.people if person.partner and person.role == "partner_owner"}
    assert sorted(owned) == [partner.number for partner in voltara.partners[1:]]
    assert not any(person.partner and person.area for person in voltara.people)


def test_the_dormant_distributor_has_two_in_a_hundred_and_none_of_them_is_live(voltara: NetworkPlan) -> None:
    below = downstream(voltara.partners, voltara.problems.dormant_distributor)
    assert 10 <= len(below) <= 40
    assert all(partner.status != "live" for partner in below[1:])


@pytest.mark.parametrize("partners", [20, 45])
def test_small_networks_can_be_planned(partners: int) -> None:
    plan = plan_network(NORDWERK, now=1_790_000_000, partners=partners, leads=50)
    assert len(plan.partners) == partners + 1
    assert sum(len(chunk) for chunk in plan.leads()) > 50


def test_too_few_partners_are_refused_in_words() -> None:
    with pytest.raises(ValueError, match="too few partners"):
        plan_network(NORDWERK, now=1_790_000_000, partners=3, leads=50)
