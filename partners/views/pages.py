"""The tabs of a partner's page that are there from the start. Every later area registers its own."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.scoping.authority import may
from dnm.web.tabs import Tab, register_tab
from partners.domain.queries import members_of
from partners.models import Partner
from partners.permissions import PartnerCapability


def register() -> None:
    """Called when the app starts."""
    register_tab(
        Partner,
        Tab("people", _("People"), PartnerCapability.VIEW_PEOPLE, "partners/tabs/people.html", _people, 10),
    )
    below = _("Buy from this partner")
    register_tab(
        Partner,
        Tab("below", below, PartnerCapability.VIEW, "partners/tabs/below.html", _below, 20, _children),
    )


CHILDREN = 50


def _children(partner: Partner, actor: Actor) -> Any:
    return Partner.objects.visible_to(actor, PartnerCapability.VIEW).filter(parent=partner)


def _below(partner: Partner, actor: Actor) -> Mapping[str, Any]:
    found = list(_children(partner, actor).select_related("territory").order_by("trade_name")[: CHILDREN + 1])
    return {"children": found[:CHILDREN], "more_children": len(found) > CHILDREN}


def _people(partner: Partner, actor: Actor) -> Mapping[str, Any]:
    return {
        "members": members_of(actor, partner).prefetch_related(None),
        "can_manage_people": may(actor, PartnerCapability.MANAGE_PEOPLE, partner),
    }
