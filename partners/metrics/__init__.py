"""Figures about partners."""

from partners.metrics import applications, documents
from partners.metrics.applications import TIME_TO_LIVE

__all__ = ["TIME_TO_LIVE", "register"]


def register() -> None:
    """Called when the app starts."""
    applications.register()
    documents.register()
