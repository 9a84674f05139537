"""The roles. What each may do stands in every app's permissions.py; who holds which where is data."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Role(StrEnum):
    """A named set of capabilities, held at a node of the partner or territory tree and reaching all
    below it.
    """

    NETWORK_ADMINISTRATOR = "network_administrator"
    ZONE_MANAGER = "zone_manager"
    PROGRAMME_MANAGER = "programme_manager"
    CLAIMS_ADJUDICATOR = "claims_adjudicator"
    FINANCE = "finance"
    AUDITOR = "auditor"
    PARTNER_OWNER = "partner_owner"
    SALES = "sales"
    WAREHOUSE = "warehouse"
    SERVICE = "service"


STAFF_ROLES = frozenset(
    {
        Role.NETWORK_ADMINISTRATOR,
        Role.ZONE_MANAGER,
        Role.PROGRAMME_MANAGER,
        Role.CLAIMS_ADJUDICATOR,
        Role.FINANCE,
        Role.AUDITOR,
    }
)
"""Roles of the brand owner's people: held on territories, or on the brand owner's own node."""

PARTNER_ROLES = frozenset(Role) - STAFF_ROLES
"""Roles of a partner's people: held on partners."""

ROLE_LABELS = {
    Role.NETWORK_ADMINISTRATOR: _("Network administrator"),
    Role.ZONE_MANAGER: _("Zone manager"),
    Role.PROGRAMME_MANAGER: _("Programme manager"),
    Role.CLAIMS_ADJUDICATOR: _("Claims adjudicator"),
    Role.FINANCE: _("Finance"),
    Role.AUDITOR: _("Auditor"),
    Role.PARTNER_OWNER: _("Partner owner"),
    Role.SALES: _("Sales"),
    Role.WAREHOUSE: _("Warehouse"),
    Role.SERVICE: _("Service"),
}


def hold_permission(role: str) -> str:
    """Codename of guardian's permission that stands for holding the role on a node."""
    return f"hold_{role}"
