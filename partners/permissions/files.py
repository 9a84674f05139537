"""What one may do with files about partners, and which roles may."""

from collections.abc import Set
from enum import StrEnum

from dnm.scoping.capabilities import register_capabilities
from partners.roles import STAFF_ROLES, Role


class FileCapability(StrEnum):
    """Capabilities over the files of a partner. A partner's people have them on their own partner only."""

    VIEW = "partners.view_file"  # (own)
    VIEW_INTERNAL = "partners.view_internal_file"
    ADD = "partners.add_file"  # (own)


KEEPERS = {Role.NETWORK_ADMINISTRATOR, Role.ZONE_MANAGER, Role.PROGRAMME_MANAGER, Role.FINANCE}

GRANTED: dict[StrEnum, Set[Role]] = {
    FileCapability.VIEW: STAFF_ROLES | {Role.PARTNER_OWNER},
    FileCapability.VIEW_INTERNAL: STAFF_ROLES,
    FileCapability.ADD: KEEPERS | {Role.PARTNER_OWNER},
}
OWN = frozenset({FileCapability.VIEW, FileCapability.ADD})
"""Reach a partner's own files, not those of its downstream."""


def register() -> None:
    """Called when the app starts."""
    register_capabilities(GRANTED)
