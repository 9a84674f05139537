"""The page that says why: its verdict is that of `visible_to`, in any world, and its sentences name what
decides.
"""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from dnm.accounts.models import Membership
from dnm.accounts.tenancy import network_context
from dnm.scoping.actors import actor_for_membership
from dnm.scoping.authority import may
from dnm.scoping.errors import NotAllowed
from dnm.scoping.masks import hidden_fields
from leads.models import Lead
from leads.permissions import LeadCapability
from partners.domain.access import grant_role, load_grants
from partners.domain.explaining import ABOVE, explain, grant_of
from partners.models import Partner, PartnerHolding, TerritoryHolding
from partners.permissions import PartnerCapability
from partners.roles import PARTNER_ROLES, STAFF_ROLES, Role, hold_permission
from tests.scoping.strategies import quickly
from tests.signing_in import sign_in
from tests.world import NOW, Net, add_person


def told(net: Net, name: str, row: Any, capability: str = LeadCapability.VIEW) -> Any:
    member = Membership.objects.select_related("user", "network").get(pk=net.members[name].pk)
    return explain(member=member, row=row, capability=capability, actor=net.actor("auditor"), at=NOW)


def words(answer: Any) -> str:
    return " ".join(" ".join([ground.words, *ground.reasons]) for ground in answer.grounds)


def test_the_sentences_name_what_decides(voltara: Net) -> None:
    lead = voltara.accepted()
    with network_context(voltara.network):
        yes = told(voltara, "sales_a", lead)
        assert yes.sees
        assert yes.sentence == "Voltara sales_a sees this record."
        assert yes.partner_path == ["Voltara", "Voltara distributor_north", "Voltara dealer_a"]
        sibling = told(voltara, "sales_b", lead)
        assert not sibling.sees
        assert (
            f"held at Voltara dealer_b, and the record lies under Voltara{ABOVE}Voltara distributor_north"
            in words(sibling)
        )
        other_zone = told(voltara, "zone_south", lead)
        assert f"held at Voltara south, and the record lies under Voltara root{ABOVE}Voltara north" in words(
            other_zone
        )
        role = told(voltara, "warehouse_a", lead)
        assert "The role Warehouse does not allow this" in words(role)
        assert told(voltara, "nobody", lead).grounds == []


def test_lines_territory_and_dates(voltara: Net) -> None:
    lead = voltara.accepted()
    with network_context(voltara.network):
        held = {
            "lines": {"product_line_ids": [voltara.lines["drives"].pk]},
            "place": {"within_territory": voltara.territories["south"]},
            "past": {"valid_to": NOW.date() - timedelta(days=1)},
            "future": {"valid_from": date(2030, 1, 2)},
        }
        expected = {
            "lines": "for Voltara drives only",
            "place": "limited to Voltara south, and the record lies in Voltara root",
            "past": "It ended on",
            "future": "It begins on Jan 2, 2030.",
        }
        for name, limits in held.items():
            member = add_person(voltara, name, "dealer_a")
            grant_role(
                membership=member,
                role=Role.SALES,
                node=voltara.partners["dealer_a"],
                actor=voltara.system,
                at=NOW,
                **limits,  # type: ignore[arg-type]
            )
            answer = told(voltara, name, lead)
            assert not answer.sees
            assert expected[name] in words(answer)


def test_the_masks_of_the_fields(voltara: Net) -> None:
    lead = voltara.accepted()
    with network_context(voltara.network):
        (own,) = told(voltara, "sales_a", lead).fields
        assert own.shown
        (above,) = told(voltara, "owner_north", lead).fields
        assert not above.shown
        assert "Phone" in above.names
        assert "itself and not of those below it" in above.grounds[0].reasons[0]
        (staff,) = told(voltara, "auditor", lead).fields
        assert "The role Auditor does not allow this" in staff.grounds[0].reasons[0]


def test_who_may_ask(voltara: Net) -> None:
    lead = voltara.accepted()
    with network_context(voltara.network):
        member = voltara.members["sales_a"]
        for name in ("zone_north", "owner_north", "sales_a", "nobody"):
            with pytest.raises(NotAllowed):
                explain(
                    member=member,
                    row=lead,
                    capability=LeadCapability.VIEW,
                    actor=voltara.actor(name),
                    at=NOW,
                )


CASES: list[tuple[Any, str]] = [
    (Lead, LeadCapability.VIEW),
    (Lead, LeadCapability.VIEW_CONTACT),
    (Lead, LeadCapability.MANAGE_DESK),
    (Partner, PartnerCapability.VIEW),
    (Partner, PartnerCapability.MANAGE_PEOPLE),
]


@st.composite
def holdings(draw: st.DrawFn, net: Net) -> list[dict[str, Any]]:
    """Up to three holdings of any role anywhere, narrowed or not, live or not."""

    def one() -> dict[str, Any]:
        at_partner = draw(st.booleans())
        nodes = net.partners if at_partner else net.territories
        return {
            "model": PartnerHolding if at_partner else TerritoryHolding,
            "node": draw(st.sampled_from(sorted(nodes))),
            "nodes": nodes,
            "role": draw(st.sampled_from(sorted(PARTNER_ROLES if at_partner else STAFF_ROLES))),
            "within": draw(st.none() | st.sampled_from(sorted(net.territories))),
            "lines": draw(st.none() | st.lists(st.sampled_from(sorted(net.lines)), unique=True)),
            "from": draw(st.none() | st.integers(-2, 2)),
            "to": draw(st.none() | st.integers(-2, 2)),
        }

    return [one() for _ in range(draw(st.integers(0, 3)))]


def day(offset: int | None) -> date | None:
    return None if offset is None else NOW.date() + timedelta(days=offset)


def hold(net: Net, member: Membership, drawn: list[dict[str, Any]]) -> None:
    """The member's holdings are these and no others."""
    for model in (PartnerHolding, TerritoryHolding):
        model.objects.filter(membership=member).delete()
    for held in drawn:
        node = held["nodes"][held["node"]]
        permission = Permission.objects.get_by_natural_key(
            hold_permission(Role(held["role"])), "partners", node._meta.model_name
        )
        lines = held["lines"]
        held["model"].objects.update_or_create(
            network=net.network,
            membership=member,
            permission=permission,
            content_object=node,
            defaults={
                "user": member.user,
                "within_territory": net.territories.get(held["within"] or ""),
                "product_line_ids": None if lines is None else [net.lines[code].pk for code in lines],
                "valid_from": day(held["from"]),
                "valid_to": day(held["to"]),
            },
        )


def agree(answer: Any, eyes: Any, row: Any) -> None:
    """The parts of the answer say the same as the whole, and as the masks."""
    assert answer.sees == any(ground.opens for ground in answer.grounds)
    assert all(ground.reasons for ground in answer.grounds)
    for part in answer.fields:
        assert part.shown == ("phone" not in hidden_fields(eyes, row))
        assert part.shown == any(ground.opens for ground in part.grounds)


def test_the_verdict_is_that_of_visible_to_and_of_the_masks(voltara: Net) -> None:
    """Random holdings, every row: the page, `visible_to`, `may` and the masks agree; so do the grants."""
    voltara.accepted()
    voltara.accepted(by="sales_c", postal_code="SA1")
    voltara.accepted(product_line=voltara.lines["drives"])
    voltara.lead()
    with network_context(voltara.network):
        member = add_person(voltara, "random", "dealer_a")
        member = Membership.objects.select_related("user", "network").get(pk=member.pk)
        auditor = voltara.actor("auditor")
        rows = {Lead: list(Lead.objects.all()), Partner: list(Partner.objects.all())}

    @quickly
    @given(holdings(voltara))
    def compare(drawn: list[dict[str, Any]]) -> None:
        with network_context(voltara.network):
            hold(voltara, member, drawn)
            eyes = actor_for_membership(member, via="session", at=NOW)
            kept = {
                grant_of(holding)
                for model in (PartnerHolding, TerritoryHolding)
                for holding in model.objects.filter(membership=member)
            }
            assert set(load_grants(member, NOW)) <= kept
            for model, capability in CASES:
                sight = set(model.objects.visible_to(eyes, capability).values_list("pk", flat=True))
                for row in rows[model]:
                    answer = explain(member=member, row=row, capability=capability, actor=auditor, at=NOW)
                    assert answer.sees == (row.pk in sight) == may(eyes, capability, row)
                    agree(answer, eyes, row)

    compare()


# -- the page -------------------------------------------------------------------------------------------


@pytest.fixture
def desk(voltara: Net) -> Client:
    return sign_in(Client(headers={"host": voltara.host}), voltara, "administrator")


def ask(desk: Client, net: Net, name: str, link: str) -> str:
    return desk.get("/why/", {"member": str(net.members[name].uid), "link": link}).content.decode()


def test_the_page_answers_for_links_of_pages_and_of_the_api(voltara: Net, desk: Client) -> None:
    lead = voltara.accepted()
    for link in (f"/leads/{lead.uid}/", f"http://{voltara.host}/leads/{lead.uid}/?tab=x"):
        assert 'data-sees="yes"' in ask(desk, voltara, "sales_a", link)
        assert 'data-sees="no"' in ask(desk, voltara, "sales_b", link)
    api = f"/api/v1/leads/{lead.uid}/"
    assert 'data-sees="yes"' in ask(desk, voltara, "sales_a", api)
    people = f"/people/{voltara.members['sales_a'].uid}/"
    assert 'data-sees="yes"' in ask(desk, voltara, "owner_north", people)
    assert 'data-sees="no"' in ask(desk, voltara, "owner_south", people)
    assert 'data-sees="no"' in ask(desk, voltara, "sales_a", "/imports/")


def test_words_find_people_and_records(voltara: Net, desk: Client) -> None:
    page = desk.get("/why/", {"who": "sales_a", "link": "dealer_b"}).content.decode()
    assert str(voltara.members["sales_a"].uid) in page
    assert f"/partners/{voltara.partners['dealer_b'].uid}/" in page


def test_nothing_of_another_network(voltara: Net, nordwerk: Net, desk: Client) -> None:
    lead = nordwerk.accepted()
    page = ask(desk, voltara, "sales_a", f"/leads/{lead.uid}/")
    assert "no such record" in page
    assert "Nordwerk" not in page
    response = desk.get("/why/", {"member": str(nordwerk.members["sales_a"].uid), "link": "/leads/"})
    assert "Nordwerk" not in response.content.decode()


@pytest.mark.parametrize(
    "link", ["/nowhere/", "//evil.example/x", "/accounts/login/", "/theme.css", "\x00", "/leads/x"]
)
def test_odd_links_are_told_in_words(voltara: Net, desk: Client, link: str) -> None:
    response = desk.get("/why/", {"member": str(voltara.members["sales_a"].uid), "link": link})
    assert response.status_code == 200
    assert "data-sees" not in response.content.decode()


def test_a_refusal_leads_there_also_through_the_members_eyes(voltara: Net, desk: Client) -> None:
    desk.post(f"/people/{voltara.members['sales_a'].uid}/view-as/", {"reason": "x"})
    refused = desk.get("/imports/")
    assert refused.status_code == 403
    assert "/why/?member=" in refused.content.decode()
    page = ask(desk, voltara, "sales_a", "/imports/")
    assert "cannot open this page" in page
