"""Background entry points of partners."""

from partners.tasks import changes, files, invitations

__all__ = ["changes", "files", "invitations"]
