"""Beginning a session without allauth's forms: by a link that proves something else than a password does."""

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession

from dnm.accounts.models import User
from dnm.accounts.requests import PortalRequest

METHOD = "method"
"""In a session: how it began."""


def begin_session(request: PortalRequest, user: User, *, method: str) -> None:
    """Log the person in on this host, in a session of its own; what the browser had before is gone."""
    request.session.flush()
    get_adapter(request).login(request, user)
    request.session[METHOD] = method
    UserSession.objects.create_from_request(request)


def address_is_proven(user: User) -> None:
    """Note that mail to the person's address reaches the person."""
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
