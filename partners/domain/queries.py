"""Questions about the organisation that pages and the API ask alike. They change nothing."""

from typing import Any

from dnm.accounts.actors import Actor
from dnm.accounts.models import Membership
from partners.domain.people import members_visible_to
from partners.models import Partner, PartnerHolding, PostalArea, ProductLine, Territory, TerritoryHolding
from partners.permissions import PartnerCapability


def lines_sold_by(partner: Partner) -> Any:
    """The product lines that a partner sells, by name."""
    return ProductLine.objects.filter(pk__in=partner.product_line_ids).order_by("name")


def postal_areas_of(territory: Territory) -> Any:
    """The postal areas that lie directly in a territory, by code."""
    return PostalArea.objects.filter(territory=territory).order_by("code")


def partners_to_choose(actor: Actor, words: str, *, limit: int) -> Any:
    """Partners in sight whose name contains what was typed."""
    rows = Partner.objects.visible_to(actor, PartnerCapability.VIEW)
    return (
        rows.filter(trade_name__icontains=words)
        .select_related("territory")
        .order_by("trade_name", "pk")[:limit]
    )


def members_of(actor: Actor, partner: Partner) -> Any:
    """The partner's members, for those who may look into its people."""
    return members_visible_to(actor).filter(affiliations__partner=partner).order_by("user__name", "pk")


def roles_held_by(membership: Membership) -> list[Any]:
    """The member's holdings, with node and limits, partner ones first."""
    return [
        *PartnerHolding.objects.filter(membership=membership).select_related("permission", "content_object"),
        *TerritoryHolding.objects.filter(membership=membership).select_related(
            "permission", "content_object"
        ),
    ]
