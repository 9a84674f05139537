"""What one may do with tiers and the standing of partners, and which roles may."""

from collections.abc import Set as AbstractSet
from enum import StrEnum

from dnm.scoping.capabilities import register_capabilities
from partners.roles import STAFF_ROLES, Role


class TierCapability(StrEnum):
    """Capabilities over the ladder and the standings. Those marked (own) reach a partner's own row only."""

    VIEW_LADDER = "partners.view_tier"
    MANAGE_LADDER = "partners.manage_tier"
    VIEW = "partners.view_standing"  # (own)
    OVERRIDE = "partners.override_tier"


GRANTED: dict[StrEnum, AbstractSet[Role]] = {
    TierCapability.VIEW_LADDER: STAFF_ROLES | {Role.PARTNER_OWNER},
    TierCapability.MANAGE_LADDER: {Role.NETWORK_ADMINISTRATOR},
    TierCapability.VIEW: STAFF_ROLES | {Role.PARTNER_OWNER},
    TierCapability.OVERRIDE: {Role.NETWORK_ADMINISTRATOR, Role.PROGRAMME_MANAGER},
}


def register() -> None:
    """Called when the app starts."""
    register_capabilities(GRANTED)
