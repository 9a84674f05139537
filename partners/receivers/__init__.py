"""What follows from what happens to the organisation."""

from partners.receivers import changes, invitations, onboarding

__all__ = ["register"]


def register() -> None:
    """Called when the app starts."""
    changes.register()
    invitations.register()
    onboarding.register()
