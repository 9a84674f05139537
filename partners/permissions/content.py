"""What one may do with news, bulletins and the library, and which roles may."""

from collections.abc import Set as AbstractSet
from enum import StrEnum

from dnm.scoping.capabilities import register_capabilities
from partners.roles import PARTNER_ROLES, Role


class ContentCapability(StrEnum):
    """Capabilities over publications. Whom one is addressed to is the publication's own audience.

    Everybody reads and acknowledges what is addressed to them; those who owe it find it on their home page.
    """

    VIEW = "partners.view_publication"
    MANAGE = "partners.manage_publication"  # (own)
    OWE = "partners.owe_acknowledgement"


GRANTED: dict[StrEnum, AbstractSet[Role]] = {
    ContentCapability.VIEW: frozenset(Role),
    ContentCapability.MANAGE: {
        Role.NETWORK_ADMINISTRATOR,
        Role.PROGRAMME_MANAGER,
        Role.PARTNER_OWNER,
    },
    ContentCapability.OWE: PARTNER_ROLES,
}
OWN = frozenset({ContentCapability.MANAGE})
"""Reaches what a partner publishes itself, not what its downstream does."""


def register() -> None:
    """Called when the app starts."""
    register_capabilities(GRANTED)
