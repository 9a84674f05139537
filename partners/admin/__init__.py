"""Partners, people, places and settings in the network's administration, and networks in the operators'."""

from partners.admin import (
    authorisations,
    changes,
    content,
    documents,
    exits,
    geography,
    invitations,
    login,
    networks,
    onboarding,
    partners,
    people,
    roles,
    settings,
    tiers,
)

__all__ = [
    "authorisations",
    "changes",
    "content",
    "documents",
    "exits",
    "geography",
    "invitations",
    "login",
    "networks",
    "onboarding",
    "partners",
    "people",
    "roles",
    "settings",
    "tiers",
]
