"""Background entry points of partners."""

from partners.tasks import changes, content, documents, files, invitations, organisation, tiers

__all__ = ["changes", "content", "documents", "files", "invitations", "organisation", "tiers"]
