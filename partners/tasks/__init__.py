"""Background entry points of partners."""

from partners.tasks import changes, files, invitations, organisation

__all__ = ["changes", "files", "invitations", "organisation"]
