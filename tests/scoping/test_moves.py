"""Moves of subtrees: whatever moves where, and however far the rows are rewritten, `visible_to` is the plain
definition over the tree as it is now; `has_perm` agrees with the lists; the database refuses the rest.
"""

from typing import Any

import pghistory.models
import pytest
from django.apps import apps
from django.conf import settings as portal
from django.db import DatabaseError, transaction
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dnm.accounts.actors import Actor, Grant
from dnm.accounts.tenancy import network_context
from dnm.scoping.authority import may
from dnm.scoping.branches import below
from dnm.scoping.capabilities import roles_with
from dnm.scoping.moves import TreeMove, ids_of, open_moves
from dnm.scoping.rewriting import anchored_models, close_if_done, rewrite_some, stale_rows
from leads.models import Lead, Offer
from leads.permissions import LeadCapability, OfferCapability
from partners.models import (
    Application,
    BankAccount,
    ChangeRequest,
    Invitation,
    Partner,
    PartnerFigure,
    Territory,
)
from partners.permissions import PartnerCapability
from tests.partners.changing import bank_changed
from tests.partners.inviting import invite
from tests.partners.taking_on import applied, open_track
from tests.scoping.forest import Forest
from tests.scoping.strategies import grants, quickly
from tests.world import NOW, Net

CASES: list[tuple[Any, str]] = [
    (Lead, LeadCapability.VIEW),
    (Lead, LeadCapability.WORK),
    (Lead, LeadCapability.MANAGE_DESK),
    (Partner, PartnerCapability.VIEW),
    (Partner, PartnerCapability.MANAGE_PEOPLE),
]


def with_paths(forest: Forest, held: list[Grant]) -> list[Grant]:
    """The grants as they are loaded now: level and path of the node in today's tree."""
    fresh = []
    for grant in held:
        path = tuple(reversed(list(forest.upwards(grant.tree, grant.node))))
        fresh.append(
            Grant(grant.role, grant.tree, grant.node, len(path), grant.within, grant.lines, path=path)
        )
    return fresh


def actor_of(forest: Forest, held: list[Grant]) -> Actor:
    return Actor(forest.network.pk, "somebody", "session", grants=tuple(held), moves=open_moves())


def try_move(forest: Forest, node: int, parent: int) -> TreeMove | None:
    """Move with plain SQL; None when the database refuses it (cycle, depth, a branch that is being moved)."""
    try:
        with transaction.atomic():
            Partner.objects.filter(pk=node).update(parent=parent)
    except DatabaseError:
        return None
    forest.parent_of["partner", node] = parent
    return TreeMove.objects.filter(tree="partner", node=node, closed_at=None).first()


def compare(forest: Forest, held: list[Grant]) -> None:
    """Lists, buttons and filters against the oracle, which walks the parents of today."""
    actor = actor_of(forest, held)
    rows = {Lead: list(Lead.objects.all()), Partner: list(Partner.objects.all())}
    for model, capability in CASES:
        own = capability in model.scope_own
        roles = roles_with(capability)
        expected = {row.pk for row in rows[model] if forest.in_sight(row, held, roles, own=own)}
        found = list(model.objects.visible_to(actor, capability).values_list("pk", flat=True))
        assert set(found) == expected, capability
        assert len(found) == len(expected), "no row comes twice"
        assert {row.pk for row in rows[model] if may(actor, capability, row)} == expected


def test_the_scope_is_right_before_during_and_after(forest: Forest) -> None:
    """Up to three moves, each rewritten not at all, in part or wholly, before the next. Grants may have been
    loaded before the open moves began: then they know an old path.
    """
    parents = dict(forest.parent_of)
    happened = {"open": 0, "refused": 0, "shifted": 0}

    @settings(quickly, max_examples=60, phases=[Phase.generate])
    @given(st.data())
    def check(data: st.DataObject) -> None:
        forest.parent_of = dict(parents)
        stale_grants = data.draw(st.booleans())
        held = with_paths(forest, data.draw(grants(forest)))
        nodes = st.sampled_from([row.pk for row in forest.partners])
        with network_context(forest.network), transaction.atomic():
            for _ in range(data.draw(st.integers(1, 3))):
                move = try_move(forest, data.draw(nodes), data.draw(nodes))
                if move is None:
                    happened["refused"] += 1
                    continue
                happened["shifted"] += len(move.paths.old) != len(move.paths.new)
                now = held if stale_grants else with_paths(forest, held)
                compare(forest, now)
                for _ in range(data.draw(st.integers(0, 2))):
                    rewrite_some(move, limit=data.draw(st.integers(1, 40)))
                    compare(forest, now)
                happened["open"] += not (data.draw(st.booleans()) and close_if_done(move))
            for move in TreeMove.objects.filter(closed_at=None):
                while not close_if_done(move):
                    rewrite_some(move)
            compare(forest, with_paths(forest, held))
            for lead in Lead.objects.exclude(partner=None).select_related("partner"):
                assert [getattr(lead, f"partner_{n}") for n in range(1, 9)] == [
                    getattr(lead.partner, f"partner_{n}") for n in range(1, 9)
                ]
            transaction.set_rollback(True)

    check()
    assert all(happened.values()), f"the random moves were not mixed: {happened}"


def test_a_filter_by_partner_follows_at_once(forest: Forest) -> None:
    """ "At or below" names the rows of today's tree, rewritten or not."""
    with network_context(forest.network):
        owners = {lead.partner_id for lead in forest.leads if lead.partner_id}
        deep = next(p for p in forest.partners if p.level == 4 and p.pk in owners)
        root = next(p for p in forest.partners if p.parent_id is None)
        assert try_move(forest, deep.pk, root.pk)
        for partner in Partner.objects.all():
            under = Q_below(partner)
            found = set(Lead.objects.filter(under).values_list("pk", flat=True))
            assert found == {
                lead.pk
                for lead in forest.leads
                if lead.partner_id and partner.pk in forest.upwards("partner", lead.partner_id)
            }


def Q_below(partner: Partner) -> Any:  # noqa: N802
    return below("partner", ids_of(partner.path), open_moves())


def test_has_perm_agrees_with_the_lists(voltara: Net) -> None:
    """Real memberships and holdings, every row, while the move is open and after."""
    voltara.accepted()
    voltara.offered()
    cases = [
        (Lead, LeadCapability.VIEW),
        (Lead, LeadCapability.WORK),
        (Offer, OfferCapability.VIEW),
        (Partner, PartnerCapability.VIEW),
    ]

    def agree() -> None:
        for name in ("zone_north", "owner_north", "owner_south", "sales_a", "sales_b", "retail_a"):
            member = voltara.members[name]
            actor = voltara.actor(name)
            for model, capability in cases:
                seen = set(model.objects.visible_to(actor, capability).values_list("pk", flat=True))
                for row in model.objects.all():
                    assert member.user.has_perm(capability, row) == (row.pk in seen), (name, capability)
                    assert may(actor, capability, row) == (row.pk in seen), (name, capability)

    with network_context(voltara.network):
        lead = Lead.objects.get(partner=voltara.partners["dealer_a"])
        agree()
        Partner.objects.filter(code="dealer_a").update(parent=voltara.partners["distributor_south"])
        move = TreeMove.objects.get()
        assert (
            stale_rows(move)
            == Lead.objects.filter(partner=lead.partner).count()
            + Offer.objects.filter(partner=lead.partner).count()
        )
        agree()
        assert lead in Lead.objects.visible_to(voltara.actor("owner_south"), LeadCapability.VIEW)
        assert lead not in Lead.objects.visible_to(voltara.actor("owner_north"), LeadCapability.VIEW)
        assert lead in Lead.objects.visible_to(voltara.actor("sales_a"), LeadCapability.WORK)
        while rewrite_some(move, limit=1):
            agree()
        assert close_if_done(move)
        agree()
        lead.refresh_from_db()
        assert str(lead.recorded_path).split(".")[1] == str(voltara.partners["distributor_north"].pk)
        assert lead.partner_2 == voltara.partners["distributor_south"].pk


def test_every_table_that_hangs_on_partners_is_rewritten(voltara: Net) -> None:
    """A new model joins by inheriting. The application role may write the levels of each, its triggers let
    it, and nothing is noted in the history: nobody changed anything.
    """
    voltara.accepted()
    voltara.offered()
    bank_changed(voltara)
    invite(voltara)
    open_track(voltara)
    application = applied(voltara)
    with network_context(voltara.network):
        dealer = voltara.partners["dealer_a"]
        Application.objects.filter(pk=application.pk).update(parent=dealer)
        PartnerFigure.objects.create(
            network=voltara.network,
            metric="leads.acceptance",
            version=1,
            day=NOW.date(),
            partner=dealer,
            territory=dealer.territory,
            numerator=1,
            denominator=1,
        )
        hanging = {model: {anchor.name: dealer} for model, anchor in anchored_models("partner")}
        assert Partner not in hanging
        there = {model for model, under in hanging.items() if model.objects.filter(**under).exists()}
        assert {Lead, Offer, PartnerFigure, Application, BankAccount, ChangeRequest, Invitation} <= there
        Partner.objects.filter(pk=dealer.pk).update(parent=voltara.partners["distributor_south"])
        move = TreeMove.objects.get()
        noted = [model for model in apps.get_models() if issubclass(model, pghistory.models.Event)]
        before = {model: model._base_manager.count() for model in noted}
        while rewrite_some(move):
            pass
        assert close_if_done(move)
        for model in there:
            rows = model.objects.filter(**hanging[model])
            assert set(rows.values_list("partner_2", flat=True)) == {
                voltara.partners["distributor_south"].pk
            }, model
        assert {model: model._base_manager.count() for model in noted} == before


def test_a_territory_keeps_its_place(voltara: Net) -> None:
    """Nobody would rewrite what hangs below it."""
    with network_context(voltara.network), pytest.raises(DatabaseError, match="keeps its place"):
        with transaction.atomic():
            Territory.objects.filter(code="north_a").update(parent=voltara.territories["south"])


def test_a_new_row_knows_the_new_path_while_the_move_is_open(voltara: Net) -> None:
    voltara.accepted()
    with network_context(voltara.network):
        Partner.objects.filter(code="dealer_a").update(parent=voltara.partners["distributor_south"])
    late = voltara.accepted()
    assert late.partner_2 == voltara.partners["distributor_south"].pk
    assert str(late.recorded_path).split(".")[1] == str(voltara.partners["distributor_south"].pk)


@pytest.mark.parametrize(
    ("node", "parent"),
    [("dealer_a", "retailer_a"), ("dealer_a", "dealer_a"), ("distributor_north", "retailer_a")],
)
def test_the_database_refuses_a_cycle(voltara: Net, node: str, parent: str) -> None:
    with network_context(voltara.network), pytest.raises(DatabaseError, match="below itself"):
        with transaction.atomic():
            Partner.objects.filter(code=node).update(parent=voltara.partners[parent])


def test_the_database_refuses_a_subtree_that_would_be_too_deep(voltara: Net) -> None:
    """The moved node itself would fit; what stands below it would not."""
    with network_context(voltara.network):
        chain = voltara.partners["dealer_c"]
        for number in range(chain.level, portal.TREE_LEVELS - 1):
            chain = Partner.objects.create(
                network=voltara.network,
                code=f"chain{number}",
                trade_name="Chain",
                kind="retailer",
                parent=chain,
                territory=voltara.territories["south"],
                created_at=chain.created_at,
            )
            chain.refresh_from_db()
        with pytest.raises(DatabaseError, match="levels"), transaction.atomic():
            Partner.objects.filter(code="dealer_a").update(parent=chain)
        Partner.objects.filter(code="retailer_a").update(parent=chain)
        assert Partner.objects.get(code="retailer_a").level == portal.TREE_LEVELS


@pytest.mark.parametrize(
    ("second", "parent"),
    [
        ("dealer_a", "dealer_b"),
        ("retailer_a", "dealer_b"),
        ("distributor_north", "dealer_c"),
        ("distributor_south", "dealer_b"),
    ],
)
def test_one_move_at_a_time_in_a_branch(voltara: Net, second: str, parent: str) -> None:
    """The node, what is below it, and what is above it, before or now; a stranger may move."""
    voltara.accepted()
    with network_context(voltara.network):
        Partner.objects.filter(code="dealer_a").update(parent=voltara.partners["distributor_south"])
        with pytest.raises(DatabaseError, match="under way"), transaction.atomic():
            Partner.objects.filter(code=second).update(parent=voltara.partners[parent])
        Partner.objects.filter(code="dealer_b").update(parent=voltara.partners["distributor_south"])
        assert len(open_moves()) == 2


def test_the_move_and_its_open_row_are_one(voltara: Net) -> None:
    """Rolled back together: there is no moment at which one is there without the other."""
    with network_context(voltara.network):
        with transaction.atomic():
            Partner.objects.filter(code="dealer_a").update(parent=voltara.partners["distributor_south"])
            assert TreeMove.objects.count() == 1
            transaction.set_rollback(True)
        assert not TreeMove.objects.exists()
        assert Partner.objects.get(code="retailer_a").path == voltara.partners["retailer_a"].path


def test_reports_ask_for_the_organisation_as_it_was_or_as_it_is(voltara: Net) -> None:
    """By recorded path, or by today's; the scope is today's either way."""
    before = voltara.accepted()
    north, south = (voltara.partners[f"distributor_{zone}"] for zone in ("north", "south"))
    with network_context(voltara.network):
        Partner.objects.filter(code="dealer_a").update(parent=south)
    after = voltara.accepted()
    with network_context(voltara.network):
        seen = Lead.objects.visible_to(voltara.actor("administrator"), LeadCapability.VIEW)
        assert list(seen.recorded_under(north)) == [before]
        assert list(seen.recorded_under(south)) == [after]
        assert set(seen.filter(Q_below(Partner.objects.get(pk=south.pk)))) == {before, after}
        assert not seen.filter(Q_below(Partner.objects.get(pk=north.pk))).exists()
        mine = Lead.objects.visible_to(voltara.actor("owner_north"), LeadCapability.VIEW)
        assert not mine.recorded_under(north).exists()


def test_the_switch_of_the_lead_list(voltara: Net, client: Any) -> None:
    before = voltara.accepted()
    north = voltara.partners["distributor_north"]
    with network_context(voltara.network):
        Partner.objects.filter(code="dealer_a").update(parent=voltara.partners["distributor_south"])
    for organisation, expected in (("now", []), ("then", [str(before.uid)])):
        for path in ("leads", "offers"):
            answer = client.get(
                f"/api/v1/{path}/?partner={north.uid}&organisation={organisation}",
                headers=voltara.bearer("administrator"),
            )
            found = [row["id"] for row in answer.json()["results"]]
            assert (found == expected) if path == "leads" else (len(found) == len(expected))
