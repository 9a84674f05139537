"""What one may do with leads and offers, and which roles may."""

from enum import StrEnum

from dnm.scoping.capabilities import register_capabilities
from partners.roles import STAFF_ROLES, Role


class LeadCapability(StrEnum):
    """Capabilities over leads. Those marked (own) reach a partner's own rows, not those of its downstream."""

    VIEW = "leads.view_lead"
    ADD = "leads.add_lead"
    VIEW_CONTACT = "leads.view_contact"  # (own)
    WORK = "leads.work_lead"  # (own)
    RECYCLE = "leads.recycle_lead"  # (own)
    MANAGE_DESK = "leads.manage_desk"
    VIEW_DECISION = "leads.view_decision"
    MANAGE_ROUTING = "leads.manage_routing"


class OfferCapability(StrEnum):
    """Capabilities over offers."""

    VIEW = "leads.view_offer"
    ANSWER = "leads.answer_offer"  # (own)


SELLERS = {Role.PARTNER_OWNER, Role.SALES}
DESK = {Role.NETWORK_ADMINISTRATOR, Role.ZONE_MANAGER}

GRANTED = {
    LeadCapability.VIEW: STAFF_ROLES | SELLERS,
    LeadCapability.ADD: DESK | {Role.PROGRAMME_MANAGER},
    LeadCapability.VIEW_CONTACT: DESK | {Role.PROGRAMME_MANAGER} | SELLERS,
    LeadCapability.WORK: SELLERS,
    LeadCapability.RECYCLE: DESK | SELLERS,
    LeadCapability.MANAGE_DESK: DESK,
    LeadCapability.VIEW_DECISION: DESK | {Role.PROGRAMME_MANAGER, Role.AUDITOR},
    LeadCapability.MANAGE_ROUTING: {Role.NETWORK_ADMINISTRATOR},
    OfferCapability.VIEW: STAFF_ROLES | SELLERS,
    OfferCapability.ANSWER: SELLERS,
}


def register() -> None:
    """Called when the app starts."""
    register_capabilities(GRANTED)
