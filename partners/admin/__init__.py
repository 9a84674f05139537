"""Partners, people, places and settings in the network's administration, and networks in the operators'."""

from partners.admin import geography, invitations, networks, partners, people, roles, settings

__all__ = ["geography", "invitations", "networks", "partners", "people", "roles", "settings"]
