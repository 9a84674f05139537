"""Background entry points of partners."""

from partners.tasks import invitations

__all__ = ["invitations"]
