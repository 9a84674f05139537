"""What follows from what happens to the organisation."""

from partners.receivers import changes, comments, content, documents, invitations, onboarding, tiers

__all__ = ["register"]


def register() -> None:
    """Called when the app starts."""
    changes.register()
    comments.register()
    content.register()
    documents.register()
    invitations.register()
    onboarding.register()
    tiers.register()
