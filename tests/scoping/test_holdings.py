"""Roles held at nodes: one row a grant, narrowed by territory, lines and dates; and who may give what."""

from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from dnm.accounts.models import Membership
from dnm.accounts.tenancy import network_context
from dnm.scoping.actors import actor_for_user
from dnm.scoping.errors import Conflict, Invalid, NotAllowed
from leads.models import Lead
from leads.permissions import LeadCapability
from partners.domain.access import grant_role, holders_at, holders_over, load_grants, revoke_role
from partners.domain.people import lock_member
from partners.models import Partner, PartnerHolding, TerritoryHolding
from partners.permissions import PartnerCapability
from partners.roles import Role
from tests.world import NOW, Net


def rows_everywhere() -> dict[str, int]:
    """Rows of the tables in which grants could stand."""
    names = [
        "partners_partnerholding",
        "partners_territoryholding",
        "guardian_userobjectpermission",
        "guardian_groupobjectpermission",
    ]
    with connection.cursor() as cursor:
        found = {}
        for name in names:
            cursor.execute(f"SELECT count(*) FROM {name}")
            found[name] = cursor.fetchone()[0]
    return found


def give(net: Net, member: str, role: Role, node: Any, **narrowed: Any) -> Any:
    return grant_role(
        membership=net.members[member], role=role, node=node, actor=net.system, at=NOW, **narrowed
    )


def sees(net: Net, member: str, at: datetime = NOW) -> set[int]:
    actor = net.actor(member, at)
    return set(Lead.objects.visible_to(actor, LeadCapability.VIEW).values_list("pk", flat=True))


def test_a_grant_is_one_row_whatever_lies_below(voltara: Net) -> None:
    for _ in range(5):
        voltara.lead()
    with network_context(voltara.network):
        before = rows_everywhere()
        give(voltara, "nobody", Role.AUDITOR, voltara.territories["root"])
        after = rows_everywhere()
        assert after.pop("partners_territoryholding") == before.pop("partners_territoryholding") + 1
        assert after == before
        assert after["guardian_userobjectpermission"] == after["guardian_groupobjectpermission"] == 0
        assert len(sees(voltara, "nobody")) == 5
        assert Partner.objects.visible_to(voltara.actor("nobody"), PartnerCapability.VIEW).count() == 7


def test_the_same_role_again_changes_the_one_row(voltara: Net) -> None:
    with network_context(voltara.network):
        node = voltara.partners["dealer_a"]
        give(voltara, "nobody", Role.SALES, node)
        before = rows_everywhere()
        give(voltara, "nobody", Role.SALES, node, product_line_ids=[voltara.lines["pumps"].pk])
        assert rows_everywhere() == before
        (grant,) = load_grants(voltara.members["nobody"], NOW)
        assert grant.lines == {voltara.lines["pumps"].pk}


def test_the_database_keeps_it_one_row(voltara: Net) -> None:
    with network_context(voltara.network):
        row = PartnerHolding.objects.first()
        row.pk = row.uid = None
        row.uid = PartnerHolding().uid
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)


def test_narrowed_by_territory_and_by_lines(voltara: Net) -> None:
    north = voltara.lead()
    drives = voltara.lead(product_line=voltara.lines["drives"])
    unknown = voltara.lead(product_line=None)
    south = voltara.lead(postal_code="SA1")
    root, zone = voltara.territories["root"], voltara.territories["north"]
    with network_context(voltara.network):
        give(voltara, "nobody", Role.AUDITOR, root, within_territory=zone)
        assert sees(voltara, "nobody") == {north.pk, drives.pk, unknown.pk}
        pumps = [voltara.lines["pumps"].pk]
        give(voltara, "nobody", Role.AUDITOR, root, within_territory=zone, product_line_ids=pumps)
        assert sees(voltara, "nobody") == {north.pk}
        give(voltara, "nobody", Role.AUDITOR, root, product_line_ids=pumps)
        assert sees(voltara, "nobody") == {north.pk, south.pk}
        give(voltara, "nobody", Role.AUDITOR, root, product_line_ids=[])
        assert sees(voltara, "nobody") == set()


def test_dates_are_days_of_the_network_both_included(voltara: Net) -> None:
    """Kolkata is five and a half hours ahead: 18:30 UTC is its midnight."""
    lead = voltara.lead()
    with network_context(voltara.network):
        first, last = date(2026, 12, 1), date(2026, 12, 3)
        give(voltara, "nobody", Role.AUDITOR, voltara.territories["root"], valid_from=first, valid_to=last)
        opens = datetime(2026, 11, 30, 18, 30, tzinfo=UTC)
        closes = datetime(2026, 12, 3, 18, 30, tzinfo=UTC)
        tick = timedelta(seconds=1)
        assert sees(voltara, "nobody", opens - tick) == set()
        assert sees(voltara, "nobody", opens) == {lead.pk}
        assert sees(voltara, "nobody", closes - tick) == {lead.pk}
        assert sees(voltara, "nobody", closes) == set()


def test_who_is_alerted_follows_the_same_days(voltara: Net) -> None:
    with network_context(voltara.network):
        dealer = voltara.partners["dealer_c"]
        give(voltara, "nobody", Role.SALES, dealer, valid_from=date(2026, 12, 1))
        opens = datetime(2026, 11, 30, 18, 30, tzinfo=UTC)
        member = voltara.members["nobody"]
        assert member in holders_at(dealer, LeadCapability.WORK, at=opens)
        assert member not in holders_at(dealer, LeadCapability.WORK, at=opens - timedelta(seconds=1))


def test_dates_are_days_of_each_network_by_itself(nordwerk: Net) -> None:
    nordwerk.lead()
    with network_context(nordwerk.network):
        give(nordwerk, "nobody", Role.AUDITOR, nordwerk.territories["root"], valid_from=date(2026, 12, 1))
        opens = datetime(2026, 11, 30, 23, 0, tzinfo=UTC)
        assert len(sees(nordwerk, "nobody", opens)) == 1
        assert not sees(nordwerk, "nobody", opens - timedelta(seconds=1))


def test_revoking_ends_it_at_once_and_is_on_record(voltara: Net) -> None:
    voltara.lead()
    with network_context(voltara.network):
        holding = TerritoryHolding.objects.get(membership=voltara.members["auditor"])
        assert sees(voltara, "auditor")
        revoke_role(holding=holding, actor=voltara.actor("administrator"), at=NOW)
        assert not sees(voltara, "auditor")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pgh_label FROM partners_territoryholdingevent")
            assert [label for (label,) in cursor.fetchall()] == ["delete"]


def test_a_locked_member_has_no_actor(voltara: Net) -> None:
    member = voltara.members["sales_a"]
    with network_context(voltara.network):
        assert actor_for_user(voltara.network, member.user, at=NOW) is not None
        lock_member(membership=member, actor=voltara.actor("owner_a"), at=NOW)
        assert actor_for_user(voltara.network, member.user, at=NOW) is None
        assert member not in holders_at(voltara.partners["dealer_a"], LeadCapability.WORK, at=NOW)


def test_a_switched_off_login_has_no_actor(voltara: Net) -> None:
    user = voltara.members["sales_a"].user
    user.is_active = False
    user.save()
    with network_context(voltara.network):
        assert actor_for_user(voltara.network, user, at=NOW) is None


def test_a_person_of_two_networks_has_two_sets_of_roles(voltara: Net, nordwerk: Net) -> None:
    user = voltara.members["administrator"].user
    with network_context(nordwerk.network):
        Membership.objects.create(network=nordwerk.network, user=user)
        actor = actor_for_user(nordwerk.network, user, at=NOW)
        assert actor is not None
        assert actor.grants == ()
    with network_context(voltara.network):
        actor = actor_for_user(voltara.network, user, at=NOW)
        assert actor is not None
        assert actor.roles == {Role.NETWORK_ADMINISTRATOR}


@pytest.mark.parametrize(
    ("giver", "role", "node", "allowed"),
    [
        ("administrator", Role.ZONE_MANAGER, "territory:south", True),
        ("administrator", Role.SALES, "partner:dealer_c", True),
        ("administrator", Role.NETWORK_ADMINISTRATOR, "territory:root", True),
        ("owner_a", Role.SALES, "partner:dealer_a", True),
        ("owner_a", Role.SALES, "partner:retailer_a", True),
        ("owner_a", Role.SALES, "partner:dealer_b", False),
        ("owner_a", Role.PARTNER_OWNER, "partner:distributor_north", False),
        ("owner_north", Role.SALES, "partner:dealer_a", True),
        ("owner_north", Role.SALES, "partner:dealer_c", False),
        ("owner_a", Role.AUDITOR, "territory:root", False),
        ("zone_north", Role.SALES, "partner:dealer_a", False),
        ("zone_north", Role.ZONE_MANAGER, "territory:north", False),
        ("sales_a", Role.SALES, "partner:dealer_a", False),
        ("auditor", Role.AUDITOR, "territory:north", False),
        ("nobody", Role.SALES, "partner:dealer_a", False),
    ],
)
def test_who_may_give_what_where(voltara: Net, giver: str, role: Role, node: str, allowed: bool) -> None:
    tree, _, key = node.partition(":")
    nodes: dict[str, Any] = {**voltara.partners} if tree == "partner" else {**voltara.territories}
    with network_context(voltara.network):
        values = {"membership": voltara.members["service_a"], "role": role, "node": nodes[key], "at": NOW}
        if allowed:
            grant_role(actor=voltara.actor(giver), **values)
            assert role in voltara.actor("service_a").roles
        else:
            with pytest.raises(NotAllowed):
                grant_role(actor=voltara.actor(giver), **values)
            assert role not in voltara.actor("service_a").roles


@pytest.mark.parametrize(
    ("role", "node"), [(Role.SALES, "territory"), (Role.AUDITOR, "partner"), (Role.FINANCE, "partner")]
)
def test_a_role_stands_at_its_kind_of_node(voltara: Net, role: Role, node: str) -> None:
    """Staff roles at territories (or the brand owner), partners' roles at partners."""
    place: Any = voltara.territories["north"] if node == "territory" else voltara.partners["dealer_a"]
    with network_context(voltara.network), pytest.raises(Invalid):
        give(voltara, "nobody", role, place)


@pytest.mark.parametrize(
    ("held", "asked", "allowed"),
    [
        ({}, {}, True),
        ({"lines": ["pumps"]}, {}, False),
        ({"lines": ["pumps"]}, {"lines": ["drives"]}, False),
        ({"lines": ["pumps"]}, {"lines": ["pumps", "drives"]}, False),
        ({"lines": ["pumps"]}, {"lines": ["pumps"]}, True),
        ({"lines": ["pumps", "drives"]}, {"lines": ["pumps"]}, True),
        ({"within": "north"}, {}, False),
        ({"within": "north"}, {"within": "south"}, False),
        ({"within": "north"}, {"within": "root"}, False),
        ({"within": "north"}, {"within": "north_a"}, True),
        ({"within": "north", "lines": ["pumps"]}, {"within": "north", "lines": ["pumps"]}, True),
        ({"within": "north", "lines": ["pumps"]}, {"within": "north"}, False),
    ],
)
def test_nobody_gives_a_wider_right_than_the_own(
    voltara: Net, held: dict[str, Any], asked: dict[str, Any], allowed: bool
) -> None:
    def narrowed(words: dict[str, Any]) -> dict[str, Any]:
        lines = words.get("lines")
        return {
            "product_line_ids": None if lines is None else [voltara.lines[code].pk for code in lines],
            "within_territory": voltara.territories[words["within"]] if "within" in words else None,
        }

    node = voltara.partners["dealer_b"]
    with network_context(voltara.network):
        give(voltara, "nobody", Role.PARTNER_OWNER, node, **narrowed(held))
        values = {"membership": voltara.members["service_a"], "role": Role.SALES, "node": node, "at": NOW}
        with nullcontext() if allowed else pytest.raises(NotAllowed):
            grant_role(actor=voltara.actor("nobody"), **values, **narrowed(asked))


def test_nobody_gives_to_himself_nor_beyond_the_own_days(voltara: Net) -> None:
    node, last = voltara.partners["dealer_b"], date(2026, 12, 31)
    with network_context(voltara.network):
        give(voltara, "nobody", Role.PARTNER_OWNER, node, valid_to=last)
        actor, other = voltara.actor("nobody"), voltara.members["service_a"]
        with pytest.raises(Conflict):
            grant_role(membership=voltara.members["nobody"], role=Role.SALES, node=node, actor=actor, at=NOW)
        with pytest.raises(NotAllowed):
            grant_role(membership=other, role=Role.SALES, node=node, actor=actor, at=NOW)
        grant_role(membership=other, role=Role.SALES, node=node, actor=actor, at=NOW, valid_to=last)
        give(voltara, "service_a", Role.SERVICE, node)
        wider = PartnerHolding.objects.get(
            membership=other, permission__codename="hold_service", content_object=node
        )
        with pytest.raises(NotAllowed):
            revoke_role(holding=wider, actor=actor, at=NOW)


@pytest.mark.parametrize("foreign", ["member", "node", "within"])
def test_what_is_of_another_network_has_no_holding_here(voltara: Net, nordwerk: Net, foreign: str) -> None:
    values = {
        "membership": (nordwerk if foreign == "member" else voltara).members["nobody"],
        "node": (nordwerk if foreign == "node" else voltara).partners["dealer_a"],
        "within_territory": (nordwerk if foreign == "within" else voltara).territories["north"],
    }

    def attempt() -> None:
        with transaction.atomic():
            grant_role(role=Role.SALES, actor=voltara.system, at=NOW, **values)
            connection.check_constraints()

    with network_context(voltara.network), pytest.raises(IntegrityError):
        attempt()


def test_holders_are_those_who_hold_it_exactly_there(voltara: Net) -> None:
    def emails(rows: Any) -> set[str]:
        return {member.user.email.partition("@")[0] for member in rows}

    with network_context(voltara.network):
        dealer, area = voltara.partners["dealer_a"], voltara.territories["north_a"]
        assert emails(holders_at(dealer, LeadCapability.WORK, at=NOW)) == {"owner_a", "sales_a"}
        over = emails(holders_over(area, LeadCapability.MANAGE_DESK, at=NOW))
        assert over == {"administrator", "zone_north"}
