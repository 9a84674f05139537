"""The line under a person's name: partner, role, place."""

from dnm.accounts.actors import Actor
from dnm.web.identity import Identity, register_identity_loader, register_role_names, role_name
from partners.domain.people import partner_of
from partners.models import Territory
from partners.permissions import PartnerCapability
from partners.roles import ROLE_LABELS


def register() -> None:
    """Called when the app starts."""
    register_role_names(ROLE_LABELS.items())
    register_identity_loader(identity_of)


def identity_of(actor: Actor) -> Identity:
    """The partner of the card, the roles held, and where: the territory held, else the partner's own."""
    partner = partner_of(actor.membership) if actor.membership else None
    held = next((grant.node for grant in actor.grants if grant.tree == "territory"), None)
    places = Territory.objects.visible_to(actor, PartnerCapability.VIEW_TERRITORY)
    place = places.filter(pk=held).first() if held else partner and partner.territory
    return Identity(
        partner=str(partner or ""),
        role=", ".join(sorted(map(role_name, actor.roles))),
        place=str(place or ""),
    )
