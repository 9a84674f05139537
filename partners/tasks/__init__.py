"""Background entry points of partners."""

from partners.tasks import changes, documents, files, invitations, organisation

__all__ = ["changes", "documents", "files", "invitations", "organisation"]
