"""What follows from what happens to the organisation."""

from partners.receivers import invitations, onboarding

__all__ = ["register"]


def register() -> None:
    """Called when the app starts."""
    invitations.register()
    onboarding.register()
