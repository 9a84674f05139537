"""What one may do with compliance documents, and which roles may."""

from collections.abc import Set
from enum import StrEnum

from dnm.scoping.capabilities import register_capabilities
from partners.roles import STAFF_ROLES, Role


class DocumentCapability(StrEnum):
    """Capabilities over a partner's documents. Upstream sees which are there, not what stands in them."""

    VIEW = "partners.view_document"
    VIEW_CONTENT = "partners.view_document_content"  # (own)
    UPLOAD = "partners.upload_document"  # (own)
    VERIFY = "partners.verify_document"


VERIFIERS = {Role.NETWORK_ADMINISTRATOR, Role.ZONE_MANAGER, Role.FINANCE}

GRANTED: dict[StrEnum, Set[Role]] = {
    DocumentCapability.VIEW: STAFF_ROLES | {Role.PARTNER_OWNER},
    DocumentCapability.VIEW_CONTENT: VERIFIERS | {Role.AUDITOR, Role.PARTNER_OWNER},
    DocumentCapability.UPLOAD: {Role.NETWORK_ADMINISTRATOR, Role.ZONE_MANAGER, Role.PARTNER_OWNER},
    DocumentCapability.VERIFY: VERIFIERS,
}
OWN = frozenset({DocumentCapability.VIEW_CONTENT, DocumentCapability.UPLOAD})
"""Reach a partner's own documents, not those of its downstream."""


def register() -> None:
    """Called when the app starts."""
    register_capabilities(GRANTED)
