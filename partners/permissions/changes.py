"""What one may do with change requests and bank accounts, and which roles may."""

from collections.abc import Set as AbstractSet
from enum import StrEnum

from dnm.scoping.capabilities import register_capabilities
from partners.roles import STAFF_ROLES, Role


class ChangeCapability(StrEnum):
    """Capabilities over change requests. Those marked (own) reach a partner's own rows, not those of its
    downstream.
    """

    VIEW = "partners.view_change_request"
    REQUEST = "partners.request_change"  # (own)
    DECIDE = "partners.decide_change"
    DECIDE_BANK = "partners.decide_bank_change"
    VIEW_BANK = "partners.view_bank_account"  # (own)


OFFICE = {Role.NETWORK_ADMINISTRATOR, Role.ZONE_MANAGER}
BANKERS = {Role.NETWORK_ADMINISTRATOR, Role.FINANCE}

GRANTED: dict[StrEnum, AbstractSet[Role]] = {
    ChangeCapability.VIEW: (STAFF_ROLES - {Role.CLAIMS_ADJUDICATOR}) | {Role.PARTNER_OWNER},
    ChangeCapability.REQUEST: OFFICE | {Role.PARTNER_OWNER},
    ChangeCapability.DECIDE: OFFICE | BANKERS,
    ChangeCapability.DECIDE_BANK: BANKERS,
    ChangeCapability.VIEW_BANK: BANKERS | {Role.PARTNER_OWNER},
}


def register() -> None:
    """Called when the app starts."""
    register_capabilities(GRANTED)
