"""Background entry points of partners."""

from partners.tasks import changes, documents, files, invitations, organisation, tiers

__all__ = ["changes", "documents", "files", "invitations", "organisation", "tiers"]
