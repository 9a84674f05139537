"""What one may do with the settlement of a partner that leaves, and which roles may."""

from collections.abc import Set as AbstractSet
from enum import StrEnum

from dnm.scoping.capabilities import register_capabilities
from partners.roles import STAFF_ROLES, Role


class ExitCapability(StrEnum):
    """Capabilities over the settlement of an exit. Those marked (own) reach a partner's own rows only."""

    VIEW = "partners.view_settlement"  # (own)
    SETTLE = "partners.settle_exit"
    WAIVE = "partners.waive_settlement"


GRANTED: dict[StrEnum, AbstractSet[Role]] = {
    ExitCapability.VIEW: STAFF_ROLES | {Role.PARTNER_OWNER},
    ExitCapability.SETTLE: {
        Role.NETWORK_ADMINISTRATOR,
        Role.ZONE_MANAGER,
        Role.FINANCE,
        Role.CLAIMS_ADJUDICATOR,
    },
    ExitCapability.WAIVE: {Role.NETWORK_ADMINISTRATOR, Role.FINANCE},
}


def register() -> None:
    """Called when the app starts."""
    register_capabilities(GRANTED)
