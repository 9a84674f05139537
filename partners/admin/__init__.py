"""Partners, people, places and settings in the network's administration, and networks in the operators'."""

from partners.admin import geography, networks, partners, people, roles, settings

__all__ = ["geography", "networks", "partners", "people", "roles", "settings"]
