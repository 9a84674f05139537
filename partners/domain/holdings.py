"""Reading who holds which role where."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from dnm.accounts.actors import Actor
from dnm.accounts.models import Membership
from partners.domain.access import Holding, live_on
from partners.models import Partner, PartnerHolding, Territory, TerritoryHolding
from partners.permissions import PartnerCapability


def live_holdings(*, membership: Membership, at: datetime) -> list[Holding]:
    """The member's holdings that are valid at `at`, with their nodes; partners first. Two queries."""
    day = at.astimezone(membership.network.zone).date()
    return [
        holding
        for model in (PartnerHolding, TerritoryHolding)
        for holding in model.objects.filter(live_on(day), membership=membership)
        .select_related("permission", "content_object", "within_territory")
        .order_by("pk")
    ]


def partner_holdings_visible_to(actor: Actor) -> Any:
    """Roles at the partners into whose people the actor may look."""
    partners = Partner.objects.visible_to(actor, PartnerCapability.VIEW_PEOPLE)
    return PartnerHolding.objects.filter(content_object__in=partners.values("pk"))


def territory_holdings_visible_to(actor: Actor) -> Any:
    """Roles at the territories that lie below those where the actor may look at people."""
    reach = territories_in_reach(actor, PartnerCapability.VIEW_PEOPLE)
    return TerritoryHolding.objects.filter(content_object__in=reach.values("pk"))


def territories_in_reach(actor: Actor, capability: str) -> Any:
    """The territories on which the actor holds the capability. (Seen are all: geography is shared.)"""
    terms = Q(pk__in=[])
    for branch in Territory.scope_branches(actor, capability):
        terms |= branch.q
    return Territory.objects.filter(terms)
