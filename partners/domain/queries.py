"""Questions about the organisation that pages and the API ask alike. They change nothing."""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from dnm.accounts.actors import Actor
from dnm.accounts.models import Membership
from partners.domain.holdings import partner_holdings_visible_to, territory_holdings_visible_to
from partners.domain.people import members_visible_to
from partners.models import Partner, PostalArea, ProductLine, Territory
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


def find_members(actor: Actor, words: str, *, limit: int) -> list[Membership]:
    """Members in sight by name or e-mail address."""
    fits = Q(user__name__icontains=words) | Q(user__email__icontains=words)
    return list(members_visible_to(actor).filter(fits).order_by("user__name", "pk")[:limit])


def roles_held_by(membership: Membership, actor: Actor) -> list[Any]:
    """The member's holdings where the actor may look at people, with node and limits, partner ones first."""
    held = (partner_holdings_visible_to(actor), territory_holdings_visible_to(actor))
    return [
        holding
        for rows in held
        for holding in rows.filter(membership=membership).select_related(
            "permission", "content_object", "within_territory"
        )
    ]


def tops_of(actor: Actor) -> Any:
    """The uppermost partners in sight: those whose parent the actor does not see."""
    rows = Partner.objects.visible_to(actor, PartnerCapability.VIEW)
    if rows.filter(parent=None).exists():
        return rows.filter(parent=None)
    return rows.filter(~Exists(rows.filter(pk=OuterRef("parent"))))
