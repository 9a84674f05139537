"""What one may do with partners, territories and people, and which roles may."""

from enum import StrEnum

from dnm.events.permissions import EventCapability
from dnm.imports.permissions import ImportCapability
from dnm.scoping.capabilities import register_capabilities
from dnm.scoping.permissions import OversightCapability
from dnm.web.permissions import WebCapability
from partners.roles import PARTNER_ROLES, Role


class PartnerCapability(StrEnum):
    """Capabilities over the organisation."""

    VIEW = "partners.view_partner"
    ADD = "partners.add_partner"
    CHANGE = "partners.change_partner"
    CHANGE_STATE = "partners.change_partner_state"
    MOVE = "partners.move_partner"
    AUTHORISE = "partners.authorise_partner"
    IMPORT = "partners.import_partners"
    VIEW_TERRITORY = "partners.view_territory"
    MANAGE_TERRITORY = "partners.manage_territory"
    VIEW_PEOPLE = "partners.view_people"
    MANAGE_PEOPLE = "partners.manage_people"
    VIEW_NETWORK = "partners.view_network"
    MANAGE_NETWORK = "partners.manage_network"


ADMINISTRATORS = {Role.NETWORK_ADMINISTRATOR}
EVERYBODY = frozenset(Role)

GRANTED = {
    PartnerCapability.VIEW: EVERYBODY,
    PartnerCapability.ADD: ADMINISTRATORS,
    PartnerCapability.CHANGE: ADMINISTRATORS | {Role.ZONE_MANAGER},
    PartnerCapability.CHANGE_STATE: ADMINISTRATORS | {Role.ZONE_MANAGER},
    PartnerCapability.MOVE: ADMINISTRATORS,
    PartnerCapability.AUTHORISE: ADMINISTRATORS,
    PartnerCapability.IMPORT: ADMINISTRATORS,
    ImportCapability.USE: ADMINISTRATORS,
    PartnerCapability.VIEW_TERRITORY: EVERYBODY,
    PartnerCapability.MANAGE_TERRITORY: ADMINISTRATORS,
    PartnerCapability.VIEW_PEOPLE: (EVERYBODY - PARTNER_ROLES) | {Role.PARTNER_OWNER},
    PartnerCapability.MANAGE_PEOPLE: ADMINISTRATORS | {Role.PARTNER_OWNER},
    PartnerCapability.VIEW_NETWORK: ADMINISTRATORS | {Role.AUDITOR},
    PartnerCapability.MANAGE_NETWORK: ADMINISTRATORS,
    WebCapability.ENTER_ADMIN: ADMINISTRATORS | {Role.ZONE_MANAGER, Role.AUDITOR},
    EventCapability.VIEW: ADMINISTRATORS | {Role.AUDITOR},
    EventCapability.RETRY: ADMINISTRATORS,
    OversightCapability.VIEW_AS: ADMINISTRATORS,
    OversightCapability.EXPLAIN: ADMINISTRATORS | {Role.AUDITOR},
    OversightCapability.AUDIT: ADMINISTRATORS | {Role.AUDITOR, Role.PARTNER_OWNER},
}


def register() -> None:
    """Called when the app starts."""
    register_capabilities(GRANTED)
