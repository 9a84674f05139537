"""What one may do with comments, and which roles may. Asked on the record that a comment is about."""

from collections.abc import Set
from enum import StrEnum

from dnm.scoping.capabilities import register_capabilities
from partners.roles import PARTNER_ROLES, STAFF_ROLES, Role


class CommentCapability(StrEnum):
    """Capabilities over comments. A partner's people have them on their own partner's records only."""

    VIEW = "partners.view_comment"  # (own)
    WRITE = "partners.write_comment"  # (own)
    VIEW_INTERNAL = "partners.view_internal_comment"
    FOLLOW = "partners.follow_comments"


GRANTED: dict[StrEnum, Set[Role]] = {
    CommentCapability.VIEW: STAFF_ROLES | PARTNER_ROLES,
    CommentCapability.WRITE: (STAFF_ROLES | PARTNER_ROLES) - {Role.AUDITOR},
    CommentCapability.VIEW_INTERNAL: STAFF_ROLES,
    CommentCapability.FOLLOW: {Role.NETWORK_ADMINISTRATOR, Role.ZONE_MANAGER},
}
OWN = frozenset({CommentCapability.VIEW, CommentCapability.WRITE})
"""Reach a partner's own records, not those of its downstream. Models of records add them to `scope_own`."""


def register() -> None:
    """Called when the app starts."""
    register_capabilities(GRANTED)
