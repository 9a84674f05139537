"""The triggers behind the scope: paths, level columns and what they refuse, whoever writes."""

import pytest
from django.conf import settings
from django.db import DatabaseError, connections, transaction

from dnm.accounts.tenancy import network_context
from leads.models import Lead
from leads.states import LeadState
from partners.models import Partner, PartnerKind, Territory
from partners.states import PartnerState
from tests.world import NOW, Net

NONE = [None] * settings.TREE_LEVELS


def levels(row: object, tree: str) -> list[int | None]:
    return [getattr(row, f"{tree}_{number}") for number in range(1, settings.TREE_LEVELS + 1)]


def padded(*nodes: int) -> list[int | None]:
    return [*nodes, *NONE][: settings.TREE_LEVELS]


def child_of(net: Net, parent: Territory, code: str) -> Territory:
    made = Territory.objects.create(network=net.network, name=code, code=code, kind="zone", parent=parent)
    made.refresh_from_db()
    return made


def refused(sqlstate: str) -> object:
    """`pytest.raises` for an error of the database with this SQLSTATE."""

    def check(error: BaseException) -> bool:
        return getattr(error.__cause__, "sqlstate", "") == sqlstate

    return pytest.raises(DatabaseError, check=check)


def test_a_node_knows_its_way_up(voltara: Net) -> None:
    ids = [voltara.partners[key].pk for key in ("brand", "distributor_north", "dealer_a", "retailer_a")]
    retailer = voltara.partners["retailer_a"]
    assert str(retailer.path) == ".".join(map(str, ids))
    assert retailer.level == 4
    assert levels(retailer, "partner") == padded(*ids)
    north = [voltara.territories[key].pk for key in ("root", "north", "north_a")]
    assert levels(retailer, "territory") == padded(*north)


def test_a_row_carries_its_partners_and_its_territorys_way(voltara: Net) -> None:
    lead = voltara.accepted()
    dealer, area = voltara.partners["dealer_a"], voltara.territories["north_a"]
    assert levels(lead, "partner") == levels(dealer, "partner")
    assert levels(lead, "territory") == levels(area, "territory")
    assert str(lead.recorded_path) == str(dealer.path)


def test_a_row_without_a_partner_has_none_and_keeps_the_record(voltara: Net) -> None:
    """The organisation path at the time is for reports; it survives that the partner gives the lead back."""
    waiting, lead = voltara.lead(), voltara.accepted()
    with network_context(voltara.network):
        waiting.refresh_from_db()
        assert (levels(waiting, "partner"), waiting.recorded_path) == (NONE, None)
        Lead.objects.filter(pk=lead.pk).update(partner=None, state=LeadState.ROUTING)
        lead.refresh_from_db()
        assert levels(lead, "partner") == NONE
        assert str(lead.recorded_path) == str(voltara.partners["dealer_a"].path)
        Lead.objects.filter(pk=lead.pk).update(state=LeadState.OFFERED)
        Lead.objects.filter(pk=lead.pk).update(state=LeadState.ACCEPTED, partner=voltara.partners["dealer_b"])
        lead.refresh_from_db()
        assert levels(lead, "partner") == levels(voltara.partners["dealer_b"], "partner")
        assert str(lead.recorded_path) == str(voltara.partners["dealer_b"].path)


def test_many_rows_in_one_statement(voltara: Net) -> None:
    """A whole branch of the tree, parents before children, and rows on it."""
    with network_context(voltara.network):
        first = Territory.objects.order_by("-pk")[0].pk + 1000
        chain = [
            Territory(
                pk=first + number,
                network=voltara.network,
                name=f"chain{number}",
                code=f"chain{number}",
                kind="zone",
                parent_id=first + number - 1 if number else voltara.territories["root"].pk,
            )
            for number in range(5)
        ]
        Territory.objects.bulk_create(chain)
        deepest = Territory.objects.get(code="chain4")
        ids = [voltara.territories["root"].pk, *(first + number for number in range(5))]
        assert levels(deepest, "territory") == padded(*ids)
        Lead.objects.bulk_create(
            Lead(
                network=voltara.network,
                territory=territory,
                state=LeadState.NEW,
                state_changed_at=NOW,
                name="x",
                created_at=NOW,
            )
            for territory in [*chain, *chain]
        )
        assert Lead.objects.filter(territory_6=deepest.pk).count() == 2
        assert Lead.objects.filter(territory_2=first).count() == 10


def test_a_row_that_moves_to_another_territory_moves_wholly(voltara: Net) -> None:
    lead = voltara.lead()
    with network_context(voltara.network):
        Lead.objects.filter(pk=lead.pk).update(territory=voltara.territories["south"])
        lead.refresh_from_db()
    ids = [voltara.territories[key].pk for key in ("root", "south")]
    assert levels(lead, "territory") == padded(*ids)


def test_the_deepest_level_and_one_more(voltara: Net) -> None:
    with network_context(voltara.network):
        node = voltara.territories["north_a"]
        for number in range(node.level + 1, settings.TREE_LEVELS + 1):
            node = child_of(voltara, node, f"level{number}")
        assert node.level == settings.TREE_LEVELS
        assert levels(node, "territory")[-1] == node.pk
        with refused("23514"), transaction.atomic():
            child_of(voltara, node, "too deep")


@pytest.mark.parametrize("below", ["north", "north_a"])
def test_nothing_stands_below_itself(voltara: Net, below: str) -> None:
    """Neither directly nor by a detour, nor by SQL."""
    north = voltara.territories["north"]
    with network_context(voltara.network), refused("23514"), transaction.atomic():
        Territory.objects.filter(pk=north.pk).update(parent=voltara.territories[below])


def test_the_brand_owner_is_the_only_root(voltara: Net) -> None:
    with network_context(voltara.network):
        for changes in ({"parent": None}, {"kind": PartnerKind.BRAND_OWNER}):
            with refused("23514"), transaction.atomic():
                Partner.objects.filter(code="dealer_a").update(**changes)
        second = Partner(
            network=voltara.network,
            code="second",
            trade_name="Second",
            kind=PartnerKind.BRAND_OWNER,
            state=PartnerState.LIVE,
            territory=voltara.territories["root"],
            created_at=NOW,
        )
        with refused("23505"), transaction.atomic():
            second.save(force_insert=True)


@pytest.mark.parametrize("model", [Partner, Territory])
def test_a_parent_of_another_network_is_refused(voltara: Net, nordwerk: Net, model: type) -> None:
    """To the application such a parent is not there at all."""
    mine, theirs = (
        (net.partners["dealer_a"] if model is Partner else net.territories["north"])
        for net in (voltara, nordwerk)
    )
    with network_context(voltara.network), refused("23503"), transaction.atomic():
        model.objects.filter(pk=mine.pk).update(parent=theirs)  # type: ignore[attr-defined]


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_parent_of_another_network_is_refused_to_the_owner_too(committed_world: tuple[Net, Net]) -> None:
    """The owner sees both networks' rows; the trigger still asks for the same one."""
    voltara, nordwerk = committed_world
    with refused("23503"), transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(
            "UPDATE partners_territory SET parent_id = %s WHERE id = %s",
            [nordwerk.territories["root"].pk, voltara.territories["north"].pk],
        )


@pytest.mark.parametrize("column", ["partner_id", "territory_id", "product_line_id", "duplicate_of_id"])
def test_a_row_cannot_hang_on_another_networks_node(voltara: Net, nordwerk: Net, column: str) -> None:
    lead, foreign = voltara.accepted(), nordwerk.accepted()
    value = foreign.pk if column == "duplicate_of_id" else getattr(foreign, column)
    with network_context(voltara.network), refused("23503"), transaction.atomic():
        Lead.objects.filter(pk=lead.pk).update(**{column: value})
        with connections["default"].cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_product_lines_in_an_array_are_of_the_network(voltara: Net, nordwerk: Net) -> None:
    """PostgreSQL has no foreign keys of array elements: a trigger stands in."""
    with network_context(voltara.network):
        rows = Partner.objects.filter(code="dealer_a")
        pumps = voltara.lines["pumps"].pk
        for wrong in ([nordwerk.lines["pumps"].pk], [pumps, 10**6], [pumps, pumps]):
            with refused("23503"), transaction.atomic():
                rows.update(product_line_ids=wrong)
        assert rows.update(product_line_ids=[pumps]) == 1
