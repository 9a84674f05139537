"""Moves beside other transactions: what is being added below while a branch moves goes with it."""

import threading
import time
from typing import Any

import pytest
from django.db import connection, connections, transaction

from dnm.accounts.tenancy import network_context
from dnm.scoping.moves import TreeMove
from dnm.scoping.rewriting import close_if_done, rewrite_some
from leads.models import Lead
from leads.permissions import LeadCapability
from partners.models import Partner
from partners.permissions import PartnerCapability
from tests.world import NOW, Net

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def moving(net: Net, code: str, parent: str) -> threading.Thread:
    """The move in a connection of its own."""

    def move() -> None:
        try:
            with network_context(net.network):
                Partner.objects.filter(code=code).update(parent=net.partners[parent])
        finally:
            connections.close_all()

    return threading.Thread(target=move)


def wait_until_it_waits() -> None:
    """Until another transaction of this database waits for a lock; a test that waits in vain fails."""
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks AS wanted JOIN pg_stat_activity AS who USING (pid) "
                "WHERE NOT wanted.granted AND who.datname = current_database()"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("nobody waited")


def added(net: Net, parent: Partner, code: str) -> Partner:
    return Partner.objects.create(  # type: ignore[no-any-return]
        network=net.network,
        code=code,
        trade_name=code,
        kind="retailer",
        parent=parent,
        territory=net.territories["north_a"],
        created_at=NOW,
    )


def seen_by(net: Net, member: str, rows: Any, capability: str) -> set[int]:
    return set(rows.visible_to(net.actor(member), capability).values_list("pk", flat=True))


def test_partners_added_below_while_the_branch_moves_go_with_it(committed_world: tuple[Net, Net]) -> None:
    """Deep below the moved node, and below one another: the move waits for them and takes them along."""
    net = committed_world[0]
    move = moving(net, "dealer_a", "distributor_south")
    with network_context(net.network):
        first = added(net, net.partners["retailer_a"], "late-1")
        second = added(net, first, "late-2")
        move.start()
        wait_until_it_waits()
    move.join(30)
    with network_context(net.network):
        south = net.partners["distributor_south"]
        for row in (first, second):
            row.refresh_from_db()
            assert str(row.path).split(".")[1] == str(south.pk)
            assert row.partner_2 == south.pk
        late = {first.pk, second.pk}
        assert late <= seen_by(net, "owner_south", Partner.objects, PartnerCapability.VIEW)
        assert late.isdisjoint(seen_by(net, "owner_north", Partner.objects, PartnerCapability.VIEW))


def test_a_lead_that_comes_in_while_the_branch_moves_is_nobodys_twice(
    committed_world: tuple[Net, Net],
) -> None:
    """It was there before the move: the new upstream sees it at once, the rewriting finds it."""
    net = committed_world[0]
    move = moving(net, "dealer_a", "distributor_south")
    with network_context(net.network):
        lead = net.accepted()
        move.start()
        wait_until_it_waits()
    move.join(30)

    def agrees() -> bool:
        return lead.pk in seen_by(net, "owner_south", Lead.objects, LeadCapability.VIEW) and (
            lead.pk not in seen_by(net, "owner_north", Lead.objects, LeadCapability.VIEW)
        )

    with network_context(net.network):
        opened = TreeMove.objects.get(closed_at=None)
        assert agrees()
        while not close_if_done(opened):
            rewrite_some(opened)
        assert agrees()


def test_rows_that_somebody_holds_keep_the_move_open(committed_world: tuple[Net, Net]) -> None:
    """Left for the next time, and never forgotten; a whole save of what was read before loses nothing."""
    net = committed_world[0]
    with network_context(net.network):
        lead = net.accepted()
        held = Lead.objects.get(pk=lead.pk)
        Partner.objects.filter(code="dealer_a").update(parent=net.partners["distributor_south"])
        opened = TreeMove.objects.get(closed_at=None)
    worked: list[Any] = []

    def rewrite() -> None:
        try:
            with network_context(net.network):
                while rewrite_some(opened):
                    pass
                worked.append(close_if_done(opened))
        finally:
            connections.close_all()

    def in_a_thread() -> None:
        thread = threading.Thread(target=rewrite)
        thread.start()
        thread.join(30)

    with network_context(net.network), transaction.atomic():
        Lead.objects.select_for_update(of=("self",)).get(pk=lead.pk)
        in_a_thread()
        assert worked == [False]
    in_a_thread()
    assert worked == [False, True]
    with network_context(net.network):
        held.save()
        lead.refresh_from_db()
        assert lead.partner_2 == net.partners["distributor_south"].pk
