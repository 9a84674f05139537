"""Background entry points of partners."""

from partners.tasks import files, invitations

__all__ = ["files", "invitations"]
