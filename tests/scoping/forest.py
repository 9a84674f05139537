"""Random trees with rows hung on them, and an oracle that walks parents one by one."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings

from dnm.accounts.actors import Actor, Grant
from dnm.accounts.models import Network
from dnm.accounts.tenancy import network_context
from leads.models import Lead
from leads.states import LeadState
from partners.models import Partner, PartnerKind, ProductLine, Territory
from partners.states import PartnerState
from tests.world import NOW


@dataclass
class Forest:
    """A network with both trees, three product lines and leads. Parents are kept here, beside the rows."""

    network: Network
    lines: list[ProductLine] = field(default_factory=list)
    partners: list[Partner] = field(default_factory=list)
    territories: list[Territory] = field(default_factory=list)
    leads: list[Lead] = field(default_factory=list)
    parent_of: dict[tuple[str, int], int | None] = field(default_factory=dict)

    def upwards(self, tree: str, node: int | None) -> Iterator[int]:
        """The node itself, its parent, and so on up to the root."""
        while node is not None:
            yield node
            node = self.parent_of[tree, node]

    def depth(self, tree: str, node: int) -> int:
        return len(list(self.upwards(tree, node)))

    def actor(self, grants: Iterable[Grant]) -> Actor:
        return Actor(network_id=self.network.pk, name="somebody", via="session", grants=tuple(grants))

    def in_sight(
        self, row: Any, grants: Iterable[Grant], roles: frozenset[str] | set[Any], *, own: bool
    ) -> bool:
        """What the spec says, without level columns: under the node, within the territory, of the lines."""
        return any(grant.role in roles and self._reaches(grant, row, own=own) for grant in grants)

    def _reaches(self, grant: Grant, row: Any, *, own: bool) -> bool:
        partner = row.pk if isinstance(row, Partner) else row.partner_id
        anchor = partner if grant.tree == "partner" else row.territory_id
        if anchor is None or grant.node not in self.upwards(grant.tree, anchor):
            return False
        if own and grant.tree == "partner" and self.parent_of["partner", grant.node] and anchor != grant.node:
            return False
        if grant.within and grant.within[0] not in self.upwards("territory", row.territory_id):
            return False
        if grant.lines is None:
            return True
        lines = row.product_line_ids if isinstance(row, Partner) else [row.product_line_id]
        return bool(grant.lines & set(lines))


def grow(
    network: Network, seed: int, *, partners: int = 30, territories: int = 20, leads: int = 150
) -> Forest:
    """The same forest for the same seed, written as the application role."""
    chance = random.Random(seed)
    forest = Forest(network)
    with network_context(network):
        forest.lines = [
            ProductLine.objects.create(network=network, code=f"line{n}", name=f"Line {n}") for n in range(3)
        ]
        _grow_territories(forest, chance, territories)
        _grow_partners(forest, chance, partners)
        _hang_leads(forest, chance, leads)
    return forest


def _parent(forest: Forest, tree: str, chance: random.Random, number: int) -> int | None:
    """Mostly somewhere, often the newest node, so that the tree grows deep; never below the deepest level."""
    if number == 0:
        return None
    nodes = [pk for (kind, pk) in forest.parent_of if kind == tree]
    fitting = [pk for pk in nodes if forest.depth(tree, pk) < settings.TREE_LEVELS]
    if chance.random() < 0.5 and nodes[-1] in fitting:
        return nodes[-1]
    return chance.choice(fitting)


def _grow_territories(forest: Forest, chance: random.Random, count: int) -> None:
    for number in range(count):
        parent = _parent(forest, "territory", chance, number)
        made = Territory.objects.create(
            network=forest.network, name=f"T{number}", code=f"t{number}", kind="zone", parent_id=parent
        )
        forest.parent_of["territory", made.pk] = parent
    forest.territories = list(Territory.objects.order_by("pk"))


def _grow_partners(forest: Forest, chance: random.Random, count: int) -> None:
    for number in range(count):
        parent = _parent(forest, "partner", chance, number)
        made = Partner.objects.create(
            network=forest.network,
            code=f"p{number}",
            trade_name=f"Same name {chance.randrange(5)}",
            kind=PartnerKind.DEALER if number else PartnerKind.BRAND_OWNER,
            state=PartnerState.LIVE,
            parent_id=parent,
            territory=chance.choice(forest.territories),
            product_line_ids=sorted(chance.sample([line.pk for line in forest.lines], chance.randrange(4))),
            created_at=NOW,
        )
        forest.parent_of["partner", made.pk] = parent
    forest.partners = list(Partner.objects.order_by("pk"))


def _hang_leads(forest: Forest, chance: random.Random, count: int) -> None:
    """Two of three owned, the others in a queue; several of the same second."""
    Lead.objects.bulk_create(
        Lead(
            network=forest.network,
            territory=chance.choice(forest.territories),
            product_line=chance.choice([None, *forest.lines]),
            state=LeadState.NEW,
            state_changed_at=NOW,
            name=f"Prospect {number}",
            created_at=NOW - timedelta(seconds=chance.randrange(count // 3 + 1)),
        )
        for number in range(count)
    )
    rows = list(Lead.objects.order_by("pk"))
    owned = [row for row in rows if chance.random() < 0.67]
    for state in (LeadState.ROUTING, LeadState.OFFERED):
        Lead.objects.filter(pk__in=[row.pk for row in owned]).update(state=state)
    for row in owned:
        Lead.objects.filter(pk=row.pk).update(
            state=LeadState.ACCEPTED, partner=chance.choice(forest.partners)
        )
    forest.leads = list(Lead.objects.order_by("pk"))
